// SPDX-License-Identifier: GPL-2.0
/* A guest that calls all the time meets one policy or the other, and each call is counted once. */
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "replace_test.h"

#define SWITCHES 12

/* PSCI_VERSION, which the policy denies. */
static void start_calls(void)
{
	struct loop_options loop = { .call = GUEST_HVC_CALL(PSCI_VERSION),
				     .expect_a = KVM_PSCI_VERSION,
				     .expect_b = NOT_SUPPORTED };

	/* as long as the loaders take: child_run() limits each of them */
	vm.time_limit_ms = 600000;
	assert_int_equal(vcpu_loop_setup(&vm.vcpus[0], &loop), 0);
	assert_int_equal(vcpu_start(&vm.vcpus[0]), 0);
}

static struct loop_result end_calls(void)
{
	struct loop_result result;

	vcpu_stop(&vm.vcpus[0]);
	assert_int_equal(vcpu_join(&vm.vcpus[0]), 0);
	vcpu_loop_read(&vm.vcpus[0], &result);
	assert_int_equal(result.got_a + result.got_b, result.calls);
	return result;
}

/* The guest gets on between two switches, so that each has calls on both sides. */
static void let_it_call(void)
{
	uint64_t seen = vcpu_loop_calls(&vm.vcpus[0]);
	int tries = 60000;

	while (vcpu_loop_calls(&vm.vcpus[0]) < seen + 10 && tries--)
		usleep(1000);
	assert_true(tries > 0);
}

static void expect_all_counted(const struct loop_result *result)
{
	uint64_t calls = 0;

	assert_int_equal(counted(PSCI_VERSION, 1), result->calls);
	assert_int_equal(counted(PSCI_VERSION, 0), 0);
	/* and so does KVM, in one piece */
	assert_int_equal(vcpu_stat(&vm.vcpus[0], "smccc_policy_calls", &calls), 0);
	assert_int_equal(calls, result->calls);
}

static void from_permissive_to_enforcing_and_back(void **state)
{
	struct loop_result result;
	int i;

	attach(carry_old);
	start_calls();
	for (i = 0; i < SWITCHES; i++) {
		let_it_call();
		expect_success(run("replace", "r", i % 2 ? "--enforce" : "--permissive"));
	}
	let_it_call();
	result = end_calls();
	assert_true(result.got_a > 0 && result.got_b > 0);
	expect_all_counted(&result);
	expect_only_r();
}

static void from_one_policy_to_another(void **state)
{
	struct loop_result result;
	int i;

	attach(carry_old);
	start_calls();
	for (i = 0; i < SWITCHES; i++) {
		let_it_call();
		expect_success(run("replace", "r", NO_QUESTION, i % 2 ? carry_old : carry_new));
	}
	let_it_call();
	result = end_calls();
	assert_int_equal(result.got_a, 0);
	expect_all_counted(&result);
	expect_only_r();
}

/* A signal finds the loader before it begins, or waits until it has ended. */
static void signals_come_before_or_after(void **state)
{
	static const char *const points[] = { "obj_pin:1", "obj_pin:3", "link_update:1",
					      "rename:1" };
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct loop_result result;
	char what[64];
	size_t i;

	attach(carry_old);
	start_calls();
	for (i = 0; i < ARRAY_SIZE(points); i++) {
		snprintf(what, sizeof(what), "%s:-%d", points[i], signals[i % ARRAY_SIZE(signals)]);
		expect_success(run_fault(what, "replace", "r", NO_QUESTION,
					 i % 2 ? carry_old : carry_new));
		expect_words("replaced the policy of r");
		expect_only_r();
	}
	result = end_calls();
	assert_int_equal(result.got_a, 0);
	expect_all_counted(&result);
}

#define LOADERS 4

static pid_t start_loader(char *const args[])
{
	char *argv[16] = { loader };
	pid_t pid;
	int i;

	for (i = 0; args[i]; i++)
		argv[i + 1] = args[i];
	assert_int_equal(posix_spawn(&pid, loader, NULL, NULL, argv, environ), 0);
	return pid;
}

/* Each is done, or told that another one was faster: how many are done. */
static int end_loaders(const pid_t *pid)
{
	int i, status, done = 0;

	for (i = 0; i < LOADERS; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_true(WIFEXITED(status));
		assert_true(WEXITSTATUS(status) == DONE || WEXITSTATUS(status) == FAILED);
		done += WEXITSTATUS(status) == DONE;
	}
	return done;
}

static void many_at_once(void **state)
{
	struct loop_result result;
	pid_t pid[LOADERS];
	int i;

	attach(carry_old);
	start_calls();
	for (i = 0; i < LOADERS; i++)
		pid[i] = start_loader(
			(char *[]){ "replace", "r", i % 2 ? "--enforce" : "--permissive", NULL });
	/* one after the other: nothing was shown that does not hold any more */
	assert_int_equal(end_loaders(pid), LOADERS);
	for (i = 0; i < LOADERS; i++)
		pid[i] = start_loader((char *[]){ "replace", "r", NO_QUESTION,
						  i % 2 ? carry_old : carry_new, NULL });
	assert_true(end_loaders(pid) > 0);
	result = end_calls();
	expect_all_counted(&result);
	expect_only_r();
	expect_success(run("detach", "r"));
}

const struct CMUnitTest gap_tests[] = {
	TEST(from_permissive_to_enforcing_and_back),
	TEST(from_one_policy_to_another),
	TEST(signals_come_before_or_after),
	TEST(many_at_once),
};
const size_t nr_gap_tests = ARRAY_SIZE(gap_tests);
