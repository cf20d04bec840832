// SPDX-License-Identifier: GPL-2.0
/*
 * The tracepoint tells what was called and what became of it, but not by which VM:
 * a process may have several. That is what the vCPU which this CPU runs knows.
 */
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "call_counts.h"
#include "smccc_ids.h"

/* IDs that smccc_ids.h does not name are as many as a guest makes up: so many per VM. */
#define UNNAMED 256

char _license[] SEC("license") = "GPL";

/* The parts of the kernel's that are looked at. */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
enum bpf_link_type {
	LINK_TYPE_STRUCT_OPS = 9, /* linux/bpf.h */
};

struct bpf_link {
	__u32 id;
	enum bpf_link_type type;
};

struct bpf_struct_ops_link {
	struct bpf_link link;
	void *map; /* NULL: the VM has gone, or the policy was detached */
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__bpf_link {
	struct bpf_iter_meta *meta;
	struct bpf_link *link;
};

struct kvm_arch {
	struct kvm_smccc_ops *smccc_ops;
};

struct kvm {
	struct kvm_arch arch;
};

struct kvm_vcpu {
	struct kvm *kvm;
};
#pragma clang attribute pop

extern struct kvm_vcpu *kvm_running_vcpu __ksym;

struct calls {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, CALL_COUNTS_ROOM);
	__type(key, struct call_key);
	__type(value, __u64);
} first SEC(".maps");

/*
 * Where calls are counted now. To get rid of counters they are not deleted, since a
 * call may just be counting, but another map is put here.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct calls);
} calls SEC(".maps") = {
	.values = { &first },
};

/* How many unnamed IDs a VM has had. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u32);
} unnamed SEC(".maps");

__u64 lost;

static __always_inline bool is_named(__u32 func_id)
{
	switch (func_id & ~SMCCC_SVE_HINT) {
#define CASE(name, id) case name:
		SMCCC_FUNCTIONS(CASE)
		return true;
	}
	switch (func_id) {
		SMCCC_FUNCTIONS_PSCI_0_1(CASE)
#undef CASE
		return true;
	}
	return false;
}

static __always_inline __u32 running_link_id(void)
{
	struct kvm_vcpu **vcpu = bpf_this_cpu_ptr(&kvm_running_vcpu);

	return BPF_CORE_READ(*vcpu, kvm, arch.smccc_ops, link, id);
}

static __always_inline bool has_room(__u32 link_id)
{
	__u32 *nr = bpf_map_lookup_elem(&unnamed, &link_id), one = 1;

	if (!nr)
		return !bpf_map_update_elem(&unnamed, &link_id, &one, BPF_NOEXIST);
	if (*nr >= UNNAMED)
		return false;
	__sync_fetch_and_add(nr, 1);
	return true;
}

static __always_inline __u64 *new_counter(void *map, struct call_key *key)
{
	__u64 zero = 0;

	if (!is_named(key->func_id) && !has_room(key->link_id))
		key->func_id = CALL_COUNTS_OTHER;
	/* Another CPU may be faster: then this fails, and the counter is there. */
	bpf_map_update_elem(map, key, &zero, BPF_NOEXIST);
	return bpf_map_lookup_elem(map, key);
}

static __always_inline __u64 *find_counter(struct call_key *key)
{
	__u32 now = 0;
	void *map = bpf_map_lookup_elem(&calls, &now);
	__u64 *count;

	if (!map)
		return NULL;
	count = bpf_map_lookup_elem(map, key);
	return count ? count : new_counter(map, key);
}

SEC("raw_tp/kvm_smccc_policy")
int BPF_PROG(count_call, __u32 vcpu_id, __u32 func_id, int said, __u8 did)
{
	struct call_key key = {
		.link_id = running_link_id(),
		.func_id = func_id,
		.said = (__u32)said <= KVM_SMCCC_ANSWER ? said : CALL_COUNTS_WILD,
		.did = did,
	};
	__u64 *count = find_counter(&key);

	if (count)
		(*count)++;
	else
		__sync_fetch_and_add(&lost, 1);
	return 0;
}

/* The id of each link that has a policy in force, whoever holds it. */
SEC("iter/bpf_link")
int list_links(struct bpf_iter__bpf_link *ctx)
{
	struct bpf_struct_ops_link *link = (void *)ctx->link;
	__u32 id;

	if (!link || BPF_CORE_READ(link, link.type) != LINK_TYPE_STRUCT_OPS ||
	    !BPF_CORE_READ(link, map))
		return 0;
	id = BPF_CORE_READ(link, link.id);
	bpf_seq_write(ctx->meta->seq, &id, sizeof(id));
	return 0;
}
