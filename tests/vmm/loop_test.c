// SPDX-License-Identifier: GPL-2.0
/* Loops, alone and on several vCPUs at once. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "vmm_test.h"

static void loop_counts_what_came_back(void **state)
{
	FOR_EACH_WAY(way) {
		struct vm_options options = { .aarch32 = way->aarch32 };
		struct loop_options loop = {
			.call = { .conduit = way->conduit, .regs = { PSCI_VERSION } },
			.limit = 1000,
			.expect_a = 0x10001,
		};
		struct loop_result result;
		struct vm vm;

		vm_must_create(&vm, &options);
		assert_int_equal(vcpu_loop(&vm.vcpus[0], &loop, &result), 0);
		assert_int_equal(result.calls, 1000);
		assert_int_equal(result.got_a, 1000);
		assert_int_equal(result.got_b + result.other, 0);

		loop.expect_a = 7;
		loop.expect_b = 0x10001;
		assert_int_equal(vcpu_loop(&vm.vcpus[0], &loop, &result), 0);
		assert_int_equal(result.got_b, 1000);
		assert_int_equal(result.got_a + result.other, 0);

		loop.expect_b = 8;
		assert_int_equal(vcpu_loop(&vm.vcpus[0], &loop, &result), 0);
		assert_int_equal(result.other, 1000);
		assert_int_equal(result.odd, 0x10001);
		vm_destroy(&vm);
	}
}

/* Each call gets its own x0: 1, 2 or 3 in turn. */
static int in_turn(struct vcpu *vcpu, void *arg)
{
	unsigned int *turn = arg;

	return vcpu_set_x(vcpu, 0, (*turn)++ % 3 + 1);
}

static void loop_tells_results_apart(void **state)
{
	FOR_EACH_WAY(way) {
		struct vm_options options = { .aarch32 = way->aarch32 };
		struct loop_options loop = {
			.call = { .conduit = way->conduit, .regs = { UNKNOWN } },
			.limit = 31,
			.expect_a = 1,
			.expect_b = 2,
		};
		struct loop_result result;
		unsigned int turn = 0;
		struct vm vm;

		vm_must_create(&vm, &options);
		vm.forward = in_turn;
		vm.forward_arg = &turn;
		vm_smccc_filter(&vm, UNKNOWN, 1, KVM_SMCCC_FILTER_FWD_TO_USER);
		assert_int_equal(vcpu_loop(&vm.vcpus[0], &loop, &result), 0);
		assert_int_equal(result.got_a, 11);
		assert_int_equal(result.got_b, 10);
		assert_int_equal(result.other, 10);
		assert_int_equal(result.odd, 3);
		assert_int_equal(vm.vcpus[0].forwarded, 31);
		vm_destroy(&vm);
	}
}

/* All of x0-x17 reach the callee in every round, whatever the answer before did to them. */
static int check_and_spoil(struct vcpu *vcpu, void *arg)
{
	unsigned int nr = vcpu->vm->options.aarch32 ? 13 : CALL_REGS;
	const struct guest_call *call = arg;
	uint64_t value = 0;

	for (unsigned int i = 0; i < CALL_REGS; i++) {
		vcpu_get_x(vcpu, i, &value);
		if (i < nr && value != call->regs[i])
			return -EPROTO;
		vcpu_set_x(vcpu, i, 0xdead);
	}
	return 0;
}

static void loop_passes_arguments_anew(void **state)
{
	FOR_EACH_WAY(way) {
		struct vm_options options = { .aarch32 = way->aarch32 };
		struct loop_options loop = {
			.call = { .conduit = way->conduit, .regs = { UNKNOWN } },
			.limit = 10,
			.expect_a = 0xdead,
		};
		struct loop_result result;
		struct vm vm;

		for (unsigned int i = 1; i < CALL_REGS; i++)
			loop.call.regs[i] = 0x1000 + i;
		vm_must_create(&vm, &options);
		vm.forward = check_and_spoil;
		vm.forward_arg = &loop.call;
		vm_smccc_filter(&vm, UNKNOWN, 1, KVM_SMCCC_FILTER_FWD_TO_USER);
		assert_int_equal(vcpu_loop(&vm.vcpus[0], &loop, &result), 0);
		assert_int_equal(result.got_a, 10);
		vm_destroy(&vm);
	}
}

static void loop_keeps_its_immediate(void **state)
{
	struct loop_options loop = {
		.call = { .imm = 0xea1, .regs = { PSCI_VERSION } },
		.limit = 10,
		.expect_a = 0x10001,
		.expect_b = UINT64_MAX,
	};
	struct loop_result result;
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	assert_int_equal(vcpu_loop(&vm.vcpus[0], &loop, &result), 0);
	assert_int_equal(result.got_a, 10);
	loop.call.conduit = GUEST_SMC;
	assert_int_equal(vcpu_loop(&vm.vcpus[0], &loop, &result), 0);
	assert_int_equal(result.got_b, 10);
	vm_destroy(&vm);
}

static void wait_for_calls(struct vcpu *vcpu, uint64_t calls)
{
	for (int ms = 0; vcpu_loop_calls(vcpu) < calls; ms++) {
		assert_true(ms < 30000);
		usleep(1000);
	}
}

static void four_vcpus_loop_until_they_are_stopped(void **state)
{
	enum { NR = 4 };
	struct loop_result result;
	struct vm vm;

	FOR_EACH_WAY(way) {
		struct vm_options options = { .nr_vcpus = NR, .aarch32 = way->aarch32 };
		struct loop_options loop = {
			.call = { .conduit = way->conduit, .regs = { PSCI_VERSION } },
			.expect_a = 0x10001,
		};

		vm_must_create(&vm, &options);
		for (unsigned int i = 0; i < NR; i++) {
			assert_int_equal(vcpu_loop_setup(&vm.vcpus[i], &loop), 0);
			assert_int_equal(vcpu_start(&vm.vcpus[i]), 0);
		}
		assert_int_equal(vcpu_start(&vm.vcpus[0]), -EBUSY);
		for (unsigned int i = 0; i < NR; i++)
			wait_for_calls(&vm.vcpus[i], 500);
		for (unsigned int i = 0; i < NR; i++)
			vcpu_stop(&vm.vcpus[i]);
		for (unsigned int i = 0; i < NR; i++) {
			assert_int_equal(vcpu_join(&vm.vcpus[i]), 0);
			vcpu_loop_read(&vm.vcpus[i], &result);
			assert_true(result.calls >= 500);
			assert_int_equal(result.got_a, result.calls);
			assert_int_equal(result.got_b + result.other, 0);
		}
		vm_destroy(&vm);
	}
}

static void endless_loop_can_be_cancelled(void **state)
{
	struct loop_options loop = { .call.regs = { PSCI_VERSION } };
	struct guest_call call = GUEST_HVC_CALL(PSCI_VERSION);
	struct guest_regs regs;
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	assert_int_equal(vcpu_loop_setup(&vm.vcpus[0], &loop), 0);
	assert_int_equal(vcpu_start(&vm.vcpus[0]), 0);
	wait_for_calls(&vm.vcpus[0], 10);
	vcpu_kick(&vm.vcpus[0]);
	assert_int_equal(vcpu_join(&vm.vcpus[0]), -ECANCELED);

	/* A kick before the run counts once. */
	vcpu_kick(&vm.vcpus[0]);
	assert_int_equal(vm_call(&vm, 0, &call, &regs), -ECANCELED);
	assert_int_equal(vm_must_call(&vm, 0, &call).x[0], 0x10001);
	vm_destroy(&vm);
}

static void endless_loop_ends_at_the_time_limit_and_with_its_vm(void **state)
{
	struct loop_options loop = { .call.regs = { PSCI_VERSION } };
	struct loop_result result;
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ .nr_vcpus = 2 });
	vm.time_limit_ms = 200;
	assert_int_equal(vcpu_loop(&vm.vcpus[0], &loop, &result), -ETIMEDOUT);
	vm.time_limit_ms = 30000;
	assert_int_equal(vcpu_loop_setup(&vm.vcpus[1], &loop), 0);
	assert_int_equal(vcpu_start(&vm.vcpus[1]), 0);
	wait_for_calls(&vm.vcpus[1], 10);
	vm_destroy(&vm);
}

static void loop_measures_time(void **state)
{
	for (int aarch32 = 0; aarch32 < 2; aarch32++) {
		struct vm_options options = { .aarch32 = aarch32 };
		struct loop_options loop = { .call.regs = { PSCI_VERSION }, .limit = 2000 };
		struct loop_result calls, empty;
		struct vm vm;

		vm_must_create(&vm, &options);
		assert_int_equal(vcpu_loop(&vm.vcpus[0], &loop, &calls), 0);
		loop.call.conduit = GUEST_NO_CALL;
		assert_int_equal(vcpu_loop(&vm.vcpus[0], &loop, &empty), 0);
		assert_int_equal(empty.calls, 2000);
		assert_int_equal(empty.odd, PSCI_VERSION);
		assert_true(empty.ticks > 0);
		assert_true(calls.ticks > 0);
		print_message("%s: %.1f ticks a call, %.1f ticks a round without\n",
			      aarch32 ? "AArch32" : "AArch64",
			      (double)(calls.ticks - empty.ticks) / 2000, empty.ticks / 2000.0);
		vm_destroy(&vm);
	}
}

int run_loop_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loop_counts_what_came_back),
		cmocka_unit_test(loop_tells_results_apart),
		cmocka_unit_test(loop_passes_arguments_anew),
		cmocka_unit_test(loop_keeps_its_immediate),
		cmocka_unit_test(four_vcpus_loop_until_they_are_stopped),
		cmocka_unit_test(endless_loop_can_be_cancelled),
		cmocka_unit_test(endless_loop_ends_at_the_time_limit_and_with_its_vm),
		cmocka_unit_test(loop_measures_time),
	};

	return cmocka_run_group_tests_name("loops", tests, NULL, NULL);
}
