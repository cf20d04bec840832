/* SPDX-License-Identifier: GPL-2.0 */
/* The VMs of other processes, found in /proc and held by fds of our own. */
#ifndef SMCCC_FIND_VM_H
#define SMCCC_FIND_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "error.h"
#include "vm.h"

struct found_vm {
	struct vm_owner owner;
	int fd; /* our own duplicate by pidfd_getfd(2), close-on-exec: it keeps the VM alive */
};

/* Zeroed to begin with; found_vms__free() in any case. */
struct found_vms {
	struct found_vm *vm;
	size_t count;
	pid_t unseen; /* a process that add_all() may not look into; 0: there is none */
};

/*
 * Each adds VMs that are not in vms yet, however many processes and fds hold them;
 * on failure vms keeps what it has. They take the right to ptrace the process:
 * CAP_SYS_PTRACE, for processes of other users or where Yama restricts it.
 */

/* All VMs of a process, in the order of its fds. An error if it has none. */
int found_vms__add_pid(struct found_vms *vms, pid_t pid, struct err *err);
/* The VM that is its fd number `fd`. */
int found_vms__add_fd(struct found_vms *vms, pid_t pid, int fd, struct err *err);
/*
 * All VMs of all processes, perhaps none, but for those of processes that we may not
 * look into. A VM is said to be that of the oldest process that holds it: a VMM is
 * older than what inherits from it.
 */
int found_vms__add_all(struct found_vms *vms, struct err *err);
/* An error if there were such processes. */
int found_vms__require_all(const struct found_vms *vms, struct err *err);

void found_vms__free(struct found_vms *vms);

#endif
