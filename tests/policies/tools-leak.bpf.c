// SPDX-License-Identifier: GPL-2.0
/* For tests: state that a sweep changes, for nothing looks at smccc_sweeping. */
#include "smccc_policy.h"

static bool suspended;

SMCCC_POLICY(tools_leak)
{
	if (suspended)
		return KVM_SMCCC_DENY;
	suspended = smccc_is(call, PSCI_SYSTEM_SUSPEND);
	return KVM_SMCCC_HANDLE;
}
