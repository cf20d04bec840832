// SPDX-License-Identifier: GPL-2.0
#include "guard.h"
#include "kernel.h"
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

int tool__run(int (*body)(const void *args, struct err *err), const void *args, struct err *err)
{
	char missing[64];

	/* by CAP_BPF alone simple policies are run, and the verifier rejects others */
	kernel__missing_capabilities(missing, sizeof(missing));
	if (missing[0])
		return err_set(err, ERR_NO_PERMISSION,
			       "run as root, or grant CAP_BPF and CAP_PERFMON",
			       "running a policy by bpf(2) needs %s", missing);
	return guard__run(body, args, err);
}
