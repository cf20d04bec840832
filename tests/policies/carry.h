/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For tests of what a policy leaves to the next one: two policies whose maps are
 * declared here alike, or not. PSCI_VERSION is denied, two TRNG_VERSION an hour are
 * let through, every call is counted.
 */
#ifndef CARRY_H
#define CARRY_H

#include "smccc_policy.h"

#define HOUR_NS (3600 * 1000000000ULL)

SMCCC_COUNTERS(16);
SMCCC_EVENTS(4096);
SMCCC_BUCKETS(buckets, 8);

/* One of another size, one of other members in the same size. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct sized);
	__uint(max_entries, 1);
} sizes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct typed);
	__uint(max_entries, 1);
} types SEC(".maps");

/* Its sections are the same in both, but not what is in .data at first. */
__u64 seen;
__u64 step = STEP;

static __always_inline int carry_decide(struct kvm_smccc_call *call)
{
	__u32 zero = 0;
	int verdict = KVM_SMCCC_HANDLE;

	if (bpf_map_lookup_elem(&sizes, &zero) && bpf_map_lookup_elem(&types, &zero))
		__sync_fetch_and_add(&seen, step);
	if (smccc_is(call, PSCI_VERSION) ||
	    (smccc_is(call, TRNG_VERSION) && !smccc_take(&buckets, call->cookie, HOUR_NS, 2)))
		verdict = KVM_SMCCC_DENY;
	smccc_count(call, verdict);
	return verdict;
}

#endif
