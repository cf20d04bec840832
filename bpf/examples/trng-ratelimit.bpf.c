// SPDX-License-Identifier: GPL-2.0
/*
 * TRNG with a token bucket per VM, so that a guest that asks for random numbers in
 * a loop gets its share of the host's time and generator, and not more.
 *
 * What the guest sees: KVM's TRNG. Over the limit TRNG_RND says, in TRNG's own
 * terms, that there is no entropy right now: NO_ENTROPY (-3), which a driver takes
 * for "try again later", Linux's among them. DENY would say that there is no such
 * function. TRNG_VERSION and all else stay with KVM; an HVC with an immediate,
 * which KVM would take for one without, is denied.
 *
 * What the host sees: calls that were let through and calls that were limited in
 * the map "counters"; the buckets, by cookie, in the map "buckets".
 *
 *	smccc_loader --vm-fd N trng-ratelimit.bpf.c
 *	smccc_loader attach --all trng-ratelimit.bpf.c	(a cookie, so a bucket, for each VM)
 *	smccc_loader detach NAME
 */
#include "smccc_policy.h"

/* Calls, of up to 192 bits each: 100 a second, after a first burst of 64. Edit here. */
#define INTERVAL_NS SMCCC_PER_SECOND(100)
#define BURST	    64

/* A bucket for each VM that shares this program; where each has its own, one is enough. */
SMCCC_BUCKETS(buckets, 1024);
SMCCC_COUNTERS(16);

SMCCC_POLICY(trng_ratelimit)
{
	if (call->imm)
		return KVM_SMCCC_DENY;

	if (!smccc_is(call, TRNG_RND))
		return KVM_SMCCC_HANDLE;

	if (smccc_take(&buckets, call->cookie, INTERVAL_NS, BURST)) {
		smccc_count(call, KVM_SMCCC_HANDLE);
		return KVM_SMCCC_HANDLE;
	}

	smccc_count(call, KVM_SMCCC_ANSWER);
	return smccc_answer_code(call, TRNG_NO_ENTROPY);
}
