// SPDX-License-Identifier: GPL-2.0
/* lint's rules about what a call has besides its ID, and KVM does not look at. */
#include "lint_rules.h"
#include "names.h"
#include "party.h"

#define BIT_32	       (1ULL << 32)
#define HOUR_NS	       (3600 * 1000000000ULL)
#define LIMIT_CALLS    2000 /* a burst that is larger is not exceeded */
#define WITH_IMMEDIATE "with an immediate such as 0x1: HANDLE, unlike without"
#define REGS_OF_32     8 /* SMC32 has w0 to w7 */

static const char *call_name(__u32 id, char text[NAMES_CALL_SIZE])
{
	const char *name = names__function(id);

	return name ? name : names__call(id, text);
}

int lint__sve_hint(struct lint *lint)
{
	const struct plan *plan = lint->behaviour->probes.plan;
	char name[NAMES_CALL_SIZE];
	size_t i;

	for (i = 0; i < plan->nr_ids; i++) {
		if (lint__class(lint, plan->ids[i])->depends & 1 << THING_SVE_HINT)
			lint__found(lint, "%s is decided differently with bit 16 of the ID set",
				    call_name(plan->ids[i], name));
	}
	return 0;
}

static bool same(const struct party_answer *a, const struct party_answer *b)
{
	int i;

	if (a->verdict != b->verdict)
		return false;
	for (i = 0; a->verdict == FATE_ANSWER && i < 4; i++) {
		if (a->w[i] != b->w[i])
			return false;
	}
	return true;
}

/* Whether two calls have different fates, and not by chance or by state. */
static int compare(struct lint *lint, const struct kvm_smccc_call *plain,
		   const struct kvm_smccc_call *changed, bool *differ)
{
	struct party_answer a, b, again;
	struct behaviour *behaviour = lint->behaviour;

	*differ = false;
	if (party__ask_call(behaviour, plain, &a, lint->err) ||
	    party__ask_call(behaviour, changed, &b, lint->err))
		return -1;
	if (same(&a, &b))
		return 0;
	if (party__ask_call(behaviour, plain, &again, lint->err))
		return -1;
	if (!same(&a, &again))
		return 0;
	if (party__ask_call(behaviour, changed, &again, lint->err))
		return -1;
	*differ = same(&b, &again);
	return 0;
}

/* A call with one register that its verdict depends on, and whether it is a case. */
typedef int (*argument_check)(struct lint *lint, const struct kvm_smccc_call *call, int reg,
			      bool *found);

static int check_arguments(struct lint *lint, __u32 id, argument_check check, bool *found)
{
	const struct plan *plan = lint->behaviour->probes.plan;
	__u32 depends = lint__class(lint, id)->depends;
	__u64 value;
	size_t n;
	int reg;

	for (reg = 1; !*found && reg < REGS_OF_32; reg++) {
		enum thing thing = THING_X1 + reg - 1;

		if (!(depends & 1 << thing))
			continue;
		/* the plan's values, and zero, which is none of them */
		for (n = 0, value = 0; !*found; n++) {
			struct kvm_smccc_call call =
				runner__make_call(&lint->behaviour->runner, id);

			call.regs[reg] = value;
			if (check(lint, &call, reg, found))
				return -1;
			if (!things__nth_value(plan, thing, n, &value))
				break;
		}
	}
	return 0;
}

/* Reserved bits make it another function, which KVM does not have. */
static const char *immediate(const struct lint *lint, const struct lint_odd *call)
{
	if (!call->imm || call->verdict != FATE_HANDLE || call->class->seen & 1 << FATE_HANDLE ||
	    fate__reason(&lint->behaviour->rules, call->id, call->imm, FATE_HANDLE))
		return NULL;
	return "HANDLE, unlike without";
}

/* Denied with some arguments, and let through with the same and an immediate? */
static int check_immediate(struct lint *lint, const struct kvm_smccc_call *call, int reg,
			   bool *found)
{
	struct kvm_smccc_call with = *call;
	struct party_answer plain, odd;
	char name[NAMES_CALL_SIZE];

	with.imm = 1;
	if (party__ask_call(lint->behaviour, call, &plain, lint->err) ||
	    party__ask_call(lint->behaviour, &with, &odd, lint->err))
		return -1;
	*found = plain.party != PARTY_KVM && odd.party == PARTY_KVM;
	if (*found)
		lint__found(lint, "%s with x%d=0x%llx: " WITH_IMMEDIATE,
			    call_name(call->func_id, name), reg,
			    (unsigned long long)call->regs[reg]);
	return 0;
}

/* Limited: the same call again and again, at one time, until it is no more KVM's; then with one? */
static int check_limit(struct lint *lint, __u32 id)
{
	struct runner *runner = &lint->behaviour->runner;
	struct kvm_smccc_call call = runner__make_call(runner, id);
	struct probe_outcome outcome = {};
	char name[NAMES_CALL_SIZE];
	int i;

	*runner->time_ns += HOUR_NS;
	for (i = 0; outcome.verdict == FATE_HANDLE && i < LIMIT_CALLS; i++) {
		if (probe__decide(runner, &call, &outcome, lint->err))
			return -1;
	}
	if (outcome.verdict == FATE_HANDLE)
		return 0;
	call.imm = 1;
	if (probe__decide(runner, &call, &outcome, lint->err))
		return -1;
	if (outcome.verdict == FATE_HANDLE)
		lint__found(lint, "%s over its limit: " WITH_IMMEDIATE, call_name(id, name));
	return 0;
}

/* IDs that are KVM's, but not always. */
static int check_sometimes(struct lint *lint, __u32 id)
{
	const struct behaviour_class *class = lint__class(lint, id);
	bool found = false;

	if (!(class->seen & 1 << FATE_HANDLE) || class->seen == 1 << FATE_HANDLE)
		return 0;
	if (check_arguments(lint, id, check_immediate, &found))
		return -1;
	return !found && class->depends & 1 << THING_STATE ? check_limit(lint, id) : 0;
}

int lint__immediate(struct lint *lint)
{
	const struct plan *plan = lint->behaviour->probes.plan;
	size_t i;

	if (lint__found_odd(lint, immediate))
		return -1;
	for (i = 0; i < plan->nr_ids; i++) {
		if (check_sometimes(lint, plan->ids[i]))
			return -1;
	}
	return 0;
}

/* Bit 32 of one register more. */
static int check_bit_32(struct lint *lint, const struct kvm_smccc_call *call, int reg, bool *found)
{
	struct kvm_smccc_call changed = *call;
	char name[NAMES_CALL_SIZE];

	changed.regs[reg] |= BIT_32;
	if (changed.regs[reg] == call->regs[reg])
		return 0;
	if (compare(lint, call, &changed, found))
		return -1;
	if (*found)
		lint__found(lint, "%s is decided differently with bit 32 of x%d set",
			    call_name(call->func_id, name), reg);
	return 0;
}

/* First all registers at once, for that tells of most IDs that there is nothing. */
static int check_halves(struct lint *lint, __u32 id)
{
	struct kvm_smccc_call plain = runner__make_call(&lint->behaviour->runner, id);
	int reg, regs = id & SMCCC_64 ? 1 : REGS_OF_32;
	struct kvm_smccc_call changed = plain;
	bool differ, found = false;

	for (reg = 0; reg < regs; reg++)
		changed.regs[reg] |= BIT_32;
	if (compare(lint, &plain, &changed, &differ))
		return -1;
	for (reg = 0; differ && !found && reg < regs; reg++) {
		if (check_bit_32(lint, &plain, reg, &found))
			return -1;
	}
	if (found || id & SMCCC_64)
		return 0;
	return check_arguments(lint, id, check_bit_32, &found);
}

int lint__upper_half(struct lint *lint)
{
	const struct plan *plan = lint->behaviour->probes.plan;
	size_t i;

	for (i = 0; i < plan->nr_ids; i++) {
		if (check_halves(lint, plan->ids[i]))
			return -1;
	}
	return 0;
}

static bool said_always(const struct lint *lint, __u32 id)
{
	const struct behaviour *b = lint->behaviour;
	const struct probe *probe;

	if (b->sweep.verdicts[sweep__index(id)] & SWEEP_ALWAYS)
		return true;
	probe = probes__find(&b->probes, id);
	return probe && probe->always;
}

/*
 * What KVM remembers is for a VM and for an ID: so that the cookie, which is the
 * attachment's, and the SVE hint, which is a bit of the ID, make no difference.
 */
static const char *always(const struct lint *lint, __u32 id, const struct behaviour_class *class)
{
	static const char *const texts[] = {
		NULL,
		"depends on arguments",
		"depends on the caller",
		"depends on arguments and on the caller",
		"depends on state",
		"depends on arguments and on state",
		"depends on the caller and on state",
		"depends on arguments, on the caller and on state",
	};
	const __u32 caller = 1 << THING_CONDUIT | 1 << THING_AARCH32 | 1 << THING_VCPU;
	const __u32 state = 1 << THING_STATE;
	__u32 depends = class->depends & ~(1 << THING_COOKIE | 1 << THING_SVE_HINT);
	int text = (depends & ~(caller | state) ? 1 : 0) + (depends & caller ? 2 : 0) +
		   (depends & state ? 4 : 0);

	return text && said_always(lint, id) ? texts[text] : NULL;
}

int lint__always(struct lint *lint)
{
	return lint__found_ranges(lint, always, NULL);
}
