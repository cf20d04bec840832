// SPDX-License-Identifier: GPL-2.0
/* For tests: verdicts behind many constants, on rare values, and in unknown ranges. */
#include "smccc_policy.h"

#ifndef DEEP
#define DEEP(old, new) old
#endif

SMCCC_COUNTERS(256);
SMCCC_EVENTS(64 * 1024);

/* More values than a tool would think of. */
static __always_inline bool is_known(__u64 value)
{
	switch (value) {
#define TEN(n)                  \
	case (n)*1103515245ULL: \
	case (n)*1103515247ULL: \
	case (n)*1103515249ULL: \
	case (n)*1103515251ULL: \
	case (n)*1103515253ULL: \
	case (n)*1103515255ULL: \
	case (n)*1103515257ULL: \
	case (n)*1103515259ULL: \
	case (n)*1103515261ULL: \
	case (n)*1103515263ULL:
		TEN(1) TEN(3) TEN(5) TEN(7) TEN(11) TEN(13) TEN(17) TEN(19) return true;
	}
	return false;
}

static __always_inline bool is_denied(const struct kvm_smccc_call *call)
{
	__u64 x1 = smccc_arg(call, 1);

	if (smccc_is(call, PSCI_CPU_ON))
		return x1 == DEEP(0x103, 0x104) || call->vcpu_id == 300;
	if (smccc_is(call, PSCI_AFFINITY_INFO))
		return x1 == 0x10 || x1 == 0x20 || x1 == 0x30 || x1 == 0x41 || x1 == 0x52;
	if (smccc_is(call, PSCI_CPU_OFF))
		return call->cookie == 77;
	/* 64 bits: KVM looks at 32 */
	if (call->regs[0] == FFA_VERSION)
		return true;
	if (smccc_is(call, FFA_FEATURES))
		return is_known(call->regs[3]) || call->regs[2] == DEEP(0x12345, 0x54321);
	/* the hint takes it out of the range */
	if (call->func_id >= 0x82000000 && call->func_id <= 0x8200ffff)
		return true;
	return smccc_is_fast(call) && smccc_owner(call) == SMCCC_OWNER_TRUSTED_APP &&
	       x1 == DEEP(5, 6);
}

SMCCC_POLICY(tools_deep)
{
	smccc_count(call, KVM_SMCCC_HANDLE);
	smccc_event(call, KVM_SMCCC_HANDLE);

	/* the one of KVM's functions that is none of SMCCC's */
	if (call->func_id == DEEP(0x95c1ba5f, 0x95c1ba60))
		return KVM_SMCCC_DENY;
	if (call->imm == 0x4444)
		return KVM_SMCCC_DENY;
	if (call->imm == 0xea1)
		return smccc_answer(call, DEEP(0, 1), 0, 0, 0);
	if (smccc_func_id(call) == PSCI_CPU_SUSPEND)
		return smccc_answer_code(call, PSCI_DENIED);
	if (smccc_func_id(call) == PSCI_CPU_SUSPEND_64)
		return smccc_answer_code(call, PSCI_INVALID_PARAMETERS);
	if (!call->imm && smccc_owner(call) == SMCCC_OWNER_OEM)
		return smccc_answer(call, smccc_func(call) / DEEP(2, 3), 0, 0, 0);
	return is_denied(call) ? KVM_SMCCC_DENY : KVM_SMCCC_HANDLE;
}
