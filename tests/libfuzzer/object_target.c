// SPDX-License-Identifier: GPL-2.0
/*
 * A policy's object: all that the loader and its libbpf do with it before the kernel
 * sees it, on the way to a VM (attach, replace) and to a run without one (test, lint,
 * explain, diff). The kernel is that of no_kernel.c, which takes everything.
 */
#include <json-c/json.h>
#include <string.h>

#include "bpf_log.h"
#include "map_types.h"
#include "no_kernel.h"
#include "plan.h"
#include "policy.h"
#include "target.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	bpf_log__init(false);
	return 0;
}

/* Where libbpf 1.5 leaks, in a process that is about to say what is wrong and end. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:bpf_object__relocate_core\n";
}

static int attach(struct policy *policy, const struct policy_file *file, struct err *err)
{
	const struct policy_settings settings = { .vm_fd = 3, .flags = OPS_F_FORWARD };
	struct ops_values values;
	struct btf *kernel;
	int ret;

	if (policy__open(policy, file, err))
		return -1;
	json_object_put(map_types__of(policy->obj));
	kernel = btf__load_vmlinux_btf();
	MUST(kernel);
	ret = policy__configure(policy, &settings, err) || policy__load(policy, true, err) ||
			      policy__publish(policy, kernel, &values, err) ?
		      -1 :
		      0;
	btf__free(kernel);
	return ret;
}

static void try_attach(const struct policy_file *file)
{
	struct policy policy = {};
	struct err err = {};

	check_outcome(attach(&policy, file, &err), &err);
	policy__close(&policy);
}

static void try_run(const struct policy_file *file)
{
	const struct runner_settings settings = { .sweeps = true, .sweeping = true };
	struct runner runner = {};
	struct plan plan = {};
	struct err err = {};
	int ret = runner__open(&runner, file, &settings, &err);

	if (!ret)
		ret = plan__init(&plan, &err) || plan__add_constants(&plan, &runner, &err);
	if (!ret)
		plan__finish(&plan);
	plan__free(&plan);
	runner__close(&runner);
	check_outcome(ret, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct policy_source source = { .object = data, .object_size = size };
	struct policy_file file = {};
	struct err err = {};

	if (policy_file__read(&source, &file, &err)) {
		check_outcome(-1, &err);
	} else {
		no_kernel__verifier_says(data, size);
		try_attach(&file);
		try_run(&file);
	}
	policy_file__free(&file);
	return 0;
}
