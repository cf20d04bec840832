// SPDX-License-Identifier: GPL-2.0
/* SIGKILL, SIGTERM and SIGINT at one system call of the loader after the other. */
#include <signal.h>

#include "killed_test.h"

static int run_signalled(int signal, unsigned int nth, char *const args[])
{
	return run_traced(&(struct trace){ interesting, nth, signal, 0 }, args);
}

/* If not, there is no nth call: it was the last time. */
static bool is_killed(unsigned int nth, char *const args[])
{
	int status = run_signalled(SIGKILL, nth, args);

	if (status == 128 + SIGKILL)
		return true;
	expect_success(status);
	return false;
}

/* What is in force stays so, and nothing is left but what belongs to it. */
static enum in_force expect_cleaned(void)
{
	enum in_force now = guest_says();

	expect_success(run(CLEAN));
	assert_int_equal(guest_says(), now);
	expect_pinned(now != NOTHING);
	return now;
}

static void detach(void)
{
	expect_success(run(DETACH));
	assert_int_equal(guest_says(), NOTHING);
	expect_pinned(false);
}

static void kill_attach(char *const args[])
{
	enum in_force now;
	unsigned int n;

	for (n = 1; is_killed(n, args); n++) {
		now = expect_cleaned();
		assert_true(now == DENYING || now == NOTHING);
		if (now != NOTHING)
			detach();
	}
	assert_int_equal(guest_says(), DENYING);
	expect_pinned(true);
	detach();
	print_message("# killed at %u system calls\n", n - 1);
}

static void attach_is_killed(void **state)
{
	kill_attach(ATTACH(denying));
}

static void attach_from_source_is_killed(void **state)
{
	kill_attach(ATTACH(source));
}

/* One of two policies, and how to come to it from the other one. */
struct side {
	enum in_force in_force;
	char *const *args;
};

static void kill_replace(struct side old, struct side new, bool clean)
{
	struct side *from = &old, *to = &new, *killed;
	enum in_force now;
	unsigned int n;

	for (n = 1; is_killed(n, to->args); n++) {
		now = clean ? expect_cleaned() : guest_says();
		assert_true(now == old.in_force || now == new.in_force);
		/* the next one begins with what is in force then */
		if (now == to->in_force) {
			killed = from;
			from = to;
			to = killed;
		}
	}
	assert_int_equal(guest_says(), to->in_force);
	expect_pinned(true);
	detach();
	print_message("# killed at %u system calls\n", n - 1);
}

#define BY_DENYING ((struct side){ DENYING, REPLACE_BY(denying) })
#define BY_TALKING ((struct side){ TALKING, REPLACE_BY(talking) })

static void replace_is_killed(void **state)
{
	expect_success(run(ATTACH(denying)));
	kill_replace(BY_DENYING, BY_TALKING, true);
}

/* What one that was killed left half done, the next one repairs, and is killed, too. */
static void replace_is_killed_again_and_again(void **state)
{
	expect_success(run(ATTACH(denying)));
	kill_replace(BY_DENYING, BY_TALKING, false);
}

static void change_of_settings_is_killed(void **state)
{
	expect_success(run(ATTACH(talking)));
	kill_replace((struct side){ TALKING, SET_COOKIE("1") },
		     (struct side){ TALKING_2, SET_COOKIE("2") }, true);
}

static void detach_is_killed(void **state)
{
	enum in_force now = NOTHING;
	unsigned int n = 0;

	do {
		if (now == NOTHING)
			expect_success(run(ATTACH(denying)));
		if (!is_killed(++n, DETACH))
			break;
		now = expect_cleaned();
	} while (true);
	assert_int_equal(guest_says(), NOTHING);
	expect_pinned(false);
	print_message("# killed at %u system calls\n", n - 1);
}

/*
 * The signal ended it, and it had done nothing; or it goes on, and says what it did. true:
 * it went on.
 */
static bool goes_on(int signal, unsigned int nth, char *const args[], const char *done)
{
	int status = run_signalled(signal, nth, args);

	if (status == 128 + signal) {
		assert_string_equal(output.out, "");
		assert_string_equal(output.err, "");
		return false;
	}
	expect_success(status);
	if (!strstr(output.out, done))
		fail_msg("no \"%s\" in: %s", done, output.out);
	return true;
}

static unsigned int count_calls(char *const args[])
{
	expect_success(run_signalled(0, 0, args));
	return traced_calls();
}

/* In turn; all of them at each call if there is the time for each call. */
static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

static bool comes(size_t signal, unsigned int nth)
{
	return interesting == CALLS_ALL || nth % ARRAY_SIZE(signals) == signal;
}

static void attach_is_interrupted(void **state)
{
	unsigned int n, calls = count_calls(ATTACH(denying));
	size_t i;

	detach();
	for (n = 1; n <= calls; n++) {
		for (i = 0; i < ARRAY_SIZE(signals); i++) {
			bool done;

			if (!comes(i, n))
				continue;
			done = goes_on(signals[i], n, ATTACH(denying), "attached to the VM");
			assert_int_equal(guest_says(), done ? DENYING : NOTHING);
			expect_pinned(done);
			if (done)
				detach();
		}
	}
}

static void replace_is_interrupted(void **state)
{
	struct side from = BY_TALKING, to = BY_DENYING, done;
	unsigned int n, calls;
	size_t i;

	expect_success(run(ATTACH(denying)));
	calls = count_calls(from.args);
	for (n = 1; n <= calls; n++) {
		for (i = 0; i < ARRAY_SIZE(signals); i++) {
			if (!comes(i, n))
				continue;
			if (goes_on(signals[i], n, to.args, "replaced the policy of k")) {
				done = from;
				from = to;
				to = done;
			}
			assert_int_equal(guest_says(), from.in_force);
			expect_pinned(true);
		}
	}
	detach();
}

static const struct CMUnitTest attach_tests[] = {
	TEST(attach_is_killed),
	TEST(detach_is_killed),
	TEST(attach_is_interrupted),
};

static const struct CMUnitTest long_attach_tests[] = {
	TEST(attach_from_source_is_killed),
};

static const struct CMUnitTest replace_tests[] = {
	TEST(replace_is_killed),
	TEST(replace_is_interrupted),
};

static const struct CMUnitTest long_replace_tests[] = {
	TEST(change_of_settings_is_killed),
	TEST(replace_is_killed_again_and_again),
};

const struct tests signal_tests[HALVES][2] = {
	[ATTACH_HALF] = { TESTS(attach_tests), TESTS(long_attach_tests) },
	[REPLACE_HALF] = { TESTS(replace_tests), TESTS(long_replace_tests) },
};
