// SPDX-License-Identifier: GPL-2.0
/* The VM: creation, memory, the static filter, firmware registers. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vm_private.h"

int set_err(char *err, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(err, VM_ERR_SIZE, format, args);
	va_end(args);
	return error;
}

static void on_signal(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	if (info->si_code == SI_TIMER)
		((struct kvm_run *)info->si_value.sival_ptr)->immediate_exit = 1;
}

static int catch_signal(struct vm *vm)
{
	struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };

	sigemptyset(&action.sa_mask);
	if (sigaction(VM_SIGNAL, &action, NULL))
		return set_err(vm->err, -errno, "sigaction: %m");
	return 0;
}

static int open_vm(struct vm *vm)
{
	vm->kvm_fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (vm->kvm_fd < 0)
		return set_err(vm->err, -errno, "/dev/kvm: %m; is this a host with KVM?");
	if (vm->options.aarch32 &&
	    ioctl(vm->kvm_fd, KVM_CHECK_EXTENSION, KVM_CAP_ARM_EL1_32BIT) <= 0)
		return set_err(vm->err, -EOPNOTSUPP, "this CPU has no AArch32 at EL1");

	vm->fd = ioctl(vm->kvm_fd, KVM_CREATE_VM, vm->options.machine_type);
	if (vm->fd < 0)
		return set_err(vm->err, -errno, "KVM_CREATE_VM: %m");
	return 0;
}

static void load_payload(struct vm *vm)
{
	const char *start = vm->options.aarch32 ? payload32 : payload64;
	const char *end = vm->options.aarch32 ? payload32_end : payload64_end;
	char *to = guest_to_host(vm, GUEST_VECTORS);

	memcpy(to, start, end - start);
	__builtin___clear_cache(to, to + (end - start));
	guest_sync(to, end - start);
}

static int add_memory(struct vm *vm)
{
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = GUEST_RAM,
		.memory_size = vm->ram_size,
	};
	void *ram = mmap(NULL, region.memory_size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (ram == MAP_FAILED)
		return set_err(vm->err, -errno, "guest memory: %m");
	vm->ram = ram;
	/* A test that forks must not make the guest's pages copy-on-write. */
	madvise(ram, region.memory_size, MADV_DONTFORK);
	if (!vm->options.ram_size)
		load_payload(vm);

	region.userspace_addr = (uintptr_t)ram;
	if (ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region))
		return set_err(vm->err, -errno, "KVM_SET_USER_MEMORY_REGION: %m");
	return 0;
}

int vm_add_vcpu(struct vm *vm)
{
	int err;

	if (vm->nr_vcpus == VM_MAX_VCPUS)
		return set_err(vm->err, -EINVAL, "a VM has at most %d vCPUs", VM_MAX_VCPUS);
	err = vcpu_create(vm, vm->nr_vcpus);
	vm->nr_vcpus += !err;
	return err;
}

static int add_vcpus(struct vm *vm)
{
	unsigned int nr = vm->options.nr_vcpus ? vm->options.nr_vcpus : 1;
	int err = 0;

	if (nr > VM_MAX_VCPUS)
		return set_err(vm->err, -EINVAL, "%u vCPUs: at most %d", nr, VM_MAX_VCPUS);
	while (!err && vm->nr_vcpus < nr)
		err = vm_add_vcpu(vm);
	return err;
}

int vm_create(struct vm *vm, const struct vm_options *options)
{
	int err;

	*vm = (struct vm){
		.fd = -1,
		.kvm_fd = -1,
		.options = *options,
		.ram_size = options->ram_size ? options->ram_size : GUEST_RAM_SIZE,
		.time_limit_ms = 30000,
		.forward_result = { 0xf0, 0xf1, 0xf2, 0xf3 },
	};

	err = catch_signal(vm);
	if (!err)
		err = open_vm(vm);
	if (!err)
		err = add_memory(vm);
	if (!err)
		err = add_vcpus(vm);
	if (err)
		vm_destroy(vm);
	return err;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void vm_destroy(struct vm *vm)
{
	while (vm->nr_vcpus)
		vcpu_destroy(&vm->vcpus[--vm->nr_vcpus]);
	close_fd(&vm->fd);
	close_fd(&vm->kvm_fd);
	if (vm->ram)
		munmap(vm->ram, vm->ram_size);
	vm->ram = NULL;
}

int vm_smccc_filter(struct vm *vm, uint32_t base, uint32_t nr, enum kvm_smccc_filter_action action)
{
	struct kvm_smccc_filter filter = {
		.base = base,
		.nr_functions = nr,
		.action = action,
	};
	struct kvm_device_attr attr = {
		.group = KVM_ARM_VM_SMCCC_CTRL,
		.attr = KVM_ARM_VM_SMCCC_FILTER,
		.addr = (uintptr_t)&filter,
	};

	if (ioctl(vm->fd, KVM_SET_DEVICE_ATTR, &attr))
		return set_err(vm->err, -errno, "static filter of 0x%x, %u functions: %m", base,
			       nr);
	return 0;
}

/* KVM keeps them per VM and takes them through any vCPU. */
int vm_get_fw_reg(struct vm *vm, uint64_t id, uint64_t *value)
{
	int err = vcpu_get_reg(&vm->vcpus[0], id, value);

	return err ? set_err(vm->err, err, "firmware register: %s", strerror(-err)) : 0;
}

int vm_set_fw_reg(struct vm *vm, uint64_t id, uint64_t value)
{
	int err = vcpu_set_reg(&vm->vcpus[0], id, value);

	return err ? set_err(vm->err, err, "firmware register: %s", strerror(-err)) : 0;
}

void vm_must_create(struct vm *vm, const struct vm_options *options)
{
	if (!vm_create(vm, options))
		return;
	fprintf(stderr, "cannot create a VM: %s\n", vm->err);
	abort();
}
