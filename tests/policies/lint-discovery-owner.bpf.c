// SPDX-License-Identifier: GPL-2.0
/* For tests: breaks lint's rule discovery_owner, and no other: KVM's TRNG, of which
 * the policy answers one function, and KVM's FF-A with a version of the policy's, of
 * whose features nobody tells. */
#include "smccc_policy.h"

SMCCC_POLICY(discovery_owner)
{
	if (call->imm || smccc_is(call, FFA_FEATURES))
		return KVM_SMCCC_DENY;
	if (smccc_is(call, TRNG_RND))
		return smccc_answer(call, TRNG_SUCCESS, 0, 0, 4);
	if (smccc_is(call, FFA_VERSION))
		return smccc_answer(call, 0x10002, 0, 0, 0);
	return KVM_SMCCC_HANDLE;
}
