// SPDX-License-Identifier: GPL-2.0
/*
 * For tests: breaks no rule of lint. Behind another hypervisor's UID the numbers of
 * KVM's functions mean something else, whatever smccc_ids.h calls them.
 */
#include "smccc_policy.h"

SMCCC_POLICY(other_uid, .answer_ranges = SMCCC_RANGE(SMCCC_OWNER_VENDOR_HYP))
{
	switch (smccc_func_id(call)) {
	case VENDOR_HYP_CALL_UID:
		return smccc_answer(call, 1, 2, 3, 4);
	case KVM_FEATURES:
	case KVM_MEM_SHARE:
		return smccc_answer(call, 0xff, 0, 0, 0);
	default:
		return smccc_owner(call) == SMCCC_OWNER_VENDOR_HYP ? KVM_SMCCC_DENY :
								     KVM_SMCCC_HANDLE;
	}
}
