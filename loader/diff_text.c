// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "class_text.h"
#include "diff_text.h"
#include "names.h"
#include "output.h"
#include "rows.h"

/* An example: the first call of a range that is decided differently. */
static int add_example(struct json_object *object, struct diff *diff, __u32 id, struct err *err)
{
	struct diff_example found;
	struct json_object *example;

	if (diff__example(diff, id, &found, err))
		return -1;
	if (!found.with[0])
		return 0;
	example = json_object_new_object();
	json_object_object_add(example, "with", json_object_new_string(found.with));
	json_object_object_add(example, "old",
			       json_object_new_string(fate__verdict_name(found.old)));
	json_object_object_add(example, "new",
			       json_object_new_string(fate__verdict_name(found.new)));
	json_object_object_add(object, "example", example);
	return 0;
}

static struct json_object *side_json(const struct behaviour *b, const struct diff *diff,
				     const struct row *row, __u16 class)
{
	struct json_object *object = json_object_new_object();

	class__add_json(object, &diff->table.class[class]);
	class__add_answer(object, b, row);
	return object;
}

static int add_row(struct json_object *changes, struct diff *diff, const struct row *row,
		   struct err *err)
{
	const struct change *change = &diff->change[row->class];
	struct json_object *object = row__json(row);

	json_object_array_add(changes, object);
	json_object_object_add(object, "old", side_json(&diff->old, diff, row, change->old));
	json_object_object_add(object, "new", side_json(&diff->new, diff, row, change->new));
	json_object_object_add(object, "for_some_arguments",
			       json_object_new_boolean(change->how & DIFF_ARGUMENTS));
	json_object_object_add(object, "over_time",
			       json_object_new_boolean(change->how & DIFF_TIME));
	json_object_object_add(object, "not_compared",
			       json_object_new_boolean(change->how & DIFF_UNKNOWN));
	if (change->how && !(change->how & DIFF_ARGUMENTS))
		return 0;
	return add_example(object, diff, row->first, err);
}

static struct json_object *policy_json(const struct behaviour *b)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "policy", json_object_new_string(b->policy));
	json_object_object_add(object, "file", json_object_new_string(b->file.label));
	class__add_ranges(object, "forward_ranges", b->rules.forward_ranges);
	class__add_ranges(object, "answer_ranges", b->rules.answer_ranges);
	return object;
}

/* Calls with an immediate, or with reserved bits in the ID, where that makes a difference. */
static struct json_object *compare_odd(const struct diff *diff, const struct probe_odd *old,
				       const struct probe_odd *new)
{
	struct json_object *object = json_object_new_object();
	bool changed = !(old->same && new->same) && old->hash != new->hash;

	json_object_object_add(object, "old", class__odd_json(&diff->old, old));
	json_object_object_add(object, "new", class__odd_json(&diff->new, new));
	json_object_object_add(object, "changed", json_object_new_boolean(changed));
	return object;
}

static void add_odd(struct json_object *array, struct json_object *object, const char *what)
{
	if (json_object_get_boolean(output__get(object, "changed"))) {
		json_object_object_add(object, "calls", json_object_new_string(what));
		json_object_array_add(array, json_object_get(object));
	}
}

static struct json_object *odd_json(const struct diff *diff)
{
	const struct probes *old = &diff->old.probes, *new = &diff->new.probes;
	struct json_object *array = json_object_new_array(), *said[PLAN_IMMS], *groups, *reserved;
	size_t i;

	for (i = 0; i < diff->plan.nr_imms; i++)
		said[i] = compare_odd(diff, &old->imm[i], &new->imm[i]);
	groups = class__group_immediates(&diff->plan, said);
	for (i = 0; i < json_object_array_length(groups); i++) {
		char *name = class__name_immediates(groups, i);

		add_odd(array, json_object_array_get_idx(groups, i), name ? name : "");
		free(name);
	}
	json_object_put(groups);
	reserved = compare_odd(diff, &old->reserved, &new->reserved);
	add_odd(array, reserved, "IDs with a reserved bit (23:17)");
	json_object_put(reserved);
	return array;
}

static struct json_object *verdict_json(const struct behaviour *b, __u32 id, __u32 verdict)
{
	struct json_object *object = json_object_new_object();
	struct behaviour_class class = { .verdict = verdict, .seen = 1 << verdict };

	class.reason[verdict] = fate__reason(&b->rules, id, 0, verdict);
	class__add_json(object, &class);
	return object;
}

/* As it is said of all IDs with reserved bits. */
static bool is_told(const struct diff *diff, const struct diff_example *found)
{
	const struct probe_odd *old = &diff->old.probes.reserved;
	const struct probe_odd *new = &diff->new.probes.reserved;

	return old->hash != new->hash && !(old->same && new->same) &&
	       old->seen & 1 << found->old &&new->seen & 1 << found->new;
}

/* IDs with reserved bits that mean something all the same, if only to the policies. */
static int add_odd_ids(struct json_object *array, struct diff *diff, struct err *err)
{
	char name[NAMES_CALL_SIZE];
	size_t i;

	for (i = 0; i < diff->plan.nr_odd_ids; i++) {
		__u32 id = diff->plan.odd_ids[i];
		struct kvm_smccc_call call = runner__make_call(&diff->old.runner, id);
		struct json_object *object;
		struct diff_example found;
		bool same;

		if (diff__call(diff, &call, &same, &found, err))
			return -1;
		if (same || is_told(diff, &found))
			continue;
		object = json_object_new_object();
		json_object_object_add(object, "calls",
				       json_object_new_string(names__call(id, name)));
		json_object_object_add(object, "old", verdict_json(&diff->old, id, found.old));
		json_object_object_add(object, "new", verdict_json(&diff->new, id, found.new));
		json_object_array_add(array, object);
	}
	return 0;
}

/* What could have been missed, unless nothing can be different. */
static struct json_object *notes_json(const struct diff *diff)
{
	struct json_object *notes = json_object_new_array();
	char text[128];

	if (diff->same_policy)
		return notes;
	class__add_notes(notes, &diff->old);
	class__add_notes(notes, &diff->new);
	if (diff->untried) {
		snprintf(text, sizeof(text),
			 "%zu function IDs were compared with arguments of zero only",
			 diff->untried);
		json_object_array_add(notes, json_object_new_string(text));
	}
	return notes;
}

static struct json_object *rows_json(struct diff *diff, const struct rows *rows, struct err *err)
{
	struct json_object *object = json_object_new_object();
	struct json_object *changes = json_object_new_array();
	struct json_object *odd = odd_json(diff), *notes = notes_json(diff);
	bool ranges = diff->old.rules.forward_ranges != diff->new.rules.forward_ranges ||
		      diff->old.rules.answer_ranges != diff->new.rules.answer_ranges;
	int ret = add_odd_ids(odd, diff, err);
	bool same = !rows->count && !ranges && !json_object_array_length(odd) &&
		    !json_object_array_length(notes);
	size_t i;

	json_object_object_add(object, "old", policy_json(&diff->old));
	json_object_object_add(object, "new", policy_json(&diff->new));
	json_object_object_add(object, "forward", json_object_new_boolean(diff->old.rules.forward));
	json_object_object_add(object, "same", json_object_new_boolean(same));
	json_object_object_add(object, "ranges_changed", json_object_new_boolean(ranges));
	json_object_object_add(object, "changes", changes);
	json_object_object_add(object, "others", odd);
	json_object_object_add(object, "notes", notes);
	for (i = 0; !ret && i < rows->count; i++)
		ret = add_row(changes, diff, &rows->row[i], err);
	if (!ret)
		return object;
	json_object_put(object);
	return NULL;
}

static char *show_old(struct json_object *row)
{
	return class__show(output__get(row, "old"));
}

/* What differs where the words do not, or may differ. */
static const char *tell_difference(struct json_object *row, const char *new)
{
	if (json_object_get_boolean(output__get(row, "not_compared")))
		return "; not compared";
	if (json_object_get_boolean(output__get(row, "over_time")))
		return "; not the same over time";
	return strncmp(new, "ANSWER", 6) ? "; not for the same calls" : "; another answer";
}

static char *show_new(struct json_object *row)
{
	struct json_object *example = output__get(row, "example");
	char *text, *old = show_old(row), *new = class__show(output__get(row, "new"));
	int len = -1;

	if (old && new &&example)
		len = asprintf(&text, "%s; with %s: %s -> %s", new, output__text(example, "with"),
			       output__text(example, "old"), output__text(example, "new"));
	else if (old && new)
		len = asprintf(&text, "%s%s", new,
			       strcmp(old, new) ? "" : tell_difference(row, new));
	free(old);
	free(new);
	return len < 0 ? NULL : text;
}

static const struct output_column columns[] = {
	{ "CALLS", row__show_ids },
	{ "SMC", row__show_conventions },
	{ "FUNCTIONS", row__show_names },
	{ "OLD", show_old },
	{ "NEW", show_new },
	{},
};

static void print_ranges(struct json_object *object, const char *key, const char *title)
{
	const char *old = output__text(output__get(object, "old"), key);
	const char *new = output__text(output__get(object, "new"), key);

	if (strcmp(old, new))
		printf("%s: owners %s -> %s\n", title, old, new);
}

static void print_odd(struct json_object *odd)
{
	char *old = show_old(odd), *new = show_new(odd);

	printf("%s: %s -> %s\n", output__text(odd, "calls"), old ? old : "", new ? new : "");
	free(old);
	free(new);
}

void diff__print(struct json_object *object)
{
	struct json_object *changes = output__get(object, "changes");
	struct json_object *others = output__get(object, "others");
	size_t i;

	if (json_object_array_length(changes))
		output__table(changes, columns);
	print_ranges(object, "forward_ranges", "the VMM's by declaration");
	print_ranges(object, "answer_ranges", "the policy's by declaration");
	for (i = 0; i < json_object_array_length(others); i++)
		print_odd(json_object_array_get_idx(others, i));
	output__notes(output__get(object, "notes"));
}

struct json_object *diff__json(struct diff *diff, struct err *err)
{
	struct json_object *object = NULL;
	struct rows rows = {};

	if (!rows__find(&rows, diff->kinds, err))
		object = rows_json(diff, &rows, err);
	rows__free(&rows);
	return object;
}
