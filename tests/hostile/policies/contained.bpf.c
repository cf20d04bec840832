// SPDX-License-Identifier: GPL-2.0
/*
 * Policies that are hostile within what the verifier takes, each by the name that is
 * defined: hostile_test.c shows how far they get.
 */
#include "hostile.h"

#ifdef any_verdict
/* The guest says which. */
HOSTILE
{
	return call->regs[1];
}
#endif

#ifdef narrow_writes
/* Stores of all widths, aligned or not, at both ends of regs[]. */
HOSTILE
{
	STORE(u8, call, +0, 0x11);
	STORE(u16, call, +9, 0x2222);
	STORE(u32, call, +22, 0x33333333);
	STORE(u64, call, +36, 0x4444444444444444);
	STORE(u8, call, +143, 0x55);
	return KVM_SMCCC_ANSWER;
}
#endif

#ifdef tail_calls_without_end
int hostile_call(__u64 *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, int(void *));
} self SEC(".maps") = { .values = { (void *)&hostile_call } };

__u64 runs;

/* How often it has run, to the guest. */
HOSTILE
{
	runs++;
	bpf_tail_call(ctx, &self, 0);
	call->regs[0] = runs;
	return KVM_SMCCC_ANSWER;
}
#endif

#ifdef maps_of_its_own
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} hostile_calls SEC(".maps");

/* How many calls are in the map, to the guest. */
HOSTILE
{
	__u32 zero = 0;
	__u64 *calls = bpf_map_lookup_elem(&hostile_calls, &zero);

	if (calls)
		call->regs[0] = ++*calls;
	return KVM_SMCCC_ANSWER;
}
#endif
