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
struct bpf_link {
	__u32 id;
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

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct call_key);
	__type(value, __u64);
} calls SEC(".maps");

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

static __always_inline __u64 *new_counter(struct call_key *key)
{
	__u64 zero = 0;

	if (!is_named(key->func_id) && !has_room(key->link_id))
		key->func_id = CALL_COUNTS_OTHER;
	/* Another CPU may be faster: then this fails, and the counter is there. */
	bpf_map_update_elem(&calls, key, &zero, BPF_NOEXIST);
	return bpf_map_lookup_elem(&calls, key);
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
	__u64 *count = bpf_map_lookup_elem(&calls, &key);

	if (!count)
		count = new_counter(&key);
	if (count)
		(*count)++;
	else
		__sync_fetch_and_add(&lost, 1);
	return 0;
}
