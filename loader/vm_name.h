/* SPDX-License-Identifier: GPL-2.0 */
/* What operators call a VM. */
#ifndef SMCCC_VM_NAME_H
#define SMCCC_VM_NAME_H

#include <stdbool.h>
#include <sys/types.h>

#define VM_NAME_LEN 256

/*
 * By the process' command line: -name NAME or guest=NAME, as QEMU has it, or --name,
 * as kvmtool does; "" if there is none. Its owner chose it: what is not printable
 * becomes '?'. False: there is no such process, or no memory.
 */
bool vm_name__read(pid_t pid, char name[VM_NAME_LEN]);

#endif
