// SPDX-License-Identifier: GPL-2.0
/* For tests: tools-always.bpf.c, nothing of which may be remembered. */
#include "smccc_policy.h"

SMCCC_POLICY(tools_never)
{
	switch (smccc_func_id(call)) {
	case PSCI_CPU_OFF:
		return KVM_SMCCC_DENY;
	case PSCI_AFFINITY_INFO:
		return 99;
	}
	return KVM_SMCCC_HANDLE;
}
