// SPDX-License-Identifier: GPL-2.0
/*
 * For tests with a real guest: it is told of PSCI 1.3, the functions of which are
 * KVM's all the same, and every call is counted.
 */
#include "smccc_policy.h"

#define PSCI_1_3 0x10003

SMCCC_COUNTERS(256);

SMCCC_POLICY(guest_psci)
{
	bool is_version = smccc_is(call, PSCI_VERSION);

	smccc_count(call, is_version ? KVM_SMCCC_ANSWER : KVM_SMCCC_HANDLE);
	return is_version ? smccc_answer(call, PSCI_1_3, 0, 0, 0) : KVM_SMCCC_HANDLE;
}
