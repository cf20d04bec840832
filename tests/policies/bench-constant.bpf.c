// SPDX-License-Identifier: GPL-2.0
/* For the benchmark: the shortest policies there are, and no map with them. */
#include "smccc_policy.h"

#include "bench.h"

/* The second set is built to show that a slower policy is noticed. */
#ifndef SLOWER
SHAPE(constant)
#else
SHAPE(constant, if (bpf_ktime_get_ns() == 1) return KVM_SMCCC_DENY;)
#endif
POLICY(always_handle, KVM_SMCCC_HANDLE | KVM_SMCCC_ALWAYS)
POLICY(always_deny, KVM_SMCCC_DENY | KVM_SMCCC_ALWAYS)
POLICY(always_forward, KVM_SMCCC_FORWARD | KVM_SMCCC_ALWAYS)
