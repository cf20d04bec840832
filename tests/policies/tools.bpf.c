// SPDX-License-Identifier: GPL-2.0
/* For tests: verdicts that depend on each thing a verdict can depend on. */
#include "smccc_policy.h"

SMCCC_BUCKETS(buckets, 1);

static __u64 calls;

SMCCC_POLICY(tools, .answer_ranges = SMCCC_RANGE(SMCCC_OWNER_OEM))
{
	if (call->imm)
		return KVM_SMCCC_DENY;

	switch (smccc_func_id(call)) {
	case PSCI_CPU_ON:
	case PSCI_CPU_ON_64:
		if (call->regs[1] > 0x1234)
			return smccc_answer_code(call, PSCI_DENIED);
		return KVM_SMCCC_HANDLE;
	case PSCI_CPU_OFF:
		return call->vcpu_id ? KVM_SMCCC_HANDLE : KVM_SMCCC_DENY;
	case PSCI_SYSTEM_OFF:
		return call->flags & KVM_SMCCC_CALL_SMC ? KVM_SMCCC_DENY : KVM_SMCCC_HANDLE;
	case PSCI_SYSTEM_RESET:
		return call->flags & KVM_SMCCC_CALL_AARCH32 ? KVM_SMCCC_DENY : KVM_SMCCC_HANDLE;
	case PSCI_VERSION:
		return call->cookie == 2 ? KVM_SMCCC_DENY : KVM_SMCCC_HANDLE;
	case TRNG_RND:
	case TRNG_RND_64:
		/* more in a row than any tool tries */
		if (smccc_take(&buckets, 0, SMCCC_PER_SECOND(1000), 1000000))
			return KVM_SMCCC_HANDLE;
		return smccc_answer_code(call, TRNG_NO_ENTROPY);
	case FFA_ID_GET:
		/* three calls, ever; a sweep must not use them up */
		if (smccc_sweeping || __sync_fetch_and_add(&calls, 1) < 3)
			return KVM_SMCCC_HANDLE;
		return KVM_SMCCC_DENY;
	case FFA_VERSION:
		return KVM_SMCCC_FORWARD;
	case 0x83000000:
		return smccc_answer(call, -1, 0x123456789abcdef0, 0, call->regs[3]);
	case 0x83000001:
		return smccc_answer(call, 0, smccc_now_ns(), 0, 0);
	case 0x83000002:
		return KVM_SMCCC_HANDLE;
	case 0x83000003:
		return 99;
	default:
		return smccc_owner(call) == SMCCC_OWNER_OEM ? KVM_SMCCC_DENY : KVM_SMCCC_HANDLE;
	}
}
