/* SPDX-License-Identifier: GPL-2.0 */
/* What operators call a VM. */
#ifndef SMCCC_VM_NAME_H
#define SMCCC_VM_NAME_H

#include <sys/types.h>

#define VM_NAME_LEN 128

/* The -name of a QEMU, or --name of kvmtool, by the process' command line; "" if it has none. */
void vm_name__read(pid_t pid, char name[VM_NAME_LEN]);

#endif
