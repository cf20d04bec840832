// SPDX-License-Identifier: GPL-2.0
/* lint's rules: a row each; those about single services are in lint_services.c. */
#define _GNU_SOURCE
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lint_rules.h"
#include "names.h"
#include "party.h"
#include "rows.h"

void lint__found(struct lint *lint, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	json_object_array_add(lint->cases, json_object_new_string(text));
}

static const struct behaviour_class *class_of(const struct lint *lint, __u32 id)
{
	return &lint->table->class[lint->behaviour->classes[sweep__index(id)]];
}

bool lint__lets_through(const struct lint *lint, __u32 id)
{
	return class_of(lint, id)->seen & (1 << FATE_HANDLE | 1 << FATE_FORWARD);
}

/* Names or numbers of a range, as explain shows them. */
static void found_row(struct lint *lint, const struct row *row, const char *what)
{
	struct json_object *object = row__json(row);
	char *ids = row__show_ids(object), *names = row__show_names(object);

	lint__found(lint, "%s (%s): %s", ids ? ids : "", names ? names : "", what);
	free(ids);
	free(names);
	json_object_put(object);
}

/* What is wrong with an ID of a class, or NULL. */
typedef const char *(*id_check)(const struct lint *lint, __u32 id,
				const struct behaviour_class *class);
typedef int (*row_filter)(struct lint *lint, const struct row *row, bool *dropped);

/* Reports ranges of IDs with something wrong; a filter may take a second look at each. */
static int found_ranges(struct lint *lint, id_check check, row_filter filter)
{
	__u16 *wrong = calloc(SWEEP_SIZE, sizeof(*wrong));
	const char *what[2 * FATE_VERDICTS + 1] = {};
	struct rows rows = {};
	__u32 i, kind;
	int ret = 0;

	if (!wrong)
		return err_no_memory(lint->err);
	for (i = 0; i < SWEEP_SIZE; i++) {
		__u32 id = sweep__id(i);
		const char *text = check(lint, id, class_of(lint, id));

		for (kind = 1; text && what[kind] && what[kind] != text; kind++)
			;
		if (text) {
			what[kind] = text;
			wrong[i] = kind;
		}
	}
	ret = rows__find(&rows, wrong, lint->err);
	for (i = 0; !ret && i < rows.count; i++) {
		bool dropped = false;

		if (filter)
			ret = filter(lint, &rows.row[i], &dropped);
		if (!ret && !dropped)
			found_row(lint, &rows.row[i], what[rows.row[i].class]);
	}
	rows__free(&rows);
	free(wrong);
	return ret;
}

/* Whether the policy says more in the vendor range than DENY and one other verdict. */
static bool is_vendor_split(const struct lint *lint)
{
	__u8 seen = 0;
	__u32 type, func;

	for (type = 0; type < 4; type++) {
		__u32 base = SMCCC_ID(type << 30, SMCCC_OWNER_VENDOR_HYP, 0);

		for (func = 0; func <= SMCCC_FUNC_MASK; func++)
			seen |= class_of(lint, base + func)->seen;
	}
	return __builtin_popcount(seen & ~(1 << FATE_DENY | 1 << FATE_WILD)) > 1;
}

static const char *overruled(const struct lint *lint, __u32 id, const struct behaviour_class *class)
{
	static const char *const texts[FATE_VERDICTS] = {
		[FATE_HANDLE] = "HANDLE, but the range is not KVM's",
		[FATE_FORWARD] = "FORWARD, but the range is not in .forward_ranges",
		[FATE_ANSWER] = "ANSWER, but the range is not in .answer_ranges",
		[FATE_WILD] = "a number that is no verdict",
	};
	int v;

	(void)lint;
	(void)id;
	for (v = 0; v < FATE_VERDICTS; v++) {
		if (class->reason[v] == FATE_NOT_THE_OWNER || class->reason[v] == FATE_NO_VERDICT)
			return texts[v];
	}
	return NULL;
}

static const char *splits_vendor(const struct lint *lint, __u32 id,
				 const struct behaviour_class *class)
{
	return names__owner(id) == SMCCC_OWNER_VENDOR_HYP ? overruled(lint, id, class) : NULL;
}

static int check_vendor_split(struct lint *lint)
{
	return is_vendor_split(lint) ? found_ranges(lint, splits_vendor, NULL) : 0;
}

/* The vendor range has been reported as a whole. */
static int drop_split_vendor(struct lint *lint, const struct row *row, bool *dropped)
{
	*dropped = names__owner(row->first) == SMCCC_OWNER_VENDOR_HYP && is_vendor_split(lint) &&
		   !(class_of(lint, row->first)->seen & 1 << FATE_WILD);
	return 0;
}

static int check_overruled(struct lint *lint)
{
	return found_ranges(lint, overruled, drop_split_vendor);
}

static const char *needs_forward(const struct lint *lint, __u32 id,
				 const struct behaviour_class *class)
{
	(void)lint;
	(void)id;
	return class->reason[FATE_FORWARD] == FATE_NEEDS_FORWARD ? "FORWARD" : NULL;
}

static int check_needs_forward(struct lint *lint)
{
	return found_ranges(lint, needs_forward, NULL);
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

static const char *unallocated(const struct lint *lint, __u32 id,
			       const struct behaviour_class *class)
{
	if (!(class->seen & 1 << FATE_ANSWER) || class->reason[FATE_ANSWER] != FATE_AS_SAID ||
	    !may_be_allocated(lint, id) || names__function(id))
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
	return found_ranges(lint, unallocated, drop_not_supported);
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

static int check_twins(struct lint *lint)
{
	char text[64], twin_text[64];
	size_t i;

	for (i = 0; i < named_functions_count; i++) {
		__u32 twin, id = named_functions[i].id;
		const struct behaviour_class *a, *b;

		if (id & SMCCC_64 || !names__twin(id, &twin))
			continue;
		a = class_of(lint, id);
		b = class_of(lint, twin);
		if (a->seen != b->seen || a->verdict != b->verdict)
			lint__found(lint, "%s is %s, %s is %s", names__function(id),
				    seen_text(a, text, sizeof(text)), names__function(twin),
				    seen_text(b, twin_text, sizeof(twin_text)));
	}
	return 0;
}

static int check_sve_hint(struct lint *lint)
{
	size_t i;

	for (i = 0; i < named_functions_count; i++) {
		if (class_of(lint, named_functions[i].id)->depends & 1 << THING_SVE_HINT)
			lint__found(lint, "%s is decided differently with bit 16 of the ID set",
				    named_functions[i].name);
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
	[SMCCC_LINT_hidden_service] = { "a service's discovery call is denied, but not its functions",
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
	[SMCCC_LINT_twins] = { "the SMC32 and SMC64 twins of a function are treated differently",
			       "a function that works or not by the convention that its kernel happens to choose",
			       check_twins },
	[SMCCC_LINT_sve_hint] = { "a verdict depends on the SVE hint, which is not a part of the function ID",
				  "calls with another fate as soon as its kernel uses SVE (SMCCC 1.3); compare "
				  "smccc_func_id(call)",
				  check_sve_hint },
	[SMCCC_LINT_needs_forward] = { "FORWARD without --forward (give lint --forward if attach gets it)",
				       "NOT_SUPPORTED: the kernel denies what nobody has vouched for",
				       check_needs_forward },
	[SMCCC_LINT_overruled] = { "a verdict that the kernel turns into DENY, whatever attach says",
				   "NOT_SUPPORTED, and each call counts as a violation",
				   check_overruled },
	[SMCCC_LINT_unallocated] = { "the policy answers a function that is not allocated yet",
				     "an answer to what a later specification, or KVM, may mean by that number",
				     check_unallocated },
};
