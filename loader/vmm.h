/* SPDX-License-Identifier: GPL-2.0 */
/* What can be told of the process that runs a VM, for lines that match it. */
#ifndef SMCCC_VMM_H
#define SMCCC_VMM_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "vm.h"
#include "vm_name.h"

struct vmm {
	uid_t uid;		/* the effective one, as ps shows it */
	char exe[PATH_MAX];	/* without " (deleted)"; "": that name is not to be believed */
	char name[VM_NAME_LEN]; /* of the VM; "": none */
	char command[VM_COMMAND_LEN];
};

/* False: the process has ended, or we may not look at it. */
bool vmm__read(struct vmm *vmm, const struct vm_owner *owner);

#endif
