// SPDX-License-Identifier: GPL-2.0
/* One call: its results, what it must not change, and the ways it can fail to return. */
#include <errno.h>
#include <string.h>

#include "layout.h"
#include "vmm_test.h"

#define NOT_SUPPORTED(way) ((way)->aarch32 ? UINT32_MAX : UINT64_MAX)
#define X0_TO_X3	   0xfULL

/* Arguments that differ from every result, so that each result shows as a change. */
static struct guest_regs call_once(const struct way *way, uint32_t func_id)
{
	struct vm_options options = { .aarch32 = way->aarch32 };
	struct guest_call call = { .conduit = way->conduit };
	struct guest_regs regs;
	struct vm vm;

	call.regs[0] = func_id;
	for (unsigned int i = 1; i < CALL_REGS; i++)
		call.regs[i] = 0x12340000 + i;
	vm_must_create(&vm, &options);
	regs = vm_must_call(&vm, 0, &call);
	vm_destroy(&vm);
	return regs;
}

static void expect(const struct guest_regs *regs, uint64_t x0, uint64_t x1, uint64_t x2,
		   uint64_t x3)
{
	assert_int_equal(regs->x[0], x0);
	assert_int_equal(regs->x[1], x1);
	assert_int_equal(regs->x[2], x2);
	assert_int_equal(regs->x[3], x3);
	assert_int_equal(regs->changed, X0_TO_X3);
	assert_int_equal(regs->forwarded, 0);
}

static void kvm_answers_what_it_knows(void **state)
{
	struct guest_regs regs;

	FOR_EACH_WAY(way) {
		regs = call_once(way, PSCI_VERSION);
		expect(&regs, 0x10001, 0, 0, 0);
		regs = call_once(way, TRNG_VERSION);
		expect(&regs, 0x10000, 0, 0, 0);
		regs = call_once(way, VENDOR_HYP_CALL_UID);
		expect(&regs, 0xb66fb428, 0xe911c52e, 0x564bcaa9, 0x743a004d);
	}
}

static void unknown_call_is_not_supported(void **state)
{
	struct guest_regs regs;

	FOR_EACH_WAY(way) {
		regs = call_once(way, UNKNOWN);
		expect(&regs, NOT_SUPPORTED(way), 0, 0, 0);
	}
}

static void patterns_are_told_from_each_other(void **state)
{
	struct guest_regs regs;

	FOR_EACH_WAY(way) {
		regs = call_once(way, UNKNOWN);
		for (unsigned int i = CALL_REGS; i < GUEST_REGS; i++)
			for (unsigned int j = 0; j < i; j++)
				assert_int_not_equal(regs.x[i], regs.x[j]);
	}
}

/* KVM ignores an HVC's immediate and refuses an SMC's (which AArch32 does not report). */
static void immediates(void **state)
{
	static const uint16_t imms[] = { 1, 0xf, 0x10, 0xea1, 0x8000, 0xffff };
	struct guest_call hvc = GUEST_HVC_CALL(PSCI_VERSION);
	struct guest_call smc = GUEST_SMC_CALL(PSCI_VERSION);
	struct guest_regs regs;
	struct vm vm64, vm32;

	vm_must_create(&vm64, &(struct vm_options){ 0 });
	vm_must_create(&vm32, &(struct vm_options){ .aarch32 = true });
	for (unsigned int i = 0; i < ARRAY_SIZE(imms); i++) {
		hvc.imm = smc.imm = imms[i];
		assert_int_equal(vm_must_call(&vm64, 0, &hvc).x[0], 0x10001);
		assert_int_equal(vm_must_call(&vm32, 0, &hvc).x[0], 0x10001);
		assert_int_equal(vm_must_call(&vm64, 0, &smc).x[0], UINT64_MAX);
		if (imms[i] < 16)
			assert_int_equal(vm_must_call(&vm32, 0, &smc).x[0], 0x10001);
		else
			assert_int_equal(vm_call(&vm32, 0, &smc, &regs), -EINVAL);
	}
	vm_destroy(&vm64);
	vm_destroy(&vm32);
}

static void filter_denies(void **state)
{
	FOR_EACH_WAY(way) {
		struct vm_options options = { .aarch32 = way->aarch32 };
		struct guest_call call = { .conduit = way->conduit, .regs = { PSCI_VERSION } };
		struct vm vm;

		vm_must_create(&vm, &options);
		assert_int_equal(vm_smccc_filter(&vm, PSCI_VERSION, 1, KVM_SMCCC_FILTER_DENY), 0);
		assert_int_equal(vm_must_call(&vm, 0, &call).x[0], NOT_SUPPORTED(way));
		vm_destroy(&vm);
	}
}

static void filter_forwards(void **state)
{
	FOR_EACH_WAY(way) {
		struct vm_options options = { .aarch32 = way->aarch32 };
		struct guest_call call = { .conduit = way->conduit, .regs = { UNKNOWN, 1, 2, 3 } };
		struct guest_regs regs;
		struct vm vm;

		vm_must_create(&vm, &options);
		vm_smccc_filter(&vm, UNKNOWN, 1, KVM_SMCCC_FILTER_FWD_TO_USER);
		regs = vm_must_call(&vm, 0, &call);
		assert_int_equal(regs.x[0], 0xf0);
		assert_int_equal(regs.x[1], 0xf1);
		assert_int_equal(regs.x[2], 0xf2);
		assert_int_equal(regs.x[3], 0xf3);
		assert_int_equal(regs.changed, X0_TO_X3);
		assert_int_equal(regs.forwarded, 1);
		assert_int_equal(regs.forward_nr, UNKNOWN);
		assert_int_equal(regs.forward_flags,
				 way->conduit == GUEST_SMC ? KVM_HYPERCALL_EXIT_SMC : 0);
		vm_destroy(&vm);
	}
}

static int add_arguments(struct vcpu *vcpu, void *arg)
{
	uint64_t a = 0, b = 0;
	int *result = arg;

	assert_int_equal(vcpu_get_x(vcpu, 1, &a), 0);
	assert_int_equal(vcpu_get_x(vcpu, 2, &b), 0);
	assert_int_equal(vcpu_set_x(vcpu, 0, a + b), 0);
	return *result;
}

static void forward_callback_completes_the_call(void **state)
{
	struct guest_call call = GUEST_HVC_CALL(UNKNOWN, 30, 12);
	struct guest_regs regs;
	int result = 0;
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	vm.forward = add_arguments;
	vm.forward_arg = &result;
	assert_int_equal(vm_smccc_filter(&vm, UNKNOWN, 1, KVM_SMCCC_FILTER_FWD_TO_USER), 0);
	assert_int_equal(vm_must_call(&vm, 0, &call).x[0], 42);
	result = -EPROTO;
	assert_int_equal(vm_call(&vm, 0, &call, &regs), -EPROTO);
	vm_destroy(&vm);
}

struct spoiler {
	uint64_t id;
	uint64_t flip;
};

static int flip_bits(struct vcpu *vcpu, void *arg)
{
	const struct spoiler *spoiler = arg;
	uint64_t value = 0;
	int err = vcpu_get_reg(vcpu, spoiler->id, &value);

	return err ? err : vcpu_set_reg(vcpu, spoiler->id, value ^ spoiler->flip);
}

#define CORE_REG(field) \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(field))

/* A change of any register shows, and as that register's: here the VMM makes it. */
static void every_register_is_watched(void **state)
{
	struct guest_call call = GUEST_HVC_CALL(UNKNOWN);
	struct spoiler spoiler;
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	assert_int_equal(vm_smccc_filter(&vm, UNKNOWN, 1, KVM_SMCCC_FILTER_FWD_TO_USER), 0);
	vm.forward = flip_bits;
	vm.forward_arg = &spoiler;
	for (unsigned int i = 0; i < GUEST_REGS; i++) {
		spoiler = (struct spoiler){ CORE_REG(regs.regs[0]) + 2 * i, 1ULL << 63 };
		assert_int_equal(vm_must_call(&vm, 0, &call).changed, 1ULL << i);
	}
	/* From the stub of immediate 0 to that of 1, which is the same but for the call. */
	spoiler = (struct spoiler){ CORE_REG(regs.pc), GUEST_STUB_SIZE };
	call.imm = 1;
	vm_must_call(&vm, 0, &call);
	call.imm = 0;
	assert_int_equal(vm_must_call(&vm, 0, &call).changed, GUEST_CHANGED_PC);
	/* The carry flag. */
	spoiler = (struct spoiler){ CORE_REG(regs.pstate), 1U << 29 };
	assert_int_equal(vm_must_call(&vm, 0, &call).changed, GUEST_CHANGED_PSTATE);
	vm_destroy(&vm);
}

static void changed_stack_pointer_is_an_error(void **state)
{
	struct guest_call call = GUEST_HVC_CALL(UNKNOWN);
	struct guest_regs regs;
	struct vm vm;

	for (int aarch32 = 0; aarch32 < 2; aarch32++) {
		struct spoiler spoiler = {
			aarch32 ? CORE_REG(regs.regs[0]) + 2 * 19 : CORE_REG(sp_el1),
			0x40,
		};

		vm_must_create(&vm, &(struct vm_options){ .aarch32 = aarch32 });
		vm_smccc_filter(&vm, UNKNOWN, 1, KVM_SMCCC_FILTER_FWD_TO_USER);
		vm.forward = flip_bits;
		vm.forward_arg = &spoiler;
		assert_int_equal(vm_call(&vm, 0, &call, &regs), -EIO);
		assert_non_null(strstr(vm.vcpus[0].err, "0x9000040"));
		vm.forward = NULL;
		assert_int_equal(vm_must_call(&vm, 0, &call).x[0], 0xf0);
		vm_destroy(&vm);
	}
}

static void filter_is_refused(void **state)
{
	struct guest_call call = GUEST_HVC_CALL(PSCI_VERSION);
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	assert_int_equal(vm_smccc_filter(&vm, SMCCC_VERSION, 1, KVM_SMCCC_FILTER_DENY), -EEXIST);
	assert_int_equal(vm_smccc_filter(&vm, UNKNOWN, 0, KVM_SMCCC_FILTER_DENY), -EINVAL);
	vm_must_call(&vm, 0, &call);
	assert_int_equal(vm_smccc_filter(&vm, UNKNOWN, 1, KVM_SMCCC_FILTER_DENY), -EBUSY);
	assert_non_null(strstr(vm.err, "0x82001234"));
	vm_destroy(&vm);
}

static void firmware_bitmap_hides_a_service(void **state)
{
	struct guest_call call = GUEST_HVC_CALL(TRNG_VERSION);
	uint64_t value = 0;
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	assert_int_equal(vm_get_fw_reg(&vm, KVM_REG_ARM_STD_BMAP, &value), 0);
	assert_int_equal(value, 1);
	assert_int_equal(vm_set_fw_reg(&vm, KVM_REG_ARM_STD_BMAP, 0), 0);
	assert_int_equal(vm_must_call(&vm, 0, &call).x[0], UINT64_MAX);
	assert_int_equal(vm_set_fw_reg(&vm, KVM_REG_ARM_STD_BMAP, 1), -EBUSY);
	vm_destroy(&vm);
}

static void expect_alive(struct vm *vm)
{
	struct guest_call call = GUEST_HVC_CALL(PSCI_VERSION);

	assert_int_equal(vm_must_call(vm, 0, &call).x[0], 0x10001);
}

static void exception_is_caught(void **state)
{
	uint64_t pc = CORE_REG(regs.pc);
	struct vm vm;

	for (int aarch32 = 0; aarch32 < 2; aarch32++) {
		vm_must_create(&vm, &(struct vm_options){ .aarch32 = aarch32 });
		expect_alive(&vm);
		/*
		 * Zeros, since nobody wrote there: an undefined instruction to
		 * AArch64, a no-op to AArch32, which runs off the end of memory.
		 */
		vcpu_set_reg(&vm.vcpus[0], pc, GUEST_RAM + GUEST_RAM_SIZE - 64);
		assert_int_equal(vcpu_run(&vm.vcpus[0]), -EFAULT);
		assert_non_null(strstr(vm.vcpus[0].err, aarch32 ? "prefetch abort" : "vector 4"));
		expect_alive(&vm);
		vm_destroy(&vm);
	}
}

static void call_that_does_not_return(void **state)
{
	struct guest_call call = GUEST_HVC_CALL(PSCI_CPU_SUSPEND_64);
	struct guest_regs regs;
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	vm.time_limit_ms = 200;
	assert_int_equal(vm_call(&vm, 0, &call, &regs), -ETIMEDOUT);
	assert_string_equal(vm.vcpus[0].err, "no end after 200 ms");
	vm.time_limit_ms = 30000;
	expect_alive(&vm);
	vm_destroy(&vm);
}

static void shutdown_is_told_and_reset_helps(void **state)
{
	struct guest_call call = GUEST_HVC_CALL(PSCI_SYSTEM_OFF);
	struct guest_regs regs;
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	assert_int_equal(vm_call(&vm, 0, &call, &regs), -ESHUTDOWN);
	assert_int_equal(vm.vcpus[0].system_event, KVM_SYSTEM_EVENT_SHUTDOWN);
	assert_int_equal(vcpu_is_off(&vm.vcpus[0]), 1);
	assert_int_equal(vcpu_reset(&vm.vcpus[0]), 0);
	assert_int_equal(vcpu_is_off(&vm.vcpus[0]), 0);
	expect_alive(&vm);
	vm_destroy(&vm);
}

static void secondary_waits_for_cpu_on(void **state)
{
	struct vm_options options = { .nr_vcpus = 2, .secondaries_off = true };
	struct guest_call on = GUEST_HVC_CALL(PSCI_CPU_ON_64, 1, GUEST_RAM);
	struct guest_call call = GUEST_HVC_CALL(PSCI_VERSION);
	struct guest_regs regs;
	struct vm vm;

	vm_must_create(&vm, &options);
	assert_int_equal(vcpu_is_off(&vm.vcpus[1]), 1);
	vm.time_limit_ms = 200;
	assert_int_equal(vm_call(&vm, 1, &call, &regs), -ETIMEDOUT);
	assert_non_null(strstr(vm.vcpus[1].err, "powered off"));
	assert_int_equal(vm_must_call(&vm, 0, &on).x[0], 0);
	assert_int_equal(vcpu_is_off(&vm.vcpus[1]), 0);
	vm_destroy(&vm);
}

static void statistics_by_name(void **state)
{
	struct guest_call call = GUEST_HVC_CALL(PSCI_VERSION);
	uint64_t calls = 0;
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	for (int i = 0; i < 3; i++)
		vm_must_call(&vm, 0, &call);
	assert_int_equal(vcpu_stat(&vm.vcpus[0], "hvc_exit_stat", &calls), 0);
	assert_int_equal(calls, 3);
	assert_int_equal(vcpu_stat(&vm.vcpus[0], "no_such_counter", &calls), -ENOENT);
	vm_destroy(&vm);
}

static void wrong_use_is_an_error(void **state)
{
	struct guest_call call = GUEST_HVC_CALL(PSCI_VERSION);
	struct guest_regs regs;
	struct vm vm;

	assert_int_equal(vm_create(&vm, &(struct vm_options){ .nr_vcpus = VM_MAX_VCPUS + 1 }),
			 -EINVAL);
	vm_must_create(&vm, &(struct vm_options){ .nr_vcpus = VM_MAX_VCPUS });
	assert_int_equal(vm_call(&vm, VM_MAX_VCPUS, &call, &regs), -EINVAL);
	call.conduit = GUEST_NO_CALL + 1;
	assert_int_equal(vm_call(&vm, 0, &call, &regs), -EINVAL);
	assert_int_equal(vcpu_set_x(&vm.vcpus[0], GUEST_REGS, 0), -EINVAL);
	assert_int_equal(vcpu_join(&vm.vcpus[0]), -ESRCH);
	vm_destroy(&vm);
}

int run_call_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kvm_answers_what_it_knows),
		cmocka_unit_test(unknown_call_is_not_supported),
		cmocka_unit_test(patterns_are_told_from_each_other),
		cmocka_unit_test(immediates),
		cmocka_unit_test(filter_denies),
		cmocka_unit_test(filter_forwards),
		cmocka_unit_test(forward_callback_completes_the_call),
		cmocka_unit_test(every_register_is_watched),
		cmocka_unit_test(changed_stack_pointer_is_an_error),
		cmocka_unit_test(filter_is_refused),
		cmocka_unit_test(firmware_bitmap_hides_a_service),
		cmocka_unit_test(exception_is_caught),
		cmocka_unit_test(call_that_does_not_return),
		cmocka_unit_test(shutdown_is_told_and_reset_helps),
		cmocka_unit_test(secondary_waits_for_cpu_on),
		cmocka_unit_test(statistics_by_name),
		cmocka_unit_test(wrong_use_is_an_error),
	};

	return cmocka_run_group_tests_name("calls", tests, NULL, NULL);
}
