// SPDX-License-Identifier: GPL-2.0
/* lint's rules: a row each; many are in lint_services.c and lint_calls.c. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "lint_rules.h"
#include "names.h"
#include "party.h"
#include "rows.h"

/* Whether the policy says more in the vendor range than DENY and one other verdict. */
static bool is_vendor_split(const struct lint *lint)
{
	__u8 seen = 0;
	__u32 type, func;

	for (type = 0; type < 4; type++) {
		__u32 base = SMCCC_ID(type << 30, SMCCC_OWNER_VENDOR_HYP, 0);

		for (func = 0; func <= SMCCC_FUNC_MASK; func++)
			seen |= lint__class(lint, base + func)->seen;
	}
	return __builtin_popcount(seen & ~(1 << FATE_DENY | 1 << FATE_WILD)) > 1;
}

static const char *const overruled_texts[FATE_VERDICTS] = {
	[FATE_HANDLE] = "HANDLE, but the range is not KVM's",
	[FATE_FORWARD] = "FORWARD, but the range is not in .forward_ranges",
	[FATE_ANSWER] = "ANSWER, but the range is not in .answer_ranges",
	[FATE_WILD] = "a number that is no verdict",
};

static bool is_overruled(enum fate_reason reason)
{
	return reason == FATE_NOT_THE_OWNER || reason == FATE_NO_VERDICT;
}

static const char *overruled(const struct lint *lint, __u32 id, const struct behaviour_class *class)
{
	int v;

	(void)lint;
	(void)id;
	for (v = 0; v < FATE_VERDICTS; v++) {
		if (is_overruled(class->reason[v]))
			return overruled_texts[v];
	}
	return NULL;
}

/* What is wrong without an immediate as well has been said. */
static const char *overruled_odd(const struct lint *lint, const struct lint_odd *call)
{
	enum fate_reason reason =
		fate__reason(&lint->behaviour->rules, call->id, call->imm, call->verdict);

	if (!is_overruled(reason) || call->class->reason[call->verdict] == reason)
		return NULL;
	return overruled_texts[call->verdict];
}

static const char *splits_vendor(const struct lint *lint, __u32 id,
				 const struct behaviour_class *class)
{
	return names__owner(id) == SMCCC_OWNER_VENDOR_HYP ? overruled(lint, id, class) : NULL;
}

static int check_vendor_split(struct lint *lint)
{
	return is_vendor_split(lint) ? lint__found_ranges(lint, splits_vendor, NULL) : 0;
}

/* The vendor range has been reported as a whole. */
static int drop_split_vendor(struct lint *lint, const struct row *row, bool *dropped)
{
	*dropped = names__owner(row->first) == SMCCC_OWNER_VENDOR_HYP && is_vendor_split(lint) &&
		   !(lint__class(lint, row->first)->seen & 1 << FATE_WILD);
	return 0;
}

static int check_overruled(struct lint *lint)
{
	return lint__found_ranges(lint, overruled, drop_split_vendor) ||
			       lint__found_odd(lint, overruled_odd) ?
		       -1 :
		       0;
}

static const char *needs_forward(const struct lint *lint, __u32 id,
				 const struct behaviour_class *class)
{
	(void)lint;
	(void)id;
	return class->reason[FATE_FORWARD] == FATE_NEEDS_FORWARD ? "FORWARD" : NULL;
}

static const char *needs_forward_odd(const struct lint *lint, const struct lint_odd *call)
{
	if (fate__reason(&lint->behaviour->rules, call->id, call->imm, call->verdict) !=
		    FATE_NEEDS_FORWARD ||
	    call->class->reason[FATE_FORWARD] == FATE_NEEDS_FORWARD)
		return NULL;
	return "FORWARD";
}

static int check_needs_forward(struct lint *lint)
{
	return lint__found_ranges(lint, needs_forward, NULL) ||
			       lint__found_odd(lint, needs_forward_odd) ?
		       -1 :
		       0;
}

/* Owners whose functions Arm and KVM allocate; the others are vendors', or the policy's. */
static bool may_be_allocated(const struct lint *lint, __u32 id)
{
	__u32 owner = names__owner(id);

	if (fate__range_owner(&lint->behaviour->rules, id) == FATE_ANSWER)
		return false;
	return owner == SMCCC_OWNER_ARCH ||
	       (owner >= SMCCC_OWNER_STANDARD && owner < SMCCC_OWNER_TRUSTED_APP);
}

/*
 * Services that smccc_ids.h has no names for: SDEI (DEN0054), MM (DEN0060), Errata
 * Management (DEN0100), DRTM (DEN0113), Realm Management (DEN0137) with RSI and
 * the Monitor's own.
 */
static const struct {
	__u16 first, last;
} other_services[] = {
	{ 0x20, 0x3f }, { 0x40, 0x4f }, { 0xf0, 0x10f }, { 0x110, 0x12f }, { 0x150, 0x1cf },
};

static bool is_of_other_service(__u32 id)
{
	__u32 func = id & SMCCC_FUNC_MASK;
	size_t i;

	if (!(id & SMCCC_FAST) || names__owner(id) != SMCCC_OWNER_STANDARD)
		return false;
	for (i = 0; i < sizeof(other_services) / sizeof(other_services[0]); i++) {
		if (func >= other_services[i].first && func <= other_services[i].last)
			return true;
	}
	return false;
}

static const char *unallocated(const struct lint *lint, __u32 id,
			       const struct behaviour_class *class)
{
	if (!(class->seen & 1 << FATE_ANSWER) || class->reason[FATE_ANSWER] != FATE_AS_SAID ||
	    !may_be_allocated(lint, id) || names__function(id) || names__function(id ^ SMCCC_64) ||
	    is_of_other_service(id))
		return NULL;
	return "ANSWER";
}

/* An answer of NOT_SUPPORTED, as DENY would give, takes nothing from anybody. */
static int drop_not_supported(struct lint *lint, const struct row *row, bool *dropped)
{
	struct party_answer first, last;

	if (party__ask(lint->behaviour, row->first, 0, &first, lint->err) ||
	    party__ask(lint->behaviour, row->last, 0, &last, lint->err))
		return -1;
	*dropped = first.denied && last.denied;
	return 0;
}

static int check_unallocated(struct lint *lint)
{
	return lint__found_ranges(lint, unallocated, drop_not_supported);
}

/* "HANDLE", "DENY or ANSWER" */
static const char *seen_text(const struct behaviour_class *class, char *text, size_t size)
{
	int v, len = 0;

	for (v = 0; v < FATE_VERDICTS; v++) {
		if (class->seen & 1 << v)
			len += snprintf(text + len, size - len, "%s%s", len ? " or " : "",
					fate__verdict_name(v));
	}
	return text;
}

/* The answers of both, as far as SMC32 sees them, where they are always the same. */
static int compare_answers(struct lint *lint, __u32 id, __u32 twin)
{
	struct party_answer a, b;
	int i;

	if (lint__class(lint, id)->depends || lint__class(lint, twin)->depends)
		return 0;
	if (party__ask(lint->behaviour, id, 0, &a, lint->err) ||
	    party__ask(lint->behaviour, twin, 0, &b, lint->err))
		return -1;
	for (i = 0; i < 4; i++) {
		if (a.verdict != FATE_ANSWER || b.verdict != FATE_ANSWER || a.w[i] == b.w[i])
			continue;
		lint__found(lint, "%s answers w%d=0x%x, %s answers w%d=0x%x", names__function(id),
			    i, a.w[i], names__function(twin), i, b.w[i]);
		return 0;
	}
	return 0;
}

static int check_twins(struct lint *lint)
{
	char text[64], twin_text[64];
	size_t i;

	for (i = 0; i < named_functions_count; i++) {
		__u32 twin, id = named_functions[i].id;
		const struct behaviour_class *a, *b;

		if (id & SMCCC_64 || !names__twin(id, &twin))
			continue;
		a = lint__class(lint, id);
		b = lint__class(lint, twin);
		if (a->seen != b->seen || a->verdict != b->verdict)
			lint__found(lint, "%s is %s, %s is %s", names__function(id),
				    seen_text(a, text, sizeof(text)), names__function(twin),
				    seen_text(b, twin_text, sizeof(twin_text)));
		else if (compare_answers(lint, id, twin))
			return -1;
	}
	return 0;
}

const struct lint_rule lint_rules[SMCCC_LINT_NR] = {
	[SMCCC_LINT_discovery_owner] = { "who tells what a service has is not who answers its functions",
					 "functions and versions of one implementation, calls answered by another",
					 lint__discovery_owner },
	[SMCCC_LINT_advertised_denied] = { "a function that a discovery call says is there is denied",
					   "a call that must work fails with NOT_SUPPORTED; its driver gives up, or the guest",
					   lint__advertised_denied },
	[SMCCC_LINT_hidden_service] = { "a service's version or features call is denied, but not its functions",
					"no such service; and who does not ask, perhaps an attacker, gets through to it",
					lint__hidden_service },
	[SMCCC_LINT_hidden_smccc] = { "PSCI_FEATURES(SMCCC_VERSION) does not lead to KVM's SMCCC_VERSION",
				      "SMCCC 1.0: it looks for no Spectre mitigation of the firmware, and runs without",
				      lint__hidden_smccc },
	[SMCCC_LINT_vendor_split] = { "the vendor range is split between owners",
				      "the UID of one hypervisor, and NOT_SUPPORTED where the other would answer",
				      check_vendor_split },
	[SMCCC_LINT_half_pair] = { "what a guest may begin it may not end, such as CPU_ON without CPU_OFF",
				   "a CPU, or memory, that it can take and never give back, or give and never get back",
				   lint__half_pair },
	[SMCCC_LINT_twins] = { "the SMC32 and SMC64 twins of a function are treated or answered differently",
			       "a function that works or not by the convention that its kernel happens to choose",
			       check_twins },
	[SMCCC_LINT_sve_hint] = { "a verdict depends on the SVE hint, which is not a part of the function ID",
				  "calls with another fate as soon as its kernel uses SVE (SMCCC 1.3); compare "
				  "smccc_func_id(call)",
				  lint__sve_hint },
	[SMCCC_LINT_needs_forward] = { "FORWARD without --forward (give lint --forward if attach gets it)",
				       "NOT_SUPPORTED: the kernel denies what nobody has vouched for",
				       check_needs_forward },
	[SMCCC_LINT_overruled] = { "a verdict that the kernel turns into DENY, whatever attach says",
				   "NOT_SUPPORTED, and each call counts as a violation",
				   check_overruled },
	[SMCCC_LINT_unallocated] = { "the policy answers a function that is not allocated yet",
				     "an answer to what a later specification, or KVM, may mean by that number",
				     check_unallocated },
	[SMCCC_LINT_immediate] = { "an HVC with an immediate reaches KVM where one without does not",
				   "a way past the policy: KVM takes hvc #1 for hvc #0; begin with \"if (call->imm)\"",
				   lint__immediate },
	[SMCCC_LINT_upper_half] = { "a verdict depends on bits 63:32 of a register that has 32 for this call",
				    "a way past the policy: it may set them, and KVM does not look; compare "
				    "smccc_func_id() and smccc_arg()",
				    lint__upper_half },
	[SMCCC_LINT_always] = { "KVM_SMCCC_ALWAYS with a verdict that depends on more than the function ID",
				"the first call's verdict for all later ones, whatever their arguments or number",
				lint__always },
};
