/* SPDX-License-Identifier: GPL-2.0 */
/* A loaded policy onto one VM or many: onto all of them, or onto none. */
#ifndef SMCCC_ATTACHING_H
#define SMCCC_ATTACHING_H

#include <linux/types.h>
#include <stddef.h>

#include "options.h"
#include "pins.h"
#include "prepare.h"
#include "vm.h"

/* One VM's part. Zeroed to begin with, but for link_fd and instance.map_fd: -1. */
struct attaching {
	int vm_fd;
	struct vm_owner vmm;
	struct opt_number cookie;  /* not given: the policy's own */
	char vm[64];		   /* how messages call it */
	char name[NAME_LIMIT + 1]; /* of its pins; "": none, the link ends with its fd */
	/* what comes of it */
	struct instance instance;
	int link_fd;
	bool committed; /* the pins under that name are those of link_fd */
};

enum claim { CLAIM_FAILED = -1, CLAIM_FREE, CLAIM_IN_FORCE, CLAIM_OTHERS };

/* What a dead VM left is free, too: the new attachment takes its place when it is made. */
enum claim attaching__claim(const struct pins *pins, const char *name, struct err *err);
/* The name that the user gave. An error if it is not free. */
int attaching__take_name(const struct pins *pins, struct attaching *vm, const char *name,
			 struct err *err);

/* As KVM calls the VM in its debugfs, with a number behind it where that is not unique. */
int attaching__default_name(const struct pins *pins, struct attaching *vm, struct err *err);

/*
 * Puts the policy, which is loaded, onto each VM, and pins the attachments that have
 * a name, with the lock of pins held; reads back from the kernel that it is so. After
 * a failure all VMs are as they were before, and so are the pins, but for those of VMs
 * that had ended. With more than one VM, SIGINT, SIGTERM and SIGHUP are such a failure;
 * with one, they wait.
 */
int attaching__run(struct prepared *prepared, const struct pins *pins, __u32 flags,
		   struct attaching *vms, size_t count, struct err *err);
/* Gives up what only the loader needs; without a pin, that is the attachment. */
void attaching__close(struct attaching *vms, size_t count);

#endif
