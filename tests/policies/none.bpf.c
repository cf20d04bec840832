// SPDX-License-Identifier: GPL-2.0
/* For tests: a BPF object, but without a policy. */
#include "smccc_policy.h"

SEC("syscall") int not_a_policy(void *ctx)
{
	return 0;
}
