/* SPDX-License-Identifier: GPL-2.0 */
/* The arguments that test, explain, lint and diff share. */
#ifndef SMCCC_TOOL_H
#define SMCCC_TOOL_H

#include "options.h"
#include "prepare.h"
#include "runner.h"

/* The first member of each command's argument structure. */
struct tool_args {
	struct common_args common;
	struct opt_number cookie;
	struct opt_list include;
	struct opt_list rule;
	const char *rules;
	const char *data_dir;
	bool forward;
};

#define TOOL_OPTIONS                                                             \
	{ .name = "forward",                                                     \
	  .help = "as with attach --forward: the VMM completes forwarded calls", \
	  OPTION_FLAG_AT(struct tool_args, forward) },                           \
		POLICY_OPTIONS(struct tool_args)

/* path: NULL for the default policy */
struct policy_source tool__source(const struct tool_args *args, const char *path);
struct runner_settings tool__settings(const struct tool_args *args);
/* guard__run(), or an error if the caller may not run policies. */
int tool__run(int (*body)(const void *args, struct err *err), const void *args, struct err *err);

#endif
