/* SPDX-License-Identifier: GPL-2.0 */
/* A sub-command: a row of the table in smccc_loader.c, and a file of its own. */
#ifndef SMCCC_COMMAND_H
#define SMCCC_COMMAND_H

#include <stddef.h>

#include "error.h"
#include "options.h"

struct command {
	const char *name;
	const char *usage;   /* what follows the name */
	const char *summary; /* one line, for the list of commands */
	const char *text;    /* what `NAME --help` says before the options; may be NULL */
	const struct option_def *options; /* besides the common ones; may be NULL */
	size_t args_size; /* of its argument structure, which begins with struct common_args */
	/*
	 * Gets its arguments parsed, prints its result and returns 0 or -1 with
	 * err set; or, for an exit status without a message, that status.
	 */
	int (*run)(const void *args, struct err *err);
};

extern const struct command attach_command;
extern const struct command replace_command;
extern const struct command detach_command;
extern const struct command apply_command;
extern const struct command list_command;
extern const struct command show_command;
extern const struct command clean_command;
extern const struct command metrics_command;
extern const struct command features_command;
extern const struct command test_command;
extern const struct command explain_command;
extern const struct command lint_command;
extern const struct command diff_command;
extern const struct command monitor_command;
extern const struct command top_command;

#endif
