// SPDX-License-Identifier: GPL-2.0
/* The function number of a SiP call is the verdict; 4 and more are none. */
#include "smccc_policy.h"

SMCCC_COUNTERS(16);
SMCCC_EVENTS(4096);

SMCCC_POLICY(verdicts)
{
	int verdict;

	if (smccc_owner(call) != SMCCC_OWNER_SIP)
		return KVM_SMCCC_HANDLE;
	verdict = call->func_id & SMCCC_FUNC_MASK;
	smccc_count_as(smccc_func_id(call), verdict);
	smccc_event(call, verdict);
	return verdict;
}
