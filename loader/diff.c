// SPDX-License-Identifier: GPL-2.0
/* smccc_loader diff: which calls change their fate when one policy replaces another. */
#define _GNU_SOURCE
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "class_text.h"
#include "command.h"
#include "difference.h"
#include "output.h"
#include "rows.h"
#include "tool.h"

struct diff_args {
	struct tool_args tool;
	const char *new_rules;
};

static const struct option_def diff_options[] = {
	{ .name = "new-rules",
	  .arg = "FILE",
	  .help = "the rules of NEW, where they are not those of OLD",
	  OPTION_STRING_AT(struct diff_args, new_rules) },
	TOOL_OPTIONS,
	{},
};

/* An example: the first call of a range that is decided differently. */
static void add_example(struct json_object *object, const struct diff *diff, __u32 id)
{
	const struct probe *old = probes__find(&diff->old.probes, id);
	struct probe_difference difference;
	struct json_object *example;

	if (!old || !diff__within(diff, old - diff->old.probes.probe, &difference) ||
	    !difference.with[0])
		return;
	example = json_object_new_object();
	json_object_object_add(example, "with", json_object_new_string(difference.with));
	json_object_object_add(example, "old",
			       json_object_new_string(fate__verdict_name(difference.a)));
	json_object_object_add(example, "new",
			       json_object_new_string(fate__verdict_name(difference.b)));
	json_object_object_add(object, "example", example);
}

static struct json_object *side_json(const struct behaviour *b, const struct diff *diff,
				     const struct row *row, __u16 class)
{
	struct json_object *object = json_object_new_object();
	const struct probe *probe = probes__find(&b->probes, row->first);

	class__add_json(object, &diff->table.class[class]);
	if (row->first == row->last && probe && probe->verdict == FATE_ANSWER && !probe->depends)
		json_object_object_add(object, "answer", class__answer_json(probe));
	return object;
}

static struct json_object *row_json(const struct diff *diff, const struct row *row)
{
	const struct change *change = &diff->change[row->class];
	struct json_object *object = row__json(row);

	json_object_object_add(object, "old", side_json(&diff->old, diff, row, change->old));
	json_object_object_add(object, "new", side_json(&diff->new, diff, row, change->new));
	json_object_object_add(object, "for_some_arguments",
			       json_object_new_boolean(change->within));
	add_example(object, diff, row->first);
	return object;
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
static bool odd_differs(const struct diff *diff, const struct probe_odd *old,
			const struct probe_odd *new)
{
	return !(old->same && new->same) && memcmp(old->verdicts, new->verdicts, diff->plan.nr_ids);
}

static void add_odd(struct json_object *array, const struct diff *diff, const char *what,
		    const struct probe_odd *old, const struct probe_odd *new, __u16 imm)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "calls", json_object_new_string(what));
	json_object_object_add(object, "old", class__odd_json(&diff->old, old, imm));
	json_object_object_add(object, "new", class__odd_json(&diff->new, new, imm));
	json_object_array_add(array, object);
}

/* Immediates that change in the same way share an entry. */
static void add_immediates(struct json_object *array, const struct diff *diff)
{
	const struct probe_odd *old = diff->old.probes.imm, *new = diff->new.probes.imm;
	size_t i, j, count = diff->plan.nr_imms;
	bool done[PLAN_IMMS] = {};

	for (i = 0; i < count; i++) {
		char what[128] = "HVC with an immediate";
		size_t alike = 0, len = strlen(what);

		if (done[i] || !odd_differs(diff, &old[i], &new[i]))
			continue;
		for (j = i; j < count; j++) {
			if (old[j].seen != old[i].seen || old[j].same != old[i].same ||
			    new[j].seen != new[i].seen || new[j].same != new[i].same)
				continue;
			done[j] = true;
			len += snprintf(what + len, sizeof(what) - len, "%s 0x%x",
					alike++ ? "," : "", diff->plan.imms[j]);
		}
		if (alike == count)
			snprintf(what, sizeof(what), "HVC with an immediate");
		add_odd(array, diff, what, &old[i], &new[i], 1);
	}
}

static struct json_object *odd_json(const struct diff *diff)
{
	struct json_object *array = json_object_new_array();

	add_immediates(array, diff);
	if (odd_differs(diff, &diff->old.probes.reserved, &diff->new.probes.reserved))
		add_odd(array, diff, "IDs with a reserved bit (23:17)", &diff->old.probes.reserved,
			&diff->new.probes.reserved, 0);
	return array;
}

static struct json_object *diff_json(const struct diff *diff, const struct rows *rows)
{
	struct json_object *object = json_object_new_object();
	struct json_object *changes = json_object_new_array();
	struct json_object *odd = odd_json(diff);
	bool ranges = diff->old.rules.forward_ranges != diff->new.rules.forward_ranges ||
		      diff->old.rules.answer_ranges != diff->new.rules.answer_ranges;
	size_t i;

	for (i = 0; i < rows->count; i++)
		json_object_array_add(changes, row_json(diff, &rows->row[i]));
	json_object_object_add(object, "old", policy_json(&diff->old));
	json_object_object_add(object, "new", policy_json(&diff->new));
	json_object_object_add(object, "forward", json_object_new_boolean(diff->old.rules.forward));
	json_object_object_add(object, "same",
			       json_object_new_boolean(!rows->count && !ranges &&
						       !json_object_array_length(odd)));
	json_object_object_add(object, "ranges_changed", json_object_new_boolean(ranges));
	json_object_object_add(object, "changes", changes);
	json_object_object_add(object, "others", odd);
	return object;
}

static char *show_old(struct json_object *row)
{
	return class__show(output__get(row, "old"));
}

static char *show_new(struct json_object *row)
{
	struct json_object *example = output__get(row, "example");
	char *text, *verdict = class__show(output__get(row, "new"));
	int len = 0;

	if (example)
		len = asprintf(&text, "%s; with %s: %s -> %s", verdict ? verdict : "",
			       output__text(example, "with"), output__text(example, "old"),
			       output__text(example, "new"));
	else if (json_object_get_boolean(output__get(row, "for_some_arguments")))
		len = asprintf(&text, "%s; another answer", verdict ? verdict : "");
	else
		return verdict;
	free(verdict);
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

/* Nothing at all where nothing changes. */
static void print(struct json_object *object)
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
}

static int prepare(struct diff *diff, const struct diff_args *args, struct err *err)
{
	const struct tool_args *tool = &args->tool;
	struct policy_source old = tool__source(tool, tool->common.word[0]);
	struct policy_source new = tool__source(tool, tool->common.word[1]);
	struct runner_settings settings = tool__settings(tool);

	if (args->new_rules) {
		new.rule = NULL;
		new.rules = args->new_rules;
	}
	if (plan__init(&diff->plan, err) ||
	    behaviour__sweep(&diff->old, &old, &settings, tool->forward, err) ||
	    behaviour__sweep(&diff->new, &new, &settings, tool->forward, err) ||
	    behaviour__plan(&diff->old, &diff->plan, err) ||
	    behaviour__plan(&diff->new, &diff->plan, err))
		return -1;
	plan__finish(&diff->plan);
	if (behaviour__probe(&diff->old, &diff->plan, &diff->table, err) ||
	    behaviour__probe(&diff->new, &diff->plan, &diff->table, err))
		return -1;
	return diff__compare(diff, err);
}

static int diff_body(const void *arg, struct err *err)
{
	const struct diff_args *args = arg;
	struct json_object *object;
	struct rows rows = {};
	struct diff diff = {};
	int ret = prepare(&diff, args, err);

	if (!ret)
		ret = rows__find(&rows, diff.kinds, err);
	if (!ret) {
		object = diff_json(&diff, &rows);
		if (args->tool.common.json)
			output__json(object);
		else
			print(object);
		ret = json_object_get_boolean(output__get(object, "same")) ? EXIT_DONE : EXIT_FOUND;
		json_object_put(object);
	}
	rows__free(&rows);
	diff__free(&diff);
	return ret;
}

static int run_diff(const void *arg, struct err *err)
{
	const struct diff_args *args = arg;

	if (args->tool.common.count != 2)
		return err_set(err, ERR_USAGE, "see smccc_loader diff --help",
			       "diff takes two policies: the old one and the new one");
	return tool__run(diff_body, arg, err);
}

const struct command diff_command = {
	.name = "diff",
	.usage = "OLD NEW [OPTION]...",
	.summary = "Show which calls change their fate from one policy to another",
	.text = "Runs both policies as explain does. Prints nothing and ends with 0 if no call\n"
		"changes its fate, else with 10.\n",
	.options = diff_options,
	.args_size = sizeof(struct diff_args),
	.run = run_diff,
};
