/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A time limit for running policies. The kernel does not interrupt a run of a BPF
 * program, not even to kill the process: so a child does the running, and its
 * parent, which waits for no kernel, says what is wrong and ends.
 */
#ifndef SMCCC_GUARD_H
#define SMCCC_GUARD_H

#include <linux/types.h>

#include "error.h"

#define GUARD_LIMIT_S 10

/*
 * Runs a command's body in a child. There it returns what the body does, and the
 * child goes on to report that, as any command; in the parent, the child's exit
 * status when it has ended.
 */
int guard__run(int (*body)(const void *args, struct err *err), const void *args, struct err *err);

/* Around each run, in the child: what is being run, for the parent's message. */
void guard__begin(__u32 first_id, __u32 last_id);
void guard__end(void);

#endif
