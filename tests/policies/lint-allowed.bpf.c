// SPDX-License-Identifier: GPL-2.0
/* For tests: breaks every rule of lint on purpose, and says why. */
#include "smccc_policy.h"
#include "smccc_lint.h"

#define ALLOW(rule) SMCCC_LINT_ALLOW(rule, "because of " #rule);
SMCCC_LINT_RULES(ALLOW)

SMCCC_POLICY(allowed)
{
	if (call->func_id == PSCI_MEM_PROTECT) /* sve_hint */
		return KVM_SMCCC_DENY;

	if (smccc_is(call, FFA_YIELD)) /* immediate */
		return KVM_SMCCC_DENY;
	if (smccc_is(call, FFA_RUN)) /* always */
		return KVM_SMCCC_ALWAYS | (call->vcpu_id ? KVM_SMCCC_DENY : KVM_SMCCC_HANDLE);

	switch (smccc_func_id(call)) {
	case TRNG_RND: /* discovery_owner */
	case TRNG_RND_64:
		return smccc_answer(call, TRNG_SUCCESS, 0, 0, 4);
	case PSCI_CPU_OFF:	 /* half_pair, advertised_denied */
	case PV_TIME_FEATURES:	 /* hidden_service */
	case PSCI_STAT_COUNT_64: /* twins */
		return KVM_SMCCC_DENY;
	case PSCI_FEATURES: /* hidden_smccc, upper_half */
		return call->regs[1] == SMCCC_VERSION ? KVM_SMCCC_DENY : KVM_SMCCC_HANDLE;
	case VENDOR_HYP_CALL_UID: /* vendor_split */
	case 0x84001234:	  /* unallocated */
		return smccc_answer(call, 1, 2, 3, 4);
	case 0x82000000: /* needs_forward */
		return KVM_SMCCC_FORWARD;
	case 0x83000000: /* overruled */
		return 99;
	default:
		return KVM_SMCCC_HANDLE;
	}
}
