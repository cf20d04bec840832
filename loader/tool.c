// SPDX-License-Identifier: GPL-2.0
#include "tool.h"

struct policy_source tool__source(const struct tool_args *args, const char *path)
{
	return (struct policy_source){
		.path = path,
		.data_dir = args->data_dir,
		.include_dirs = &args->include,
		.rule = &args->rule,
		.rules = args->rules,
	};
}

struct runner_settings tool__settings(const struct tool_args *args)
{
	return (struct runner_settings){
		.verbose = args->common.verbose,
		.set_cookie = args->cookie.given,
		.cookie = args->cookie.value,
	};
}
