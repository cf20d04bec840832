// SPDX-License-Identifier: GPL-2.0
/* For tests: a struct_ops object, but not for hypercalls. */
#include "smccc_policy.h"

struct bpf_dummy_ops {
	int (*test_1)(void *cb);
};

SEC("struct_ops/test_1") int BPF_PROG(test_1, void *cb)
{
	return 0;
}

SEC(".struct_ops.link") struct bpf_dummy_ops not_a_policy = { .test_1 = (void *)test_1 };
