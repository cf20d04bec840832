// SPDX-License-Identifier: GPL-2.0
/* For tests: breaks lint's rule overruled, and no other: claims the OEM range, and
 * leaves it to KVM. */
#include "smccc_policy.h"

SMCCC_POLICY(overruled, .answer_ranges = SMCCC_RANGE(SMCCC_OWNER_OEM))
{
	return KVM_SMCCC_HANDLE;
}
