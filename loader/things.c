// SPDX-License-Identifier: GPL-2.0
#include "names.h"
#include "things.h"

static const __u64 on[] = { 1 };
static const __u64 vcpus[] = { 1, 2, 7, 63, 511 };
static const __u64 cookies[] = { 1, 2, 0xffffffffffffffff };
static const __u64 uppers[] = { 1, 0xffffffff };

#define VALUES(array) .values = array, .nr_values = sizeof(array) / sizeof(array[0])

static const struct {
	const char *name;
	const __u64 *values;
	size_t nr_values;
	bool plan; /* the plan's values, too */
	bool ids;  /* all named functions, too, as in PSCI_FEATURES */
} things[THING_STATE + 1] = {
	[THING_X1] = { "x1", .plan = true, .ids = true },
	[THING_X1 + 1] = { "x2", .plan = true },
	[THING_X1 + 2] = { "x3", .plan = true },
	[THING_X1 + 3] = { "x4", .plan = true },
	[THING_X1 + 4] = { "x5", .plan = true },
	[THING_X1 + 5] = { "x6", .plan = true },
	[THING_X7] = { "x7", .plan = true },
	[THING_X8_X17] = { "x8-x17", .plan = true },
	[THING_CONDUIT] = { "conduit", VALUES(on) },
	[THING_AARCH32] = { "aarch32", VALUES(on) },
	[THING_VCPU] = { "vcpu", VALUES(vcpus), .plan = true },
	[THING_COOKIE] = { "cookie", VALUES(cookies), .plan = true },
	[THING_SVE_HINT] = { "sve_hint", VALUES(on) },
	[THING_X0_UPPER] = { "x0_upper", VALUES(uppers) },
	[THING_STATE] = { .name = "state" },
};

const char *things__name(enum thing thing)
{
	return things[thing].name;
}

bool things__nth_value(const struct plan *plan, enum thing thing, size_t n, __u64 *value)
{
	size_t own = things[thing].nr_values, planned = things[thing].plan ? plan->nr_values : 0;

	if (n < own)
		*value = things[thing].values[n];
	else if (n - own < planned)
		*value = plan->values[n - own];
	else if (things[thing].ids && n - own - planned < named_functions_count)
		*value = named_functions[n - own - planned].id;
	else
		return false;
	if (thing == THING_VCPU)
		*value = (__u32)*value;
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
		call->regs[0] |= SMCCC_SVE_HINT;
	}
	if (thing == THING_X0_UPPER)
		call->regs[0] |= value << 32;
}
