/* SPDX-License-Identifier: GPL-2.0 */
/* Capabilities: none that the loader has no use for. */
#ifndef SMCCC_PRIVILEGES_H
#define SMCCC_PRIVILEGES_H

#include <stdbool.h>

#include "error.h"

int privileges__drop(struct err *err);
/*
 * Whether a program that we start gets those that are left; not unless this says so. An
 * ordinary user's get lost otherwise. Returns 0 or -errno.
 */
int privileges__hand_on(bool on);

#endif
