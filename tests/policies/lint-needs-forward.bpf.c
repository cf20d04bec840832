// SPDX-License-Identifier: GPL-2.0
/* For tests: breaks lint's rule needs_forward, and no other: a SiP function for the
 * VMM. */
#include "smccc_policy.h"

SMCCC_POLICY(needs_forward)
{
	return smccc_func_id(call) == 0x82000000 ? KVM_SMCCC_FORWARD : KVM_SMCCC_HANDLE;
}
