// SPDX-License-Identifier: GPL-2.0
#include "policy_run.h"

#include "bpf_global.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct policy {
	struct bpf_object *object;
	struct bpf_program *test, *sweep;
	struct ring_buffer *ring;
	struct smccc_event *next;
};

bool policy_bpf_permitted(void)
{
	const struct bpf_insn r0_is_0_exit[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = BPF_F_SLEEPABLE);
	int fd = bpf_prog_load(BPF_PROG_TYPE_SYSCALL, NULL, "GPL", r0_is_0_exit, 2, &opts);

	if (fd >= 0)
		close(fd);
	return fd != -EPERM;
}

/* Where the mirror of struct kvm_smccc_call says that a member is. */
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

#define NR_CALL_MEMBERS (sizeof(call_members) / sizeof(call_members[0]))

static bool layout_matches(const struct btf *btf)
{
	int id = btf__find_by_name_kind(btf, "kvm_smccc_call", BTF_KIND_STRUCT);
	const struct btf_type *type;
	size_t i;

	if (id < 0)
		return false;

	type = btf__type_by_id(btf, id);
	if (type->size != sizeof(struct kvm_smccc_call) || btf_vlen(type) != NR_CALL_MEMBERS)
		return false;

	for (i = 0; i < NR_CALL_MEMBERS; i++) {
		const char *name = btf__name_by_offset(btf, btf_members(type)[i].name_off);

		if (strcmp(name, call_members[i].name) ||
		    btf_member_bit_offset(type, i) != call_members[i].offset * 8)
			return false;
	}

	return true;
}

static bool is_named(const struct bpf_program *prog, const char *suffix)
{
	const char *end = strrchr(bpf_program__name(prog), '_');

	return bpf_program__type(prog) == BPF_PROG_TYPE_SYSCALL && end && !strcmp(end, suffix);
}

/* Only the test programs: the struct_ops needs a kernel with the hook. */
static int select_programs(struct policy *policy)
{
	struct bpf_program *prog;
	struct bpf_map *map;

	bpf_object__for_each_program(prog, policy->object) {
		if (is_named(prog, "_test"))
			policy->test = prog;
		else if (is_named(prog, "_sweep"))
			policy->sweep = prog;
		else
			bpf_program__set_autoload(prog, false);
	}

	bpf_object__for_each_map(map, policy->object) {
		if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS)
			bpf_map__set_autocreate(map, false);
	}

	return policy->test && policy->sweep ? 0 : -ENOENT;
}

static int take_event(void *ctx, void *data, size_t size)
{
	struct policy *policy = ctx;

	if (size != sizeof(*policy->next))
		return -EINVAL;

	memcpy(policy->next, data, size);
	return 0;
}

static int open_ring(struct policy *policy)
{
	int fd = policy_map(policy, "events");

	if (fd < 0)
		return 0;

	policy->ring = ring_buffer__new(fd, take_event, policy, NULL);
	return policy->ring ? 0 : -errno;
}

static int set_constant(struct policy *policy, const char *name, bool value)
{
	bool *constant = bpf_global(policy->object, ".rodata", name);

	if (!constant)
		return -ENOENT;

	*constant = value;
	return 0;
}

/* What must be known before the policy is loaded. */
static int configure(struct policy *policy, const struct policy_setup *setup)
{
	struct bpf_map *map;
	int err;

	/* Its time is ours. */
	err = set_constant(policy, "smccc_testing", true);
	if (!err)
		err = set_constant(policy, "smccc_sweeping", setup->sweeping);
	if (err || !setup->map)
		return err;

	map = bpf_object__find_map_by_name(policy->object, setup->map);
	return map ? bpf_map__set_max_entries(map, setup->map_entries) : -ENOENT;
}

static int load(struct policy *policy, const char *path, const struct policy_setup *setup)
{
	/* Types of the hook are not in a stock kernel's BTF, but in the policy's. */
	LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = path);
	int err;

	policy->object = bpf_object__open_file(path, &opts);
	if (!policy->object)
		return -errno;

	if (!layout_matches(bpf_object__btf(policy->object))) {
		fprintf(stderr, "%s: struct kvm_smccc_call is not that of policy_run.h\n", path);
		return -EINVAL;
	}

	err = select_programs(policy);
	if (err) {
		fprintf(stderr, "%s: no SEC(\"syscall\") test programs\n", path);
		return err;
	}

	err = configure(policy, setup);
	if (!err)
		err = bpf_object__load(policy->object);
	if (err)
		return err;

	policy_set_time(policy, 1000000000);
	return open_ring(policy);
}

struct policy *policy_open(const char *path, const struct policy_setup *setup)
{
	struct policy *policy = calloc(1, sizeof(*policy));
	int err;

	if (!policy)
		return NULL;

	err = load(policy, path, setup);
	if (!err)
		return policy;

	fprintf(stderr, "%s: cannot run this policy: %s\n", path, strerror(-err));
	policy_close(policy);
	return NULL;
}

void policy_close(struct policy *policy)
{
	if (!policy)
		return;

	ring_buffer__free(policy->ring);
	bpf_object__close(policy->object);
	free(policy);
}

void policy_set_time(struct policy *policy, __u64 ns)
{
	*(__u64 *)bpf_global(policy->object, ".bss", "smccc_test_time_ns") = ns;
}

int policy_call(struct policy *policy, struct kvm_smccc_call *call)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = call, .ctx_size_in = sizeof(*call));
	int err = bpf_prog_test_run_opts(bpf_program__fd(policy->test), &opts);

	return err ? err : (int)opts.retval;
}

const __u8 *policy_sweep(struct policy *policy, __u32 base)
{
	struct kvm_smccc_call call = { .func_id = base };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &call, .ctx_size_in = sizeof(call));
	int err = bpf_prog_test_run_opts(bpf_program__fd(policy->sweep), &opts);

	if (err || opts.retval != SMCCC_FUNC_MASK + 1)
		return NULL;

	return bpf_global(policy->object, ".bss.sweep", "smccc_sweep_verdicts");
}

void policy_set_exhausted(struct policy *policy, bool exhausted)
{
	*(bool *)bpf_global(policy->object, ".bss", "smccc_sweep_exhausted") = exhausted;
}

int policy_map(struct policy *policy, const char *name)
{
	return bpf_object__find_map_fd_by_name(policy->object, name);
}

__u64 policy_counter(struct policy *policy, __u32 func_id, __u32 verdict)
{
	struct smccc_counter_key key = { .func_id = func_id, .verdict = verdict };
	int fd = policy_map(policy, "counters");
	int i, cpus = libbpf_num_possible_cpus();
	__u64 sum = 0, *values;

	values = calloc(cpus, sizeof(*values));
	if (values && !bpf_map_lookup_elem(fd, &key, values)) {
		for (i = 0; i < cpus; i++)
			sum += values[i];
	}

	free(values);
	return sum;
}

bool policy_next_event(struct policy *policy, struct smccc_event *event)
{
	policy->next = event;
	return ring_buffer__consume_n(policy->ring, 1) == 1;
}
