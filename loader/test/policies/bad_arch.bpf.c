// SPDX-License-Identifier: GPL-2.0
/* Claims the Arm Architecture range. */
#include "smccc_policy.h"

SMCCC_POLICY(arch, .answer_ranges = SMCCC_RANGE(SMCCC_OWNER_ARCH))
{
	return KVM_SMCCC_ANSWER;
}
