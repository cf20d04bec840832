// SPDX-License-Identifier: GPL-2.0
#include "loader_vm.h"

struct vm vm;
char vm_fd[16];

int make_vm(void **state)
{
	vm_must_create(&vm, &(struct vm_options){ 0 });
	snprintf(vm_fd, sizeof(vm_fd), "%d", vm.fd);
	return 0;
}

int end_vm(void **state)
{
	vm_destroy(&vm);
	return system("rm -rf " PIN_DIR "/*");
}

uint64_t guest_x0(uint64_t func_id)
{
	struct guest_call call = GUEST_HVC_CALL(func_id);

	return vm_must_call(&vm, 0, &call).x[0];
}
