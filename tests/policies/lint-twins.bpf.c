// SPDX-License-Identifier: GPL-2.0
/* For tests: breaks lint's rule twins, and no other: one half of PSCI_STAT_COUNT. */
#include "smccc_policy.h"

SMCCC_POLICY(twins)
{
	return smccc_func_id(call) == PSCI_STAT_COUNT_64 ? KVM_SMCCC_DENY : KVM_SMCCC_HANDLE;
}
