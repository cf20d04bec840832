// SPDX-License-Identifier: GPL-2.0
/* Nothing but a policy, without maps: everything is KVM's. */
#include "smccc_policy.h"

SMCCC_POLICY(first)
{
	return KVM_SMCCC_HANDLE;
}
