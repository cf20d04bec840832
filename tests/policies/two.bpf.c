// SPDX-License-Identifier: GPL-2.0
/* For tests: an object with two policies; the loader cannot know which is meant. */
#include "smccc_policy.h"

SMCCC_POLICY(first)
{
	return KVM_SMCCC_HANDLE;
}

SMCCC_POLICY(second)
{
	return KVM_SMCCC_DENY;
}
