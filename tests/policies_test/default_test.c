// SPDX-License-Identifier: GPL-2.0
/* policy.bpf.c: KVM answers what a Linux guest needs, nothing else. */
#include "policies_test.h"

static int setup(void **state)
{
	*state = open_policy("policy");
	return 0;
}

static int expected(__u32 id, __u32 w1)
{
	return in_range(id, 0x84000000, 0x8400001f) || in_range(id, 0x84000050, 0x8400005f) ||
			       in_range(id, 0x85000020, 0x8500003f) ||
			       in_range(id, 0x86000000, 0x8600ffff) ?
		       KVM_SMCCC_HANDLE :
		       KVM_SMCCC_DENY;
}

static void default_keeps_what_linux_needs(void **state)
{
	expect_named(*state, expected);
}

static void default_denies_all_else(void **state)
{
	expect_everywhere("policy", expected);
}

/* KVM's in VMs without KVM_ARM_VCPU_PSCI_0_2; around them is nothing. */
static void default_keeps_psci_0_1(void **state)
{
	struct kvm_smccc_call immediate = { .func_id = PSCI_0_1_CPU_ON, .imm = 1 };

	assert_int_equal(decide(*state, 0x95c1ba5d), KVM_SMCCC_DENY);
	assert_int_equal(decide(*state, 0x95c1ba5e), KVM_SMCCC_HANDLE);
	assert_int_equal(decide(*state, PSCI_0_1_CPU_OFF), KVM_SMCCC_HANDLE);
	assert_int_equal(decide(*state, PSCI_0_1_CPU_ON), KVM_SMCCC_HANDLE);
	assert_int_equal(decide(*state, 0x95c1ba61), KVM_SMCCC_HANDLE);
	assert_int_equal(decide(*state, 0x95c1ba62), KVM_SMCCC_DENY);
	assert_int_equal(decide(*state, PSCI_0_1_CPU_ON & ~SMCCC_SVE_HINT), KVM_SMCCC_DENY);
	assert_int_equal(decide_call(*state, &immediate), KVM_SMCCC_DENY);
}

static void default_denies_a_call_with_an_immediate(void **state)
{
	expect_immediate(*state, KVM_SMCCC_DENY);
}

static void default_counts_by_function(void **state)
{
	struct kvm_smccc_call xen = { .func_id = PSCI_CPU_OFF, .imm = 0xea1 };

	decide(*state, PSCI_CPU_OFF);
	decide(*state, PSCI_CPU_OFF | SMCCC_SVE_HINT);
	decide_call(*state, &xen);
	decide(*state, FFA_VERSION);
	decide(*state, 0x84001234);
	decide(*state, 0xbf00ffff);

	assert_int_equal(policy_counter(*state, PSCI_CPU_OFF, KVM_SMCCC_HANDLE), 2);
	assert_int_equal(policy_counter(*state, FFA_VERSION, KVM_SMCCC_DENY), 1);
	assert_int_equal(policy_counter(*state, SMCCC_COUNTER_OTHER, KVM_SMCCC_DENY), 3);
}

static void default_has_a_counter_for_every_function(void **state)
{
	size_t i;

	for (i = 0; i < nr_named_functions; i++)
		decide(*state, named_functions[i].id);
	for (i = 0; i < nr_named_functions; i++) {
		__u32 id = named_functions[i].id;

		if (policy_counter(*state, id, expected(id, 0)) != 1)
			fail_msg("%s is not counted", named_functions[i].name);
	}
}

static void default_reports_what_it_denies(void **state)
{
	struct kvm_smccc_call call = {
		.regs = { FFA_MEM_SHARE_64, 1, 2, 3, 4, 5, 6, 7 },
		.cookie = 0xc00c1e,
		.func_id = FFA_MEM_SHARE_64,
		.vcpu_id = 3,
		.flags = KVM_SMCCC_CALL_SMC,
	};
	struct smccc_event event;
	int i;

	decide(*state, PSCI_VERSION);
	assert_false(policy_next_event(*state, &event));

	policy_set_time(*state, 12345);
	assert_int_equal(decide_call(*state, &call), KVM_SMCCC_DENY);
	assert_true(policy_next_event(*state, &event));
	assert_int_equal(event.func_id, FFA_MEM_SHARE_64);
	assert_int_equal(event.cookie, 0xc00c1e);
	assert_int_equal(event.vcpu_id, 3);
	assert_int_equal(event.flags, KVM_SMCCC_CALL_SMC);
	assert_int_equal(event.imm, 0);
	assert_int_equal(event.verdict, KVM_SMCCC_DENY);
	assert_int_equal(event.time_ns, 12345);
	for (i = 0; i < 7; i++)
		assert_int_equal(event.args[i], i + 1);

	assert_false(policy_next_event(*state, &event));
}

/* Nobody reads: what finds no room is counted, and the verdict stays. */
static void default_counts_lost_events(void **state)
{
	struct smccc_event event;
	int i, calls = 2000, read = 0;

	for (i = 0; i < calls; i++)
		assert_int_equal(decide(*state, 0x84001234), KVM_SMCCC_DENY);
	while (policy_next_event(*state, &event))
		read++;

	assert_in_range(read, 1, calls - 1);
	assert_int_equal(policy_counter(*state, SMCCC_COUNTER_OTHER, SMCCC_COUNTER_LOST),
			 calls - read);
}

/* How many events a VM that is denied so many calls gets into the ring buffer. */
static int reported(struct policy *policy, __u64 cookie, int calls)
{
	struct kvm_smccc_call call = { .func_id = 0x84001234, .cookie = cookie };
	struct smccc_event event;
	int i, read = 0;

	for (i = 0; i < calls; i++)
		assert_int_equal(decide_call(policy, &call), KVM_SMCCC_DENY);
	while (policy_next_event(policy, &event)) {
		assert_int_equal(event.cookie, cookie);
		read++;
	}
	return read;
}

/* A guest that calls in a loop keeps whoever reads its events busy for a while only. */
static void default_limits_events_of_each_vm(void **state)
{
	const __u64 second = 1000000000;

	policy_set_time(*state, second);
	assert_int_equal(reported(*state, 1, 600), 500);
	assert_int_equal(reported(*state, 1, 600), 0);
	assert_int_equal(reported(*state, 2, 3), 3);
	policy_set_time(*state, 2 * second);
	assert_int_equal(reported(*state, 1, 600), 10);
	assert_int_equal(policy_counter(*state, SMCCC_COUNTER_OTHER, SMCCC_COUNTER_LOST),
			 3 * 600 - 500 - 10);
	assert_int_equal(policy_counter(*state, SMCCC_COUNTER_OTHER, KVM_SMCCC_DENY), 3 * 600 + 3);
}

static void default_is_silent_in_a_sweep(void **state)
{
	struct policy_setup sweeping = { .sweeping = true };
	struct policy *policy = open_policy_with("policy", &sweeping);
	struct smccc_event event;

	assert_non_null(policy_sweep(policy, 0x84000000));
	assert_int_equal(policy_counter(policy, PSCI_VERSION, KVM_SMCCC_HANDLE), 0);
	assert_int_equal(policy_counter(policy, SMCCC_COUNTER_OTHER, KVM_SMCCC_DENY), 0);
	assert_int_equal(policy_counter(policy, SMCCC_COUNTER_OTHER, SMCCC_COUNTER_LOST), 0);
	assert_false(policy_next_event(policy, &event));
	policy_close(policy);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, close_policy)

const struct CMUnitTest default_tests[] = {
	TEST(default_keeps_what_linux_needs),	TEST(default_denies_all_else),
	TEST(default_keeps_psci_0_1),		TEST(default_denies_a_call_with_an_immediate),
	TEST(default_counts_by_function),	TEST(default_has_a_counter_for_every_function),
	TEST(default_reports_what_it_denies),	TEST(default_counts_lost_events),
	TEST(default_limits_events_of_each_vm), TEST(default_is_silent_in_a_sweep),
};
const size_t nr_default_tests = ARRAY_SIZE(default_tests);
