// SPDX-License-Identifier: GPL-2.0
/* For tests: breaks lint's rule sve_hint, and no other: the ID is compared as it
 * comes. */
#include "smccc_policy.h"

SMCCC_POLICY(sve_hint)
{
	return call->func_id == PSCI_MEM_PROTECT ? KVM_SMCCC_DENY : KVM_SMCCC_HANDLE;
}
