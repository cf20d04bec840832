// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of the policies: every policy is run by the kernel this test runs
 * on, be that a stock x86-64 or the patched arm64 of the rig. The tests of each
 * are in policies_test/.
 *
 * Usage: bpf_prog_test DIRECTORY [PATTERN], where the directory holds the
 * *.bpf.o. Exit status 77: the caller may not use bpf(2), and no test ran.
 */
#include "policies_test/policies_test.h"

#define NOT_PERMITTED 77 /* exit status, the one that tests use for "cannot run here" */

/* By policy; a policy that is missing here is missing a test. */
#define SUITE(name, suite)                                                        \
	{                                                                         \
		.policy = name, .tests = suite##_tests, .nr = &nr_##suite##_tests \
	}
static const struct {
	const char *policy;
	const struct CMUnitTest *tests;
	const size_t *nr;
} suites[] = {
	SUITE("policy", default),
	SUITE("lockdown", lockdown),
	SUITE("psci-to-vmm", psci_to_vmm),
	SUITE("ffa-to-vmm", ffa_to_vmm),
	SUITE("other-hypervisor", other_hypervisor),
	SUITE("share-notify", share_notify),
	SUITE("trng-ratelimit", trng_ratelimit),
	SUITE("audit", audit),
	SUITE("ranges", ranges),
	SUITE("api", api),
	SUITE("api", limit),
};

/* All of them as one group: one plan in TAP, numbered from 1. */
static int run_all(void)
{
	struct CMUnitTest *all;
	size_t i, nr = 0;
	int failed;

	for (i = 0; i < ARRAY_SIZE(suites); i++)
		nr += *suites[i].nr;

	all = calloc(nr, sizeof(*all));
	if (!all)
		return 1;

	for (i = 0, nr = 0; i < ARRAY_SIZE(suites); nr += *suites[i++].nr)
		memcpy(all + nr, suites[i].tests, *suites[i].nr * sizeof(*all));

	failed = _cmocka_run_group_tests("policies", all, nr, NULL, NULL);
	free(all);
	return !!failed;
}

int main(int argc, char **argv)
{
	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: %s DIRECTORY-OF-POLICIES [PATTERN]\n", argv[0]);
		return 2;
	}

	if (!policy_bpf_permitted()) {
		printf("1..0 # SKIP bpf(2) is not permitted here\n");
		return NOT_PERMITTED;
	}

	object_dir = argv[1];
	if (!strcmp(argv[1], "--permitted"))
		return 0;

	if (argc > 2)
		cmocka_set_test_filter(argv[2]);
	return run_all();
}
