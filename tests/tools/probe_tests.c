// SPDX-License-Identifier: GPL-2.0
/* smccc_loader explain: what is hard to find out about a policy. */
#include "tools_test.h"

/* Asked once: emulated, it takes a while. */
static struct json_object *explain_deep(void)
{
	static struct json_object *result;

	if (!result)
		result = json(DONE, "explain", object("tools-deep"));
	return result;
}

struct expected {
	const char *first, *last;
	const char *verdicts;
	const char *depends_on;
};

static void expect_rows(struct json_object *result, const struct expected *e, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		struct json_object *row = find_row(get(result, "calls"), e[i].first);

		if (!row)
			fail_msg("no row begins with %s", e[i].first);
		assert_string_equal(text(row, "last"), e[i].last);
		assert_string_equal(list(get(row, "verdicts"), "verdict"), e[i].verdicts);
		assert_string_equal(list(get(row, "depends_on"), NULL), e[i].depends_on);
		assert_true(json_object_get_boolean(get(row, "arguments_tried")));
	}
}

/* A policy that counts first has all named functions as constants; this one has 80 more. */
static void no_constant_is_one_too_many(void **state)
{
	static const struct expected rows[] = {
		{ "0x84000002", "0x84000002", "HANDLE,DENY", "cookie" },
		{ "0x84000003", "0x84000003", "HANDLE,DENY", "x1,vcpu" },
		{ "0x84000004", "0x84000004", "HANDLE,DENY", "x1" },
		{ "0x84000005", "0x84000062", "HANDLE", "" },
		{ "0x84000064", "0x84000064", "HANDLE,DENY", "x2,x3" },
	};
	struct json_object *result = explain_deep();

	expect_rows(result, rows, ARRAY_SIZE(rows));
	assert_int_equal(json_object_array_length(get(result, "notes")), 0);
}

/* What is true of the IDs that were tried is true of those between them. */
static void unknown_ranges_depend_on_arguments(void **state)
{
	static const struct expected rows[] = {
		{ "0x82000000", "0x8200ffff", "DENY,HANDLE", "sve_hint" },
		{ "0xc2000000", "0xc200ffff", "HANDLE", "" },
		{ "0xb0000000", "0xb000ffff", "HANDLE,DENY", "x1" },
		{ "0xb1000000", "0xbf00ffff", "HANDLE", "" },
	};
	struct json_object *result = explain_deep();

	expect_rows(result, rows, ARRAY_SIZE(rows));
}

/* KVM looks at w0; a policy that looks at x0 can be got around. */
static void x0_is_more_than_the_id(void **state)
{
	static const struct expected version = { "0x84000063", "0x84000063", "DENY,HANDLE",
						 "sve_hint,x0_upper" };
	struct json_object *result = explain_deep();

	expect_rows(result, &version, 1);
}

static void two_answers_are_two_rows(void **state)
{
	struct json_object *result = explain_deep();
	struct json_object *smc32 = find_row(get(result, "calls"), "0x84000001");
	struct json_object *smc64 = find_row(get(result, "calls"), "0xc4000001");

	assert_non_null(smc32);
	assert_non_null(smc64);
	assert_string_equal(text(smc32, "answer.x0"), "-3");
	assert_string_equal(text(smc64, "answer.x0"), "-2");
}

static void each_immediate_of_the_policy(void **state)
{
	struct json_object *result = explain_deep();
	struct json_object *groups = get(result, "immediates"), *group;

	assert_int_equal(json_object_array_length(groups), 3);
	group = json_object_array_get_idx(groups, 0);
	assert_string_equal(list(get(group, "imm"), NULL), "0xea1");
	assert_string_equal(list(get(group, "verdicts"), "verdict"), "ANSWER");
	group = json_object_array_get_idx(groups, 1);
	assert_string_equal(list(get(group, "imm"), NULL), "0x4444");
	assert_string_equal(list(get(group, "verdicts"), "verdict"), "DENY");
	group = json_object_array_get_idx(groups, 2);
	assert_true(json_object_get_boolean(get(group, "others")));

	/* numbers that have nothing to do with immediates are not listed */
	assert_int_equal(run("explain", object("tools-deep")), DONE);
	assert_non_null(strstr(output.out, "HVC with an immediate 0x4444: DENY\n"));
	assert_non_null(strstr(output.out, "HVC with any other immediate: HANDLE or"));
}

/* An hour passes between probes; a guard against sweeps hides nothing. */
static void state_and_arguments_together(void **state)
{
	static const struct expected rows[] = {
		{ "0x84000000", "0x84000007", "HANDLE", "" },
		{ "0x84000008", "0x84000008", "HANDLE,DENY", "x1" },
		{ "0x84000009", "0x84000012", "HANDLE", "" },
		{ "0x84000013", "0x84000013", "HANDLE,DENY", "state" },
		{ "0x84000014", "0x84000052", "HANDLE", "" },
		{ "0x84000053", "0x84000053", "HANDLE,DENY,ANSWER", "x1,state" },
		{ "0xc4000053", "0xc4000053", "HANDLE,DENY,ANSWER", "x1,state" },
		{ "0x8400006b", "0x8400006d", "HANDLE,DENY", "state" },
		{ "0x8400006e", "0x8400ffff", "HANDLE", "" },
	};
	struct json_object *result = json(DONE, "explain", object("tools-state"));
	struct json_object *immediates = get(result, "immediates"), *chance;

	expect_rows(result, rows, ARRAY_SIZE(rows));
	chance = find_row(get(result, "calls"), "0x84000069");
	assert_non_null(chance);
	assert_string_equal(list(get(chance, "depends_on"), NULL), "state");
	/* a bucket that is empty is no effect of the immediate */
	assert_int_equal(json_object_array_length(immediates), 1);
	assert_true(json_object_get_boolean(get(json_object_array_get_idx(immediates, 0), "same")));
	assert_int_equal(json_object_array_length(get(result, "notes")), 0);
	json_object_put(result);
}

/* Nothing of such a table can be relied on, and it says so. */
static void state_that_a_sweep_changes(void **state)
{
	struct json_object *result = json(DONE, "explain", object("tools-leak"));
	struct json_object *calls = get(result, "calls");
	size_t i;

	for (i = 0; i < json_object_array_length(calls); i++) {
		struct json_object *row = json_object_array_get_idx(calls, i);

		if (strcmp(list(get(row, "verdicts"), "reason"), "never_asked"))
			assert_string_equal(list(get(row, "depends_on"), NULL), "state");
	}
	assert_non_null(strstr(list(get(result, "notes"), NULL), "smccc_sweeping"));
	json_object_put(result);
}

static bool is_remembered(struct json_object *result, const char *first)
{
	struct json_object *row = find_row(get(result, "calls"), first);

	assert_non_null(row);
	return json_object_get_boolean(get(row, "remembered"));
}

static void what_may_be_remembered(void **state)
{
	static const struct expected rows[] = {
		{ "0x84000002", "0x84000002", "DENY", "" },
		{ "0x84000003", "0x84000003", "HANDLE", "" },
		{ "0x84000004", "0x84000004", "no verdict", "" },
	};
	struct json_object *result = json(DONE, "explain", object("tools-always"));

	expect_rows(result, rows, ARRAY_SIZE(rows));
	assert_true(is_remembered(result, "0x84000002"));
	assert_true(is_remembered(result, "0x84000003")); /* with one argument */
	assert_false(is_remembered(result, "0x84000004"));
	assert_false(is_remembered(result, "0x84000005"));
	json_object_put(result);

	assert_int_equal(run("explain", object("tools-always")), DONE);
	assert_non_null(strstr(output.out, " DENY; remembered\n"));
}

static void what_was_not_tried_is_told(void **state)
{
	struct json_object *result = json(DONE, "explain", object("tools-constants"));

	assert_non_null(strstr(list(get(result, "notes"), NULL), "more constants"));
	json_object_put(result);
}

/* Rules for more ranges than are tried, each with a gap behind it */
static char *many_rules(void)
{
	char *text = NULL, *path;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int i;

	assert_non_null(out);
	for (i = 0; i < 1000; i++)
		fprintf(out, "0x%08x-0x%08x=deny\n", 0x81000000 + 16 * i, 0x81000007 + 16 * i);
	fclose(out);
	path = write_file("many.rules", text);
	free(text);
	return path;
}

static void ranges_that_were_not_tried_are_told(void **state)
{
	static char *const prefix[] = { "sh", "-c", "\"$@\" | grep -e ^0x81000000 -e ^0x81003000",
					"sh", NULL };
	char *const explain[] = { "explain", object("ranges"), "--rules", many_rules(), NULL };

	assert_int_equal(loader_run(prefix, -1, explain), DONE);
	assert_non_null(strstr(output.out, " DENY\n0x81003000"));
	assert_non_null(strstr(output.out, " DENY; arguments not tried\n"));
}

static void one_slow_function_is_found(void **state)
{
	expect_error(run("explain", object("tools-slow-one")), BAD_POLICY, "FFA_VERSION|takes");
	expect_one_line();
}

const struct CMUnitTest probe_tests[] = {
	cmocka_unit_test(no_constant_is_one_too_many),
	cmocka_unit_test(unknown_ranges_depend_on_arguments),
	cmocka_unit_test(x0_is_more_than_the_id),
	cmocka_unit_test(two_answers_are_two_rows),
	cmocka_unit_test(each_immediate_of_the_policy),
	cmocka_unit_test(state_and_arguments_together),
	cmocka_unit_test(state_that_a_sweep_changes),
	cmocka_unit_test(what_may_be_remembered),
	cmocka_unit_test(what_was_not_tried_is_told),
	cmocka_unit_test(ranges_that_were_not_tried_are_told),
	cmocka_unit_test(one_slow_function_is_found),
};
const size_t nr_probe_tests = ARRAY_SIZE(probe_tests);
