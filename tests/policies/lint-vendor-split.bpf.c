// SPDX-License-Identifier: GPL-2.0
/* For tests: breaks lint's rule vendor_split, and no other: a UID of the policy's
 * own, before KVM's functions. */
#include "smccc_policy.h"

SMCCC_POLICY(vendor_split)
{
	if (call->imm)
		return KVM_SMCCC_DENY;

	if (smccc_is(call, VENDOR_HYP_CALL_UID))
		return smccc_answer(call, 1, 2, 3, 4);
	return KVM_SMCCC_HANDLE;
}
