/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of the hook share; includes cmocka as it wants to be included. */
#ifndef HOOK_TEST_H
#define HOOK_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "attach.h"
#include "smccc_ids.h"
#include "vm.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* SMCCC_RET_NOT_SUPPORTED as KVM gives it */
#define NOT_SUPPORTED UINT64_MAX

/* KVM's PSCI 1.1, which every guest here gets */
#define KVM_PSCI_VERSION 0x10001

/* Functions that nobody implements, in ranges that have no owner by default. */
#define UNKNOWN_SIP	 0x82001234U
#define UNKNOWN_STANDARD 0x84000040U
/* One of KVM's range that KVM does not implement */
#define UNKNOWN_VENDOR 0x86001234U

/* x0 after one call, as HVC unless the caller says otherwise. */
static inline struct guest_regs guest_hvc(struct vm *vm, uint64_t func_id)
{
	struct guest_call call = GUEST_HVC_CALL(func_id);

	return vm_must_call(vm, 0, &call);
}

static inline uint64_t counter(struct vcpu *vcpu, const char *name)
{
	uint64_t value = 0;

	assert_int_equal(vcpu_stat(vcpu, name, &value), 0);
	return value;
}

#define POLICY_STAT(vm, cpu, name) counter(&(vm)->vcpus[cpu], "smccc_policy_" name)

extern const struct CMUnitTest verdict_tests[], ownership_tests[], lifecycle_tests[],
	report_tests[], always_tests[], fault_tests[], coverage_tests[];
extern const size_t nr_verdict_tests, nr_ownership_tests, nr_lifecycle_tests, nr_report_tests,
	nr_always_tests, nr_fault_tests, nr_coverage_tests;

/* Before fault_tests: needs a kernel with fault injection. */
int fault_setup(void **state);
/* Before coverage_tests: needs a kernel with KCOV. */
int coverage_setup(void **state);

#endif
