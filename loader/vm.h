/* SPDX-License-Identifier: GPL-2.0 */
/* A VM as its file descriptor shows it. */
#ifndef SMCCC_VM_H
#define SMCCC_VM_H

#include <stdbool.h>
#include <sys/types.h>

#include "error.h"
#include "options.h"

#define VM_COMMAND_LEN 16

/* The process that runs a VM, and its fd of it: what tells VMs apart later. */
struct vm_owner {
	pid_t pid;		  /* 0: not known */
	unsigned long long start; /* in clock ticks since boot: a pid alone is reused */
	int fd;
	char command[VM_COMMAND_LEN];
};

/*
 * Checks --vm-fd: an open descriptor of a KVM VM, as far as can be told from
 * here. It is made close-on-exec, so that no child of the loader holds the VM.
 */
int vm__check_fd(const struct opt_number *number, int *fd, struct err *err);

/* Finds the VMM: the topmost of the loader's ancestors that holds the same VM. */
void vm__find_owner(int fd, struct vm_owner *owner);
bool vm_owner__alive(const struct vm_owner *owner);
/* Alive, and its fd is still that of a VM: perhaps another one by now. */
bool vm_owner__holds_vm(const struct vm_owner *owner);

enum vm_same { VM_OTHER, VM_SAME, VM_MAYBE };
/*
 * Is fd the VM that owner runs? VM_MAYBE: it cannot be compared, as the kernel
 * has no kcmp(2), or the owner has ended or handed its VM to another process.
 */
enum vm_same vm_owner__compare(const struct vm_owner *owner, int fd);

#endif
