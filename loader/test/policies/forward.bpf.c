// SPDX-License-Identifier: GPL-2.0
/* Has both kinds of ranges: must not be attached without --forward. */
#include "smccc_policy.h"

SMCCC_POLICY(forward, .forward_ranges = SMCCC_RANGE(50) | SMCCC_RANGE(51),
	     .answer_ranges = SMCCC_RANGE(SMCCC_OWNER_VENDOR_HYP))
{
	return smccc_is_vendor_hyp(call) ? KVM_SMCCC_ANSWER : KVM_SMCCC_FORWARD;
}
