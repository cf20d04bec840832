/* SPDX-License-Identifier: GPL-2.0 */
/* What a loader that was killed (SIGKILL, power) left half done. */
#ifndef SMCCC_RECOVER_H
#define SMCCC_RECOVER_H

#include "pins.h"

/*
 * Finishes or takes back each NAME~new, with the lock held: if its policy is in
 * force, it becomes NAME, as its loader meant it; if not, it is removed. Without
 * our info in it, it is not ours, and stays.
 */
int recover__all(const struct pins *pins, struct err *err);

/* Visits each NAME~new of ours; until the visitor returns non-zero, and returns that. */
typedef int (*recover_visitor)(const char *name, bool in_force, void *arg);
int recover__for_each(const struct pins *pins, recover_visitor visit, void *arg);

#endif
