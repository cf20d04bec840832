// SPDX-License-Identifier: GPL-2.0
/* smccc_loader diff */
#include "tools_test.h"

static void expect_same(const char *policy)
{
	struct json_object *result = json(DONE, "diff", object(policy), object(policy));

	assert_true(json_object_get_boolean(get(result, "same")));
	assert_int_equal(json_object_array_length(get(result, "changes")), 0);
	assert_int_equal(json_object_array_length(get(result, "others")), 0);
	json_object_put(result);

	assert_int_equal(run("diff", object(policy), object(policy)), DONE);
	assert_string_equal(output.out, "");
	assert_string_equal(output.err, "");
}

/* State or not, a policy is the same as itself. */
static void nothing_changes(void **state)
{
	expect_same("policy");
	expect_same("tools");
	expect_same("trng-ratelimit");
}

static void other_names_are_no_difference(void **state)
{
	assert_int_equal(run("diff", object("audit"), object("lint-unused")), DONE);
	assert_string_equal(output.out, "");
}

static void expect_change(struct json_object *changes, const char *first, const char *last,
			  const char *old, const char *new)
{
	struct json_object *row = find_row(changes, first);

	if (!row)
		fail_msg("no change begins with %s", first);
	assert_string_equal(text(row, "last"), last);
	assert_string_equal(list(get(row, "old.verdicts"), "verdict"), old);
	assert_string_equal(list(get(row, "new.verdicts"), "verdict"), new);
}

static void changes_are_ranges(void **state)
{
	struct json_object *result = json(FOUND, "diff", object("policy"), object("audit"));
	struct json_object *changes = get(result, "changes");

	assert_false(json_object_get_boolean(get(result, "same")));
	assert_int_equal(json_object_array_length(changes), 7);
	expect_change(changes, "0x00000000", "0x3f00ffff", "DENY", "HANDLE");
	expect_change(changes, "0x81000000", "0x8300ffff", "DENY", "HANDLE");
	expect_change(changes, "0x84000020", "0x8400004f", "DENY", "HANDLE");
	expect_change(changes, "0x84000060", "0x8400ffff", "DENY", "HANDLE");
	expect_change(changes, "0x85000000", "0x8500001f", "DENY", "HANDLE");
	expect_change(changes, "0x85000040", "0x8500ffff", "DENY", "HANDLE");
	expect_change(changes, "0x87000000", "0xbf00ffff", "DENY", "HANDLE");
	assert_string_equal(list(get(result, "others"), "calls"),
			    "HVC with an immediate,IDs with a reserved bit (23:17)");
	json_object_put(result);
}

static void changes_by_argument_state_and_owner(void **state)
{
	struct json_object *result = json(FOUND, "diff", object("tools"), object("tools-new"));
	struct json_object *changes = get(result, "changes"), *cpu_on;

	/* a function denied, in both conventions */
	expect_change(changes, "0x8400000e", "0x8400000e", "HANDLE", "DENY");
	assert_string_equal(list(get(find_row(changes, "0x8400000e"), "conventions"), NULL),
			    "smc32,smc64");
	/* a limit moved: the same verdicts, but not for the same arguments */
	expect_change(changes, "0x84000003", "0x84000003", "HANDLE,ANSWER", "HANDLE,ANSWER");
	cpu_on = find_row(changes, "0x84000003");
	assert_true(json_object_get_boolean(get(cpu_on, "for_some_arguments")));
	assert_string_equal(text(cpu_on, "example.old"), "HANDLE");
	assert_string_equal(text(cpu_on, "example.new"), "ANSWER");
	/* an answer changed */
	expect_change(changes, "0x83000000", "0x83000000", "ANSWER", "ANSWER");
	assert_string_equal(text(find_row(changes, "0x83000000"), "old.answer.x0"), "-1");
	assert_string_equal(text(find_row(changes, "0x83000000"), "new.answer.x0"), "0");
	/* no longer dependent on state, or on the vCPU */
	expect_change(changes, "0x84000053", "0x84000053", "HANDLE,ANSWER", "HANDLE");
	expect_change(changes, "0x84000002", "0x84000002", "DENY,HANDLE", "HANDLE");
	/* a range given up */
	assert_true(json_object_get_boolean(get(result, "ranges_changed")));
	assert_string_equal(list(get(result, "old.answer_ranges"), NULL), "3");
	assert_string_equal(list(get(result, "new.answer_ranges"), NULL), "");
	/* and what did not change is not there */
	assert_null(find_row(changes, "0x84000001"));
	assert_null(find_row(changes, "0x85000000"));
	json_object_put(result);
}

static void the_table_in_words(void **state)
{
	assert_int_equal(run("diff", object("tools"), object("tools-new")), FOUND);
	assert_non_null(strstr(output.out, "PSCI_SYSTEM_SUSPEND"));
	assert_non_null(strstr(output.out, "HANDLE -> ANSWER"));
	assert_non_null(strstr(output.out, "the policy's by declaration: owners [ 3 ] -> [ ]\n"));
	assert_non_null(strstr(output.out, "HVC with an immediate: DENY -> as without\n"));
	assert_string_equal(output.err, "");
}

static void rules_of_one_policy(void **state)
{
	char *new = write_file("new.rules", "0x84000060-0x840000ef=deny\ndefault=handle\n");
	char *old = write_file("old.rules", "default=handle\n");
	struct json_object *result = json(FOUND, "diff", object("ranges"), object("ranges"),
					  "--rules", old, "--new-rules", new);

	expect_change(get(result, "changes"), "0x84000060", "0x840000ef", "HANDLE", "DENY");
	assert_int_equal(json_object_array_length(get(result, "changes")), 1);
	json_object_put(result);
}

static void two_policies_are_needed(void **state)
{
	expect_error(run("diff", object("policy")), USAGE, "two policies");
	expect_one_line();
	expect_error(run("diff", object("policy"), "/no/such.bpf.o"), BAD_POLICY, "/no/such.bpf.o");
	expect_one_line();
}

const struct CMUnitTest diff_tests[] = {
	cmocka_unit_test(nothing_changes),
	cmocka_unit_test(other_names_are_no_difference),
	cmocka_unit_test(changes_are_ranges),
	cmocka_unit_test(changes_by_argument_state_and_owner),
	cmocka_unit_test(the_table_in_words),
	cmocka_unit_test(rules_of_one_policy),
	cmocka_unit_test(two_policies_are_needed),
};
const size_t nr_diff_tests = ARRAY_SIZE(diff_tests);
