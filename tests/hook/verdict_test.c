// SPDX-License-Identifier: GPL-2.0
/*
 * What each verdict does to a guest's registers, what the policy sees of the
 * call, and whom it is asked about.
 */
#include <errno.h>

#include "hook_test.h"

/* The four ways to call. */
static const struct way {
	const char *name;
	bool aarch32;
	enum guest_conduit conduit;
} ways[] = {
	{ "HVC from AArch64", false, GUEST_HVC },
	{ "SMC from AArch64", false, GUEST_SMC },
	{ "HVC from AArch32", true, GUEST_HVC },
	{ "SMC from AArch32", true, GUEST_SMC },
};

/* Bits 0 to nr - 1: "x0 to x<nr - 1>" in guest_regs.changed */
#define LOW(nr) ((1ULL << (nr)) - 1)

static uint64_t argument(const struct way *way, int n)
{
	uint64_t value = 0x1111111111111111ULL * (n % 15 + 1);

	return way->aarch32 ? (uint32_t)value : value;
}

static struct guest_call call_with_arguments(const struct way *way, uint32_t func_id)
{
	struct guest_call call = { .conduit = way->conduit };
	int i, nr = way->aarch32 ? 13 : CALL_REGS;

	call.regs[0] = func_id;
	for (i = 1; i < nr; i++)
		call.regs[i] = argument(way, i);
	return call;
}

struct scene {
	struct vm vm;
	struct scripted *policy;
	struct guest_regs regs;
};

/* One VM, one policy with one verdict, one call. */
static void play(struct scene *scene, const struct way *way, enum verdict verdict, uint32_t func_id)
{
	struct vm_options options = { .aarch32 = way->aarch32 };
	struct guest_call call = call_with_arguments(way, func_id);
	int i;

	print_message("%s\n", way->name);
	vm_must_create(&scene->vm, &options);
	scene->policy = scripted_attached(scene->vm.fd, F_FORWARD, verdict);
	for (i = 0; i < CALL_REGS; i++)
		scene->policy->script->answer[i] = 0xa0000000000000a0ULL + i;

	scene->regs = vm_must_call(&scene->vm, 0, &call);
	assert_int_equal(scene->policy->sighting->calls, 1);
}

static void end(struct scene *scene)
{
	scripted_free(scene->policy);
	vm_destroy(&scene->vm);
}

#define FOR_EACH_WAY(way) for (const struct way *way = ways; way < ways + ARRAY_SIZE(ways); way++)

static void expect_x0_to_x3(const struct way *way, const struct guest_regs *regs, uint64_t x0,
			    uint64_t x1, uint64_t x2, uint64_t x3)
{
	uint64_t want[] = { x0, x1, x2, x3 };
	int i;

	for (i = 0; i < 4; i++) {
		if (way->aarch32)
			assert_int_equal((uint32_t)regs->x[i], (uint32_t)want[i]);
		else
			assert_int_equal(regs->x[i], want[i]);
	}

	/* The other registers are not the call's business. */
	assert_int_equal(regs->changed & ~LOW(4), 0);
}

static void handle_is_kvms_own_answer(void **state)
{
	struct scene scene;

	FOR_EACH_WAY(way) {
		play(&scene, way, HANDLE, PSCI_VERSION);
		expect_x0_to_x3(way, &scene.regs, KVM_PSCI_VERSION, 0, 0, 0);
		assert_int_equal(scene.regs.forwarded, 0);
		end(&scene);
	}
}

static void deny_is_not_supported_and_zeros(void **state)
{
	struct scene scene;

	FOR_EACH_WAY(way) {
		play(&scene, way, DENY, PSCI_VERSION);
		expect_x0_to_x3(way, &scene.regs, NOT_SUPPORTED, 0, 0, 0);
		assert_int_equal(scene.regs.forwarded, 0);
		end(&scene);
	}
}

static void forward_exits_to_the_vmm(void **state)
{
	struct scene scene;

	FOR_EACH_WAY(way) {
		play(&scene, way, FORWARD, UNKNOWN_SIP);
		assert_int_equal(scene.regs.forwarded, 1);
		assert_int_equal(scene.regs.forward_nr, UNKNOWN_SIP);
		assert_int_equal(scene.regs.forward_flags & 1, way->conduit == GUEST_SMC);
		expect_x0_to_x3(way, &scene.regs, 0xf0, 0xf1, 0xf2, 0xf3);
		end(&scene);
	}
}

static void answer_sets_all_registers_of_the_convention(void **state)
{
	struct scene scene;
	int i;

	FOR_EACH_WAY(way) {
		int nr = way->aarch32 ? 8 : CALL_REGS;

		play(&scene, way, ANSWER, UNKNOWN_SIP);
		assert_int_equal(scene.regs.forwarded, 0);
		for (i = 0; i < nr; i++) {
			uint64_t want = 0xa0000000000000a0ULL + i;

			assert_int_equal(scene.regs.x[i], way->aarch32 ? (uint32_t)want : want);
		}
		assert_int_equal(scene.regs.changed & ~LOW(nr), 0);
		end(&scene);
	}
}

static void policy_sees_the_call(void **state)
{
	struct scene scene;
	int i;

	FOR_EACH_WAY(way) {
		const struct sighting *seen;
		uint32_t flags = (way->conduit == GUEST_SMC ? 1 : 0) | (way->aarch32 ? 2 : 0);

		play(&scene, way, DENY, UNKNOWN_SIP);
		seen = scene.policy->sighting;
		assert_int_equal(seen->func_id, UNKNOWN_SIP);
		assert_int_equal(seen->flags, flags);
		assert_int_equal(seen->imm, 0);
		assert_int_equal(seen->vcpu_id, 0);
		assert_int_equal(seen->cookie, 0);
		assert_int_equal(seen->regs[0], UNKNOWN_SIP);
		for (i = 1; i < CALL_REGS; i++)
			assert_int_equal(seen->regs[i],
					 way->aarch32 && i >= 8 ? 0 : argument(way, i));
		end(&scene);
	}
}

static void any_other_verdict_denies(void **state)
{
	static const uint32_t wild[] = { 4, 5, 0x100, 0x80000000, 0xffffffff };
	struct scene scene;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wild); i++) {
		play(&scene, &ways[0], wild[i], PSCI_VERSION);
		expect_x0_to_x3(&ways[0], &scene.regs, NOT_SUPPORTED, 0, 0, 0);
		assert_int_equal(POLICY_STAT(&scene.vm, 0, "violations"), 1);
		end(&scene);
	}
}

/*
 * The stricter of the VMM's static filter and the policy wins: DENY over
 * FORWARD over the rest. PSCI_VERSION's results tell who had it.
 */
static void filter_and_policy_the_stricter_wins(void **state)
{
	enum { KVM_DID, POLICY_DID, VMM_DID, NOBODY_DID };
	static const uint64_t x0[] = { KVM_PSCI_VERSION, 0xa0000000000000a0ULL, 0xf0,
				       NOT_SUPPORTED };
	static const int did[3][4] = {
		/* filter		HANDLE	  DENY	      FORWARD	  ANSWER */
		[KVM_SMCCC_FILTER_HANDLE] = { KVM_DID, NOBODY_DID, VMM_DID, POLICY_DID },
		[KVM_SMCCC_FILTER_DENY] = { NOBODY_DID, NOBODY_DID, NOBODY_DID, NOBODY_DID },
		[KVM_SMCCC_FILTER_FWD_TO_USER] = { VMM_DID, NOBODY_DID, VMM_DID, VMM_DID },
	};
	struct scripted *policy;
	struct guest_regs regs;
	int filter, verdict;
	struct vm vm;

	for (filter = 0; filter < 3; filter++) {
		vm_must_create(&vm, &(struct vm_options){ 0 });
		assert_int_equal(vm_smccc_filter(&vm, PSCI_VERSION, 1, filter), 0);
		policy = scripted_attached(vm.fd, F_FORWARD, HANDLE);
		policy->script->answer[0] = x0[POLICY_DID];

		for (verdict = HANDLE; verdict <= ANSWER; verdict++) {
			print_message("filter %d, policy %d\n", filter, verdict);
			policy->script->verdict = verdict;
			regs = guest_hvc(&vm, PSCI_VERSION);
			assert_int_equal(regs.x[0], x0[did[filter][verdict]]);
			assert_int_equal(regs.forwarded, did[filter][verdict] == VMM_DID);
		}

		/* The operator sees what the VMM's filter would hide. */
		assert_int_equal(policy->sighting->calls, 4);
		scripted_free(policy);
		vm_destroy(&vm);
	}
}

/* The firmware bitmaps say what KVM implements: they bind HANDLE alone. */
static void firmware_bitmaps_bind_handle_only(void **state)
{
	struct scripted *policy;
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	assert_int_equal(vm_set_fw_reg(&vm, KVM_REG_ARM_STD_BMAP, 0), 0);
	policy = scripted_attached(vm.fd, F_FORWARD, HANDLE);
	policy->script->answer[0] = 0x1234;

	assert_int_equal(guest_hvc(&vm, TRNG_VERSION).x[0], NOT_SUPPORTED);
	policy->script->verdict = ANSWER;
	assert_int_equal(guest_hvc(&vm, TRNG_VERSION).x[0], 0x1234);
	policy->script->verdict = FORWARD;
	assert_int_equal(guest_hvc(&vm, TRNG_VERSION).x[0], 0xf0);

	scripted_free(policy);
	vm_destroy(&vm);
}

static void architecture_range_is_never_seen(void **state)
{
	static const uint32_t arch[] = {
		SMCCC_VERSION,
		SMCCC_ARCH_FEATURES,
		SMCCC_ARCH_WORKAROUND_1,
		0x8000ffff,
		0xc0000000,
		0xc000ffff,
		SMCCC_ARCH_WORKAROUND_1 | SMCCC_SVE_HINT,
	};
	struct guest_call by_xen = { .imm = 0xea1, .regs = { SMCCC_VERSION } };
	struct scripted *policy;
	struct vm vm;
	size_t i;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	/* the filter reserves what has zeros in bits 16 to 23 for KVM, no more */
	assert_int_equal(vm_smccc_filter(&vm, SMCCC_VERSION | SMCCC_SVE_HINT, 1,
					 KVM_SMCCC_FILTER_FWD_TO_USER),
			 0);
	policy = scripted_attached(vm.fd, F_FORWARD, DENY);

	assert_int_equal(guest_hvc(&vm, SMCCC_VERSION).x[0], 0x10001);
	assert_int_equal(guest_hvc(&vm, SMCCC_VERSION | SMCCC_SVE_HINT).x[0], 0xf0);
	for (i = 0; i < ARRAY_SIZE(arch); i++)
		guest_hvc(&vm, arch[i]);
	assert_int_equal(policy->sighting->calls, 0);
	assert_int_equal(POLICY_STAT(&vm, 0, "calls"), 0);

	/* With an immediate it is not an SMCCC call; nor are yielding ones reserved. */
	assert_int_equal(vm_must_call(&vm, 0, &by_xen).x[0], NOT_SUPPORTED);
	guest_hvc(&vm, 0x00000001);
	assert_int_equal(policy->sighting->calls, 2);

	scripted_free(policy);
	vm_destroy(&vm);
}

/* KVM ignores an HVC's immediate; a policy sees it, and may answer in any range. */
static void immediate_reaches_the_policy(void **state)
{
	struct guest_call call = { .imm = 0xea1, .regs = { VENDOR_HYP_CALL_UID } };
	struct scripted *policy;
	struct vm vm;
	int aarch32;

	for (aarch32 = 0; aarch32 < 2; aarch32++) {
		vm_must_create(&vm, &(struct vm_options){ .aarch32 = aarch32 });
		policy = scripted_attached(vm.fd, 0, ANSWER);
		policy->script->answer[0] = 0x5ea1;

		assert_int_equal(vm_must_call(&vm, 0, &call).x[0], 0x5ea1);
		assert_int_equal(policy->sighting->imm, 0xea1);
		assert_int_equal(POLICY_STAT(&vm, 0, "violations"), 0);

		scripted_free(policy);
		vm_destroy(&vm);
	}
}

/* KVM and the VMM would take it for SMCCC's: it is no way around a range's owner. */
static void immediate_does_not_get_around_the_owner(void **state)
{
	struct guest_call call = { .imm = 1, .regs = { VENDOR_HYP_CALL_UID } };
	struct ops_fields fields = { .answer_ranges = RANGE(6), .flags = F_FORWARD };
	struct scripted *policy;
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	fields.vm_fd = vm.fd;
	policy = scripted_load(&fields);
	assert_int_equal(scripted_attach(policy), 0);

	policy->script->verdict = HANDLE;
	assert_int_equal(vm_must_call(&vm, 0, &call).x[0], NOT_SUPPORTED);
	policy->script->verdict = FORWARD;
	assert_int_equal(vm_must_call(&vm, 0, &call).forwarded, 0);
	assert_int_equal(POLICY_STAT(&vm, 0, "violations"), 2);

	scripted_free(policy);
	vm_destroy(&vm);
}

/* An SMC with an immediate is reserved (DEN0028, section 2.9): as without a policy. */
static void smc_with_an_immediate_does_not_get_that_far(void **state)
{
	struct guest_call call = { .conduit = GUEST_SMC, .imm = 1, .regs = { PSCI_VERSION } };
	struct scripted *policy;
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	policy = scripted_attached(vm.fd, 0, HANDLE);
	assert_int_equal(vm_must_call(&vm, 0, &call).x[0], NOT_SUPPORTED);
	assert_int_equal(policy->sighting->calls, 0);

	scripted_free(policy);
	vm_destroy(&vm);
}

/* HVC and SMC are undefined there (Arm ARM): the guest's kernel gets an exception, KVM nothing. */
static void a_call_from_el0_is_none(void **state)
{
	static const char *const undefined[] = { "vector 8, ESR 0x2000000,",
						 "undefined instruction" };
	struct guest_call call = { .regs = { PSCI_VERSION }, .from_el0 = true };
	struct guest_regs regs;
	struct scripted *policy;
	struct vm vm;
	int i;

	for (i = 0; i < 4; i++) {
		call.conduit = i & 1 ? GUEST_SMC : GUEST_HVC;
		vm_must_create(&vm, &(struct vm_options){ .aarch32 = i >> 1 });
		policy = scripted_attached(vm.fd, 0, DENY);

		assert_int_equal(vm_call(&vm, 0, &call, &regs), -EFAULT);
		assert_non_null(strstr(vm.vcpus[0].err, undefined[i >> 1]));
		assert_int_equal(policy->sighting->calls, 0);
		assert_int_equal(POLICY_STAT(&vm, 0, "calls"), 0);
		assert_int_equal((uint32_t)guest_hvc(&vm, PSCI_VERSION).x[0],
				 (uint32_t)NOT_SUPPORTED);
		assert_int_equal(POLICY_STAT(&vm, 0, "calls"), 1);

		scripted_free(policy);
		vm_destroy(&vm);
	}
}

static void each_vm_has_its_own_policy_and_cookie(void **state)
{
	struct ops_fields fields = { .cookie = 0x1111222233334444 };
	struct scripted *first, *second;
	struct vm vms[3];
	int i;

	for (i = 0; i < 3; i++)
		vm_must_create(&vms[i], &(struct vm_options){ 0 });
	fields.vm_fd = vms[0].fd;
	first = scripted_load(&fields);
	fields.vm_fd = vms[1].fd;
	fields.cookie = UINT64_MAX;
	second = scripted_load(&fields);
	assert_int_equal(scripted_attach(first), 0);
	assert_int_equal(scripted_attach(second), 0);
	first->script->verdict = DENY;
	second->script->verdict = ANSWER;
	second->script->answer[0] = 0x2222;

	assert_int_equal(guest_hvc(&vms[0], PSCI_VERSION).x[0], NOT_SUPPORTED);
	assert_int_equal(guest_hvc(&vms[1], PSCI_VERSION).x[0], 0x2222);
	assert_int_equal(guest_hvc(&vms[2], PSCI_VERSION).x[0], KVM_PSCI_VERSION);
	assert_int_equal(first->sighting->calls, 1);
	assert_int_equal(first->sighting->cookie, 0x1111222233334444);
	assert_int_equal(second->sighting->calls, 1);
	assert_int_equal(second->sighting->cookie, UINT64_MAX);
	assert_int_equal(POLICY_STAT(&vms[2], 0, "calls"), 0);

	scripted_free(first);
	scripted_free(second);
	for (i = 0; i < 3; i++)
		vm_destroy(&vms[i]);
}

static void every_vcpu_is_asked_for(void **state)
{
	struct vm_options options = { .nr_vcpus = 4 };
	struct guest_call call = GUEST_HVC_CALL(PSCI_VERSION);
	struct scripted *policy;
	unsigned int i, calls;
	struct vm vm;

	vm_must_create(&vm, &options);
	policy = scripted_attached(vm.fd, 0, DENY);

	for (i = 0; i < 4; i++) {
		for (calls = 0; calls <= i; calls++)
			assert_int_equal(vm_must_call(&vm, i, &call).x[0], NOT_SUPPORTED);
		assert_int_equal(policy->sighting->vcpu_id, i);
		assert_int_equal(POLICY_STAT(&vm, i, "calls"), i + 1);
	}
	assert_int_equal(policy->sighting->calls, 1 + 2 + 3 + 4);

	scripted_free(policy);
	vm_destroy(&vm);
}

const struct CMUnitTest verdict_tests[] = {
	cmocka_unit_test(handle_is_kvms_own_answer),
	cmocka_unit_test(deny_is_not_supported_and_zeros),
	cmocka_unit_test(forward_exits_to_the_vmm),
	cmocka_unit_test(answer_sets_all_registers_of_the_convention),
	cmocka_unit_test(policy_sees_the_call),
	cmocka_unit_test(any_other_verdict_denies),
	cmocka_unit_test(filter_and_policy_the_stricter_wins),
	cmocka_unit_test(firmware_bitmaps_bind_handle_only),
	cmocka_unit_test(architecture_range_is_never_seen),
	cmocka_unit_test(immediate_reaches_the_policy),
	cmocka_unit_test(immediate_does_not_get_around_the_owner),
	cmocka_unit_test(smc_with_an_immediate_does_not_get_that_far),
	cmocka_unit_test(a_call_from_el0_is_none),
	cmocka_unit_test(each_vm_has_its_own_policy_and_cookie),
	cmocka_unit_test(every_vcpu_is_asked_for),
};

const size_t nr_verdict_tests = ARRAY_SIZE(verdict_tests);
