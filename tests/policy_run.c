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
	int prog_fd;
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

static bool is_test_program(const struct bpf_program *prog)
{
	const char *suffix = strrchr(bpf_program__name(prog), '_');

	return bpf_program__type(prog) == BPF_PROG_TYPE_SYSCALL && suffix &&
	       !strcmp(suffix, "_test");
}

/* Only the test program: the struct_ops needs a kernel with the hook. */
static struct bpf_program *select_test_program(struct bpf_object *object)
{
	struct bpf_program *prog, *test = NULL;
	struct bpf_map *map;

	bpf_object__for_each_program(prog, object) {
		bool is_test = is_test_program(prog);

		bpf_program__set_autoload(prog, is_test);
		if (is_test)
			test = prog;
	}

	bpf_object__for_each_map(map, object) {
		if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS)
			bpf_map__set_autocreate(map, false);
	}

	return test;
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
	int fd = bpf_object__find_map_fd_by_name(policy->object, "events");

	if (fd < 0)
		return 0;

	policy->ring = ring_buffer__new(fd, take_event, policy, NULL);
	return policy->ring ? 0 : -errno;
}

/* The policy is under test: its time is ours. */
static int take_clock(struct policy *policy)
{
	bool *testing = bpf_global(policy->object, ".rodata", "smccc_testing");

	if (!testing)
		return -ENOENT;

	*testing = true;
	return 0;
}

static int load(struct policy *policy, const char *path)
{
	/* Types of the hook are not in a stock kernel's BTF, but in the policy's. */
	LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = path);
	struct bpf_program *test;
	int err;

	policy->object = bpf_object__open_file(path, &opts);
	if (!policy->object)
		return -errno;

	if (!layout_matches(bpf_object__btf(policy->object))) {
		fprintf(stderr, "%s: struct kvm_smccc_call is not that of policy_run.h\n", path);
		return -EINVAL;
	}

	test = select_test_program(policy->object);
	if (!test) {
		fprintf(stderr, "%s: no SEC(\"syscall\") test program\n", path);
		return -ENOENT;
	}

	err = take_clock(policy);
	if (!err)
		err = bpf_object__load(policy->object);
	if (err)
		return err;

	policy_set_time(policy, 1000000000);
	policy->prog_fd = bpf_program__fd(test);
	return open_ring(policy);
}

struct policy *policy_open(const char *path)
{
	struct policy *policy = calloc(1, sizeof(*policy));
	int err;

	if (!policy)
		return NULL;

	err = load(policy, path);
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
	int err = bpf_prog_test_run_opts(policy->prog_fd, &opts);

	return err ? err : (int)opts.retval;
}

__u64 policy_counter(struct policy *policy, __u32 func_id, __u32 verdict)
{
	struct smccc_counter_key key = { .func_id = func_id, .verdict = verdict };
	int fd = bpf_object__find_map_fd_by_name(policy->object, "counters");
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
