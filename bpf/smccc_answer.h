/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Answers by the policy itself: return smccc_answer(...) from it. Part of
 * smccc_policy.h. Which calls a policy may answer: .answer_ranges, and
 * docs/how-it-works.md, "What a policy cannot do".
 */
#ifndef SMCCC_ANSWER_H
#define SMCCC_ANSWER_H

/*
 * Answer with four results, x0 to x3, where most services have theirs; for more
 * write call->regs[4] and on first. x4 to x17 keep what the caller had in them
 * (DEN0028, section 2.6 on), in AArch32 r4 to r7.
 */
static __always_inline int smccc_answer(struct kvm_smccc_call *call, __u64 x0, __u64 x1, __u64 x2,
					__u64 x3)
{
	call->regs[0] = x0;
	call->regs[1] = x1;
	call->regs[2] = x2;
	call->regs[3] = x3;
	return KVM_SMCCC_ANSWER;
}

/*
 * Answer with a code of the service's own, such as PSCI_DENIED (DEN0022, section
 * 5.2.2) or TRNG_NO_ENTROPY (DEN0098, section 2.2), and zero in x1 to x3. The same
 * number means different things in different services: for SMCCC's NOT_SUPPORTED
 * return KVM_SMCCC_DENY. x0 has the code's sign in all its 64 bits, as in KVM's own
 * answers; an SMC32 caller looks at w0.
 */
static __always_inline int smccc_answer_code(struct kvm_smccc_call *call, __s32 code)
{
	return smccc_answer(call, (__s64)code, 0, 0, 0);
}

#endif
