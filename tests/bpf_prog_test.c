// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of the policies: every policy is run by the kernel this test runs
 * on, be that a stock x86-64 or the patched arm64 of the rig.
 *
 * Usage: bpf_prog_test DIRECTORY, where the directory holds the *.bpf.o. Exit
 * status 77: the caller may not use bpf(2), and no test ran.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy_run.h"

#define NOT_PERMITTED 77 /* exit status, the one that tests use for "cannot run here" */

static const char *object_dir;

struct named_function {
	const char *name;
	__u32 id;
};

#define NAMED(name, id) { #name, id },
static const struct named_function arch_functions[] = { SMCCC_FUNCTIONS_ARCH(NAMED) };
static const struct named_function ffa_functions[] = { SMCCC_FUNCTIONS_FFA(NAMED) };
static const struct named_function linux_functions[] = {
	SMCCC_FUNCTIONS_PSCI(NAMED)
	SMCCC_FUNCTIONS_TRNG(NAMED)
	SMCCC_FUNCTIONS_PV_TIME(NAMED)
	SMCCC_FUNCTIONS_KVM(NAMED)
};

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static struct policy *open_policy(const char *name)
{
	struct policy *policy;
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s.bpf.o", object_dir, name);
	policy = policy_open(path);
	assert_non_null(policy);
	return policy;
}

static int setup_default(void **state)
{
	*state = open_policy("policy");
	return 0;
}

static int teardown(void **state)
{
	policy_close(*state);
	return 0;
}

static int decide(struct policy *policy, __u32 func_id)
{
	struct kvm_smccc_call call = { .regs[0] = func_id, .func_id = func_id };

	return policy_call(policy, &call);
}

static void expect(struct policy *policy, const struct named_function *f, size_t nr, int verdict)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		int got = decide(policy, f[i].id);

		if (got != verdict)
			fail_msg("%s (0x%08x): verdict %d, expected %d", f[i].name, f[i].id, got,
				 verdict);
	}
}

static void default_keeps_what_linux_needs(void **state)
{
	expect(*state, linux_functions, ARRAY_SIZE(linux_functions), KVM_SMCCC_HANDLE);
}

static void default_denies_ffa(void **state)
{
	expect(*state, ffa_functions, ARRAY_SIZE(ffa_functions), KVM_SMCCC_DENY);
}

/* The kernel does not ask a policy about these; it has no opinion of its own. */
static void default_denies_architecture_calls_if_asked(void **state)
{
	expect(*state, arch_functions, ARRAY_SIZE(arch_functions), KVM_SMCCC_DENY);
}

static void default_denies_the_unknown(void **state)
{
	static const __u32 unknown[] = {
		0x00000000, /* legacy */
		0x04000000, /* PSCI's range, but yielding */
		0x46000001, /* Hyper-V's one call */
		0x84000020, /* SDEI starts where PSCI ends */
		0x8400004f, 0x84000100, /* around TRNG and FF-A */
		0x84020000, /* bits 23:17 must be zero */
		0xc5000040, /* behind PV time */
		0x82000000, 0xb2000000, /* SiP, trusted OS */
		0x95c1ba5e, /* KVM's PSCI 0.1 */
		0xffffffff,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(unknown); i++) {
		if (decide(*state, unknown[i]) != KVM_SMCCC_DENY)
			fail_msg("0x%08x is not denied", unknown[i]);
	}
}

static void default_is_not_fooled_by_the_sve_hint(void **state)
{
	assert_int_equal(decide(*state, PSCI_VERSION | SMCCC_SVE_HINT), KVM_SMCCC_HANDLE);
	assert_int_equal(decide(*state, FFA_VERSION | SMCCC_SVE_HINT), KVM_SMCCC_DENY);
}

static void default_denies_a_call_with_an_immediate(void **state)
{
	struct kvm_smccc_call call = { .func_id = PSCI_VERSION, .imm = 0xea1 };

	assert_int_equal(policy_call(*state, &call), KVM_SMCCC_DENY);
}

static void default_leaves_the_registers_alone(void **state)
{
	struct kvm_smccc_call call = { .func_id = PSCI_CPU_ON_64, .cookie = 7 }, before;
	int i;

	for (i = 0; i < 18; i++)
		call.regs[i] = 0x1111111111111111ULL * (i % 15 + 1);

	before = call;
	assert_int_equal(policy_call(*state, &call), KVM_SMCCC_HANDLE);
	assert_memory_equal(&call, &before, sizeof(call));
}

static void default_counts_by_function(void **state)
{
	struct kvm_smccc_call xen = { .func_id = PSCI_CPU_OFF, .imm = 0xea1 };

	decide(*state, PSCI_CPU_OFF);
	decide(*state, PSCI_CPU_OFF | SMCCC_SVE_HINT);
	policy_call(*state, &xen);
	decide(*state, FFA_VERSION);
	decide(*state, 0x84001234);
	decide(*state, 0xbf00ffff);

	assert_int_equal(policy_counter(*state, PSCI_CPU_OFF, KVM_SMCCC_HANDLE), 2);
	assert_int_equal(policy_counter(*state, FFA_VERSION, KVM_SMCCC_DENY), 1);
	assert_int_equal(policy_counter(*state, SMCCC_COUNTER_OTHER, KVM_SMCCC_DENY), 3);
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
	assert_int_equal(policy_call(*state, &call), KVM_SMCCC_DENY);
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

static int setup_other_hypervisor(void **state)
{
	*state = open_policy("other-hypervisor");
	return 0;
}

static void other_hypervisor_owns_the_vendor_range(void **state)
{
	struct kvm_smccc_call call = { .func_id = VENDOR_HYP_CALL_UID };

	assert_int_equal(policy_call(*state, &call), KVM_SMCCC_ANSWER);
	assert_int_equal(call.regs[0], 0xd0f1a2a3);
	assert_int_equal(call.regs[1], 0x1a4b5e7c);
	assert_int_equal(call.regs[2], 0x1f5e0d9c);
	assert_int_equal(call.regs[3], 0x93827160);

	assert_int_equal(decide(*state, KVM_FEATURES), KVM_SMCCC_DENY);
	assert_int_equal(decide(*state, KVM_PTP), KVM_SMCCC_DENY);
	assert_int_equal(decide(*state, KVM_MEM_SHARE), KVM_SMCCC_DENY);
	assert_int_equal(decide(*state, 0x46000001), KVM_SMCCC_DENY);
}

static void other_hypervisor_answers_its_service(void **state)
{
	struct kvm_smccc_call who = { .func_id = 0xc6000000, .cookie = 0x77, .vcpu_id = 5 };
	struct kvm_smccc_call first = { .func_id = 0xc6000001 }, second = first;
	struct kvm_smccc_call revision = { .func_id = 0x8600ff03 };

	assert_int_equal(policy_call(*state, &who), KVM_SMCCC_ANSWER);
	assert_int_equal(who.regs[0], SMCCC_SUCCESS);
	assert_int_equal(who.regs[1], 0x77);
	assert_int_equal(who.regs[2], 5);
	assert_int_equal(who.regs[3], 0);

	policy_set_time(*state, 7);
	assert_int_equal(policy_call(*state, &first), KVM_SMCCC_ANSWER);
	assert_int_equal(first.regs[1], 7);
	policy_set_time(*state, 8);
	assert_int_equal(policy_call(*state, &second), KVM_SMCCC_ANSWER);
	assert_int_equal(second.regs[1], 8);

	assert_int_equal(policy_call(*state, &revision), KVM_SMCCC_ANSWER);
	assert_int_equal(revision.regs[0], 1);
	assert_int_equal(revision.regs[1], 0);
}

static void other_hypervisor_leaves_the_rest_to_kvm(void **state)
{
	struct kvm_smccc_call xen = { .func_id = VENDOR_HYP_CALL_UID, .imm = 0xea1 };

	assert_int_equal(decide(*state, PSCI_VERSION), KVM_SMCCC_HANDLE);
	assert_int_equal(decide(*state, FFA_VERSION), KVM_SMCCC_HANDLE);
	assert_int_equal(decide(*state, PV_TIME_FEATURES), KVM_SMCCC_HANDLE);
	assert_int_equal(policy_call(*state, &xen), KVM_SMCCC_HANDLE);
}

#define OTHER_TEST(f) cmocka_unit_test_setup_teardown(f, setup_other_hypervisor, teardown)
#define DEFAULT_TEST(f) cmocka_unit_test_setup_teardown(f, setup_default, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		DEFAULT_TEST(default_keeps_what_linux_needs),
		DEFAULT_TEST(default_denies_ffa),
		DEFAULT_TEST(default_denies_architecture_calls_if_asked),
		DEFAULT_TEST(default_denies_the_unknown),
		DEFAULT_TEST(default_is_not_fooled_by_the_sve_hint),
		DEFAULT_TEST(default_denies_a_call_with_an_immediate),
		DEFAULT_TEST(default_leaves_the_registers_alone),
		DEFAULT_TEST(default_counts_by_function),
		DEFAULT_TEST(default_reports_what_it_denies),
		DEFAULT_TEST(default_counts_lost_events),
		OTHER_TEST(other_hypervisor_owns_the_vendor_range),
		OTHER_TEST(other_hypervisor_answers_its_service),
		OTHER_TEST(other_hypervisor_leaves_the_rest_to_kvm),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: %s DIRECTORY-OF-POLICIES\n", argv[0]);
		return 2;
	}

	if (!policy_bpf_permitted()) {
		printf("1..0 # SKIP bpf(2) is not permitted here\n");
		return NOT_PERMITTED;
	}

	object_dir = argv[1];
	return cmocka_run_group_tests_name("policies", tests, NULL, NULL);
}
