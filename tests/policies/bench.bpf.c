// SPDX-License-Identifier: GPL-2.0
/*
 * For the benchmark: what policies are made of, one thing each, with each verdict.
 * A shape's name and its verdict's make the policy's, such as counter_deny.
 */
#include "smccc_policy.h"

#include "bench.h"

SMCCC_COUNTERS(256);
SMCCC_EVENTS(1024 * 1024);
SMCCC_BUCKETS(buckets, 64);

/* No guest of the benchmark passes that, so the other verdict is not taken. */
SHAPE(argument, if (smccc_arg(call, 1) == 0xbad) return KVM_SMCCC_DENY;)
SHAPE(counter, smccc_count_as(call->func_id, KVM_SMCCC_HANDLE);)
SHAPE(limit, if (!smccc_take(&buckets, call->cookie, 1, 1ULL << 40)) return KVM_SMCCC_DENY;)
SHAPE(event, smccc_event(call, KVM_SMCCC_HANDLE);)
