// SPDX-License-Identifier: GPL-2.0
#include "names.h"
#include "things.h"

static const __u64 on[] = { 1 };
static const __u64 vcpus[] = { 1, 2, 7, 63, 511 };
static const __u64 cookies[] = { 1, 2, 0xffffffffffffffff };

#define VALUES(array) array, sizeof(array) / sizeof(array[0])

/* In the order of enum thing; without values of its own, a thing takes the plan's. */
static const struct {
	const char *name;
	const __u64 *values;
	size_t nr_values;
} things[THING_STATE + 1] = {
	{ "x1", NULL, 0 },	    { "x2", NULL, 0 },	       { "x3", NULL, 0 },
	{ "x4", NULL, 0 },	    { "x5", NULL, 0 },	       { "x6", NULL, 0 },
	{ "x7", NULL, 0 },	    { "x8-x17", NULL, 0 },     { "conduit", VALUES(on) },
	{ "aarch32", VALUES(on) },  { "vcpu", VALUES(vcpus) }, { "cookie", VALUES(cookies) },
	{ "sve_hint", VALUES(on) }, { "state", NULL, 0 },
};

const char *things__name(enum thing thing)
{
	return things[thing].name;
}

/* Calls that a guest makes with function IDs in x1. */
static bool asks_for_functions(__u32 id)
{
	return id == PSCI_FEATURES || id == TRNG_FEATURES || id == FFA_FEATURES ||
	       id == PV_TIME_FEATURES;
}

bool things__nth_value(const struct plan *plan, __u32 id, enum thing thing, size_t n, __u64 *value)
{
	const __u64 *values = things[thing].values ? things[thing].values : plan->values;
	size_t count = things[thing].values ? things[thing].nr_values : plan->nr_values;

	if (n < count) {
		*value = values[n];
		return true;
	}
	n -= count;
	if (thing != THING_X1 || !asks_for_functions(id) || n >= named_functions_count)
		return false;
	*value = named_functions[n].id;
	return true;
}

void things__change(struct kvm_smccc_call *call, enum thing thing, __u64 value)
{
	int i;

	if (thing <= THING_X7)
		call->regs[thing + 1] = value;
	for (i = 8; thing == THING_X8_X17 && i < RUNNER_REGS; i++)
		call->regs[i] = value;
	if (thing == THING_CONDUIT)
		call->flags |= CALL_F_SMC;
	if (thing == THING_AARCH32)
		call->flags |= CALL_F_AARCH32;
	if (thing == THING_VCPU)
		call->vcpu_id = value;
	if (thing == THING_COOKIE)
		call->cookie = value;
	if (thing == THING_SVE_HINT) {
		call->func_id |= SMCCC_SVE_HINT;
		call->regs[0] = call->func_id;
	}
}
