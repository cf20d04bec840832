// SPDX-License-Identifier: GPL-2.0
/* What a policy leaves to the next one: see carry.h in tests/policies. */
#include <unistd.h>

#include "replace_test.h"

#define TRNG_1_0 0x10000

/* Both tokens of the hour are taken. */
static void empty_the_bucket(void)
{
	assert_int_equal(guest_x0(TRNG_VERSION), TRNG_1_0);
	assert_int_equal(guest_x0(TRNG_VERSION), TRNG_1_0);
	assert_int_equal(guest_x0(TRNG_VERSION), NOT_SUPPORTED);
}

static void maps_declared_alike_are_carried_over(void **state)
{
	uint32_t events;

	attach(carry_old);
	empty_the_bucket();
	events = pinned_id("events");
	expect_success(run("replace", "r", NO_QUESTION, carry_new));
	expect_words("maps: |counters carried over|events carried over|buckets carried over|"
		     "bss carried over");
	assert_int_equal(guest_x0(TRNG_VERSION), NOT_SUPPORTED);
	assert_int_equal(counted(TRNG_VERSION, 0), 2);
	assert_int_equal(counted(TRNG_VERSION, 1), 2);
	assert_int_equal(pinned_id("events"), events);
	expect_only_r();
}

static void others_are_not_and_it_is_said(void **state)
{
	uint32_t sizes, types, data;

	attach(carry_old);
	sizes = pinned_id("sizes");
	types = pinned_id("types");
	data = pinned_id("data");
	expect_success(run("replace", "r", NO_QUESTION, carry_new));
	expect_words("sizes anew: value size 8 -> 16|types anew: other types of key or value|"
		     "data anew: other variables, or other initial values|left given up");
	assert_int_not_equal(pinned_id("sizes"), sizes);
	assert_int_not_equal(pinned_id("types"), types);
	assert_int_not_equal(pinned_id("data"), data);
	assert_int_not_equal(access(PIN_DIR "/r/maps/left", F_OK), 0);
	expect_success(run("replace", "r", NO_QUESTION, "--json", carry_old));
	expect_words("\"map\": \"sizes\"|\"why\": \"value size 16 -> 8\"");
}

/* The same policy again: nothing of it is lost, not even .data. */
static void a_policy_is_alike_itself(void **state)
{
	uint32_t data;

	attach(carry_old);
	data = pinned_id("data");
	expect_success(run("replace", "r", NO_QUESTION, carry_old));
	expect_words("data carried over");
	assert_null(strstr(output.out, "anew"));
	assert_int_equal(pinned_id("data"), data);
}

static void fresh_maps_on_request(void **state)
{
	attach(carry_old);
	empty_the_bucket();
	expect_success(run("replace", "r", NO_QUESTION, "--fresh", carry_new));
	expect_words("counters anew: --fresh|buckets anew: --fresh");
	assert_int_equal(counted(TRNG_VERSION, 0), 0);
	empty_the_bucket();
	/* also without another policy */
	expect_success(run("replace", "r", "--fresh"));
	empty_the_bucket();
	assert_int_equal(counted(TRNG_VERSION, 0), 2);
}

static void other_settings_keep_all_maps(void **state)
{
	uint32_t sizes;

	attach(carry_old);
	empty_the_bucket();
	sizes = pinned_id("sizes");
	expect_success(run("replace", "r", "--permissive"));
	expect_words("mode: enforcing -> permissive|left carried over|data carried over");
	assert_int_equal(guest_x0(TRNG_VERSION), TRNG_1_0);
	expect_success(run("replace", "r", "--enforce"));
	assert_int_equal(guest_x0(TRNG_VERSION), NOT_SUPPORTED);
	/* by its file, without the right to have the program from the kernel */
	expect_success(run_with_few_rights((char *[]){ "replace", "r", "--permissive", NULL }));
	expect_success(run_with_few_rights((char *[]){ "replace", "r", "--enforce", NULL }));
	assert_int_equal(guest_x0(TRNG_VERSION), NOT_SUPPORTED);
	assert_int_equal(counted(TRNG_VERSION, 1), 4);
	assert_int_equal(pinned_id("sizes"), sizes);
	expect_only_r();
}

static void few_rights_will_do(void **state)
{
	attach(carry_old);
	empty_the_bucket();
	expect_success(
		run_with_few_rights((char *[]){ "replace", "r", NO_QUESTION, carry_new, NULL }));
	expect_words("counters carried over|types anew: other types");
	assert_int_equal(guest_x0(TRNG_VERSION), NOT_SUPPORTED);
}

static void a_failure_leaves_policy_and_maps(void **state)
{
	static const char *const faults[] = { "obj_pin:1:28", "obj_pin:3:28", "link_update:1:22" };
	uint32_t counters, sizes;
	size_t i;

	attach(carry_old);
	empty_the_bucket();
	counters = pinned_id("counters");
	sizes = pinned_id("sizes");
	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		expect_status(run_fault(faults[i], "replace", "r", NO_QUESTION, carry_new), FAILED,
			      "the old policy stays in force");
		expect_status(run_fault(faults[i], "replace", "r", "--permissive"), FAILED,
			      "the old policy stays in force");
		assert_int_equal(guest_x0(TRNG_VERSION), NOT_SUPPORTED);
		assert_int_equal(counted(TRNG_VERSION, 1), i + 2);
		assert_int_equal(pinned_id("counters"), counters);
		assert_int_equal(pinned_id("sizes"), sizes);
		expect_only_r();
	}
}

/* Killed before or after the kernel did its part; another loader clears up. */
static void a_killed_loader_loses_no_map(void **state)
{
	attach(carry_old);
	empty_the_bucket();
	assert_int_equal(run_fault("link_update:1:-9", "replace", "r", NO_QUESTION, carry_new),
			 137);
	expect_success(run("replace", "r", "--cookie", "0"));
	expect_words("carry_old|left carried over");
	assert_int_equal(run_fault("rename:1:-9", "replace", "r", NO_QUESTION, carry_new), 137);
	expect_success(run("replace", "r", "--cookie", "0"));
	expect_words("carry_new|counters carried over");
	assert_int_equal(run_fault("rename:1:-9", "replace", "r", "--permissive"), 137);
	assert_int_equal(guest_x0(PSCI_VERSION), KVM_PSCI_VERSION);
	expect_success(run("replace", "r", "--enforce"));
	expect_words("mode: permissive -> enforcing|buckets carried over");
	assert_int_equal(guest_x0(TRNG_VERSION), NOT_SUPPORTED);
	assert_int_equal(counted(TRNG_VERSION, 1), 2);
	expect_only_r();
}

/* What "ranges" keeps in its variables is of the rules that it has. */
static void other_rules_are_decided_anew(void **state)
{
	expect_success(run("--vm-fd", vm_fd, "--name", "r", "--rule", "TRNG_VERSION=deny", ranges));
	assert_int_equal(guest_x0(TRNG_VERSION), NOT_SUPPORTED);
	expect_success(run("replace", "r", NO_QUESTION, "--rule", "PSCI_VERSION=deny", ranges));
	expect_words("counters carried over|bss anew: it may be about the old rules");
	assert_int_equal(guest_x0(TRNG_VERSION), TRNG_1_0);
	assert_int_equal(guest_x0(PSCI_VERSION), NOT_SUPPORTED);
}

static void name_of(const struct vm *of, char name[64])
{
	snprintf(name, 64, "vm-%d-%d", getpid(), of->fd);
}

/* One program on two VMs: each gets what is its own, and both go on counting together. */
static void shared_maps_stay_shared(void **state)
{
	char first_name[64], second_name[64];
	struct vm second;

	vm_must_create(&second, &(struct vm_options){ 0 });
	name_of(&vm, first_name);
	name_of(&second, second_name);
	assert_int_equal(child_run((char *[]){ loader, "attach", "--all", carry_old, NULL }, -1,
				   &output),
			 0);
	expect_success(output.status);
	expect_success(run("replace", first_name, NO_QUESTION, carry_new));
	expect_words("counters carried over, shared with 1 other VM;|types anew");
	expect_success(run("replace", second_name, "--permissive"));
	expect_words("counters carried over, shared with 1 other VM;|types carried over\n");
	vm_destroy(&second);
}

const struct CMUnitTest maps_tests[] = {
	TEST(maps_declared_alike_are_carried_over),
	TEST(others_are_not_and_it_is_said),
	TEST(a_policy_is_alike_itself),
	TEST(fresh_maps_on_request),
	TEST(other_settings_keep_all_maps),
	TEST(few_rights_will_do),
	TEST(a_failure_leaves_policy_and_maps),
	TEST(a_killed_loader_loses_no_map),
	TEST(other_rules_are_decided_anew),
	TEST(shared_maps_stay_shared),
};
const size_t nr_maps_tests = ARRAY_SIZE(maps_tests);
