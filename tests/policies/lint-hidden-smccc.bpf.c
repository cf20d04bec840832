// SPDX-License-Identifier: GPL-2.0
/* For tests: breaks lint's rule hidden_smccc, and no other: no way to find SMCCC
 * 1.1. */
#include "smccc_policy.h"

SMCCC_POLICY(hidden_smccc)
{
	if (call->imm)
		return KVM_SMCCC_DENY;

	if (smccc_is(call, PSCI_FEATURES) && smccc_arg(call, 1) == SMCCC_VERSION)
		return KVM_SMCCC_DENY;
	return KVM_SMCCC_HANDLE;
}
