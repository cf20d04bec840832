// SPDX-License-Identifier: GPL-2.0
/* For tests: tools.bpf.c as it was edited: a function denied, a limit moved, an answer
 * changed, a range given up. */
#include "smccc_policy.h"

SMCCC_POLICY(tools_new)
{
	switch (smccc_func_id(call)) {
	case PSCI_SYSTEM_SUSPEND:
	case PSCI_SYSTEM_SUSPEND_64:
		return KVM_SMCCC_DENY;
	case PSCI_CPU_ON:
	case PSCI_CPU_ON_64:
		if (call->regs[1] > 0x1230)
			return smccc_answer_code(call, PSCI_DENIED);
		return KVM_SMCCC_HANDLE;
	case 0x83000000:
		return smccc_answer(call, 0, 0, 0, 0);
	default:
		return KVM_SMCCC_HANDLE;
	}
}
