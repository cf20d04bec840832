// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "global.h"
#include "kernel.h"
#include "runner.h"

#define COMPILE_HINT  "compile it again with this version's smccc_policy.h"
#define SWEEP_SECTION ".bss.sweep"

static const struct {
	const char *name;
	size_t offset;
} call_members[] = {
	{ "regs", offsetof(struct kvm_smccc_call, regs) },
	{ "cookie", offsetof(struct kvm_smccc_call, cookie) },
	{ "func_id", offsetof(struct kvm_smccc_call, func_id) },
	{ "vcpu_id", offsetof(struct kvm_smccc_call, vcpu_id) },
	{ "flags", offsetof(struct kvm_smccc_call, flags) },
	{ "imm", offsetof(struct kvm_smccc_call, imm) },
};
#define CALL_MEMBERS (sizeof(call_members) / sizeof(call_members[0]))

static bool has_our_call(const struct btf *btf)
{
	int id = btf__find_by_name_kind(btf, "kvm_smccc_call", BTF_KIND_STRUCT);
	const struct btf_type *type = id < 0 ? NULL : btf__type_by_id(btf, id);
	size_t i;

	if (!type || type->size != sizeof(struct kvm_smccc_call) || btf_vlen(type) != CALL_MEMBERS)
		return false;
	for (i = 0; i < CALL_MEMBERS; i++) {
		const char *name = btf__name_by_offset(btf, btf_members(type)[i].name_off);

		if (strcmp(name, call_members[i].name) ||
		    btf_member_bit_offset(type, i) != call_members[i].offset * 8)
			return false;
	}
	return true;
}

/* libbpf takes types from a file only, and the policy may be in memory only. */
static int make_btf_file(struct runner *runner, const struct policy_file *file, char *path,
			 size_t size, struct err *err)
{
	size_t done = 0;

	runner->btf_fd = memfd_create("policy.bpf.o", MFD_CLOEXEC);
	if (runner->btf_fd < 0)
		return err_set(err, ERR_FAILED, NULL, "memfd_create: %s", strerror(errno));
	while (done < file->size) {
		ssize_t len = write(runner->btf_fd, (char *)file->data + done, file->size - done);

		if (len < 0)
			return err_set(err, ERR_FAILED, NULL, "cannot write to memory: %s",
				       strerror(errno));
		done += len;
	}
	snprintf(path, size, "/proc/self/fd/%d", runner->btf_fd);
	return 0;
}

static struct bpf_program *find_entry(const struct runner *runner, const char *suffix,
				      struct err *err)
{
	struct bpf_program *prog;
	char name[256];

	snprintf(name, sizeof(name), "%s%s", runner__name(runner), suffix);
	prog = bpf_object__find_program_by_name(runner->policy.obj, name);
	if (prog && bpf_program__type(prog) == BPF_PROG_TYPE_SYSCALL)
		return prog;
	err_set(err, ERR_POLICY_INVALID, "declare the policy with SMCCC_POLICY(), which makes it",
		"%s cannot be run without a VM: it has no program '%s' in SEC(\"syscall\")",
		runner->policy.label, name);
	return NULL;
}

static int select_programs(struct runner *runner, bool sweeps, struct err *err)
{
	struct policy *policy = &runner->policy;
	struct bpf_map *map;

	runner->test = find_entry(runner, "_test", err);
	if (!runner->test)
		return -1;
	/* the struct_ops itself needs a kernel with the hook */
	bpf_program__set_autoload(policy->call, false);
	bpf_map__set_autocreate(policy->ops, false);
	policy__choose(policy, runner->test);
	if (!sweeps)
		return 0;
	runner->sweep = find_entry(runner, "_sweep", err);
	if (!runner->sweep)
		return -1;
	policy__choose(policy, runner->sweep);
	map = bpf_object__find_map_by_name(policy->obj, SWEEP_SECTION);
	if (map)
		bpf_map__set_autocreate(map, true);
	return 0;
}

static int take_constants(struct runner *runner, bool sweeping, struct err *err)
{
	struct bpf_object *obj = runner->policy.obj;
	bool *is_testing = global__find(obj, ".rodata", "smccc_testing", 1);
	bool *is_sweeping = global__find(obj, ".rodata", "smccc_sweeping", 1);

	if (!is_testing || !is_sweeping)
		return err_set(err, ERR_POLICY_INVALID, COMPILE_HINT,
			       "%s has no smccc_testing and smccc_sweeping", runner->policy.label);
	*is_testing = true;
	*is_sweeping = sweeping;
	return 0;
}

/* What is mapped only after loading. */
static int take_variables(struct runner *runner, struct err *err)
{
	struct bpf_object *obj = runner->policy.obj;

	runner->time_ns = global__find(obj, ".bss", "smccc_test_time_ns", sizeof(__u64));
	runner->exhausted = global__find(obj, ".bss", "smccc_sweep_exhausted", 1);
	runner->count = global__find(obj, SWEEP_SECTION, "smccc_sweep_count", sizeof(__u32));
	runner->ids = global__find(obj, SWEEP_SECTION, "smccc_sweep_ids",
				   RUNNER_FUNCS * sizeof(*runner->ids));
	runner->verdicts = global__find(obj, SWEEP_SECTION, "smccc_sweep_verdicts", RUNNER_FUNCS);
	runner->answers = global__find(obj, SWEEP_SECTION, "smccc_sweep_answers",
				       RUNNER_FUNCS * sizeof(*runner->answers));
	if (!runner->time_ns || (runner->sweep && !(runner->count && runner->ids &&
						    runner->verdicts && runner->answers)))
		return err_set(err, ERR_POLICY_INVALID, COMPILE_HINT,
			       "%s has no smccc_test_time_ns and smccc_sweep_answers",
			       runner->policy.label);
	*runner->time_ns = RUNNER_START_NS;
	return 0;
}

static int drop_event(void *ctx, void *data, size_t size)
{
	(void)ctx;
	(void)data;
	(void)size;
	return 0;
}

/* Events are read, so that no ring buffer fills up, as with a good reader. */
static int open_rings(struct runner *runner, struct err *err)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, runner->policy.obj) {
		int ret = 0, fd = bpf_map__fd(map);

		if (bpf_map__type(map) != BPF_MAP_TYPE_RINGBUF || fd < 0)
			continue;
		if (!runner->rings)
			runner->rings = ring_buffer__new(fd, drop_event, NULL, NULL);
		else
			ret = ring_buffer__add(runner->rings, fd, drop_event, NULL);
		if (ret || !runner->rings)
			return err_set(err, ERR_FAILED, NULL, "cannot read the events of %s: %s",
				       runner->policy.label, strerror(errno));
	}
	return 0;
}

/* bpf_loop(), which a sweep takes, came last of what policies and tools need. */
static bool is_kernel_too_old(void)
{
	return !libbpf_probe_bpf_helper(BPF_PROG_TYPE_SYSCALL, BPF_FUNC_loop, NULL);
}

static int explain_failure(struct err *err)
{
	char missing[64];

	if (err->code != ERR_NO_PERMISSION && is_kernel_too_old()) {
		err_clear(err);
		return err_set(err, ERR_NO_BPF, "run Linux 5.17 or later",
			       "this kernel cannot run policies: it is too old, or has no bpf(2)");
	}
	kernel__missing_capabilities(missing, sizeof(missing));
	if (err->code == ERR_NO_PERMISSION && missing[0])
		err_hint(err, "run as root, or grant %s: a policy is run by bpf(2)", missing);
	return -1;
}

int runner__open(struct runner *runner, const struct policy_file *file,
		 const struct runner_settings *settings, struct err *err)
{
	struct policy *policy = &runner->policy;
	char btf[64];

	*runner = (struct runner){ .btf_fd = -1 };
	if (make_btf_file(runner, file, btf, sizeof(btf), err) ||
	    policy__open_with(policy, file, btf, err))
		return -1;
	if (!has_our_call(bpf_object__btf(policy->obj)))
		return err_set(err, ERR_POLICY_INVALID, COMPILE_HINT,
			       "%s: its struct kvm_smccc_call is not this version's", file->label);
	ops__get(&policy->layout, bpf_map__initial_value(policy->ops, NULL), &runner->values);
	runner->cookie = settings->set_cookie ? settings->cookie : runner->values.cookie;
	if (select_programs(runner, settings->sweeps, err) ||
	    take_constants(runner, settings->sweeping, err))
		return -1;
	if (policy__load(policy, settings->verbose, err))
		return explain_failure(err);
	return take_variables(runner, err) || open_rings(runner, err) ? -1 : 0;
}

void runner__close(struct runner *runner)
{
	ring_buffer__free(runner->rings);
	policy__close(&runner->policy);
	if (runner->btf_fd > 0)
		close(runner->btf_fd);
	*runner = (struct runner){ .btf_fd = -1 };
}

const char *runner__name(const struct runner *runner)
{
	return bpf_map__name(runner->policy.ops);
}
