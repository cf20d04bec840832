// SPDX-License-Identifier: GPL-2.0
/* For tests: breaks lint's rule upper_half, and no other: registers are compared as
 * they come, of which KVM looks at the lower half. */
#include "smccc_policy.h"

SMCCC_POLICY(upper_half)
{
	if (call->imm || (call->regs[0] & ~0x10000ULL) == FFA_YIELD)
		return KVM_SMCCC_DENY;
	if (smccc_is(call, PSCI_STAT_COUNT) && call->regs[1] == 0x1234)
		return KVM_SMCCC_DENY;
	return KVM_SMCCC_HANDLE;
}
