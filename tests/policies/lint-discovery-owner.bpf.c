// SPDX-License-Identifier: GPL-2.0
/* For tests: breaks lint's rule discovery_owner, and no other: KVM's TRNG, of which
 * the policy answers one function. */
#include "smccc_policy.h"

SMCCC_POLICY(discovery_owner)
{
	if (smccc_is(call, TRNG_RND))
		return smccc_answer(call, TRNG_SUCCESS, 0, 0, 4);
	return KVM_SMCCC_HANDLE;
}
