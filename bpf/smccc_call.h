/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A call, taken apart and matched: which service and function, in which
 * convention, with which arguments. Part of smccc_policy.h.
 *
 * DEN0028 is the SMC Calling Convention, sections as in its issue E and later.
 */
#ifndef SMCCC_CALL_H
#define SMCCC_CALL_H

#include "smccc_ids.h"

/*
 * Function IDs (DEN0028, section 2.5 "Function Identifiers"). All of these look
 * at the ID without the SVE hint, which a caller may set on any call.
 */

/* The ID of 32 bits, as in smccc_ids.h: for a switch. */
static __always_inline __u32 smccc_func_id(const struct kvm_smccc_call *call)
{
	return call->func_id & ~SMCCC_SVE_HINT;
}

/* A fast call, otherwise a yielding one (DEN0028, section 2.2). */
static __always_inline bool smccc_is_fast(const struct kvm_smccc_call *call)
{
	return call->func_id & SMCCC_FAST;
}

/* The SMC64 convention, otherwise SMC32. Says nothing of the caller's state. */
static __always_inline bool smccc_is_64(const struct kvm_smccc_call *call)
{
	return call->func_id & SMCCC_64;
}

/* enum smccc_owner: 0 to 63 */
static __always_inline __u32 smccc_owner(const struct kvm_smccc_call *call)
{
	return call->func_id >> SMCCC_OWNER_SHIFT & SMCCC_OWNER_MASK;
}

/* Function number within the owner's range: 0 to 0xffff */
static __always_inline __u32 smccc_func(const struct kvm_smccc_call *call)
{
	return call->func_id & SMCCC_FUNC_MASK;
}

/*
 * Matching. A call with an immediate matches nothing: it is not SMCCC's,
 * whatever w0 holds (DEN0028, section 2.9 "SMC and HVC immediate value").
 *
 * KVM takes an HVC with an immediate for one without. So a policy that leaves
 * what does not match to KVM says first what becomes of those calls, or its
 * guest gets past it by "hvc #1":
 *
 *	if (call->imm)
 *		return KVM_SMCCC_DENY;
 */

/*
 * Whether this is the function, in either convention: smccc_is(call, PSCI_CPU_ON)
 * and smccc_is(call, PSCI_CPU_ON_64) are the same. For one of the two compare
 * smccc_func_id().
 */
static __always_inline bool smccc_is(const struct kvm_smccc_call *call, __u32 function)
{
	return !call->imm && (smccc_func_id(call) | SMCCC_64) == (function | SMCCC_64);
}

/*
 * Whether this is a fast call, in either convention, of an owner's functions
 * first to last, each 0 to 0xffff. Bits 23:17 must be zero (DEN0028, section 2.5).
 */
static __always_inline bool smccc_is_call(const struct kvm_smccc_call *call, __u32 owner,
					  __u32 first, __u32 last)
{
	__u32 id = smccc_func_id(call) & ~SMCCC_64;
	__u32 base = SMCCC_ID(SMCCC_FAST, owner, 0);

	return !call->imm && id >= base + first && id <= base + last;
}

/* PSCI 0.2 and later: 0x84000000 to 0x8400001f (DEN0022, section 5.1) */
static __always_inline bool smccc_is_psci(const struct kvm_smccc_call *call)
{
	return smccc_is_call(call, SMCCC_OWNER_STANDARD, SMCCC_PSCI_FIRST, SMCCC_PSCI_LAST);
}

/*
 * KVM's PSCI 0.1: 0x95c1ba5e to 0x95c1ba61, and no other ID (see smccc_ids.h). For
 * one of them compare call->func_id: smccc_is() and smccc_func_id() know SMCCC only.
 */
static __always_inline bool smccc_is_psci_0_1(const struct kvm_smccc_call *call)
{
	return !call->imm && call->func_id >= PSCI_0_1_CPU_SUSPEND &&
	       call->func_id <= PSCI_0_1_MIGRATE;
}

/* TRNG: 0x84000050 to 0x8400005f (DEN0098, section 2.1) */
static __always_inline bool smccc_is_trng(const struct kvm_smccc_call *call)
{
	return smccc_is_call(call, SMCCC_OWNER_STANDARD, SMCCC_TRNG_FIRST, SMCCC_TRNG_LAST);
}

/* FF-A: 0x84000060 to 0x840000ef (DEN0077A, chapter 11) */
static __always_inline bool smccc_is_ffa(const struct kvm_smccc_call *call)
{
	return smccc_is_call(call, SMCCC_OWNER_STANDARD, SMCCC_FFA_FIRST, SMCCC_FFA_LAST);
}

/* Paravirtualised time: 0xc5000020 to 0xc500003f (DEN0057, section 3.2) */
static __always_inline bool smccc_is_pv_time(const struct kvm_smccc_call *call)
{
	return smccc_is_call(call, SMCCC_OWNER_STANDARD_HYP, SMCCC_PV_TIME_FIRST,
			     SMCCC_PV_TIME_LAST);
}

/*
 * Vendor Specific Hypervisor Service: 0x86000000 to 0x8600ffff (DEN0028, section
 * 6.1). On KVM that is KVM's own ABI, pKVM's calls included.
 */
static __always_inline bool smccc_is_vendor_hyp(const struct kvm_smccc_call *call)
{
	return smccc_is_call(call, SMCCC_OWNER_VENDOR_HYP, 0, SMCCC_FUNC_MASK);
}

/* Whether the function, in this convention, is one of smccc_ids.h. */
static __always_inline bool smccc_is_named(const struct kvm_smccc_call *call)
{
	switch (smccc_func_id(call)) {
#define SMCCC_CASE(name, id) case name:
		SMCCC_FUNCTIONS(SMCCC_CASE)
#undef SMCCC_CASE
		return !call->imm;
	default:
		return false;
	}
}

/* Made by SMC, otherwise by HVC. */
static __always_inline bool smccc_is_smc(const struct kvm_smccc_call *call)
{
	return call->flags & KVM_SMCCC_CALL_SMC;
}

/* Made from AArch32 state, which has r0 to r7 only. */
static __always_inline bool smccc_is_aarch32(const struct kvm_smccc_call *call)
{
	return call->flags & KVM_SMCCC_CALL_AARCH32;
}

static __always_inline __u64 smccc_arg_width(const struct kvm_smccc_call *call, __u64 reg)
{
	return smccc_is_64(call) && !smccc_is_aarch32(call) ? reg : (__u32)reg;
}

/*
 * Argument n of the call, xn, as wide as the convention has it: 64 bits for SMC64,
 * otherwise the lower 32, for nothing says what is above (DEN0028, sections 2.6
 * "SMC32/HVC32 argument passing" and 2.7 "SMC64/HVC64 argument passing"). n is a
 * constant, 1 to 17 (SMC32 has 7): the verifier wants to know which register.
 */
#define smccc_arg(call, n)                                                           \
	({                                                                           \
		_Static_assert((n) >= 1 && (n) <= 17, "arguments are in x1 to x17"); \
		smccc_arg_width(call, (call)->regs[n]);                              \
	})

#endif
