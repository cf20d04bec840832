/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between a policy and the tools that run it without KVM: smccc_loader test,
 * explain, lint and diff, and the unit tests. Policies need smccc_now_ns() and, if
 * they keep state of their own, smccc_sweeping.
 */
#ifndef SMCCC_TEST_H
#define SMCCC_TEST_H

#include "smccc_ids.h"

/*
 * Set before the policy is loaded. In one that is attached both are constant
 * false: the verifier drops what depends on them.
 */
const volatile bool smccc_testing;  /* this is not a guest's call */
const volatile bool smccc_sweeping; /* verdicts only: neither count nor report */

/* Set at any time. */
__u64 smccc_test_time_ns;   /* the time, while testing */
bool smccc_sweep_exhausted; /* while sweeping: no bucket has a token left */

/*
 * In a sweep a call must not change the verdict of the next one: counters, events
 * and buckets are left alone, and rate limits decide by smccc_sweep_exhausted. Two
 * sweeps, with false and with true, find every verdict that depends on a limit,
 * in any order and whatever the burst. A policy with state of its own looks at
 * smccc_sweeping itself.
 */

/*
 * The function IDs that <policy>_sweep decides, each or'ed to that of the call that
 * it is given; or, with a count of 0, all function numbers.
 */
__u32 smccc_sweep_count SEC(".bss.sweep");
__u32 smccc_sweep_ids[SMCCC_FUNC_MASK + 1] SEC(".bss.sweep");

/*
 * What it found, in their order: in the lower three bits the verdict, 4 for
 * anything wild, and SMCCC_SWEEP_ALWAYS with KVM_SMCCC_ALWAYS.
 */
__u8 smccc_sweep_verdicts[SMCCC_FUNC_MASK + 1] SEC(".bss.sweep");

/* Of an ANSWER: hashes of all registers, and of those that it changed. */
struct smccc_sweep_answer {
	__u32 regs;
	__u32 changed;
};

struct smccc_sweep_answer smccc_sweep_answers[SMCCC_FUNC_MASK + 1] SEC(".bss.sweep");

#define SMCCC_SWEEP_WILD   4
#define SMCCC_SWEEP_ALWAYS 8

static __always_inline __u8 smccc_sweep_verdict(__u32 verdict)
{
	if (verdict <= KVM_SMCCC_ANSWER)
		return verdict;
	if (verdict - KVM_SMCCC_ALWAYS < KVM_SMCCC_ANSWER)
		return (verdict - KVM_SMCCC_ALWAYS) | SMCCC_SWEEP_ALWAYS;
	return SMCCC_SWEEP_WILD;
}

/* Keeps what became of number i, a call with the registers before. */
static __always_inline void smccc_sweep_keep(__u32 i, const __u64 *before,
					     const struct kvm_smccc_call *after, __u32 verdict)
{
	__u64 regs = 0, changed = 0, value;
	int r;

	smccc_sweep_verdicts[i] = smccc_sweep_verdict(verdict);
	if (verdict != KVM_SMCCC_ANSWER)
		return;
	for (r = 0; r < 18; r++) {
		value = after->regs[r];
		regs = (regs ^ value) * 0x9e3779b97f4a7c15ULL + 1;
		/* x0 comes with the ID in its lower half */
		if (value == (r ? before[r] : before[0] | after->func_id))
			value = 0;
		changed = (changed ^ value) * 0x9e3779b97f4a7c15ULL + 1;
	}
	smccc_sweep_answers[i].regs = regs >> 32;
	smccc_sweep_answers[i].changed = changed >> 32;
}

/* CLOCK_MONOTONIC in ns; in a test, the time that the test gives. */
static __always_inline __u64 smccc_now_ns(void)
{
	return smccc_testing ? smccc_test_time_ns : bpf_ktime_get_ns();
}

#endif
