// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of what smccc_loader does to the guest of a real VM, started as a VMM and
 * as an operator do. loader/test/run tests what it says, and what it pins.
 *
 * Usage: loader_test BUILD-DIRECTORY, in the rig, as root.
 */
#include <dirent.h>

#include "loader_test.h"

char *policy, *ratelimit, *to_vmm, *ranges, *other, *two, *none, *rejected;

uint64_t denied(void)
{
	uint64_t value = 0;

	assert_int_equal(vcpu_stat(&vm.vcpus[0], "smccc_policy_denied", &value), 0);
	return value;
}

int attachments(void)
{
	DIR *dir = opendir(PIN_DIR);
	struct dirent *entry;
	int nr = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir)))
		nr += entry->d_name[0] != '.';
	closedir(dir);
	return nr;
}

void expect_untouched(void)
{
	assert_int_equal(guest_x0(PSCI_VERSION), KVM_PSCI_VERSION);
	assert_int_equal(attachments(), 0);
}

#define RUN(tests) _cmocka_run_group_tests(#tests, tests##_tests, nr_##tests##_tests, NULL, NULL)

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: %s BUILD-DIRECTORY\n", argv[0]);
		return 2;
	}

	loader = in_build(argv[1], "arm64/smccc_loader");
	fault = in_build(argv[1], "arm64/loader.test/fault.so");
	policy = in_build(argv[1], "bpf/policy.bpf.o");
	other = in_build(argv[1], "bpf/other-hypervisor.bpf.o");
	ratelimit = in_build(argv[1], "bpf/trng-ratelimit.bpf.o");
	to_vmm = in_build(argv[1], "bpf/psci-to-vmm.bpf.o");
	ranges = in_build(argv[1], "bpf/ranges.bpf.o");
	two = in_build(argv[1], "bpf/two.bpf.o");
	none = in_build(argv[1], "bpf/none.bpf.o");
	rejected = in_build(argv[1], "bpf/rejected.bpf.o");

	return !!(RUN(attach) + RUN(rules) + RUN(library));
}
