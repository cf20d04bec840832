// SPDX-License-Identifier: GPL-2.0
/* For tests of maps that are carried over, see carry.h: the one that leaves them. */
#include "vmlinux.h"

struct sized {
	__u64 a;
};

struct typed {
	__u32 a, b;
};

#define STEP 1
#include "carry.h"

/* What the next one does not have. */
SMCCC_BUCKETS(left, 8);

SMCCC_POLICY(carry_old)
{
	if (smccc_is(call, TRNG_RND) && !smccc_take(&left, 0, HOUR_NS, 1))
		return KVM_SMCCC_DENY;
	return carry_decide(call);
}
