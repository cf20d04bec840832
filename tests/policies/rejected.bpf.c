// SPDX-License-Identifier: GPL-2.0
/* For tests: compiles, but only regs[] may be written; the verifier says so. */
#include "smccc_policy.h"

SMCCC_POLICY(rejected)
{
	call->func_id = PSCI_VERSION;
	return KVM_SMCCC_HANDLE;
}
