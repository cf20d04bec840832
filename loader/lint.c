// SPDX-License-Identifier: GPL-2.0
/* smccc_loader lint: what would be incoherent for a guest. */
#define _GNU_SOURCE
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "lint_rules.h"
#include "output.h"
#include "tool.h"

#define SHOWN_CASES 8

struct lint_args {
	struct tool_args tool;
	bool list;
};

static const struct option_def lint_options[] = {
	{ .name = "list",
	  .help = "list lint's rules, and end",
	  OPTION_FLAG_AT(struct lint_args, list) },
	TOOL_OPTIONS,
	{},
};

static void add_string(struct json_object *object, const char *key, const char *value)
{
	json_object_object_add(object, key, value ? json_object_new_string(value) : NULL);
}

static struct json_object *rule_json(enum smccc_lint_rule rule)
{
	struct json_object *object = json_object_new_object();

	add_string(object, "rule", lint_rule__name(rule));
	add_string(object, "meaning", lint_rules[rule].meaning);
	add_string(object, "guest", lint_rules[rule].guest);
	return object;
}

/* Checks all rules: those that are broken, and allowances that nothing needs. */
static int check_rules(struct lint *lint, const struct lint_allowed *allowed,
		       struct json_object *findings, struct json_object *unused)
{
	struct json_object *finding;
	int rule, ret = 0;

	for (rule = 0; !ret && rule < SMCCC_LINT_NR; rule++) {
		lint->cases = json_object_new_array();
		ret = lint_rules[rule].check(lint);
		if (!ret && json_object_array_length(lint->cases)) {
			finding = rule_json(rule);
			add_string(finding, "allowed", allowed->reason[rule]);
			json_object_object_add(finding, "cases", json_object_get(lint->cases));
			json_object_array_add(findings, finding);
		} else if (!ret && allowed->reason[rule]) {
			json_object_array_add(unused,
					      json_object_new_string(lint_rule__name(rule)));
		}
		json_object_put(lint->cases);
	}
	return ret;
}

static size_t count_broken(struct json_object *findings)
{
	size_t i, broken = 0;

	for (i = 0; i < json_object_array_length(findings); i++)
		broken += !output__get(json_object_array_get_idx(findings, i), "allowed");
	return broken;
}

static void print_finding(struct json_object *finding)
{
	struct json_object *cases = output__get(finding, "cases"), *allowed;
	size_t i, count = json_object_array_length(cases);

	allowed = output__get(finding, "allowed");
	printf("%s: %s\n", output__text(finding, "rule"), output__text(finding, "meaning"));
	if (allowed) {
		printf("    allowed: %s\n", json_object_get_string(allowed));
		return;
	}
	printf("    a guest sees: %s\n", output__text(finding, "guest"));
	for (i = 0; i < count && i < SHOWN_CASES; i++)
		printf("    - %s\n", json_object_get_string(json_object_array_get_idx(cases, i)));
	if (count > SHOWN_CASES)
		printf("    - and %zu more (--json has all)\n", count - SHOWN_CASES);
}

static void print(struct json_object *object, size_t broken)
{
	struct json_object *findings = output__get(object, "findings");
	struct json_object *unused = output__get(object, "unused");
	size_t i, count = json_object_array_length(findings);

	for (i = 0; i < count; i++)
		print_finding(json_object_array_get_idx(findings, i));
	for (i = 0; i < json_object_array_length(unused); i++)
		printf("note: SMCCC_LINT_ALLOW(%s): nothing to allow\n",
		       json_object_get_string(json_object_array_get_idx(unused, i)));
	printf("%s (%s): %zu of %d rules broken, %zu allowed\n", output__text(object, "policy"),
	       output__text(object, "file"), broken, SMCCC_LINT_NR, count - broken);
}

static int report(struct lint *lint, bool json)
{
	struct json_object *object = json_object_new_object();
	struct json_object *findings = json_object_new_array();
	struct json_object *unused = json_object_new_array();
	struct lint_allowed allowed;
	size_t broken = 0;
	int ret;

	add_string(object, "policy", lint->behaviour->policy);
	add_string(object, "file", lint->behaviour->file.label);
	json_object_object_add(object, "findings", findings);
	json_object_object_add(object, "unused", unused);
	ret = lint_allowed__read(&allowed, &lint->behaviour->file, lint->err);
	if (!ret)
		ret = check_rules(lint, &allowed, findings, unused);
	if (!ret) {
		broken = count_broken(findings);
		json_object_object_add(object, "broken", json_object_new_int(broken));
		if (json)
			output__json(object);
		else
			print(object, broken);
	}
	lint_allowed__free(&allowed);
	json_object_put(object);
	return ret ? ret : broken ? EXIT_FOUND : EXIT_DONE;
}

/* The rules ask a policy with maps as at the start: the probes have used up what they could. */
static int restart(struct behaviour *b, const struct runner_settings *settings, struct err *err)
{
	runner__close(&b->runner);
	return runner__open(&b->runner, &b->file, settings, err);
}

static int lint_body(const void *arg, struct err *err)
{
	const struct tool_args *args = arg;
	struct policy_source source = tool__source(args, args->common.word[0]);
	struct runner_settings settings = tool__settings(args);
	struct class_table table = {};
	struct behaviour b = {};
	struct lint lint = { .behaviour = &b, .table = &table, .err = err };
	struct plan plan = {};
	int ret;

	ret = behaviour__find(&b, &plan, &table, &source, &settings, args->forward, err);
	if (!ret)
		ret = restart(&b, &settings, err);
	if (!ret)
		ret = report(&lint, args->common.json);
	behaviour__free(&b);
	class_table__free(&table);
	plan__free(&plan);
	return ret;
}

static void print_rules(bool json)
{
	struct json_object *array = json_object_new_array();
	int rule;

	for (rule = 0; rule < SMCCC_LINT_NR; rule++) {
		json_object_array_add(array, rule_json(rule));
		if (!json)
			printf("%s\n    %s\n    a guest sees: %s\n", lint_rule__name(rule),
			       lint_rules[rule].meaning, lint_rules[rule].guest);
	}
	if (json)
		output__json(array);
	json_object_put(array);
}

static int run_lint(const void *arg, struct err *err)
{
	const struct lint_args *args = arg;

	if (args->tool.common.count > 1)
		return err_set(err, ERR_USAGE, "see smccc_loader lint --help",
			       "more than one policy: '%s'", args->tool.common.word[1]);
	if (args->list) {
		print_rules(args->tool.common.json);
		return 0;
	}
	return tool__run(lint_body, arg, err);
}

const struct command lint_command = {
	.name = "lint",
	.usage = "[POLICY] [OPTION]...",
	.summary = "Find what would be incoherent for a guest",
	.text = "Runs the policy as explain does, and ends with 10 if it breaks a rule. A policy that\n"
		"breaks one on purpose says so: SMCCC_LINT_ALLOW(rule, \"reason\"); see --list.\n",
	.options = lint_options,
	.args_size = sizeof(struct lint_args),
	.run = run_lint,
};
