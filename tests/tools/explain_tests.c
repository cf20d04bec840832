// SPDX-License-Identifier: GPL-2.0
/* smccc_loader explain */
#include "tools_test.h"

struct expected_row {
	const char *first, *last;
	const char *conventions;
	const char *verdicts;
	const char *reasons;
	const char *depends_on;
};

/* The rows of "calls" from its start, or those that begin with the IDs given. */
static void expect_row(struct json_object *row, const struct expected_row *e)
{
	assert_string_equal(text(row, "first"), e->first);
	assert_string_equal(text(row, "last"), e->last);
	assert_string_equal(list(get(row, "conventions"), NULL), e->conventions);
	assert_string_equal(list(get(row, "verdicts"), "reason"), e->reasons);
	assert_string_equal(list(get(row, "depends_on"), NULL), e->depends_on);
	if (strcmp(e->reasons, "never_asked"))
		assert_string_equal(list(get(row, "verdicts"), "verdict"), e->verdicts);
}

static void expect_rows(struct json_object *calls, const struct expected_row *e, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		struct json_object *row = find_row(calls, e[i].first);

		if (!row)
			fail_msg("no row begins with %s", e[i].first);
		expect_row(row, &e[i]);
	}
}

#define BOTH "smc32,smc64"
#define SAID "as_said"

/* The default policy, row for row: nothing is left out and nothing is there twice. */
static void the_default_policy_as_a_whole(void **state)
{
	static const struct expected_row rows[] = {
		{ "0x00000000", "0x3f00ffff", BOTH, "DENY", SAID, "" },
		{ "0x80000000", "0x8000ffff", BOTH, NULL, "never_asked", "" },
		{ "0x81000000", "0x8300ffff", BOTH, "DENY", SAID, "" },
		{ "0x84000000", "0x8400001f", BOTH, "HANDLE", SAID, "" },
		{ "0x84000020", "0x8400004f", BOTH, "DENY", SAID, "" },
		{ "0x84000050", "0x8400005f", BOTH, "HANDLE", SAID, "" },
		{ "0x84000060", "0x8400ffff", BOTH, "DENY", SAID, "" },
		{ "0x85000000", "0x8500001f", BOTH, "DENY", SAID, "" },
		{ "0x85000020", "0x8500003f", BOTH, "HANDLE", SAID, "" },
		{ "0x85000040", "0x8500ffff", BOTH, "DENY", SAID, "" },
		{ "0x86000000", "0x8600ffff", BOTH, "HANDLE", SAID, "" },
		{ "0x87000000", "0xbf00ffff", BOTH, "DENY", SAID, "" },
	};
	struct json_object *result = json(DONE, "explain", object("policy"));
	struct json_object *calls = get(result, "calls");
	int64_t ids = 0;
	size_t i;

	assert_string_equal(text(result, "policy"), "default_policy");
	assert_int_equal(json_object_array_length(calls), ARRAY_SIZE(rows));
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct json_object *row = json_object_array_get_idx(calls, i);

		expect_row(row, &rows[i]);
		ids += json_object_get_int64(get(row, "calls"));
	}
	assert_int_equal(ids, 1 << 24);
	assert_string_equal(list(get(find_row(calls, "0x84000060"), "names"), NULL),
			    "FF-A,other Standard Secure");
	assert_string_equal(
		list(get(json_object_array_get_idx(get(result, "immediates"), 0), "verdicts"),
		     "verdict"),
		"DENY");
	assert_int_equal(json_object_array_length(get(result, "immediates")), 1);
	assert_string_equal(list(get(result, "reserved_bits.verdicts"), "verdict"), "DENY");
	json_object_put(result);
}

static void what_verdicts_depend_on(void **state)
{
	static const struct expected_row rows[] = {
		{ "0x84000000", "0x84000000", "smc32", "HANDLE,DENY", "as_said,as_said", "cookie" },
		{ "0x84000001", "0x84000001", "smc32", "HANDLE", SAID, "" },
		{ "0x84000002", "0x84000002", "smc32", "DENY,HANDLE", "as_said,as_said", "vcpu" },
		{ "0x84000003", "0x84000003", "smc32", "HANDLE,ANSWER", "as_said,as_said", "x1" },
		{ "0x84000008", "0x84000008", "smc32", "HANDLE,DENY", "as_said,as_said",
		  "conduit" },
		{ "0x84000009", "0x84000009", "smc32", "HANDLE,DENY", "as_said,as_said",
		  "aarch32" },
		{ "0xc4000003", "0xc4000003", "smc64", "HANDLE,ANSWER", "as_said,as_said", "x1" },
		/* a limit that no number of calls reaches; a count that three calls reach */
		{ "0x84000053", "0x84000053", "smc32", "HANDLE,ANSWER", "as_said,as_said",
		  "state" },
		{ "0xc4000053", "0xc4000053", "smc64", "HANDLE,ANSWER", "as_said,as_said",
		  "state" },
		{ "0x84000069", "0x84000069", "smc32", "HANDLE,DENY", "as_said,as_said", "state" },
		/* an answer with the time in it */
		{ "0x83000001", "0x83000001", "smc32", "ANSWER", SAID, "state" },
		/* an answer that leaves x3 as it was does not depend on x3 */
		{ "0x83000000", "0x83000000", "smc32", "ANSWER", SAID, "" },
	};
	struct json_object *result = json(DONE, "explain", object("tools"));

	expect_rows(get(result, "calls"), rows, ARRAY_SIZE(rows));
	assert_string_equal(list(get(result, "answer_ranges"), NULL), "3");
	json_object_put(result);
}

static void what_the_kernel_denies(void **state)
{
	static const struct expected_row rows[] = {
		{ "0x83000002", "0x83000002", "smc32", "HANDLE", "not_the_owner", "" },
		{ "0x83000003", "0x83000003", "smc32", "no verdict", "no_verdict", "" },
		{ "0x84000063", "0x84000063", "smc32", "FORWARD", "needs_forward", "" },
	};
	static const struct expected_row forward = { "0x84000063", "0x84000063", "smc32",
						     "FORWARD",	   SAID,	 "" };
	struct json_object *result = json(DONE, "explain", object("tools"));

	expect_rows(get(result, "calls"), rows, ARRAY_SIZE(rows));
	json_object_put(result);

	result = json(DONE, "explain", object("tools"), "--forward");
	expect_rows(get(result, "calls"), &forward, 1);
	json_object_put(result);
}

/* Each function's range counts, and the answer with an immediate, which all ranges take. */
static void what_the_kernel_denies_of_odd_calls(void **state)
{
	struct json_object *result = json(DONE, "explain", object("tools-odd"));
	struct json_object *groups = get(result, "immediates");
	size_t i, found = 0;

	for (i = 0; i < json_object_array_length(groups); i++) {
		struct json_object *group = json_object_array_get_idx(groups, i);
		const char *first = text(json_object_array_get_idx(get(group, "imm"), 0), "");

		if (!strcmp(first, "0x1") && ++found)
			assert_string_equal(list(get(group, "verdicts"), "reason"),
					    "as_said,not_the_owner");
		if (!strcmp(first, "0xea1") && ++found)
			assert_string_equal(list(get(group, "verdicts"), "reason"), "as_said");
	}
	assert_int_equal(found, 2);
	assert_string_equal(list(get(result, "reserved_bits.verdicts"), "reason"),
			    "as_said,not_the_owner,needs_forward");
	json_object_put(result);
}

static void answers_of_single_functions(void **state)
{
	struct json_object *result = json(DONE, "explain", object("tools"));
	struct json_object *row = find_row(get(result, "calls"), "0x83000000");

	assert_string_equal(text(row, "answer.x0"), "-1");
	assert_string_equal(text(row, "answer.x1"), "0x123456789abcdef0");
	json_object_put(result);
}

/* A policy that looks at constants in arguments: they are tried because they are in it. */
static void constants_of_the_policy_are_tried(void **state)
{
	struct json_object *result = json(DONE, "explain", object("lockdown"));
	static const struct expected_row features = { "0x8400000a",  "0x8400000a",	"smc32",
						      "DENY,HANDLE", "as_said,as_said", "x1" };

	expect_rows(get(result, "calls"), &features, 1);
	json_object_put(result);
}

static void rules_are_data(void **state)
{
	static const struct expected_row rows[] = {
		{ "0x85000000", "0x8500ffff", "smc32", "HANDLE", SAID, "" },
		{ "0xc5000000", "0xc500ffff", "smc64", "FORWARD", SAID, "" },
	};
	struct json_object *result = json(DONE, "explain", object("ranges"), "--forward", "--rule",
					  "0xc5000000-0xc500ffff=forward", "--rule",
					  "default=handle");

	expect_rows(get(result, "calls"), rows, ARRAY_SIZE(rows));
	json_object_put(result);
}

static void the_table_in_words(void **state)
{
	assert_int_equal(run("explain", object("tools")), DONE);
	assert_non_null(strstr(output.out, "never reaches the policy"));
	assert_non_null(strstr(output.out, "depends on arguments (x1)"));
	assert_non_null(strstr(output.out, "depends on state"));
	assert_non_null(strstr(output.out, "FORWARD (denied: attached without --forward)"));
	assert_non_null(strstr(output.out, "HVC with an immediate: DENY\n"));
	assert_string_equal(output.err, "");
}

const struct CMUnitTest explain_tests[] = {
	cmocka_unit_test(the_default_policy_as_a_whole),
	cmocka_unit_test(what_verdicts_depend_on),
	cmocka_unit_test(what_the_kernel_denies),
	cmocka_unit_test(what_the_kernel_denies_of_odd_calls),
	cmocka_unit_test(answers_of_single_functions),
	cmocka_unit_test(constants_of_the_policy_are_tried),
	cmocka_unit_test(rules_are_data),
	cmocka_unit_test(the_table_in_words),
};
const size_t nr_explain_tests = ARRAY_SIZE(explain_tests);
