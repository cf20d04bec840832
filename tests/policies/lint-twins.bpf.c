// SPDX-License-Identifier: GPL-2.0
/* For tests: breaks lint's rule twins, and no other: one half of PSCI_STAT_COUNT, and
 * two answers to PSCI_NODE_HW_STATE. */
#include "smccc_policy.h"

SMCCC_POLICY(twins)
{
	switch (smccc_func_id(call)) {
	case PSCI_STAT_COUNT_64:
		return KVM_SMCCC_DENY;
	case PSCI_NODE_HW_STATE:
		return smccc_answer(call, 1, 0, 0, 0);
	case PSCI_NODE_HW_STATE_64:
		return smccc_answer_code(call, PSCI_DENIED);
	default:
		return KVM_SMCCC_HANDLE;
	}
}
