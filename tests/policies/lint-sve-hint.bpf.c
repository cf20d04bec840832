// SPDX-License-Identifier: GPL-2.0
/* For tests: breaks lint's rule sve_hint, and no other: IDs are compared as they
 * come, that of a function and those of a range without names. */
#include "smccc_policy.h"

SMCCC_POLICY(sve_hint)
{
	if (call->func_id >= 0x82000000 && call->func_id <= 0x8200ffff)
		return KVM_SMCCC_DENY;
	return call->func_id == PSCI_MEM_PROTECT ? KVM_SMCCC_DENY : KVM_SMCCC_HANDLE;
}
