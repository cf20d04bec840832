// SPDX-License-Identifier: GPL-2.0
/* other-hypervisor.bpf.c: the vendor range is the policy's, the rest KVM's. */
#include "policies_test.h"

static int setup(void **state)
{
	*state = open_policy("other-hypervisor");
	return 0;
}

static int expected(__u32 id, __u32 w1)
{
	switch (id) {
	case 0x8600ff01: /* UID */
	case 0x8600ff03: /* revision */
	case 0xc6000000:
	case 0xc6000001:
		return KVM_SMCCC_ANSWER;
	}

	return (id >> 24 & 0x3f) == 6 ? KVM_SMCCC_DENY : KVM_SMCCC_HANDLE;
}

static void other_hypervisor_owns_the_vendor_range(void **state)
{
	expect_named(*state, expected);
	expect_everywhere("other-hypervisor", expected);
}

/* KVM would take it for a call of its own vendor range. */
static void other_hypervisor_denies_a_call_with_an_immediate(void **state)
{
	expect_immediate(*state, KVM_SMCCC_DENY);
}

static void other_hypervisor_says_who_it_is(void **state)
{
	struct kvm_smccc_call uid = { .func_id = VENDOR_HYP_CALL_UID };
	struct kvm_smccc_call revision = { .func_id = 0x8600ff03 };

	assert_int_equal(decide_call(*state, &uid), KVM_SMCCC_ANSWER);
	assert_int_equal(uid.regs[0], 0xd0f1a2a3);
	assert_int_equal(uid.regs[1], 0x1a4b5e7c);
	assert_int_equal(uid.regs[2], 0x1f5e0d9c);
	assert_int_equal(uid.regs[3], 0x93827160);

	assert_int_equal(decide_call(*state, &revision), KVM_SMCCC_ANSWER);
	assert_int_equal(revision.regs[0], 1);
	assert_int_equal(revision.regs[1], 0);
}

static void other_hypervisor_tells_the_caller_who_it_is(void **state)
{
	struct kvm_smccc_call who = { .regs = { 0xc6000000, 1, 2, 3, 4 },
				      .func_id = 0xc6000000,
				      .cookie = 0x77,
				      .vcpu_id = 5 };

	assert_int_equal(decide_call(*state, &who), KVM_SMCCC_ANSWER);
	assert_int_equal(who.regs[0], SMCCC_SUCCESS);
	assert_int_equal(who.regs[1], 0x77);
	assert_int_equal(who.regs[2], 5);
	assert_int_equal(who.regs[3], 0);
	/* SMCCC 1.1 preserves what is not a result. */
	assert_int_equal(who.regs[4], 4);
}

static void other_hypervisor_tells_the_time(void **state)
{
	struct kvm_smccc_call first = { .func_id = 0xc6000001 }, second = first;

	policy_set_time(*state, 7);
	assert_int_equal(decide_call(*state, &first), KVM_SMCCC_ANSWER);
	assert_int_equal(first.regs[0], SMCCC_SUCCESS);
	assert_int_equal(first.regs[1], 7);
	policy_set_time(*state, 8);
	assert_int_equal(decide_call(*state, &second), KVM_SMCCC_ANSWER);
	assert_int_equal(second.regs[1], 8);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, close_policy)

const struct CMUnitTest other_hypervisor_tests[] = {
	TEST(other_hypervisor_owns_the_vendor_range),
	TEST(other_hypervisor_denies_a_call_with_an_immediate),
	TEST(other_hypervisor_says_who_it_is),
	TEST(other_hypervisor_tells_the_caller_who_it_is),
	TEST(other_hypervisor_tells_the_time),
};
const size_t nr_other_hypervisor_tests = ARRAY_SIZE(other_hypervisor_tests);
