/* SPDX-License-Identifier: GPL-2.0 */
/* Another program, run without a shell: clang, or the loader itself. */
#ifndef SMCCC_CHILD_H
#define SMCCC_CHILD_H

#define CHILD_FD 3

struct child_fds {
	int out, messages, other;
};

/*
 * Runs it, and waits. path NULL: argv[0] is looked for in $PATH. Its stdin is /dev/null,
 * its stdout, stderr and fd CHILD_FD are these fds, or with -1 what they are of ours.
 * Returns 0 with what waitpid(2) says in *status, or -errno if it did not run.
 *
 * This may be a VMM, which does as it likes about SIGCHLD and children: it never sees
 * this one.
 */
int child__run(const char *path, char *const argv[], const struct child_fds *fds, int *status);

#endif
