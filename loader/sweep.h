/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A policy over the whole space of function IDs: fast and yielding calls, both
 * conventions, 64 owners, 65,536 functions each, with arguments of zero.
 */
#ifndef SMCCC_SWEEP_H
#define SMCCC_SWEEP_H

#include <linux/types.h>

#include "fate.h"
#include "runner.h"

#define SWEEP_BLOCKS 256 /* values of an ID's upper byte */
#define SWEEP_SIZE   (SWEEP_BLOCKS * RUNNER_FUNCS)

/*
 * By sweep__index(): the verdict; from bit 3 on another one, where rate limits are
 * exceeded or where the order of calls matters; and these two.
 */
#define SWEEP_ALWAYS 0x40 /* said with KVM_SMCCC_ALWAYS */
#define SWEEP_VARIES 0x80 /* not the same when swept downwards */

struct sweep {
	__u8 *verdicts;		      /* SWEEP_SIZE, or NULL */
	__u32 *answers[SWEEP_BLOCKS]; /* hashes by function number; NULL: no ANSWER in it */
};

/* Fills the sweep; sweep__free() in any case. */
int sweep__run(struct sweep *sweep, const struct policy_file *file,
	       const struct runner_settings *settings, struct err *err);
void sweep__free(struct sweep *sweep);

static inline __u32 sweep__index(__u32 id)
{
	return id >> 24 << 16 | (id & 0xffff);
}

static inline __u32 sweep__id(__u32 index)
{
	return index >> 16 << 24 | (index & 0xffff);
}

static inline enum fate_verdict sweep__verdict(__u8 verdicts)
{
	return verdicts & 7;
}

static inline enum fate_verdict sweep__other(__u8 verdicts)
{
	return verdicts >> 3 & 7;
}

/* What a call is answered with, as a hash; 0 where it is not. */
static inline __u32 sweep__answer(const struct sweep *sweep, __u32 index)
{
	const __u32 *answers = sweep->answers[index / RUNNER_FUNCS];

	return answers && sweep__verdict(sweep->verdicts[index]) == FATE_ANSWER ?
		       answers[index % RUNNER_FUNCS] :
		       0;
}

#endif
