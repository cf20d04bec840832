// SPDX-License-Identifier: GPL-2.0
/* No room in the BPF file system, no memory, no right: at one system call after the other. */
#include <errno.h>

#include "killed_test.h"

static int run_failing(enum calls calls, int error, unsigned int nth, char *const args[])
{
	int status = run_traced(&(struct trace){ calls, nth, 0, error }, args);

	if (status != DONE)
		expect_one_line_of_error(status);
	return status;
}

/* There is none with the number 0. */
static unsigned int count_calls(enum calls calls, int error, char *const args[])
{
	expect_success(run_failing(calls, error, 0, args));
	return traced_calls();
}

/* Is there a policy after all, although the command has failed? Then it says so. */
static bool says_done(int status, const char *words)
{
	return status == DONE || strstr(output.err, words);
}

static void fail_attach(enum calls which, int error)
{
	unsigned int n, calls = count_calls(which, error, ATTACH(denying));
	bool done;

	expect_success(run(DETACH));
	for (n = 1; n <= calls; n++) {
		done = says_done(run_failing(which, error, n, ATTACH(denying)), "k was attached");
		assert_int_equal(guest_says(), done ? DENYING : NOTHING);
		expect_pinned(done);
		if (done)
			expect_success(run(DETACH));
	}
}

static void fail_replace(enum calls which, int error)
{
	static const enum in_force policies[] = { DENYING, TALKING };
	unsigned int n, calls, now = 1;

	expect_success(run(ATTACH(denying)));
	calls = count_calls(which, error, REPLACE_BY(talking));
	for (n = 1; n <= calls; n++) {
		int status = run_failing(which, error, n, REPLACE_BY(now ? denying : talking));
		bool done = says_done(status, "was replaced") ||
			    says_done(status, "the new policy is in force");

		if (done)
			now = !now;
		assert_int_equal(guest_says(), policies[now]);
		/* what could not be removed is for clean, or for the next one */
		if (status != DONE)
			expect_success(run(CLEAN));
		expect_pinned(true);
	}
	expect_success(run(DETACH));
}

static void attach_has_no_room(void **state)
{
	fail_attach(CALLS_CHANGING, ENOSPC);
}

static void attach_has_no_memory(void **state)
{
	fail_attach(CALLS_CHANGING, ENOMEM);
	fail_attach(CALLS_BPF, ENOMEM);
}

static void attach_is_not_permitted(void **state)
{
	fail_attach(CALLS_CHANGING, EPERM);
	fail_attach(CALLS_BPF, EPERM);
}

static void replace_has_no_room(void **state)
{
	fail_replace(CALLS_CHANGING, ENOSPC);
}

static void replace_has_no_memory(void **state)
{
	fail_replace(CALLS_CHANGING, ENOMEM);
	fail_replace(CALLS_BPF, ENOMEM);
}

static void replace_is_not_permitted(void **state)
{
	fail_replace(CALLS_CHANGING, EPERM);
	fail_replace(CALLS_BPF, EPERM);
}

static const struct CMUnitTest attach_tests[] = {
	TEST(attach_has_no_room),
};

static const struct CMUnitTest long_attach_tests[] = {
	TEST(attach_has_no_memory),
	TEST(attach_is_not_permitted),
};

static const struct CMUnitTest replace_tests[] = {
	TEST(replace_has_no_room),
};

static const struct CMUnitTest long_replace_tests[] = {
	TEST(replace_has_no_memory),
	TEST(replace_is_not_permitted),
};

const struct tests error_tests[HALVES][2] = {
	[ATTACH_HALF] = { TESTS(attach_tests), TESTS(long_attach_tests) },
	[REPLACE_HALF] = { TESTS(replace_tests), TESTS(long_replace_tests) },
};
