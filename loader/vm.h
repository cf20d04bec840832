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

/* Is that fd of the process, 0 for this one, a KVM VM? false, too, if we may not look. */
bool vm__is_vm(pid_t pid, int fd);
/* The same as a number, by /proc alone; or -errno. */
int vm__link_is_vm(pid_t pid, int fd);
/* Our own, close-on-exec; or -errno. */
int vm__duplicate(pid_t pid, int fd);
/* "a vCPU (anon_inode:kvm-vcpu:0)"; -ENOENT if it is not open, or another errno. */
int vm__describe_fd(pid_t pid, int fd, char *text, size_t size);

/* Finds the VMM: the topmost of the loader's ancestors that holds the same VM. */
void vm__find_owner(int fd, struct vm_owner *owner);
/* The process as /proc shows it now, with that fd. */
int vm_owner__read(struct vm_owner *owner, pid_t pid, int fd);
bool vm_owner__alive(const struct vm_owner *owner);
/* Alive, and its fd is still that of a VM: perhaps another one by now. */
bool vm_owner__holds_vm(const struct vm_owner *owner);

enum vm_same { VM_OTHER, VM_SAME, VM_MAYBE };
/*
 * Is fd the VM that owner runs? VM_MAYBE: it cannot be compared, as we may not look
 * into the owner, or it has ended or handed its VM to another process.
 */
enum vm_same vm_owner__compare(const struct vm_owner *owner, int fd);
/* Are two fds of this process the same VM? */
enum vm_same vm__compare_own(int fd, int other);

#endif
