// SPDX-License-Identifier: GPL-2.0
/* share-notify.bpf.c: KVM handles the call, userspace hears of it. */
#include "policies_test.h"

static int setup(void **state)
{
	*state = open_policy("share-notify");
	return 0;
}

static int all_kvm(__u32 id, __u32 w1)
{
	return KVM_SMCCC_HANDLE;
}

static void share_notify_leaves_all_to_kvm(void **state)
{
	expect_named(*state, all_kvm);
	expect_everywhere("share-notify", all_kvm);
}

/* KVM would take it for one without: memory would be shared unheard. */
static void share_notify_denies_a_call_with_an_immediate(void **state)
{
	struct smccc_event event;

	expect_immediate(*state, KVM_SMCCC_DENY);
	assert_false(policy_next_event(*state, &event));
}

static void expect_event(struct policy *policy, __u32 func_id, __u64 ipa)
{
	struct kvm_smccc_call call = {
		.regs = { func_id, ipa }, .cookie = 42, .func_id = func_id, .vcpu_id = 1
	};
	struct smccc_event event;

	policy_set_time(policy, ipa + 1);
	assert_int_equal(decide_call(policy, &call), KVM_SMCCC_HANDLE);
	assert_true(policy_next_event(policy, &event));
	assert_int_equal(event.func_id, func_id);
	assert_int_equal(event.args[0], ipa);
	assert_int_equal(event.cookie, 42);
	assert_int_equal(event.vcpu_id, 1);
	assert_int_equal(event.verdict, KVM_SMCCC_HANDLE);
	assert_int_equal(event.time_ns, ipa + 1);
	assert_false(policy_next_event(policy, &event));
}

static void share_notify_reports_share_and_unshare(void **state)
{
	expect_event(*state, KVM_MEM_SHARE, 0x40000000);
	expect_event(*state, KVM_MEM_UNSHARE, 0x40001000);
	expect_event(*state, KVM_MEM_SHARE, 0);
	expect_event(*state, KVM_MEM_SHARE, ~0ULL - 1);
	expect_event(*state, KVM_MEM_SHARE | SMCCC_SVE_HINT, 0x1000);

	assert_int_equal(policy_counter(*state, KVM_MEM_SHARE, KVM_SMCCC_HANDLE), 4);
	assert_int_equal(policy_counter(*state, KVM_MEM_UNSHARE, KVM_SMCCC_HANDLE), 1);
}

static void share_notify_reports_nothing_else(void **state)
{
	struct smccc_event event;
	size_t i;

	for (i = 0; i < nr_named_functions; i++) {
		__u32 id = named_functions[i].id;

		decide(*state, id);
		assert_int_equal(policy_next_event(*state, &event),
				 id == KVM_MEM_SHARE || id == KVM_MEM_UNSHARE);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, close_policy)

const struct CMUnitTest share_notify_tests[] = {
	TEST(share_notify_leaves_all_to_kvm),
	TEST(share_notify_denies_a_call_with_an_immediate),
	TEST(share_notify_reports_share_and_unshare),
	TEST(share_notify_reports_nothing_else),
};
const size_t nr_share_notify_tests = ARRAY_SIZE(share_notify_tests);
