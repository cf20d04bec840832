// SPDX-License-Identifier: GPL-2.0
/* For tests: FFA_VERSION takes a minute or more. No tool can end it sooner; the kernel
 * would let it take years. */
#include "smccc_policy.h"

static long add(__u32 i, __u64 *sum)
{
	*sum += i ^ *sum;
	return 0;
}

static long add_many(__u32 i, __u64 *sum)
{
	bpf_loop(1 << 23, add, sum, 0);
	return 0;
}

SMCCC_POLICY(tools_stuck)
{
	__u64 sum = call->regs[1];

	if (smccc_is(call, FFA_VERSION))
		bpf_loop(1500, add_many, &sum, 0);
	return sum == 7 ? KVM_SMCCC_DENY : KVM_SMCCC_HANDLE;
}
