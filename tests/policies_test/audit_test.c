// SPDX-License-Identifier: GPL-2.0
/* audit.bpf.c: changes nothing, records everything. */
#include "policies_test.h"

static int setup(void **state)
{
	*state = open_policy("audit");
	return 0;
}

static int all_kvm(__u32 id, __u32 w1)
{
	return KVM_SMCCC_HANDLE;
}

static void audit_changes_nothing(void **state)
{
	expect_named(*state, all_kvm);
	expect_immediate(*state, KVM_SMCCC_HANDLE);
	expect_everywhere("audit", all_kvm);
}

static void expect_record(struct policy *policy, struct kvm_smccc_call *call)
{
	struct smccc_event event;

	assert_int_equal(decide_call(policy, call), KVM_SMCCC_HANDLE);
	assert_true(policy_next_event(policy, &event));
	assert_int_equal(event.func_id, call->func_id);
	assert_int_equal(event.cookie, call->cookie);
	assert_int_equal(event.vcpu_id, call->vcpu_id);
	assert_int_equal(event.flags, call->flags);
	assert_int_equal(event.imm, call->imm);
	assert_int_equal(event.verdict, KVM_SMCCC_HANDLE);
	assert_memory_equal(event.args, call->regs + 1, sizeof(event.args));
	assert_false(policy_next_event(policy, &event));
}

static void audit_records_every_call(void **state)
{
	size_t i;

	for (i = 0; i < nr_named_functions; i++) {
		struct kvm_smccc_call call = {
			.regs = { named_functions[i].id, i, ~0ULL, 1ULL << 63, 4, 5, 6, 7, 8 },
			.cookie = ~i,
			.func_id = named_functions[i].id,
			.vcpu_id = i,
			.flags = i & 3,
		};

		expect_record(*state, &call);
		assert_int_equal(policy_counter(*state, call.func_id, KVM_SMCCC_HANDLE), 1);
	}
}

static void audit_records_calls_that_are_nobodys(void **state)
{
	static const __u32 ids[] = { 0, 0x84001234, 0x84020000, 0x95c1ba5e, 0xffffffff };
	struct kvm_smccc_call xen = { .func_id = 0x40000000, .imm = 0xea1 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		struct kvm_smccc_call call = { .func_id = ids[i] };

		expect_record(*state, &call);
	}
	expect_record(*state, &xen);
	assert_int_equal(policy_counter(*state, SMCCC_COUNTER_OTHER, KVM_SMCCC_HANDLE),
			 ARRAY_SIZE(ids) + 1);
}

static void audit_counts_what_it_loses(void **state)
{
	struct smccc_event event;
	int i, calls = 20000, read = 0;

	for (i = 0; i < calls; i++)
		assert_int_equal(decide(*state, PSCI_VERSION), KVM_SMCCC_HANDLE);
	while (policy_next_event(*state, &event))
		read++;

	assert_in_range(read, 1, calls - 1);
	assert_int_equal(policy_counter(*state, PSCI_VERSION, KVM_SMCCC_HANDLE), calls);
	assert_int_equal(policy_counter(*state, SMCCC_COUNTER_OTHER, SMCCC_COUNTER_LOST),
			 calls - read);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, close_policy)

const struct CMUnitTest audit_tests[] = {
	TEST(audit_changes_nothing),
	TEST(audit_records_every_call),
	TEST(audit_records_calls_that_are_nobodys),
	TEST(audit_counts_what_it_loses),
};
const size_t nr_audit_tests = ARRAY_SIZE(audit_tests);
