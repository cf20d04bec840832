// SPDX-License-Identifier: GPL-2.0
/* For tests: breaks lint's rule half_pair, and no other: memory that can be
 * shared and never be taken back. */
#include "smccc_policy.h"

SMCCC_POLICY(half_pair)
{
	if (call->imm)
		return KVM_SMCCC_DENY;

	return smccc_is(call, KVM_MEM_UNSHARE) ? KVM_SMCCC_DENY : KVM_SMCCC_HANDLE;
}
