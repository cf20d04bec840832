// SPDX-License-Identifier: GPL-2.0
/* The front of libsmcccpolicy: the loader's attach, for one VM of this process. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attaching.h"
#include "bpf_log.h"
#include "smcccpolicy.h"

#define OBJECT_LIMIT (64U << 20)

/* The numbers are told twice: the public header includes no other of ours. */
#define SAME(error, exit) \
	_Static_assert((int)SMCCC_POLICY_##error == (int)EXIT_##exit, "an exit status")
SAME(FAILED, FAILED);
SAME(INVALID, USAGE);
SAME(NO_KERNEL_SUPPORT, NO_KERNEL_SUPPORT);
SAME(REJECTED, REJECTED);
SAME(VM_BUSY, VM_BUSY);
SAME(NO_VM, NO_VM);
SAME(BAD_POLICY, BAD_POLICY);
SAME(NO_PERMISSION, NO_PERMISSION);
SAME(NAME_TAKEN, NAME);
_Static_assert(SMCCC_POLICY_FORWARD == OPS_F_FORWARD, "a flag");
_Static_assert(SMCCC_POLICY_PERMISSIVE == OPS_F_PERMISSIVE, "a flag");

static int check(const struct smccc_policy_attach *how, struct err *err)
{
	if (how->size != sizeof(*how))
		return err_set(err, ERR_USAGE, "set it to sizeof(struct smccc_policy_attach)",
			       "size is %zu, not %zu", how->size, sizeof(*how));
	if (how->flags & ~(SMCCC_POLICY_FORWARD | SMCCC_POLICY_PERMISSIVE))
		return err_set(err, ERR_USAGE, NULL, "unknown flags 0x%x", how->flags);
	if (!how->path == !how->object)
		return err_set(err, ERR_USAGE, "give one of path and object", "%s",
			       how->path ? "two policies" : "no policy");
	if (how->object && how->object_size > OBJECT_LIMIT)
		return err_set(err, ERR_USAGE, NULL, "an object of %zu bytes", how->object_size);
	return how->name ? pins__check_name(how->name, err) : 0;
}

static int take_vm(const struct smccc_policy_attach *how, struct attaching *vm, struct err *err)
{
	char what[256];

	snprintf(vm->vm, sizeof(vm->vm), "fd %d", how->vm_fd);
	if (fcntl(how->vm_fd, F_GETFD) < 0)
		return err_set(err, ERR_BAD_FD, "pass the fd that KVM_CREATE_VM returned",
			       "%s is not open", vm->vm);
	/* without /proc the kernel has the only and last word */
	if (!vm__link_is_vm(0, how->vm_fd) && !vm__describe_fd(0, how->vm_fd, what, sizeof(what)))
		return err_set(err, ERR_NOT_A_VM, "pass the fd that KVM_CREATE_VM returned",
			       "%s is %s, not a KVM VM", vm->vm, what);
	vm->vm_fd = how->vm_fd;
	vm_owner__read(&vm->vmm, getpid(), how->vm_fd);
	if (how->cookie) {
		vm->cookie.given = true;
		vm->cookie.value = *how->cookie;
	}
	return 0;
}

static int lock_pins(const struct smccc_policy_attach *how, struct pins *pins, struct attaching *vm,
		     struct err *err)
{
	pins__at(pins, how->pin_dir);
	if (!how->name)
		return 0;
	if (pins__make(pins, err) || pins__lock(pins, err))
		return -1;
	return attaching__take_name(pins, vm, how->name, err);
}

static int attach(const struct smccc_policy_attach *how, struct prepared *prepared,
		  struct pins *pins, struct attaching *vm, struct err *err)
{
	struct policy_source source = { .path = how->path,
					.object = how->object,
					.object_size = how->object_size };
	struct policy_settings settings = { .vm_fd = -1, .flags = how->flags };

	if (check(how, err) || take_vm(how, vm, err) || prepared__open(prepared, &source, err) ||
	    prepared__load_once(prepared, &settings, false, err) || lock_pins(how, pins, vm, err))
		return -1;
	return attaching__run(prepared, pins, how->flags, vm, 1, err);
}

int smccc_policy_attach(const struct smccc_policy_attach *how, char *error, size_t error_size)
{
	struct attaching vm = { .link_fd = -1, .instance.map_fd = -1 };
	struct pins pins = { .lock = -1 };
	struct prepared prepared = {};
	struct err err = {};
	int ret;

	bpf_log__init(false);
	ret = attach(how, &prepared, &pins, &vm, &err) ? -err_exit_code(&err) : vm.link_fd;
	if (ret >= 0)
		vm.link_fd = -1;
	if (error && error_size)
		snprintf(error, error_size, "%s%s%s", err.message, err.hint[0] ? "; " : "",
			 err.hint);
	attaching__close(&vm, 1);
	pins__close(&pins);
	prepared__close(&prepared);
	err_clear(&err);
	return ret;
}
