// SPDX-License-Identifier: GPL-2.0
/* Chooses what only the attacher may. */
#include "smccc_policy.h"

SMCCC_POLICY(flags, .flags = KVM_SMCCC_F_PERMISSIVE)
{
	return KVM_SMCCC_DENY;
}
