// SPDX-License-Identifier: GPL-2.0
/* For tests of maps that are carried over, see carry.h: the one that gets them. */
#include "vmlinux.h"

struct sized {
	__u64 a, b;
};

struct typed {
	__u64 ab;
};

#define STEP 2
#include "carry.h"

SMCCC_POLICY(carry_new)
{
	if (smccc_is_ffa(call))
		return KVM_SMCCC_DENY;
	return carry_decide(call);
}
