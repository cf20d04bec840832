// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the test VMM itself, on any arm64 host with KVM, patched or not:
 * what it reports of a guest is what other tests rely on.
 *
 * usage: vmm_test [VMM]	VMM is the command line tool (default: beside this program)
 */
#include <libgen.h>
#include <stdio.h>

#include "vmm_test.h"

const char *vmm_path;

int main(int argc, char **argv)
{
	char beside[4096];
	int failed = 0;

	if (argc > 1) {
		vmm_path = argv[1];
	} else {
		snprintf(beside, sizeof(beside), "%s/vmm", dirname(argv[0]));
		vmm_path = beside;
	}
	failed += run_call_tests();
	failed += run_loop_tests();
	failed += run_cli_tests();
	return failed ? 1 : 0;
}
