// SPDX-License-Identifier: GPL-2.0
#include "smccc_policy.h"

SMCCC_POLICY(overlap, .forward_ranges = SMCCC_RANGE(49) | SMCCC_RANGE(50),
	     .answer_ranges = SMCCC_RANGE(50))
{
	return KVM_SMCCC_DENY;
}
