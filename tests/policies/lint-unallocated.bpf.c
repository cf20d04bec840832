// SPDX-License-Identifier: GPL-2.0
/* For tests: breaks lint's rule unallocated, and no other: answers a standard function
 * that has no name yet. */
#include "smccc_policy.h"

SMCCC_POLICY(unallocated)
{
	if (smccc_func_id(call) == 0x84000040)
		return smccc_answer(call, 0, 0, 0, 0);
	return KVM_SMCCC_HANDLE;
}
