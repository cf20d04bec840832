// SPDX-License-Identifier: GPL-2.0
/*
 * KVM_SMCCC_ALWAYS: what the policy said for good is not asked again, and holds
 * for exactly what it was said of.
 */
#include "hook_test.h"

#define ALWAYS 16

static void expect_calls(const struct scripted *policy, uint64_t calls)
{
	assert_int_equal(policy->sighting->calls, calls);
}

static void is_asked_once_and_counted_each_time(void **state)
{
	struct guest_call smc = GUEST_SMC_CALL(PSCI_VERSION);
	struct scripted *policy;
	struct vm vm;
	int i;

	vm_must_create(&vm, &(struct vm_options){ .nr_vcpus = 2 });
	policy = scripted_attached(vm.fd, F_FORWARD, DENY | ALWAYS);
	for (i = 0; i < 3; i++)
		assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], NOT_SUPPORTED);
	assert_int_equal(vm_must_call(&vm, 0, &smc).x[0], NOT_SUPPORTED);
	assert_int_equal(vm_must_call(&vm, 1, &smc).x[0], NOT_SUPPORTED);
	expect_calls(policy, 1);
	assert_int_equal(POLICY_STAT(&vm, 0, "calls"), 4);
	assert_int_equal(POLICY_STAT(&vm, 0, "denied"), 4);
	assert_int_equal(POLICY_STAT(&vm, 1, "denied"), 1);

	/* Each ID by itself. */
	policy->script->verdict = HANDLE | ALWAYS;
	assert_int_equal(guest_hvc(&vm, TRNG_VERSION).x[0], 0x10000);
	assert_int_equal(guest_hvc(&vm, TRNG_VERSION).x[0], 0x10000);
	expect_calls(policy, 2);
	policy->script->verdict = FORWARD | ALWAYS;
	for (i = 0; i < 2; i++) {
		struct guest_regs regs = guest_hvc(&vm, UNKNOWN_SIP);

		assert_int_equal(regs.forwarded, 1);
		assert_int_equal(regs.x[0], 0xf0);
	}
	expect_calls(policy, 3);
	assert_int_equal(POLICY_STAT(&vm, 0, "forwarded"), 2);
	assert_int_equal(POLICY_STAT(&vm, 0, "violations"), 0);
	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], NOT_SUPPORTED);
	expect_calls(policy, 3);

	scripted_free(policy);
	vm_destroy(&vm);
}

static void an_immediate_is_asked_each_time(void **state)
{
	struct guest_call with = GUEST_HVC_CALL(PSCI_VERSION);
	struct scripted *policy;
	struct vm vm;

	with.imm = 1;
	vm_must_create(&vm, &(struct vm_options){ 0 });
	policy = scripted_attached(vm.fd, 0, HANDLE | ALWAYS);
	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], KVM_PSCI_VERSION);
	policy->script->verdict = DENY | ALWAYS;
	assert_int_equal(vm_must_call(&vm, 0, &with).x[0], NOT_SUPPORTED);
	assert_int_equal(vm_must_call(&vm, 0, &with).x[0], NOT_SUPPORTED);
	expect_calls(policy, 3);

	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], KVM_PSCI_VERSION);
	expect_calls(policy, 3);

	/* And says nothing about the call without one. */
	with.regs[0] = TRNG_VERSION;
	assert_int_equal(vm_must_call(&vm, 0, &with).x[0], NOT_SUPPORTED);
	policy->script->verdict = HANDLE | ALWAYS;
	assert_int_equal(guest_hvc(&vm, TRNG_VERSION).x[0], 0x10000);
	expect_calls(policy, 5);

	scripted_free(policy);
	vm_destroy(&vm);
}

static void another_attachment_is_asked_anew(void **state)
{
	struct scripted *first, *second;
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	first = scripted_attached(vm.fd, 0, DENY | ALWAYS);
	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], NOT_SUPPORTED);

	second = scripted_load(&(struct ops_fields){ .vm_fd = vm.fd });
	second->script->verdict = HANDLE | ALWAYS;
	assert_int_equal(scripted_replace(first, second), 0);
	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], KVM_PSCI_VERSION);
	expect_calls(second, 1);

	/* The first map again, with another mind. */
	first->script->verdict = HANDLE | ALWAYS;
	second->script->verdict = DENY | ALWAYS;
	assert_int_equal(scripted_replace(second, first), 0);
	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], KVM_PSCI_VERSION);
	expect_calls(first, 2);

	scripted_detach(first);
	assert_int_equal(scripted_attach(second), 0);
	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], NOT_SUPPORTED);
	expect_calls(second, 2);
	scripted_detach(second);
	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], KVM_PSCI_VERSION);

	scripted_free(first);
	scripted_free(second);
	vm_destroy(&vm);
}

/* What may not stand is not kept either: no answers, no verdict that breaks a rule. */
static void only_a_verdict_that_may_stand_is_kept(void **state)
{
	static const uint32_t wild[] = { ANSWER | ALWAYS, FORWARD | ALWAYS, 4 | ALWAYS, ALWAYS << 1,
					 ALWAYS | 1U << 31 };
	struct scripted *policy;
	struct vm vm;
	size_t i;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	policy = scripted_attached(vm.fd, 0, HANDLE);
	policy->script->answer[0] = 0x1234;
	for (i = 0; i < ARRAY_SIZE(wild); i++) {
		policy->script->verdict = wild[i];
		assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], NOT_SUPPORTED);
	}
	assert_int_equal(POLICY_STAT(&vm, 0, "violations"), ARRAY_SIZE(wild));
	policy->script->verdict = HANDLE | ALWAYS;
	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], KVM_PSCI_VERSION);
	expect_calls(policy, ARRAY_SIZE(wild) + 1);

	scripted_free(policy);
	vm_destroy(&vm);
}

static void filter_and_permissive_apply_to_it(void **state)
{
	struct scripted *policy;
	struct vm vm;
	int i;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	assert_int_equal(vm_smccc_filter(&vm, PSCI_VERSION, 1, KVM_SMCCC_FILTER_DENY), 0);
	assert_int_equal(vm_smccc_filter(&vm, PSCI_FEATURES, 1, KVM_SMCCC_FILTER_FWD_TO_USER), 0);
	policy = scripted_attached(vm.fd, F_PERMISSIVE, HANDLE | ALWAYS);
	for (i = 0; i < 2; i++) {
		assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], NOT_SUPPORTED);
		assert_int_equal(guest_hvc(&vm, PSCI_FEATURES).forwarded, 1);
	}
	expect_calls(policy, 2);
	assert_int_equal(POLICY_STAT(&vm, 0, "denied"), 2);

	policy->script->verdict = DENY | ALWAYS;
	for (i = 0; i < 2; i++)
		assert_int_equal(guest_hvc(&vm, TRNG_VERSION).x[0], 0x10000);
	expect_calls(policy, 3);
	assert_int_equal(POLICY_STAT(&vm, 0, "denied"), 4);

	scripted_free(policy);
	vm_destroy(&vm);
}

/* There is room for 128; a guest may make up as many IDs as it likes. */
static void more_ids_than_there_is_room_for(void **state)
{
	enum { IDS = 300 };
	struct scripted *policy;
	uint64_t asked;
	struct vm vm;
	int i;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	policy = scripted_attached(vm.fd, 0, DENY | ALWAYS);
	for (i = 0; i < IDS; i++)
		assert_int_equal(guest_hvc(&vm, UNKNOWN_SIP + i).x[0], NOT_SUPPORTED);
	expect_calls(policy, IDS);
	for (i = 0; i < IDS; i++)
		assert_int_equal(guest_hvc(&vm, UNKNOWN_SIP + i).x[0], NOT_SUPPORTED);
	asked = policy->sighting->calls - IDS;
	assert_in_range(asked, IDS - 128, IDS - 1);

	/* None is taken for another one. */
	policy->script->verdict = HANDLE | ALWAYS;
	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], KVM_PSCI_VERSION);

	scripted_free(policy);
	vm_destroy(&vm);
}

#define NR_VCPUS 4

/* Swapped under calling vCPUs, a verdict must not outlive its policy. */
static void a_swap_ends_it_on_every_vcpu(void **state)
{
	enum { ROUNDS = 200 };
	struct loop_options loop = { .call = GUEST_HVC_CALL(PSCI_VERSION),
				     .expect_a = NOT_SUPPORTED,
				     .expect_b = KVM_PSCI_VERSION };
	struct scripted *policy[2];
	struct loop_result result;
	struct vm vm;
	int i, round;

	vm_must_create(&vm, &(struct vm_options){ .nr_vcpus = NR_VCPUS });
	policy[0] = scripted_attached(vm.fd, 0, DENY | ALWAYS);
	policy[1] = scripted_load(&(struct ops_fields){ .vm_fd = vm.fd });
	policy[1]->script->verdict = HANDLE | ALWAYS;
	for (round = 0; round < ROUNDS; round++) {
		loop.limit = 0;
		for (i = 0; i < NR_VCPUS; i++) {
			assert_int_equal(vcpu_loop_setup(&vm.vcpus[i], &loop), 0);
			assert_int_equal(vcpu_start(&vm.vcpus[i]), 0);
		}
		while (vcpu_loop_calls(&vm.vcpus[round % NR_VCPUS]) < 5)
			continue;
		assert_int_equal(scripted_replace(policy[round % 2], policy[!(round % 2)]), 0);
		for (i = 0; i < NR_VCPUS; i++)
			vcpu_stop(&vm.vcpus[i]);
		for (i = 0; i < NR_VCPUS; i++) {
			assert_int_equal(vcpu_join(&vm.vcpus[i]), 0);
			vcpu_loop_read(&vm.vcpus[i], &result);
			assert_int_equal(result.other, 0);
		}
		assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0],
				 round % 2 ? NOT_SUPPORTED : KVM_PSCI_VERSION);
	}
	/* Hardly a call was decided by asking. */
	print_message("asked %llu times in %d rounds\n",
		      (unsigned long long)(policy[0]->sighting->calls + policy[1]->sighting->calls),
		      ROUNDS);

	scripted_free(policy[0]);
	scripted_free(policy[1]);
	vm_destroy(&vm);
}

const struct CMUnitTest always_tests[] = {
	cmocka_unit_test(is_asked_once_and_counted_each_time),
	cmocka_unit_test(an_immediate_is_asked_each_time),
	cmocka_unit_test(another_attachment_is_asked_anew),
	cmocka_unit_test(only_a_verdict_that_may_stand_is_kept),
	cmocka_unit_test(filter_and_permissive_apply_to_it),
	cmocka_unit_test(more_ids_than_there_is_room_for),
	cmocka_unit_test(a_swap_ends_it_on_every_vcpu),
};

const size_t nr_always_tests = ARRAY_SIZE(always_tests);
