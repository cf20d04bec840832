// SPDX-License-Identifier: GPL-2.0
/* Does not compile: never built, but given to the loader as source. */
#include "smccc_policy.h"

SMCCC_POLICY(syntax)
{
	return KVM_SMCCC_HANDLED;
}
