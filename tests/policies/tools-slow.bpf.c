// SPDX-License-Identifier: GPL-2.0
/* For tests: a loop that the verifier takes and that a guest would not like. */
#include "smccc_policy.h"

static long add(__u32 i, __u64 *sum)
{
	*sum += i ^ *sum;
	return 0;
}

SMCCC_POLICY(tools_slow)
{
	__u64 sum = call->regs[1];

	bpf_loop(1 << 23, add, &sum, 0);
	return sum == 7 ? KVM_SMCCC_DENY : KVM_SMCCC_HANDLE;
}
