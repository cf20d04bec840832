// SPDX-License-Identifier: GPL-2.0
#include "smcccpolicy.h"
#include "vm_private.h"

int vm_attach_here(struct vm *vm, const char *policy)
{
	struct smccc_policy_attach how = {
		.size = sizeof(how),
		.vm_fd = vm->fd,
		.path = policy,
	};
	char error[VM_ERR_SIZE];
	int link = smccc_policy_attach(&how, error, sizeof(error));

	return link < 0 ? set_err(vm->err, link, "%s", error) : link;
}
