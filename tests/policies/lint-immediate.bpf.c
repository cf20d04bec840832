// SPDX-License-Identifier: GPL-2.0
/* For tests: breaks lint's rule immediate, and no other: what is denied, denied for
 * some arguments or limited is not with an immediate. */
#include "smccc_policy.h"

SMCCC_BUCKETS(buckets, 4);

SMCCC_POLICY(immediate)
{
	if (smccc_is(call, FFA_YIELD))
		return KVM_SMCCC_DENY;
	if (smccc_is(call, KVM_MEM_SHARE) && smccc_arg(call, 1) == 0x12345000)
		return KVM_SMCCC_DENY;
	if (smccc_is(call, PSCI_MEM_PROTECT) && !smccc_take(&buckets, 0, SMCCC_PER_SECOND(10), 200))
		return KVM_SMCCC_DENY;
	return KVM_SMCCC_HANDLE;
}
