/* SPDX-License-Identifier: GPL-2.0 */
/* The VM that smccc_loader attaches policies to, another one for each test. */
#ifndef LOADER_VM_H
#define LOADER_VM_H

#include "loader_run.h"
#include "smccc_ids.h"
#include "vm.h"

#define NOT_SUPPORTED	 UINT64_MAX
#define KVM_PSCI_VERSION 0x10001
#define KVM_UID		 0xb66fb428
#define OTHER_UID	 0xd0f1a2a3 /* of other-hypervisor */
#define PIN_DIR		 "/sys/fs/bpf/smccc"

extern struct vm vm;
/* Its fd as an argument. */
extern char vm_fd[16];

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_vm, end_vm)
int make_vm(void **state);
/* Takes off whatever is attached, to any VM. */
int end_vm(void **state);

/* What it gets for an HVC. */
uint64_t guest_x0(uint64_t func_id);

#endif
