// SPDX-License-Identifier: GPL-2.0
/*
 * What of smccc_bpf.c a guest's call runs, as KCOV sees it (Documentation/dev-tools/kcov.rst),
 * which is there for fuzzers: all of the hook for a VM with a policy, none for one without.
 */
#include "hook_test.h"

#include <fcntl.h>
#include <linux/kcov.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Words of the buffer: the number of addresses, and so many less one of them. */
#define WORDS 65536

static uint64_t *cover;
static int kcov = -1;

int coverage_setup(void **state)
{
	kcov = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	if (kcov < 0 || ioctl(kcov, KCOV_INIT_TRACE, WORDS))
		return -1;
	cover = mmap(NULL, WORDS * sizeof(*cover), PROT_READ | PROT_WRITE, MAP_SHARED, kcov, 0);
	return cover == MAP_FAILED ? -1 : 0;
}

/* Of a function: up to the next symbol. The kernel of the rig is not relocated. */
struct range {
	uint64_t begin, end;
};

static struct range function_range(const char *function)
{
	FILE *file = fopen("/proc/kallsyms", "r");
	unsigned long long address;
	struct range range = { 0 };
	char line[512], name[256];

	assert_non_null(file);
	while (!range.end && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%llx %*c %255s", &address, name) != 2)
			continue;
		if (range.begin && address > range.begin)
			range.end = address;
		else if (!strcmp(name, function))
			range.begin = address;
	}
	fclose(file);
	if (!range.end)
		fail_msg("the kernel has no function %s", function);
	return range;
}

/* The blocks that a call ran. */
static uint64_t call_covers(struct vm *vm)
{
	assert_int_equal(ioctl(kcov, KCOV_ENABLE, KCOV_TRACE_PC), 0);
	__atomic_store_n(&cover[0], 0, __ATOMIC_RELAXED);
	guest_hvc(vm, PSCI_VERSION);
	assert_int_equal(ioctl(kcov, KCOV_DISABLE, 0), 0);
	return cover[0];
}

static bool covers(const char *function)
{
	struct range range = function_range(function);

	for (uint64_t i = 1; i <= cover[0]; i++) {
		if (cover[i] >= range.begin && cover[i] < range.end)
			return true;
	}
	return false;
}

static void a_call_runs_the_hook_if_there_is_a_policy(void **state)
{
	struct ops_fields fields = { 0 };
	struct scripted *policy;
	struct vm vm, other;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	vm_must_create(&other, &(struct vm_options){ 0 });
	assert_int_equal(call_covers(&vm), 0);

	fields.vm_fd = vm.fd;
	policy = scripted_load(&fields);
	policy->script->verdict = DENY;
	assert_int_equal(scripted_attach(policy), 0);
	assert_int_not_equal(call_covers(&vm), 0);
	assert_true(covers("kvm_smccc_bpf_action"));
	assert_true(covers("kvm_smccc_bpf_ask"));
	assert_int_equal(call_covers(&other), 0);

	scripted_detach(policy);
	assert_int_equal(call_covers(&vm), 0);
	scripted_free(policy);
	vm_destroy(&other);
	vm_destroy(&vm);
}

const struct CMUnitTest coverage_tests[] = {
	cmocka_unit_test(a_call_runs_the_hook_if_there_is_a_policy),
};
const size_t nr_coverage_tests = ARRAY_SIZE(coverage_tests);
