// SPDX-License-Identifier: GPL-2.0
/* psci-to-vmm.bpf.c and ffa-to-vmm.bpf.c: one service to the VMM, whole. */
#include "policies_test.h"

static int setup_psci(void **state)
{
	*state = open_policy("psci-to-vmm");
	return 0;
}

static int setup_ffa(void **state)
{
	*state = open_policy("ffa-to-vmm");
	return 0;
}

static int psci_expected(__u32 id, __u32 w1)
{
	return in_range(id, 0x84000000, 0x8400001f) ? KVM_SMCCC_FORWARD : KVM_SMCCC_HANDLE;
}

static int ffa_expected(__u32 id, __u32 w1)
{
	return in_range(id, 0x84000060, 0x840000ef) ? KVM_SMCCC_FORWARD : KVM_SMCCC_HANDLE;
}

static void psci_to_vmm_forwards_psci(void **state)
{
	size_t i;

	expect_named(*state, psci_expected);
	/* No mix: what psci_expected() says of the IDs is what it says of the names. */
	for (i = 0; i < nr_named_functions; i++) {
		const struct named_function *f = &named_functions[i];

		assert_int_equal(psci_expected(f->id, 0) == KVM_SMCCC_FORWARD, f->service == PSCI);
	}
}

static void psci_to_vmm_leaves_the_rest_to_kvm(void **state)
{
	expect_everywhere("psci-to-vmm", psci_expected);
}

/* KVM would take it for a PSCI call of its own. */
static void psci_to_vmm_denies_a_call_with_an_immediate(void **state)
{
	expect_immediate(*state, KVM_SMCCC_DENY);
}

static void ffa_to_vmm_forwards_ffa(void **state)
{
	size_t i;

	expect_named(*state, ffa_expected);
	for (i = 0; i < nr_named_functions; i++) {
		const struct named_function *f = &named_functions[i];

		assert_int_equal(ffa_expected(f->id, 0) == KVM_SMCCC_FORWARD, f->service == FFA);
	}
}

static void ffa_to_vmm_leaves_the_rest_to_kvm(void **state)
{
	expect_everywhere("ffa-to-vmm", ffa_expected);
}

static void ffa_to_vmm_denies_a_call_with_an_immediate(void **state)
{
	expect_immediate(*state, KVM_SMCCC_DENY);
}

#define PSCI_TEST(f) cmocka_unit_test_setup_teardown(f, setup_psci, close_policy)
#define FFA_TEST(f)  cmocka_unit_test_setup_teardown(f, setup_ffa, close_policy)

const struct CMUnitTest psci_to_vmm_tests[] = {
	PSCI_TEST(psci_to_vmm_forwards_psci),
	PSCI_TEST(psci_to_vmm_leaves_the_rest_to_kvm),
	PSCI_TEST(psci_to_vmm_denies_a_call_with_an_immediate),
};
const size_t nr_psci_to_vmm_tests = ARRAY_SIZE(psci_to_vmm_tests);

const struct CMUnitTest ffa_to_vmm_tests[] = {
	FFA_TEST(ffa_to_vmm_forwards_ffa),
	FFA_TEST(ffa_to_vmm_leaves_the_rest_to_kvm),
	FFA_TEST(ffa_to_vmm_denies_a_call_with_an_immediate),
};
const size_t nr_ffa_to_vmm_tests = ARRAY_SIZE(ffa_to_vmm_tests);
