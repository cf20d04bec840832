// SPDX-License-Identifier: GPL-2.0
/* For tests: what KVM may remember, for all arguments and for some. */
#include "smccc_policy.h"

SMCCC_POLICY(tools_always)
{
	switch (smccc_func_id(call)) {
	case PSCI_CPU_OFF:
		return KVM_SMCCC_DENY | KVM_SMCCC_ALWAYS;
	case PSCI_CPU_ON:
		return call->regs[1] == 0x1234 ? KVM_SMCCC_HANDLE | KVM_SMCCC_ALWAYS :
						 KVM_SMCCC_HANDLE;
	case PSCI_AFFINITY_INFO:
		/* no such verdict */
		return KVM_SMCCC_ANSWER | KVM_SMCCC_ALWAYS;
	}
	return KVM_SMCCC_HANDLE;
}
