// SPDX-License-Identifier: GPL-2.0
/* For tests: verdicts on calls with an immediate or with reserved bits, of which the
 * kernel follows some in some ranges only. */
#include "smccc_policy.h"

SMCCC_POLICY(odd, .answer_ranges = SMCCC_RANGE(SMCCC_OWNER_OEM))
{
	switch (call->imm) {
	case 0:
		break;
	case 1:
		return KVM_SMCCC_HANDLE;
	case 0xea1:
		return smccc_answer(call, 0, 0, 0, 0);
	case 0x6000:
		return smccc_owner(call) == SMCCC_OWNER_SIP ? KVM_SMCCC_FORWARD : KVM_SMCCC_DENY;
	case 0xffff:
		return smccc_owner(call) == SMCCC_OWNER_SIP ? 99 : KVM_SMCCC_DENY;
	default:
		return KVM_SMCCC_DENY;
	}
	if (smccc_func_id(call) == 0x82800000)
		return KVM_SMCCC_FORWARD;
	return smccc_owner(call) == SMCCC_OWNER_OEM && !(call->func_id & 0xfe0000) ?
		       KVM_SMCCC_DENY :
		       KVM_SMCCC_HANDLE;
}
