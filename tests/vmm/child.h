/* SPDX-License-Identifier: GPL-2.0 */
/* Child processes, such as the loader. */
#ifndef VMM_CHILD_H
#define VMM_CHILD_H

#include <stdbool.h>

#define CHILD_OUTPUT_SIZE 32768

struct child_output {
	int status; /* exit status, or 128 + the signal that ended it */
	bool truncated;
	char out[CHILD_OUTPUT_SIZE];
	char err[CHILD_OUTPUT_SIZE];
};

/*
 * Run argv[0] (found in $PATH) to its end, with the descriptor inherited under
 * its own number although it is close-on-exec here; -1: none. -ETIMEDOUT: it
 * was killed after a minute. Its exit status is not an error here.
 */
int child_run(char *const argv[], int inherit_fd, struct child_output *output);

#endif /* VMM_CHILD_H */
