// SPDX-License-Identifier: GPL-2.0
/* For tests: breaks lint's rule always, and no other: KVM may remember what depends on
 * arguments, on the caller, and on state. On the cookie it may depend. */
#include "smccc_policy.h"

SMCCC_BUCKETS(buckets, 4);

SMCCC_POLICY(always)
{
	const int handle = KVM_SMCCC_HANDLE | KVM_SMCCC_ALWAYS;
	const int deny = KVM_SMCCC_DENY | KVM_SMCCC_ALWAYS;

	if (call->imm)
		return KVM_SMCCC_DENY;
	if (smccc_is(call, FFA_YIELD))
		return smccc_arg(call, 1) == 5 ? KVM_SMCCC_DENY : handle;
	if (smccc_is(call, KVM_MEM_SHARE))
		return smccc_arg(call, 1) == 0x12345000 ? deny : KVM_SMCCC_HANDLE;
	if (smccc_is(call, PSCI_MEM_PROTECT))
		return call->vcpu_id ? deny : handle;
	if (smccc_is(call, PSCI_SET_SUSPEND_MODE))
		return smccc_take(&buckets, 0, SMCCC_PER_SECOND(10), 5) ? handle : KVM_SMCCC_DENY;
	if (smccc_is(call, FFA_RUN))
		return call->cookie == 2 ? deny : handle;
	return handle;
}
