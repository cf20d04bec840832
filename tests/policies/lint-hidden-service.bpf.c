// SPDX-License-Identifier: GPL-2.0
/* For tests: breaks lint's rule hidden_service, and no other: paravirtualised time
 * that nobody can ask for. */
#include "smccc_policy.h"

SMCCC_POLICY(hidden_service)
{
	return smccc_is(call, PV_TIME_FEATURES) ? KVM_SMCCC_DENY : KVM_SMCCC_HANDLE;
}
