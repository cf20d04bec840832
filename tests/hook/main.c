// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the hook against the real kernel: real VMs, real guests, real BPF.
 *
 * Usage: hook_test DIRECTORY-OF-POLICIES [PATTERN | --faults], in the rig, as root.
 * With --faults only what needs a kernel with fault injection and KCOV (tests/rig/run
 * --kernel debug).
 */
#include "hook_test.h"

static int silent(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_WARN && getenv("LIBBPF_WARNINGS") ? vfprintf(stderr, format, args) :
								   0;
}

#define RUN_WITH(tests, setup) \
	_cmocka_run_group_tests(#tests, tests##_tests, nr_##tests##_tests, setup, NULL)
#define RUN(tests) RUN_WITH(tests, NULL)

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: %s DIRECTORY-OF-POLICIES [PATTERN | --faults]\n", argv[0]);
		return 2;
	}

	policy_dir = argv[1];
	/* Refused attachments are expected here; the tests check their errno. */
	libbpf_set_print(silent);
	if (argc > 2 && !strcmp(argv[2], "--faults"))
		return !!(RUN_WITH(coverage, coverage_setup) + RUN_WITH(fault, fault_setup));
	if (argc > 2)
		cmocka_set_test_filter(argv[2]);

	return !!(RUN(verdict) + RUN(ownership) + RUN(always) + RUN(lifecycle) + RUN(report));
}
