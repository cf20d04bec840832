// SPDX-License-Identifier: GPL-2.0
/* smccc_loader diff: which calls change their fate when one policy replaces another. */
#include <json-c/json.h>
#include <stdlib.h>

#include "command.h"
#include "diff_text.h"
#include "difference.h"
#include "output.h"
#include "tool.h"

struct diff_args {
	struct tool_args tool;
	const char *old_rules;
	const char *new_rules;
};

static const struct option_def diff_options[] = {
	{ .name = "old-rules",
	  .arg = "FILE",
	  .help = "the rules of OLD, instead of --rule and --rules",
	  OPTION_STRING_AT(struct diff_args, old_rules) },
	{ .name = "new-rules",
	  .arg = "FILE",
	  .help = "the rules of NEW, instead of --rule and --rules",
	  OPTION_STRING_AT(struct diff_args, new_rules) },
	TOOL_OPTIONS,
	{},
};

/* Rules for both are for those that take rules; a policy's own are for it. */
static void take_rules(struct policy_source *source, const char *own)
{
	source->rules_optional = !own;
	if (own) {
		source->rule = NULL;
		source->rules = own;
	}
}

static int check_rules(const struct diff *diff, const struct tool_args *args, struct err *err)
{
	if ((!args->rules && !args->rule.count) || rules__taken_by(diff->old.runner.policy.obj) ||
	    rules__taken_by(diff->new.runner.policy.obj))
		return 0;
	return err_set(err, ERR_POLICY_INVALID,
		       "take a policy that decides by rules, as examples/ranges.bpf.c",
		       "neither %s nor %s takes rules", diff->old.file.label, diff->new.file.label);
}

static int prepare(struct diff *diff, const struct diff_args *args, struct err *err)
{
	const struct tool_args *tool = &args->tool;
	struct policy_source old = tool__source(tool, tool->common.word[0]);
	struct policy_source new = tool__source(tool, tool->common.word[1]);
	struct diff_settings settings = { tool__settings(tool), tool->forward };

	take_rules(&old, args->old_rules);
	take_rules(&new, args->new_rules);
	if (policy_file__read(&old, &diff->old.file, err) ||
	    diff__sweep(&diff->old, &settings, err) ||
	    policy_file__read(&new, &diff->new.file, err) ||
	    diff__sweep(&diff->new, &settings, err) || check_rules(diff, tool, err))
		return -1;
	return diff__run(diff, err);
}

static int report(struct diff *diff, bool json, struct err *err)
{
	struct json_object *object = diff__json(diff, err);
	int ret;

	if (!object)
		return -1;
	if (json)
		output__json(object);
	else
		diff__print(object);
	ret = json_object_get_boolean(output__get(object, "same")) ? EXIT_DONE : EXIT_FOUND;
	json_object_put(object);
	return ret;
}

static int diff_body(const void *arg, struct err *err)
{
	const struct diff_args *args = arg;
	struct diff *diff = calloc(1, sizeof(*diff));
	int ret;

	if (!diff)
		return err_no_memory(err);
	ret = prepare(diff, args, err);
	if (!ret)
		ret = report(diff, args->tool.common.json, err);
	diff__free(diff);
	free(diff);
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
		"changes its fate, else with 10; what cannot be compared is said, and counts as a\n"
		"change.\n",
	.options = diff_options,
	.args_size = sizeof(struct diff_args),
	.run = run_diff,
};
