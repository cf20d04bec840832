/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rate limits by token bucket. Part of smccc_policy.h.
 *
 *	SMCCC_BUCKETS(trng, 64);
 *
 *	if (!smccc_take(&trng, call->cookie, SMCCC_PER_SECOND(100), 20))
 *		return smccc_answer_code(call, TRNG_NO_ENTROPY);
 */
#ifndef SMCCC_LIMIT_H
#define SMCCC_LIMIT_H

#include "smccc_test.h"

/*
 * SMCCC_BUCKETS(name, keys); - buckets in a map of that name, at most so many. A
 * key is any 64-bit number: call->cookie for a bucket per VM where one policy
 * serves many, call->vcpu_id for one per vCPU. Buckets start full and stay until
 * user space deletes them.
 */
#define SMCCC_BUCKETS(name, keys)                \
	struct {                                 \
		__uint(type, BPF_MAP_TYPE_HASH); \
		__type(key, __u64);              \
		__type(value, __u64);            \
		__uint(max_entries, keys);       \
	} name SEC(".maps")

/* The interval of smccc_take() for so many calls a second, rounded up to whole ns. */
#define SMCCC_PER_SECOND(calls) ((999999999ULL + (calls)) / (calls))

/* Each failed attempt is a call that another CPU made meanwhile. */
#define SMCCC_TAKE_ATTEMPTS 64

/*
 * A bucket is one number: when it will be full again. Each token that is taken
 * puts that off by one interval, and time needs no bookkeeping. So one
 * compare-and-exchange takes a token, exactly, on any number of CPUs at once.
 *
 * Not a bpf_spin_lock: kernels of 5.17's age refuse one to sleepable programs, and
 * the programs for BPF_PROG_TEST_RUN are sleepable.
 */
static __always_inline bool smccc_take_from(__u64 *bucket, __u64 interval_ns, __u64 burst)
{
	__u64 now = smccc_now_ns(), seen = *(volatile __u64 *)bucket, full_at, old;
	int i;

	for (i = 0; i < SMCCC_TAKE_ATTEMPTS; i++) {
		full_at = (seen > now ? seen : now) + interval_ns;
		if (full_at - now > interval_ns * burst)
			return false;
		old = __sync_val_compare_and_swap(bucket, seen, full_at);
		if (old == seen)
			return true;
		seen = old;
	}

	return false;
}

/*
 * Take a token from a key's bucket: true if there was one. A bucket holds up to
 * "burst" tokens and gets one each interval_ns (> 0; the product of both at most
 * 2^63). It refuses where there is no room for another key, too, and where 64
 * other CPUs were faster.
 *
 * In a sweep no bucket is touched: smccc_sweep_exhausted decides.
 */
static __always_inline bool smccc_take(void *buckets, __u64 key, __u64 interval_ns, __u64 burst)
{
	__u64 full = 0, *bucket;

	if (smccc_sweeping)
		return !smccc_sweep_exhausted;

	bucket = bpf_map_lookup_elem(buckets, &key);
	if (!bucket) {
		/* Another CPU may be faster: then this fails, and the bucket is there. */
		bpf_map_update_elem(buckets, &key, &full, BPF_NOEXIST);
		bucket = bpf_map_lookup_elem(buckets, &key);
	}

	return bucket && smccc_take_from(bucket, interval_ns, burst);
}

#endif
