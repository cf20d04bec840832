// SPDX-License-Identifier: GPL-2.0
/* smccc_loader test: a policy against a file of cases, on this machine's own kernel. */
#define _GNU_SOURCE
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "command.h"
#include "fate.h"
#include "output.h"
#include "tool.h"

static const struct option_def test_options[] = {
	TOOL_OPTIONS,
	{},
};

/* Of one line, over all the rounds of its group. */
struct result {
	__u64 calls;
	bool failed, noted;
};

struct testing {
	const struct tool_args *args;
	struct policy_file file;
	struct cases cases;
	struct runner_settings settings;
	struct runner runner;
	struct fate_rules rules;
	struct result *results; /* by the number of the step */
	unsigned int cases_run, failed;
	__u64 calls;
	struct json_object *failures;
	struct json_object *notes; /* at most one for each enum fate_reason */
};

/* A register as people write it, in the width that the caller sees. */
static void print_register(FILE *out, int reg, __u64 value, bool narrow)
{
	__s64 number = narrow ? (__s32)value : (__s64)value;

	if (number < 10 && number > -100)
		fprintf(out, " x%d=%lld", reg, (long long)number);
	else
		fprintf(out, " x%d=0x%llx", reg,
			(unsigned long long)(narrow ? (__u32)value : value));
}

/* ANSWER with the registers that the case is about. */
static struct json_object *outcome(const struct step *step, __u32 verdict, const __u64 *regs)
{
	struct json_object *text;
	char *buffer = NULL;
	size_t size;
	FILE *out = open_memstream(&buffer, &size);
	int i;

	if (!out)
		return NULL;
	fprintf(out, "%s", fate__verdict_name(verdict));
	for (i = 0; verdict == FATE_ANSWER && i < RUNNER_REGS; i++) {
		if (step->compare & 1 << i || (!step->compare && !i && regs != step->want))
			print_register(out, i, regs[i], step__is_narrow(&step->call));
	}
	fclose(out);
	text = json_object_new_string(buffer);
	free(buffer);
	return text;
}

static bool as_expected(const struct step *step, const struct kvm_smccc_call *after, __u32 verdict)
{
	__u64 mask = step__is_narrow(&step->call) ? 0xffffffff : ~0ULL;
	int i;

	for (i = 0; i < RUNNER_REGS; i++) {
		if (step->compare & 1 << i && (after->regs[i] ^ step->want[i]) & mask)
			return false;
	}
	return verdict == step->verdict;
}

static void add_failure(struct testing *t, const struct step *step, __u64 nth, __u32 verdict,
			const struct kvm_smccc_call *after)
{
	struct json_object *failure = json_object_new_object();
	enum fate_reason reason =
		fate__reason(&t->rules, step->call.func_id, step->call.imm, verdict);

	json_object_object_add(failure, "line", json_object_new_int(step->line));
	json_object_object_add(failure, "case", json_object_new_string(step->text));
	json_object_object_add(failure, "call", json_object_new_uint64(nth));
	json_object_object_add(failure, "of", json_object_new_uint64(step->times * step->rounds));
	json_object_object_add(failure, "expected", outcome(step, step->verdict, step->want));
	json_object_object_add(failure, "got", outcome(step, verdict, after->regs));
	json_object_object_add(failure, "reason",
			       json_object_new_string(fate__reason_name(reason)));
	json_object_object_add(failure, "text", json_object_new_string(fate__reason_text(reason)));
	json_object_array_add(t->failures, failure);
}

/* A verdict that is as expected, and that the kernel would not follow: whether it is one. */
static bool add_note(struct testing *t, const struct step *step, __u32 verdict)
{
	enum fate_reason reason =
		fate__reason(&t->rules, step->call.func_id, step->call.imm, verdict);
	struct json_object *note = NULL, *lines;
	size_t i;

	if (reason == FATE_AS_SAID)
		return false;
	for (i = 0; i < json_object_array_length(t->notes); i++) {
		note = json_object_array_get_idx(t->notes, i);
		if (!strcmp(output__text(note, "reason"), fate__reason_name(reason)))
			break;
		note = NULL;
	}
	if (!note) {
		note = json_object_new_object();
		json_object_object_add(note, "reason",
				       json_object_new_string(fate__reason_name(reason)));
		json_object_object_add(note, "text",
				       json_object_new_string(fate__reason_text(reason)));
		json_object_object_add(note, "lines", json_object_new_array());
		json_object_array_add(t->notes, note);
	}
	lines = output__get(note, "lines");
	json_object_array_add(lines, json_object_new_int(step->line));
	return true;
}

/* All calls are made, also behind one that fails: what comes later may count on them. */
static int run_call(struct testing *t, const struct step *step, struct result *result,
		    struct err *err)
{
	__u32 verdict = 0;
	__u64 n;

	t->cases_run += !result->calls;
	for (n = 0; n < step->times; n++) {
		struct kvm_smccc_call call = step->call;

		if (!step->set_cookie)
			call.cookie = t->runner.cookie;
		if (runner__call(&t->runner, &call, &verdict, err))
			return -1;
		result->calls++;
		if (!result->failed && !as_expected(step, &call, verdict)) {
			add_failure(t, step, result->calls, verdict, &call);
			result->failed = true;
			t->failed++;
		}
	}
	if (!result->failed && !result->noted)
		result->noted = add_note(t, step, verdict);
	t->calls += step->times;
	return 0;
}

static int restart(struct testing *t, struct err *err)
{
	runner__close(&t->runner);
	return runner__open(&t->runner, &t->file, &t->settings, err);
}

static int run_step(struct testing *t, size_t i, struct err *err)
{
	const struct step *step = &t->cases.step[i];

	if (step->kind == STEP_ADVANCE)
		*t->runner.time_ns += step->ns;
	if (step->kind == STEP_RESET)
		return restart(t, err);
	if (step->kind == STEP_CALL)
		return run_call(t, step, &t->results[i], err);
	return 0;
}

static int run_steps(struct testing *t, struct err *err)
{
	__u64 rounds_left = 0;
	size_t i, first = 0;

	for (i = 0; i < t->cases.count; i++) {
		const struct step *step = &t->cases.step[i];

		if (step->kind == STEP_REPEAT) {
			first = i;
			rounds_left = step->times - 1;
		} else if (step->kind == STEP_END && rounds_left) {
			i = first;
			rounds_left--;
		} else if (run_step(t, i, err)) {
			return -1;
		}
	}
	return 0;
}

static struct json_object *report(const struct testing *t)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "policy", json_object_new_string(runner__name(&t->runner)));
	json_object_object_add(object, "file", json_object_new_string(t->file.label));
	json_object_object_add(object, "cases_file",
			       json_object_new_string(t->args->common.word[1]));
	json_object_object_add(object, "cases", json_object_new_int(t->cases_run));
	json_object_object_add(object, "passed", json_object_new_int(t->cases_run - t->failed));
	json_object_object_add(object, "failed", json_object_new_int(t->failed));
	json_object_object_add(object, "calls", json_object_new_uint64(t->calls));
	json_object_object_add(object, "failures", json_object_get(t->failures));
	json_object_object_add(object, "notes", json_object_get(t->notes));
	return object;
}

static void print_failure(const char *file, struct json_object *failure)
{
	const char *text = output__text(failure, "text");

	printf("%s:%s: %s\n", file, output__text(failure, "line"), output__text(failure, "case"));
	printf("    expected %s, got %s", output__text(failure, "expected"),
	       output__text(failure, "got"));
	if (json_object_get_uint64(output__get(failure, "of")) > 1)
		printf(" (call %s of %s)", output__text(failure, "call"),
		       output__text(failure, "of"));
	printf("%s%s%s\n", text[0] ? " (" : "", text, text[0] ? ")" : "");
}

static void print_note(const char *file, struct json_object *note)
{
	struct json_object *lines = output__get(note, "lines");
	size_t count = json_object_array_length(lines);

	printf("%s:%s: note: %s", file, json_object_get_string(json_object_array_get_idx(lines, 0)),
	       output__text(note, "text"));
	printf(count > 1 ? " (and %zu more)\n" : "\n", count - 1);
}

static void print(struct json_object *object)
{
	struct json_object *failures = output__get(object, "failures");
	struct json_object *notes = output__get(object, "notes");
	const char *file = output__text(object, "cases_file");
	size_t i;

	for (i = 0; i < json_object_array_length(failures); i++)
		print_failure(file, json_object_array_get_idx(failures, i));
	for (i = 0; i < json_object_array_length(notes); i++)
		print_note(file, json_object_array_get_idx(notes, i));
	printf("%s: %s passed, %s failed (%s calls)\n", output__text(object, "policy"),
	       output__text(object, "passed"), output__text(object, "failed"),
	       output__text(object, "calls"));
}

static int prepare(struct testing *t, struct err *err)
{
	const struct tool_args *args = t->args;
	struct policy_source source = tool__source(args, args->common.word[0]);

	if (cases__read(&t->cases, args->common.word[1], err) ||
	    policy_file__read(&source, &t->file, err) ||
	    runner__open(&t->runner, &t->file, &t->settings, err))
		return -1;
	t->results = calloc(t->cases.count, sizeof(*t->results));
	if (!t->results)
		return err_no_memory(err);
	t->rules = (struct fate_rules){ .forward_ranges = t->runner.values.forward_ranges,
					.answer_ranges = t->runner.values.answer_ranges,
					.forward = args->forward };
	return 0;
}

static int test_body(const void *arg, struct err *err)
{
	const struct tool_args *args = arg;
	struct testing t = { .args = args,
			     .settings = tool__settings(args),
			     .failures = json_object_new_array(),
			     .notes = json_object_new_array() };
	struct json_object *object;
	int ret = prepare(&t, err);

	if (!ret)
		ret = run_steps(&t, err);
	if (!ret) {
		object = report(&t);
		if (args->common.json)
			output__json(object);
		else
			print(object);
		json_object_put(object);
		ret = t.failed ? EXIT_FOUND : EXIT_DONE;
	}
	runner__close(&t.runner);
	policy_file__free(&t.file);
	cases__free(&t.cases);
	free(t.results);
	json_object_put(t.failures);
	json_object_put(t.notes);
	return ret;
}

static int run_test(const void *arg, struct err *err)
{
	const struct tool_args *args = arg;

	if (args->common.count != 2)
		return err_set(err, ERR_USAGE, "see smccc_loader test --help",
			       "a policy and a case file are needed");
	return tool__run(test_body, arg, err);
}

const struct command test_command = {
	.name = "test",
	.usage = "POLICY CASES [OPTION]...",
	.summary = "Run a policy against a file of calls and expected verdicts",
	.text = "Runs in this machine's kernel, whatever that is: needs root, but neither KVM nor a\n"
		"patched kernel.\n\n" CASES_FORMAT,
	.options = test_options,
	.args_size = sizeof(struct tool_args),
	.run = run_test,
};
