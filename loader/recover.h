/* SPDX-License-Identifier: GPL-2.0 */
/* What a loader that was killed (SIGKILL, power) left half done. */
#ifndef SMCCC_RECOVER_H
#define SMCCC_RECOVER_H

#include "pins.h"

/*
 * Finishes or takes back each NAME~new, with the lock held: if its policy is in
 * force, it becomes NAME, as its loader meant it; if not, it is removed. With
 * something in it, but not our info, it is not ours, and stays.
 */
int recover__all(const struct pins *pins, struct err *err);

/*
 * Around the making of many attachments at once, with the lock held: as long as it
 * has not come to the second call, each NAME~new is taken back, in force or not.
 */
int recover__begin_many(const struct pins *pins, struct err *err);
int recover__end_many(const struct pins *pins, struct err *err);

/*
 * Visits each NAME~new of ours, with whether it is to become NAME or to go; until the
 * visitor returns non-zero, and returns that.
 */
typedef int (*recover_visitor)(const char *name, bool finish, void *arg);
int recover__for_each(const struct pins *pins, recover_visitor visit, void *arg);

#endif
