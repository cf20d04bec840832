// SPDX-License-Identifier: GPL-2.0
/* The verifier refuses the second write. */
#include "smccc_policy.h"

SMCCC_POLICY(rejected)
{
	call->regs[1] = 0;
	call->vcpu_id = 3;
	return KVM_SMCCC_HANDLE;
}
