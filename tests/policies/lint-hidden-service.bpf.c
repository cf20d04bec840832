// SPDX-License-Identifier: GPL-2.0
/* For tests: breaks lint's rule hidden_service, and no other: paravirtualised time
 * that nobody can ask for, TRNG and KVM's range of whose functions nobody tells. */
#include "smccc_policy.h"

SMCCC_POLICY(hidden_service)
{
	if (call->imm)
		return KVM_SMCCC_DENY;

	return smccc_is(call, PV_TIME_FEATURES) || smccc_is(call, TRNG_FEATURES) ||
			       smccc_is(call, KVM_FEATURES) ?
		       KVM_SMCCC_DENY :
		       KVM_SMCCC_HANDLE;
}
