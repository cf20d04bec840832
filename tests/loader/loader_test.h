/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of attachments by smccc_loader and by libsmcccpolicy share. */
#ifndef LOADER_TEST_H
#define LOADER_TEST_H

#include "loader_vm.h"

extern char *policy, *ratelimit, *to_vmm, *ranges, *other, *two, *none, *rejected;

#define run(vm_fd, ...) loader_run(NULL, vm_fd, (char *[]){ __VA_ARGS__, NULL })

/* Calls of the VM's that its policy has denied. */
uint64_t denied(void);
/* How many are pinned. */
int attachments(void);
/* The VM has no policy, and nothing is pinned. */
void expect_untouched(void);

extern const struct CMUnitTest attach_tests[], rules_tests[], library_tests[];
extern const size_t nr_attach_tests, nr_rules_tests, nr_library_tests;

#endif
