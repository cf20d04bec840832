// SPDX-License-Identifier: GPL-2.0
/* No room in the BPF file system, no memory, no right: at one system call after the other. */
#include <errno.h>

#include "killed_test.h"

static int run_failing(int error, unsigned int nth, char *const args[])
{
	enum calls calls = interesting == CALLS_ALL ? CALLS_BPF : CALLS_PINNING;
	int status = run_traced(&(struct trace){ calls, nth, 0, error }, args);

	if (status != DONE)
		expect_one_line_of_error(status);
	return status;
}

static unsigned int count_calls(char *const args[])
{
	expect_done(run_failing(0, 0, args));
	return traced_calls();
}

/* Is there a policy after all, although the command has failed? Then it says so. */
static bool says_done(int status, const char *words)
{
	return status == DONE || strstr(output.err, words);
}

static void fail_attach(int error)
{
	unsigned int n, calls = count_calls(ATTACH(denying));
	bool done;

	expect_done(run(DETACH));
	for (n = 1; n <= calls; n++) {
		done = says_done(run_failing(error, n, ATTACH(denying)), "was attached");
		assert_int_equal(guest_says(), done ? DENYING : NOTHING);
		expect_pinned(done);
		if (done)
			expect_done(run(DETACH));
	}
}

static void fail_replace(int error)
{
	static const enum in_force policies[] = { DENYING, TALKING };
	unsigned int n, calls, now = 1;

	expect_done(run(ATTACH(denying)));
	calls = count_calls(REPLACE_BY(talking));
	for (n = 1; n <= calls; n++) {
		int status = run_failing(error, n, REPLACE_BY(now ? denying : talking));
		bool done = says_done(status, "was replaced") ||
			    says_done(status, "the new policy is in force");

		if (done)
			now = !now;
		assert_int_equal(guest_says(), policies[now]);
		/* what could not be removed is for clean, or for the next one */
		if (status != DONE)
			expect_done(run(CLEAN));
		expect_pinned(true);
	}
	expect_done(run(DETACH));
}

static void attach_has_no_room(void **state)
{
	fail_attach(ENOSPC);
}

static void replace_has_no_room(void **state)
{
	fail_replace(ENOSPC);
}

static void attach_has_no_memory(void **state)
{
	fail_attach(ENOMEM);
}

static void replace_has_no_memory(void **state)
{
	fail_replace(ENOMEM);
}

static void attach_is_not_permitted(void **state)
{
	fail_attach(EPERM);
}

static void replace_is_not_permitted(void **state)
{
	fail_replace(EPERM);
}

const struct CMUnitTest error_tests[] = {
	TEST(attach_has_no_room),
	TEST(replace_has_no_room),
};
const size_t nr_error_tests = ARRAY_SIZE(error_tests);

const struct CMUnitTest long_error_tests[] = {
	TEST(attach_has_no_memory),
	TEST(replace_has_no_memory),
	TEST(attach_is_not_permitted),
	TEST(replace_is_not_permitted),
};
const size_t nr_long_error_tests = ARRAY_SIZE(long_error_tests);
