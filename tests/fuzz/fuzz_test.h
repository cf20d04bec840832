/* SPDX-License-Identifier: GPL-2.0 */
/* Random calls of a hostile guest, and what must come of each. */
#ifndef FUZZ_TEST_H
#define FUZZ_TEST_H

#include <stdbool.h>
#include <stdint.h>

#include "policy_run.h"
#include "vm.h"

#define F_FORWARD    1U
#define F_PERMISSIVE 2U

/* --- generate.c: the same seed gives the same numbers and calls */

struct random {
	uint64_t state;
};

uint64_t random_next(struct random *random);
/* 0 to below - 1 */
uint32_t random_below(struct random *random, uint32_t below);
uint32_t random_id(struct random *random);
void random_call(struct random *random, bool aarch32, struct batch_call *call);

/* --- model.c: DESIGN's rules once more, from what they say and not from how KVM does it */

struct filter_range {
	uint32_t first, nr;
	enum kvm_smccc_filter_action action;
};

#define MAX_FILTER 8

/* How a VM is set up. */
struct world {
	bool aarch32;
	uint32_t flags;
	uint64_t cookie, forward_ranges, answer_ranges;
	unsigned int nr_filter;
	struct filter_range filter[MAX_FILTER];
};

enum outcome {
	BY_KVM,
	DENIED,
	FORWARDED,
	ANSWERED,
	REFUSED_SMC, /* one with an immediate: no call at all, says KVM */
	OUTCOMES
};

struct prediction {
	enum outcome outcome;
	/* what the statistics count */
	bool seen, denied, violation;
	/* as the policy sees it */
	struct kvm_smccc_call call;
};

void predict(const struct world *world, unsigned int vcpu, const struct batch_call *call,
	     struct prediction *prediction);
/* The registers after it, if it was not KVM's. forwarded: x0-x3 of a forwarded call. */
void predict_registers(const struct world *world, const struct prediction *prediction,
		       const uint64_t before[CALL_REGS], const uint64_t forwarded[4],
		       uint64_t after[CALL_REGS]);

#endif
