// SPDX-License-Identifier: GPL-2.0
/* For tests: breaks lint's rule unallocated, and no other: answers a standard function
 * that nobody has allocated; SDEI_VERSION, MM_VERSION and EM_VERSION are. */
#include "smccc_policy.h"

SMCCC_POLICY(unallocated)
{
	switch (smccc_func_id(call)) {
	case 0xc4000020:
	case 0x84000040:
	case 0x840000f0:
	case 0x84001234:
		return smccc_answer(call, 0, 0, 0, 0);
	default:
		return KVM_SMCCC_HANDLE;
	}
}
