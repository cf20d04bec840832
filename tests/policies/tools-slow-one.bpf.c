// SPDX-License-Identifier: GPL-2.0
/* For tests: one function of all takes milliseconds. */
#include "smccc_policy.h"

static long add(__u32 i, __u64 *sum)
{
	*sum += i ^ *sum;
	return 0;
}

SMCCC_POLICY(tools_slow_one)
{
	__u64 sum = call->regs[1];

	if (smccc_is(call, FFA_VERSION))
		bpf_loop(1 << 22, add, &sum, 0);
	return sum == 7 ? KVM_SMCCC_DENY : KVM_SMCCC_HANDLE;
}
