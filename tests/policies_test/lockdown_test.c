// SPDX-License-Identifier: GPL-2.0
/* lockdown.bpf.c: only what the guest of a single-CPU appliance needs. */
#include "policies_test.h"

static int setup(void **state)
{
	*state = open_policy("lockdown");
	return 0;
}

static bool allowed(__u32 id)
{
	static const __u32 ids[] = {
		0x84000000,		/* PSCI_VERSION */
		0x84000001, 0xc4000001, /* CPU_SUSPEND */
		0x84000004, 0xc4000004, /* AFFINITY_INFO */
		0x84000008, 0x84000009, /* SYSTEM_OFF, SYSTEM_RESET */
		0x8400000a,		/* PSCI_FEATURES */
		0x84000050, 0x84000051, 0x84000052, 0x84000053, 0xc4000053, /* TRNG */
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		if (ids[i] == id)
			return true;
	}

	return false;
}

static int expected(__u32 id, __u32 w1)
{
	if (!allowed(id))
		return KVM_SMCCC_DENY;
	if (id == 0x8400000a && w1 != 0x80000000 && !allowed(w1))
		return KVM_SMCCC_DENY;
	return KVM_SMCCC_HANDLE;
}

static void lockdown_allows_what_the_guest_needs(void **state)
{
	expect_named(*state, expected);
}

static void lockdown_denies_all_else(void **state)
{
	expect_everywhere("lockdown", expected);
	expect_immediate(*state, KVM_SMCCC_DENY);
}

static int psci_features(struct policy *policy, __u64 function)
{
	struct kvm_smccc_call call = { .regs = { PSCI_FEATURES, function },
				       .func_id = PSCI_FEATURES };

	return decide_call(policy, &call);
}

/* A function exists for PSCI_FEATURES if, and only if, it can be called. */
static void lockdown_features_agree_with_the_functions(void **state)
{
	size_t i;

	for (i = 0; i < nr_named_functions; i++) {
		const struct named_function *f = &named_functions[i];
		int verdict = f->id == SMCCC_VERSION ? KVM_SMCCC_HANDLE :
						       expected(f->id, 0x80000000);

		if (psci_features(*state, f->id) != verdict)
			fail_msg("PSCI_FEATURES(%s): not verdict %d", f->name, verdict);
		/* An SMC32 call's argument is in w1. */
		assert_int_equal(psci_features(*state, f->id | 0xdead00000000), verdict);
	}
	assert_int_equal(psci_features(*state, 0), KVM_SMCCC_DENY);
	assert_int_equal(psci_features(*state, 0xffffffff), KVM_SMCCC_DENY);
}

static void lockdown_counts_and_reports(void **state)
{
	struct smccc_event event;

	decide(*state, PSCI_SYSTEM_OFF);
	decide(*state, PSCI_CPU_ON_64);

	assert_int_equal(policy_counter(*state, PSCI_SYSTEM_OFF, KVM_SMCCC_HANDLE), 1);
	assert_int_equal(policy_counter(*state, PSCI_CPU_ON_64, KVM_SMCCC_DENY), 1);
	assert_true(policy_next_event(*state, &event));
	assert_int_equal(event.func_id, PSCI_CPU_ON_64);
	assert_int_equal(event.verdict, KVM_SMCCC_DENY);
	assert_false(policy_next_event(*state, &event));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, close_policy)

const struct CMUnitTest lockdown_tests[] = {
	TEST(lockdown_allows_what_the_guest_needs),
	TEST(lockdown_denies_all_else),
	TEST(lockdown_features_agree_with_the_functions),
	TEST(lockdown_counts_and_reports),
};
const size_t nr_lockdown_tests = ARRAY_SIZE(lockdown_tests);
