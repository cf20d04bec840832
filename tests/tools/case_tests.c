// SPDX-License-Identifier: GPL-2.0
/* smccc_loader test */

#include "tools_test.h"

static char *cases(const char *content)
{
	return write_file("test.cases", content);
}

static void expect_counts(struct json_object *result, int passed, int failed)
{
	assert_int_equal(json_object_get_int(get(result, "passed")), passed);
	assert_int_equal(json_object_get_int(get(result, "failed")), failed);
}

/* All lines are as they should be. */
static void expect_pass(const char *policy, const char *content)
{
	struct json_object *result = json(DONE, "test", object(policy), cases(content));

	expect_counts(result, json_object_get_int(get(result, "cases")), 0);
	assert_true(json_object_get_int(get(result, "cases")) > 0);
	json_object_put(result);
}

/* The only failure, as "expected/got". */
static void expect_failure(const char *policy, const char *content, const char *expected,
			   const char *got)
{
	struct json_object *result = json(FOUND, "test", object(policy), cases(content));
	struct json_object *failures = get(result, "failures");

	assert_int_equal(json_object_get_int(get(result, "failed")), 1);
	assert_string_equal(list(failures, "expected"), expected);
	assert_string_equal(list(failures, "got"), got);
	json_object_put(result);
}

static void calls_by_name_and_number(void **state)
{
	expect_pass("tools", "PSCI_VERSION -> HANDLE\n"
			     "0x84000000 -> HANDLE\n"
			     "2214592512 -> HANDLE # the same\n"
			     "\n"
			     "  \t# nothing\n"
			     "PSCI_CPU_OFF->DENY\r\n"
			     "FFA_VERSION -> FORWARD");
}

static void settings_reach_the_policy(void **state)
{
	expect_pass("tools", "PSCI_CPU_OFF vcpu=0 -> DENY\n"
			     "vcpu=7 PSCI_CPU_OFF -> HANDLE\n"
			     "hvc PSCI_SYSTEM_OFF -> HANDLE\n"
			     "smc PSCI_SYSTEM_OFF -> DENY\n"
			     "aarch32 PSCI_SYSTEM_RESET -> DENY\n"
			     "PSCI_SYSTEM_RESET -> HANDLE\n"
			     "PSCI_VERSION cookie=2 -> DENY\n"
			     "PSCI_VERSION cookie=0x2 imm=0 -> DENY\n"
			     "imm=0xea1 PSCI_VERSION -> DENY\n");
}

static void the_cookie_can_be_given_for_all(void **state)
{
	char *file = cases("PSCI_VERSION -> DENY\ncookie=1 PSCI_VERSION -> HANDLE\n");

	json_object_put(json(DONE, "test", object("tools"), file, "--cookie", "2"));
}

static void arguments_and_answers(void **state)
{
	expect_pass("tools", "PSCI_CPU_ON_64 x1=0x1234 -> HANDLE\n"
			     "PSCI_CPU_ON_64 x1=0x1235 -> ANSWER x0=-3 x1=0\n"
			     "PSCI_CPU_ON_64 x1=-1 -> ANSWER x0=-3\n"
			     "PSCI_CPU_ON_64 x1=PSCI_CPU_ON -> ANSWER x0=0xfffffffffffffffd\n"
			     "PSCI_CPU_ON x1=0x1235 -> ANSWER x0=0xfffffffd\n"
			     "0x83000000 x3=5 -> ANSWER x0=-1 x1=* x3=5\n"
			     "0x83000000 x3=5 -> ANSWER\n");
}

/* An SMC32 caller looks at the lower halves. */
static void smc32_compares_32_bits(void **state)
{
	expect_pass("tools", "0x83000000 -> ANSWER x1=0x9abcdef0\n");
	expect_failure("tools", "PSCI_CPU_ON_64 x1=-1 -> ANSWER x0=0xfffffffd\n",
		       "ANSWER x0=0xfffffffd", "ANSWER x0=-3");
}

static void time_passes_only_when_told(void **state)
{
	expect_pass("tools", "0x83000001 -> ANSWER x1=1000000000\n"
			     "0x83000001 *3 -> ANSWER x1=1000000000\n"
			     "advance 5ns\n"
			     "advance 6us\n"
			     "advance 7ms\n"
			     "advance 1s\n"
			     "0x83000001 -> ANSWER x1=2007006005\n"
			     "reset\n"
			     "0x83000001 -> ANSWER x1=1000000000\n");
}

static void state_lasts_until_reset(void **state)
{
	expect_pass("tools", "FFA_ID_GET *3 -> HANDLE\n"
			     "FFA_ID_GET -> DENY *2\n"
			     "advance 100s\n"
			     "FFA_ID_GET -> DENY\n"
			     "reset\n"
			     "FFA_ID_GET *3 -> HANDLE\n");
}

static void groups_are_repeated(void **state)
{
	struct json_object *result, *failure;

	expect_pass("tools", "FFA_ID_GET -> HANDLE\n"
			     "repeat 2\n"
			     "FFA_ID_GET -> HANDLE\n"
			     "advance 1s\n"
			     "end\n"
			     "0x83000001 -> ANSWER x1=3000000000\n"
			     "repeat 3 # from fresh maps\n"
			     "reset\n"
			     "FFA_ID_GET *3 -> HANDLE\n"
			     "FFA_ID_GET -> DENY\n"
			     "end\n");

	result = json(FOUND, "test", object("tools"),
		      cases("repeat 3\nFFA_ID_GET *2 -> HANDLE\n0x83000002 -> HANDLE\nend\n"));
	expect_counts(result, 1, 1);
	assert_int_equal(json_object_get_int(get(result, "calls")), 9);
	assert_int_equal(json_object_array_length(get(result, "failures")), 1);
	failure = json_object_array_get_idx(get(result, "failures"), 0);
	assert_int_equal(json_object_get_int(get(failure, "call")), 4);
	assert_int_equal(json_object_get_int(get(failure, "of")), 6);
	assert_string_equal(
		list(get(json_object_array_get_idx(get(result, "notes"), 0), "lines"), NULL), "3");
	json_object_put(result);
}

/* The column is that of the "repeat". */
static void a_group_has_an_end(void **state)
{
	char *file = cases("PSCI_VERSION -> HANDLE\n  repeat 2\nPSCI_VERSION -> HANDLE\n");

	expect_error(run("test", object("tools"), file), BAD_CASES,
		     "1 mistake|test.cases:2:3: a repeat without an end");
	file = cases("repeat 2\nrepeat 3\nPSCI_VERSION -> HANDLE\nend\n");
	expect_error(run("test", object("tools"), file), BAD_CASES,
		     "1 mistake|test.cases:2:1: a repeat within a repeat");
}

/* Comments are not shown, and may be in any language. */
static void comments_in_any_language(void **state)
{
	expect_pass("tools", "PSCI_VERSION -> HANDLE # \xc3\xa4 \xe4 \x1b\n");
}

static void a_failure_says_which_call(void **state)
{
	struct json_object *result, *failure;

	result = json(FOUND, "test", object("tools"),
		      cases("\n# comment\nPSCI_VERSION -> HANDLE\n"
			    "FFA_ID_GET  *5 -> HANDLE # a comment\n"
			    "PSCI_CPU_ON x1=0x1235 -> ANSWER x0=-2 x1=0\n"
			    "PSCI_VERSION -> ANSWER x0=1\n"));
	expect_counts(result, 1, 3);
	assert_int_equal(json_object_get_int(get(result, "calls")), 8);
	assert_string_equal(list(get(result, "failures"), "line"), "4,5,6");
	assert_string_equal(list(get(result, "failures"), "expected"),
			    "HANDLE,ANSWER x0=-2 x1=0,ANSWER x0=1");
	assert_string_equal(list(get(result, "failures"), "got"), "DENY,ANSWER x0=-3 x1=0,HANDLE");
	failure = json_object_array_get_idx(get(result, "failures"), 0);
	assert_string_equal(text(failure, "case"), "FFA_ID_GET  *5 -> HANDLE");
	assert_int_equal(json_object_get_int(get(failure, "call")), 4);
	assert_int_equal(json_object_get_int(get(failure, "of")), 5);
	json_object_put(result);
}

static void a_failure_in_words(void **state)
{
	char *file = cases("PSCI_VERSION -> HANDLE\nPSCI_CPU_OFF -> HANDLE\n");

	assert_int_equal(run("test", object("tools"), file), FOUND);
	assert_non_null(strstr(output.out, "test.cases:2: PSCI_CPU_OFF -> HANDLE\n"));
	assert_non_null(strstr(output.out, "expected HANDLE, got DENY\n"));
	assert_non_null(strstr(output.out, "tools: 1 passed, 1 failed (2 calls)\n"));
	assert_string_equal(output.err, "");
}

/* Whether KVM may remember a verdict is no part of it. */
static void verdicts_that_kvm_may_remember(void **state)
{
	expect_pass("lint-always", "PSCI_VERSION -> HANDLE\n"
				   "FFA_YIELD -> HANDLE\n"
				   "FFA_YIELD x1=5 -> DENY\n"
				   "KVM_MEM_SHARE x1=0x12345000 -> DENY\n");
}

/* The case is about the verdict; that the kernel does not follow it is said. */
static void verdicts_that_the_kernel_overrules(void **state)
{
	char *file = cases("FFA_VERSION -> FORWARD\n0x83000002 -> HANDLE\n0x83000002 -> HANDLE\n");
	struct json_object *result = json(DONE, "test", object("tools"), file);
	struct json_object *notes = get(result, "notes");

	assert_string_equal(list(notes, "reason"), "needs_forward,not_the_owner");
	assert_string_equal(list(get(json_object_array_get_idx(notes, 1), "lines"), NULL), "2,3");
	json_object_put(result);

	result = json(DONE, "test", object("tools"), file, "--forward");
	assert_string_equal(list(get(result, "notes"), "reason"), "not_the_owner");
	json_object_put(result);
}

/* An immediate takes a call out of its range for an answer only, as in the kernel. */
static void immediates_are_overruled_too(void **state)
{
	char *file = cases("imm=1 PSCI_VERSION -> HANDLE\n"
			   "imm=1 0x83000000 -> HANDLE\n"
			   "imm=0xea1 PSCI_VERSION -> ANSWER x0=0\n"
			   "imm=0xea1 0x83000000 -> ANSWER x0=0\n"
			   "imm=0xea1 VENDOR_HYP_CALL_UID -> ANSWER x0=0\n"
			   "0x83800000 -> HANDLE\n");
	struct json_object *result = json(DONE, "test", object("tools-odd"), file);
	struct json_object *notes = get(result, "notes");

	assert_string_equal(list(notes, "reason"), "not_the_owner");
	assert_string_equal(list(get(json_object_array_get_idx(notes, 0), "lines"), NULL), "2,6");
	json_object_put(result);
}

/* All mistakes of a file are told, with line and column, and nothing is run. */
static const struct {
	const char *line;
	const char *mistakes; /* columns */
} bad_lines[] = {
	{ "PSCI_VERSIO -> HANDLE", "1" },
	{ "PSCI_VERSION -> HANDL", "17" },
	{ "PSCI_VERSION HANDLE", "14,20" },
	{ "PSCI_VERSION", "13" },
	{ "PSCI_VERSION ->", "16" },
	{ "-> HANDLE", "1" },
	{ "x1=3 -> HANDLE", "6" },
	{ "PSCI_VERSION x0=1 -> HANDLE", "14" },
	{ "PSCI_VERSION x18=1 -> HANDLE", "14" },
	{ "PSCI_VERSION x1= -> HANDLE", "17" },
	{ "PSCI_VERSION x1=0x -> HANDLE", "17" },
	{ "PSCI_VERSION x1=3b -> HANDLE", "17" },
	{ "PSCI_VERSION x1=--3 -> HANDLE", "17" },
	{ "PSCI_VERSION x1=18446744073709551616 -> HANDLE", "17" },
	{ "PSCI_VERSION x1=1 x1=2 -> HANDLE", "19" },
	{ "PSCI_VERSION y=2 -> HANDLE", "14" },
	{ "0x100000000 -> HANDLE", "1" },
	{ "vcpu=-1 PSCI_VERSION -> HANDLE", "6" },
	{ "imm=0x10000 PSCI_VERSION -> HANDLE", "5" },
	{ "smc imm=1 PSCI_VERSION -> HANDLE", "5" },
	{ "hvc smc PSCI_VERSION -> HANDLE", "5" },
	{ "aarch32 PSCI_VERSION x8=1 -> HANDLE", "22" },
	{ "aarch32 PSCI_VERSION x1=1 x2=0x100000000 -> HANDLE", "27" },
	{ "aarch32 0x83000000 -> ANSWER x0=0 x9=0", "35" },
	{ "aarch32 0xc3000000 -> ANSWER x1=0x100000000", "30" },
	{ "PSCI_CPU_ON -> ANSWER x0=0x7ffffffffffffffd", "23" },
	{ "PSCI_CPU_ON -> ANSWER x0=-2147483649", "23" },
	{ "vcpu=1 vcpu=1 PSCI_VERSION -> HANDLE", "8" },
	{ "cookie=1 cookie=2 PSCI_VERSION -> HANDLE", "10" },
	{ "imm=1 PSCI_VERSION imm=1 -> HANDLE", "20" },
	{ "aarch32 aarch32 PSCI_VERSION -> HANDLE", "9" },
	{ "PSCI_VERSION\xe4 -> HANDLE", "13" },
	{ "PSCI_VERSION \x1b[2J -> HANDLE", "14" },
	{ "PSCI_VERSION\r -> HANDLE", "13" },
	{ "end", "1" },
	{ "repeat", "7" },
	{ "repeat 2", "1" },
	{ "end now", "5" },
	{ "repeat 0", "8" },
	{ "end", "" },
	{ "repeat x", "8" },
	{ "end", "" },
	{ "PSCI_VERSION *0 -> HANDLE", "14" },
	{ "PSCI_VERSION *x -> HANDLE", "15" },
	{ "PSCI_VERSION *2 -> HANDLE *2", "27" },
	{ "PSCI_VERSION -> HANDLE x0=1", "24" },
	{ "PSCI_VERSION -> ANSWER x18=1", "24" },
	{ "PSCI_VERSION -> ANSWER x0=1 x0=*", "29" },
	{ "PSCI_VERSION -> HANDLE DENY", "24" },
	{ "advance", "8" },
	{ "advance 5", "9" },
	{ "advance 5 ms", "9,11" },
	{ "advance ms", "9" },
	{ "advance -5ms", "9" },
	{ "reset now", "7" },
};

static void every_mistake_has_line_and_column(void **state)
{
	static char content[8192], where[16];
	struct json_object *result, *mistakes;
	size_t i, len = 0, found = 0;

	for (i = 0; i < ARRAY_SIZE(bad_lines); i++)
		len += snprintf(content + len, sizeof(content) - len, "%s\n", bad_lines[i].line);
	result = json(BAD_CASES, "test", object("tools"), cases(content));
	mistakes = get(result, "error.mistakes");
	for (i = 0; i < ARRAY_SIZE(bad_lines); i++) {
		char columns[64] = "";

		snprintf(where, sizeof(where), "%zu", i + 1);
		len = 0;
		while (found < json_object_array_length(mistakes) &&
		       !strcmp(text(json_object_array_get_idx(mistakes, found), "line"), where))
			len += snprintf(
				columns + len, sizeof(columns) - len, "%s%s", len ? "," : "",
				text(json_object_array_get_idx(mistakes, found++), "column"));
		if (strcmp(columns, bad_lines[i].mistakes))
			fail_msg("'%s': mistakes in columns '%s', not '%s'", bad_lines[i].line,
				 columns, bad_lines[i].mistakes);
	}
	assert_int_equal(found, json_object_array_length(mistakes));
	json_object_put(result);
}

static void mistakes_in_words(void **state)
{
	char *file = cases("PSCI_VERSION -> HANDLE\nPSCI_CPU -> HANDEL\n");

	expect_error(run("test", object("tools"), file), BAD_CASES,
		     "test.cases has 2 mistakes|nothing was run|"
		     "test.cases:2:1: no function 'PSCI_CPU'|test.cases:2:13: 'HANDEL'");
}

static void files_that_hold_no_cases(void **state)
{
	char *policy = object("tools");

	expect_error(run("test", policy, cases("# nothing\nreset\n")), BAD_CASES, "no case");
	expect_one_line();
	expect_error(run("test", policy, "/no/such.cases"), BAD_CASES, "/no/such.cases|No such");
	expect_one_line();
	expect_error(run("test", policy, "/tmp"), BAD_CASES, "/tmp|directory");
	expect_one_line();
	expect_error(run("test", policy, policy), BAD_CASES, "not text");
	expect_one_line();
	expect_error(run("test", policy), USAGE, "a policy and a case file");
	expect_one_line();
}

const struct CMUnitTest case_tests[] = {
	cmocka_unit_test(calls_by_name_and_number),
	cmocka_unit_test(settings_reach_the_policy),
	cmocka_unit_test(the_cookie_can_be_given_for_all),
	cmocka_unit_test(arguments_and_answers),
	cmocka_unit_test(smc32_compares_32_bits),
	cmocka_unit_test(time_passes_only_when_told),
	cmocka_unit_test(state_lasts_until_reset),
	cmocka_unit_test(groups_are_repeated),
	cmocka_unit_test(a_group_has_an_end),
	cmocka_unit_test(comments_in_any_language),
	cmocka_unit_test(a_failure_says_which_call),
	cmocka_unit_test(a_failure_in_words),
	cmocka_unit_test(verdicts_that_kvm_may_remember),
	cmocka_unit_test(verdicts_that_the_kernel_overrules),
	cmocka_unit_test(immediates_are_overruled_too),
	cmocka_unit_test(every_mistake_has_line_and_column),
	cmocka_unit_test(mistakes_in_words),
	cmocka_unit_test(files_that_hold_no_cases),
};
const size_t nr_case_tests = ARRAY_SIZE(case_tests);
