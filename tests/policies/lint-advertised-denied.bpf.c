// SPDX-License-Identifier: GPL-2.0
/* For tests: breaks lint's rule advertised_denied, and no other: TRNG_FEATURES says
 * that TRNG_GET_UUID is there. */
#include "smccc_policy.h"

SMCCC_POLICY(advertised_denied)
{
	if (call->imm)
		return KVM_SMCCC_DENY;

	return smccc_is(call, TRNG_GET_UUID) ? KVM_SMCCC_DENY : KVM_SMCCC_HANDLE;
}
