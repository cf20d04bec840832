/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What fuzz.bpf.c says of a call, for the policy and for the test that predicts what
 * comes of it. Include vmlinux.h, or what defines struct kvm_smccc_call, first.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "smccc_ids.h"

#define FUZZ_ALWAYS 16 /* KVM_SMCCC_ALWAYS */

#define FUZZ_ALL_REGS(F) \
	F(0)             \
	F(1) F(2) F(3) F(4) F(5) F(6) F(7) F(8) F(9) F(10) F(11) F(12) F(13) F(14) F(15) F(16) F(17)

/* What the policy leaves in regs[n]. */
#define FUZZ_ANSWER(call, n) \
	((call)->regs[n] * 0x9e3779b97f4a7c15ULL + (call)->cookie * ((n) + 1) + (n))

static inline __attribute__((always_inline)) __u64 fuzz_mix(__u64 hash, __u64 value)
{
	hash = (hash ^ value) * 0xff51afd7ed558ccdULL;
	return hash ^ hash >> 32;
}

/* KVM must not get these: they would end or stop the guest. */
static inline __attribute__((always_inline)) bool fuzz_is_fatal(__u32 func_id)
{
	switch (func_id & ~SMCCC_64) {
	case PSCI_CPU_SUSPEND:
	case PSCI_CPU_OFF:
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
	case PSCI_SYSTEM_RESET2:
	case PSCI_SYSTEM_SUSPEND:
		return true;
	}
	return false;
}

static inline __attribute__((always_inline)) int fuzz_says(const struct kvm_smccc_call *call)
{
	/* by the function ID alone, and by everything */
	__u64 id = fuzz_mix(call->cookie, call->func_id), all = id;

	if (fuzz_is_fatal(call->func_id))
		return 3; /* ANSWER: not KVM's under any flag */
	if (id % 4 == 0)
		return FUZZ_ALWAYS | (id >> 8) % 3;

#define FUZZ_MIX(n) all = fuzz_mix(all, call->regs[n]);
	FUZZ_ALL_REGS(FUZZ_MIX)
#undef FUZZ_MIX
	all = fuzz_mix(all, (__u64)call->vcpu_id << 32 | call->flags << 16 | call->imm);
	switch (all % 16) {
	case 0 ... 13:
		return all % 4;
	case 14:
		return FUZZ_ALWAYS | 3; /* an answer is never for good */
	}
	/* No verdict: 4 to 15, what is beyond the last one, anything up there. */
	if (all >> 8 & 1)
		return 4 + (all >> 16) % 12;
	return (int)(all >> 32) | 32;
}

#endif
