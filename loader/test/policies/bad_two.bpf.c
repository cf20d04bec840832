// SPDX-License-Identifier: GPL-2.0
#include "smccc_policy.h"

SMCCC_POLICY(one)
{
	return KVM_SMCCC_HANDLE;
}

SMCCC_POLICY(another)
{
	return KVM_SMCCC_DENY;
}
