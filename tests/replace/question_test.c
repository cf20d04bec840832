// SPDX-License-Identifier: GPL-2.0
/* Before another policy comes, what changes is shown, and somebody says yes. */
#include <signal.h>
#include <unistd.h>

#include "replace_test.h"

#define COPY "/tmp/copy.bpf.o"

/* While the question is open the old policy decides, and other loaders do not wait. */
static void look_around(pid_t pid)
{
	assert_int_equal(guest_x0(VENDOR_HYP_CALL_UID), KVM_UID);
	expect_success(run("list"));
	expect_words("default_policy");
	expect_only_r();
}

static void yes_replaces(void **state)
{
	attach(policy);
	expect_success(ask("y\n", look_around, "replace", "r", "--permissive", other));
	expect_words("FUNCTIONS|CALL_UID|HANDLE|ANSWER|mode: enforcing -> permissive|"
		     "counters given up|replace the policy of r? [y/N] |replaced the policy of r");
	assert_int_equal(guest_x0(VENDOR_HYP_CALL_UID), OTHER_UID);
	expect_success(ask("YES\n", NULL, "replace", "r", "--no-diff", policy));
	assert_int_equal(guest_x0(VENDOR_HYP_CALL_UID), KVM_UID);
	expect_only_r();
}

static void anything_else_does_not(void **state)
{
	/* an empty line, the end of the input, Ctrl-C */
	static const char *const answers[] = { "n\n", "\n", "yesterday\n", "\004", "\003" };
	uint32_t events;
	size_t i;

	attach(policy);
	events = pinned_id("events");
	for (i = 0; i < ARRAY_SIZE(answers); i++) {
		int status = ask(answers[i], NULL, "replace", "r", "--no-diff", other);

		if (answers[i][0] == '\003')
			assert_int_equal(status, 128 + SIGINT);
		else
			expect_status(status, FAILED, "not confirmed; the old policy stays");
		assert_int_equal(guest_x0(VENDOR_HYP_CALL_UID), KVM_UID);
		assert_int_equal(pinned_id("events"), events);
		expect_only_r();
	}
}

static void terminate(pid_t pid)
{
	kill(pid, SIGTERM);
}

static void a_signal_is_a_no(void **state)
{
	attach(policy);
	assert_int_equal(ask("", terminate, "replace", "r", "--no-diff", other), 128 + SIGTERM);
	assert_int_equal(guest_x0(VENDOR_HYP_CALL_UID), KVM_UID);
	expect_only_r();
}

static void replace_meanwhile(pid_t pid)
{
	expect_success(run("replace", "r", NO_QUESTION, carry_old));
}

static void change_mode_meanwhile(pid_t pid)
{
	expect_success(run("replace", "r", "--permissive"));
}

static void detach_meanwhile(pid_t pid)
{
	expect_success(run("detach", "r"));
}

static void attach_meanwhile(pid_t pid)
{
	expect_success(run("detach", "r"));
	attach(policy);
}

/* The answer was about a policy that is in force no more. */
static void an_old_answer_does_not_count(void **state)
{
	attach(policy);
	expect_status(ask("y\n", replace_meanwhile, "replace", "r", "--no-diff", other), FAILED,
		      "replaced by somebody else meanwhile; theirs stays in force");
	assert_int_equal(guest_x0(PSCI_VERSION), NOT_SUPPORTED);
	expect_status(ask("y\n", change_mode_meanwhile, "replace", "r", "--no-diff", other), FAILED,
		      "by somebody else meanwhile");
	expect_status(ask("y\n", attach_meanwhile, "replace", "r", "--no-diff", other), FAILED,
		      "by somebody else meanwhile");
	assert_int_equal(guest_x0(VENDOR_HYP_CALL_UID), KVM_UID);
	expect_only_r();
	expect_status(ask("y\n", detach_meanwhile, "replace", "r", "--no-diff", other),
		      NO_ATTACHMENT, "r was detached meanwhile");
	assert_int_equal(guest_x0(VENDOR_HYP_CALL_UID), KVM_UID);
}

static void change_file_meanwhile(pid_t pid)
{
	copy_file(carry_old, COPY);
}

/* What was shown is what comes, whatever the file is by then. */
static void the_policy_that_was_shown_comes(void **state)
{
	attach(policy);
	copy_file(other, COPY);
	expect_success(ask("y\n", change_file_meanwhile, "replace", "r", "--no-diff", COPY));
	assert_int_equal(guest_x0(VENDOR_HYP_CALL_UID), OTHER_UID);
	assert_int_equal(guest_x0(PSCI_VERSION), KVM_PSCI_VERSION);
}

static void nobody_can_be_asked(void **state)
{
	attach(policy);
	expect_status(run("replace", "r", other), USAGE, "stdin is not a terminal; give --yes");
	assert_string_equal(output.out, "");
	expect_status(ask("y\n", NULL, "replace", "r", other, "--json"), USAGE, "give --yes");
	assert_int_equal(guest_x0(VENDOR_HYP_CALL_UID), KVM_UID);
	/* other settings are no other policy */
	expect_success(run("replace", "r", "--permissive"));
	assert_null(strstr(output.out, "compared"));
}

static void yes_beforehand(void **state)
{
	attach(policy);
	expect_success(run("replace", "r", NO_QUESTION, other));
	expect_words("counters given up|replaced the policy of r");
	assert_null(strstr(output.out, "compared"));
	assert_null(strstr(output.err, "[y/N]"));
	/* at a terminal, too, nobody is asked */
	expect_success(ask("", NULL, "replace", "r", "--yes", "--cookie", "7", "--json", policy));
	expect_words("\"changes\": {|\"diff\": {|\"first\": \"0x8600ff01\"|\"not_compared\": null|"
		     "\"cookie\": 7|\"carried_over\": [");
}

static void the_same_once_more(void **state)
{
	attach(policy);
	expect_success(ask("", NULL, "replace", "r", "--yes", policy));
	expect_words("no call changes its fate|counters carried over");
}

/* It is asked all the same. */
static void what_cannot_be_compared_is_said(void **state)
{
	copy_file(policy, COPY);
	attach(COPY);
	copy_file(carry_old, COPY);
	expect_status(ask("n\n", NULL, "replace", "r", other), FAILED,
		      "the policies were not compared: " COPY " is not what is attached any more");
	unlink(COPY);
	expect_success(ask("y\n", NULL, "replace", "r", no_entry));
	expect_words("the policies were not compared: " COPY " does not exist");
	expect_success(ask("", NULL, "replace", "r", "--yes", other));
	expect_words("the policies were not compared: |tools-no-entry.bpf.o cannot be run");
	expect_success(run("replace", "r", "--yes", "--json", no_entry));
	expect_words("\"diff\": null|\"not_compared\": \"");
}

const struct CMUnitTest question_tests[] = {
	TEST(yes_replaces),
	TEST(anything_else_does_not),
	TEST(a_signal_is_a_no),
	TEST(an_old_answer_does_not_count),
	TEST(the_policy_that_was_shown_comes),
	TEST(nobody_can_be_asked),
	TEST(yes_beforehand),
	TEST(the_same_once_more),
	TEST(what_cannot_be_compared_is_said),
};
const size_t nr_question_tests = ARRAY_SIZE(question_tests);
