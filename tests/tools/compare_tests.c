// SPDX-License-Identifier: GPL-2.0
/* smccc_loader diff: differences that are hard to see, and those that cannot be seen. */
#include "tools_test.h"

static struct json_object *find_change(struct json_object *result, const char *first,
				       const char *last)
{
	struct json_object *row = find_row(get(result, "changes"), first);

	if (!row)
		fail_msg("no change begins with %s", first);
	assert_string_equal(text(row, "last"), last);
	return row;
}

static void expect_example(struct json_object *row, const char *with, const char *old,
			   const char *new)
{
	assert_string_equal(text(row, "example.with"), with);
	assert_string_equal(text(row, "example.old"), old);
	assert_string_equal(text(row, "example.new"), new);
}

/* The same verdicts for other arguments, functions and ranges, and other answers. */
static void other_numbers_in_the_same_program(void **state)
{
	struct json_object *result =
		json(FOUND, "diff", object("tools-deep"), object("tools-deep-new"));

	assert_int_equal(json_object_array_length(get(result, "changes")), 5);
	expect_example(find_change(result, "0x84000003", "0x84000003"), "x1=0x103", "DENY",
		       "HANDLE");
	expect_example(find_change(result, "0x84000064", "0x84000064"), "x2=0x12345", "DENY",
		       "HANDLE");
	expect_example(find_change(result, "0xb0000000", "0xb000ffff"), "x1=0x5", "DENY", "HANDLE");
	/* answers that only a sweep sees */
	find_change(result, "0x83000001", "0x8300ffff");
	find_change(result, "0x03000002", "0x0300ffff");
	assert_non_null(
		strstr(list(get(result, "others"), "calls"), "HVC with an immediate 0xea1,"));
	/* PSCI 0.1's, which have reserved bits */
	assert_non_null(strstr(list(get(result, "others"), "calls"), "0x95c1ba60"));
	json_object_put(result);
}

static bool is(struct json_object *row, const char *what)
{
	return json_object_get_boolean(get(row, what));
}

static void limits_and_what_is_beyond_them(void **state)
{
	struct json_object *result =
		json(FOUND, "diff", object("tools-state"), object("tools-state-new"));
	struct json_object *row;

	/* an argument, on a function that has a limit, too */
	expect_example(find_change(result, "0x84000053", "0x84000053"), "x1=0x81", "DENY",
		       "HANDLE");
	/* 101 calls a second instead of 100; 201 calls at once instead of 200 */
	row = find_change(result, "0x8400006c", "0x8400006d");
	assert_true(is(row, "over_time"));
	assert_false(is(row, "not_compared"));
	/* a limit that was not reached; what another function changes; chance */
	assert_true(is(find_change(result, "0x8400006b", "0x8400006b"), "not_compared"));
	assert_true(is(find_change(result, "0x84000013", "0x84000013"), "not_compared"));
	assert_true(is(find_change(result, "0x84000069", "0x84000069"), "not_compared"));
	assert_int_equal(json_object_array_length(get(result, "changes")), 5);
	json_object_put(result);

	assert_int_equal(run("diff", object("tools-state"), object("tools-state-new")), FOUND);
	assert_non_null(strstr(output.out, "depends on state; not compared\n"));
	assert_non_null(strstr(output.out, "depends on state; not the same over time\n"));
}

static void expect_nothing(const char *old, const char *new)
{
	if (run("diff", object(old), object(new)) != DONE)
		fail_msg("%s and %s: %s%s", old, new, output.out, output.err);
	assert_string_equal(output.out, "");
}

/* What cannot be compared cannot be different, either. */
static void a_policy_is_the_same_as_itself(void **state)
{
	expect_nothing("tools-state", "tools-state");
	expect_nothing("tools-leak", "tools-leak");
	expect_nothing("tools-constants", "tools-constants");
}

static void what_is_remembered_is_no_difference(void **state)
{
	expect_nothing("tools-always", "tools-never");
}

static void what_could_be_missed_is_told(void **state)
{
	assert_int_equal(run("diff", object("tools-leak"), object("audit")), FOUND);
	assert_non_null(strstr(output.out, "\nnote: tools_leak keeps state"));
	assert_int_equal(run("diff", object("tools-constants"), object("audit")), FOUND);
	assert_non_null(strstr(output.out, "\nnote: there are more constants"));
}

static void rules_against_a_program(void **state)
{
	char *deny = strdup(write_file("deny.rules", "0x84000060-0x840000ff=deny\n"));
	char *none = strdup(write_file("none.rules", "default=handle\n"));

	/* rules for both are for the one that takes them */
	json_object_put(json(FOUND, "diff", object("ranges"), object("audit"), "--rules", deny));
	assert_int_equal(run("diff", object("ranges"), object("audit"), "--rules", none), DONE);
	assert_int_equal(run("diff", object("audit"), object("ranges"), "--rules", none), DONE);
	assert_int_equal(run("diff", object("ranges"), object("audit"), "--old-rules", none), DONE);
	assert_int_equal(run("diff", object("ranges"), object("ranges"), "--old-rules", deny,
			     "--new-rules", none),
			 FOUND);
	expect_error(run("diff", object("audit"), object("ranges"), "--old-rules", none),
		     BAD_POLICY, "audit|takes no rules");
	expect_one_line();
	expect_error(run("diff", object("audit"), object("policy"), "--rules", none), BAD_POLICY,
		     "neither|audit|policy|takes rules");
	expect_one_line();
	free(deny);
	free(none);
}

const struct CMUnitTest compare_tests[] = {
	cmocka_unit_test(other_numbers_in_the_same_program),
	cmocka_unit_test(limits_and_what_is_beyond_them),
	cmocka_unit_test(a_policy_is_the_same_as_itself),
	cmocka_unit_test(what_is_remembered_is_no_difference),
	cmocka_unit_test(what_could_be_missed_is_told),
	cmocka_unit_test(rules_against_a_program),
};
const size_t nr_compare_tests = ARRAY_SIZE(compare_tests);
