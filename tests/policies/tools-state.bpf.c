// SPDX-License-Identifier: GPL-2.0
/* For tests: verdicts that depend on state, in ways that can be seen and others. */
#include "smccc_policy.h"

#ifndef STATE
#define STATE(old, new) old
#endif

SMCCC_BUCKETS(buckets, 4);

static bool suspended;

SMCCC_POLICY(tools_state)
{
	switch (smccc_func_id(call)) {
	case TRNG_RND:
	case TRNG_RND_64:
		/* an argument besides */
		if (call->regs[1] > STATE(128, 192))
			return KVM_SMCCC_DENY;
		if (smccc_take(&buckets, 0, SMCCC_PER_SECOND(100), 1))
			return KVM_SMCCC_HANDLE;
		return smccc_answer_code(call, TRNG_NO_ENTROPY);
	case FFA_RUN:
		return smccc_take(&buckets, 1, SMCCC_PER_SECOND(STATE(100, 101)), 64) ?
			       KVM_SMCCC_HANDLE :
			       KVM_SMCCC_DENY;
	case FFA_YIELD:
		return smccc_take(&buckets, 2, SMCCC_PER_SECOND(100), STATE(200, 201)) ?
			       KVM_SMCCC_HANDLE :
			       KVM_SMCCC_DENY;
	case FFA_MSG_WAIT:
		/* more in a row than any tool tries */
		return smccc_take(&buckets, 3, SMCCC_PER_SECOND(1000), STATE(1000000, 2000000)) ?
			       KVM_SMCCC_HANDLE :
			       KVM_SMCCC_DENY;
	case FFA_ID_GET:
		return bpf_get_prandom_u32() & 1 ? KVM_SMCCC_DENY : KVM_SMCCC_HANDLE;
	case PSCI_SYSTEM_SUSPEND:
		suspended |= !smccc_sweeping;
		return KVM_SMCCC_HANDLE;
	case PSCI_MEM_PROTECT:
		return suspended ? KVM_SMCCC_DENY : KVM_SMCCC_HANDLE;
	case PSCI_SYSTEM_OFF:
		/* the guard hides it from a sweep */
		return !smccc_sweeping && call->regs[1] == 0x777 ? KVM_SMCCC_DENY :
								   KVM_SMCCC_HANDLE;
	}
	return KVM_SMCCC_HANDLE;
}
