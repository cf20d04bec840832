// SPDX-License-Identifier: GPL-2.0
/* smccc_loader explain: the complete behaviour of a policy as a table. */
#define _GNU_SOURCE
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "behaviour.h"
#include "class_text.h"
#include "command.h"
#include "output.h"
#include "rows.h"
#include "tool.h"

static const struct option_def explain_options[] = {
	TOOL_OPTIONS,
	{},
};

static const struct output_column columns[] = {
	{ "CALLS", row__show_ids },
	{ "SMC", row__show_conventions },
	{ "FUNCTIONS", row__show_names },
	{ "VERDICT", class__show },
	{},
};

static struct json_object *explain_rows(const struct behaviour *b, const struct class_table *table,
					const struct rows *rows)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < rows->count; i++) {
		const struct row *row = &rows->row[i];
		struct json_object *object = row__json(row);

		class__add_json(object, &table->class[row->class]);
		class__add_answer(object, b, row);
		json_object_array_add(array, object);
	}
	return array;
}

static struct json_object *explain_immediates(const struct behaviour *b)
{
	struct json_object *said[PLAN_IMMS];
	size_t i;

	for (i = 0; i < b->probes.plan->nr_imms; i++)
		said[i] = class__odd_json(b, &b->probes.imm[i]);
	return class__group_immediates(b->probes.plan, said);
}

static struct json_object *explain(const struct behaviour *b, const struct class_table *table,
				   const struct rows *rows)
{
	struct json_object *object = json_object_new_object();
	struct json_object *notes = json_object_new_array();

	json_object_object_add(object, "policy", json_object_new_string(b->policy));
	json_object_object_add(object, "file", json_object_new_string(b->file.label));
	json_object_object_add(object, "forward", json_object_new_boolean(b->rules.forward));
	class__add_ranges(object, "forward_ranges", b->rules.forward_ranges);
	class__add_ranges(object, "answer_ranges", b->rules.answer_ranges);
	json_object_object_add(object, "ids", json_object_new_int(SWEEP_SIZE));
	json_object_object_add(object, "calls", explain_rows(b, table, rows));
	json_object_object_add(object, "immediates", explain_immediates(b));
	json_object_object_add(object, "reserved_bits", class__odd_json(b, &b->probes.reserved));
	class__add_notes(notes, b);
	json_object_object_add(object, "notes", notes);
	return object;
}

static void print_ranges(struct json_object *object, const char *key, const char *title)
{
	struct json_object *ranges = output__get(object, key);

	if (json_object_array_length(ranges))
		printf("%s owners %s\n", title, json_object_get_string(ranges));
}

static void print_odd(struct json_object *odd, const char *what)
{
	char *text = class__show(odd);

	printf("%s: %s\n", what, text ? text : "");
	free(text);
}

static void print_immediates(struct json_object *groups)
{
	size_t i;

	for (i = 0; i < json_object_array_length(groups); i++) {
		struct json_object *group = json_object_array_get_idx(groups, i);
		char *what = class__name_immediates(groups, i);

		print_odd(group, what ? what : "");
		free(what);
	}
}

static void print(struct json_object *object)
{
	printf("%s (%s), all %d function IDs:\n\n", output__text(object, "policy"),
	       output__text(object, "file"), SWEEP_SIZE);
	output__table(output__get(object, "calls"), columns);
	printf("\n");
	print_ranges(object, "forward_ranges", "the VMM's by declaration:");
	print_ranges(object, "answer_ranges", "the policy's by declaration:");
	print_immediates(output__get(object, "immediates"));
	print_odd(output__get(object, "reserved_bits"), "IDs with a reserved bit (23:17)");
	output__notes(output__get(object, "notes"));
}

static int explain_body(const void *arg, struct err *err)
{
	const struct tool_args *args = arg;
	struct policy_source source = tool__source(args, args->common.word[0]);
	struct runner_settings settings = tool__settings(args);
	struct class_table table = {};
	struct behaviour b = {};
	struct json_object *object;
	struct rows rows = {};
	struct plan plan = {};
	int ret;

	ret = behaviour__find(&b, &plan, &table, &source, &settings, args->forward, err);
	if (!ret)
		ret = rows__find(&rows, b.classes, err);
	if (!ret) {
		object = explain(&b, &table, &rows);
		if (args->common.json)
			output__json(object);
		else
			print(object);
		json_object_put(object);
	}
	rows__free(&rows);
	behaviour__free(&b);
	class_table__free(&table);
	plan__free(&plan);
	return ret;
}

static int run_explain(const void *arg, struct err *err)
{
	const struct tool_args *args = arg;

	if (args->common.count > 1)
		return err_set(err, ERR_USAGE, "see smccc_loader explain --help",
			       "more than one policy: '%s'", args->common.word[1]);
	return tool__run(explain_body, arg, err);
}

const struct command explain_command = {
	.name = "explain",
	.usage = "[POLICY] [OPTION]...",
	.summary = "Show what a policy does with each of the 16.8 million function IDs",
	.text = "Runs the policy in this machine's kernel, whatever that is, over all function IDs,\n"
		"and over a set of arguments where they may matter: needs root, but neither KVM nor\n"
		"a patched kernel. Where the kernel would deny the call in spite of the verdict,\n"
		"that is said.\n",
	.options = explain_options,
	.args_size = sizeof(struct tool_args),
	.run = run_explain,
};
