// SPDX-License-Identifier: GPL-2.0
/* For tests: compiles, but what it reads may not be there; the verifier says so. */
#include "smccc_policy.h"

SMCCC_BUCKETS(numbers, 1);

SMCCC_POLICY(tools_rejected)
{
	__u64 *number = bpf_map_lookup_elem(&numbers, &call->cookie);

	return *number;
}
