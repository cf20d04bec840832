/* SPDX-License-Identifier: GPL-2.0 */
/* What can be different about a call besides its function ID, and the values to try. */
#ifndef SMCCC_THINGS_H
#define SMCCC_THINGS_H

#include "plan.h"

/* What a verdict, or an answer, can depend on. */
enum thing {
	THING_X1,
	THING_X7 = THING_X1 + 6,
	THING_X8_X17, /* all of them together */
	THING_CONDUIT,
	THING_AARCH32,
	THING_VCPU,
	THING_COOKIE,
	THING_SVE_HINT,
	THING_X0_UPPER, /* what x0 has above the ID */
	THINGS,		/* up to here: part of the call */
	THING_STATE = THINGS,
};

/* "x1", ..., "state" */
const char *things__name(enum thing thing);
/* The values that a plan has for a thing; false behind the last. */
bool things__nth_value(const struct plan *plan, enum thing thing, size_t n, __u64 *value);
void things__change(struct kvm_smccc_call *call, enum thing thing, __u64 value);

#endif
