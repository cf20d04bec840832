// SPDX-License-Identifier: GPL-2.0
/* Tells itself from first by a map, a global and a default cookie. */
#include "smccc_policy.h"

__u64 seen;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 1);
} counters SEC(".maps");

SMCCC_POLICY(second, .cookie = 0x22)
{
	__u64 *count = bpf_map_lookup_elem(&counters, &(__u32){ 0 });

	seen++;
	if (count)
		__sync_fetch_and_add(count, 1);
	return KVM_SMCCC_DENY;
}
