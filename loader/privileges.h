/* SPDX-License-Identifier: GPL-2.0 */
/* Capabilities: none that the loader has no use for. */
#ifndef SMCCC_PRIVILEGES_H
#define SMCCC_PRIVILEGES_H

#include "error.h"

int privileges__drop(struct err *err);

#endif
