// SPDX-License-Identifier: GPL-2.0
/* libsmcccpolicy: what `smccc_loader attach` does, once it knows the VMs. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attaching.h"
#include "bpf_log.h"
#include "json_add.h"
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
_Static_assert(SMCCC_POLICY_NAME_SIZE == NAME_LIMIT + 1, "a name and its end");
_Static_assert(SMCCC_POLICY_FORWARD == OPS_F_FORWARD, "a flag");
_Static_assert(SMCCC_POLICY_PERMISSIVE == OPS_F_PERMISSIVE, "a flag");

#define ATTACH_FLAGS (SMCCC_POLICY_FORWARD | SMCCC_POLICY_PERMISSIVE)
#define FLAGS	     (ATTACH_FLAGS | SMCCC_POLICY_DEFAULT | SMCCC_POLICY_PIN | SMCCC_POLICY_VERBOSE)

struct library_attach {
	struct smccc_policy_attach how;
	struct smccc_policy_vm own; /* of a caller that has one VM */
	struct opt_list include_dirs, rule;
	struct policy_source source;
	struct prepared prepared;
	struct pins pins;
	struct attaching *vms;
};

/* Nothing but the size may be there, before it is known to be right. */
static int take_members(struct library_attach *attach, const struct smccc_policy_attach *how,
			struct err *err)
{
	if (how->size != sizeof(*how))
		return err_set(err, ERR_USAGE, "set it to sizeof(struct smccc_policy_attach)",
			       "size is %zu, not %zu", how->size, sizeof(*how));
	attach->how = *how;
	return 0;
}

static int take_list(struct opt_list *list, const char *const *items, const char *what,
		     struct err *err)
{
	for (; items && *items; items++) {
		if (list->count == MAX_LIST)
			return err_set(err, ERR_USAGE, NULL, "more than %d %s", MAX_LIST, what);
		list->item[list->count++] = *items;
	}
	return 0;
}

static int take_source(struct library_attach *attach, struct err *err)
{
	const struct smccc_policy_attach *how = &attach->how;
	int policies = !!how->path + !!how->object + !!(how->flags & SMCCC_POLICY_DEFAULT);

	if (how->flags & ~FLAGS)
		return err_set(err, ERR_USAGE, NULL, "unknown flags 0x%x", how->flags & ~FLAGS);
	if (policies != 1)
		return err_set(err, ERR_USAGE, "give one of path, object and SMCCC_POLICY_DEFAULT",
			       "%s", policies ? "two policies" : "no policy");
	if (how->object && how->object_size > OBJECT_LIMIT)
		return err_set(err, ERR_USAGE, NULL, "an object of %zu bytes", how->object_size);
	if (take_list(&attach->include_dirs, how->include_dirs, "include_dirs", err) ||
	    take_list(&attach->rule, how->rule, "rules", err))
		return -1;
	attach->source = (struct policy_source){ .path = how->path,
						 .object = how->object,
						 .object_size = how->object_size,
						 .data_dir = how->data_dir,
						 .include_dirs = &attach->include_dirs,
						 .rule = &attach->rule,
						 .rules = how->rules };
	return 0;
}

/* One that has just ended has its number, and no more, to be told by. */
static void take_owner(const struct smccc_policy_vm *vm, struct attaching *to)
{
	struct vm_owner *owner = &to->vmm;
	pid_t pid = vm->pid ? vm->pid : getpid();
	int fd = vm->pid ? vm->pid_fd : vm->vm_fd;

	owner->fd = -1;
	if (pid > 0 && vm_owner__read(owner, pid, fd))
		*owner = (struct vm_owner){ .pid = pid, .fd = fd };
	if (vm->pid > 0)
		snprintf(to->vm, sizeof(to->vm), "fd %d of %s[%d]", fd, owner->command, pid);
	else
		snprintf(to->vm, sizeof(to->vm), "fd %d", vm->vm_fd);
}

static int take_vm(const struct smccc_policy_vm *vm, struct attaching *to, struct err *err)
{
	char what[256];

	if (vm->name && pins__check_name(vm->name, err))
		return -1;
	if (fcntl(vm->vm_fd, F_GETFD) < 0)
		return err_set(err, ERR_BAD_FD, "pass the fd that KVM_CREATE_VM returned",
			       "fd %d is not open", vm->vm_fd);
	/* without /proc the kernel has the only and last word */
	if (!vm__link_is_vm(0, vm->vm_fd) && !vm__describe_fd(0, vm->vm_fd, what, sizeof(what)))
		return err_set(err, ERR_NOT_A_VM, "pass the fd that KVM_CREATE_VM returned",
			       "fd %d is %s, not a KVM VM", vm->vm_fd, what);
	to->vm_fd = vm->vm_fd;
	take_owner(vm, to);
	to->cookie.given = vm->cookie;
	to->cookie.value = vm->cookie ? *vm->cookie : 0;
	return 0;
}

static int take_vms(struct library_attach *attach, struct err *err)
{
	struct smccc_policy_attach *how = &attach->how;
	size_t i;

	if (!how->vms) {
		attach->own = (struct smccc_policy_vm){ .vm_fd = how->vm_fd,
							.cookie = how->cookie,
							.name = how->name };
		how->vms = &attach->own;
		how->vm_count = 1;
	}
	if (!how->vm_count)
		return err_set(err, ERR_USAGE, NULL, "no VMs");
	attach->vms = calloc(how->vm_count, sizeof(*attach->vms));
	if (!attach->vms)
		return err_no_memory(err);
	for (i = 0; i < how->vm_count; i++)
		attach->vms[i].link_fd = attach->vms[i].instance.map_fd = -1;
	for (i = 0; i < how->vm_count; i++) {
		if (take_vm(how->vms + i, attach->vms + i, err))
			return -1;
		if (!how->vms[i].name != !how->vms[0].name && !(how->flags & SMCCC_POLICY_PIN))
			return err_set(err, ERR_USAGE, "or set SMCCC_POLICY_PIN",
				       "some VMs have a name, and others have none");
	}
	return 0;
}

static int choose_name(const struct library_attach *attach, size_t i, struct err *err)
{
	const char *name = attach->how.vms[i].name;

	if (name)
		return attaching__take_name(&attach->pins, attach->vms + i, name, err);
	return attaching__default_name(&attach->pins, attach->vms + i, err);
}

static int choose_names(struct library_attach *attach, struct err *err)
{
	const struct smccc_policy_attach *how = &attach->how;
	size_t i;

	pins__at(&attach->pins, how->pin_dir);
	if (!how->vms[0].name && !(how->flags & SMCCC_POLICY_PIN))
		return 0;
	if (pins__make(&attach->pins, err) || pins__lock(&attach->pins, err))
		return -1;
	for (i = 0; i < how->vm_count; i++) {
		if (choose_name(attach, i, err))
			return -1;
	}
	return 0;
}

/* The links are the caller's from here on. */
static int give_links(struct library_attach *attach)
{
	const struct smccc_policy_attach *how = &attach->how;
	size_t i;

	for (i = 0; i < how->vm_count; i++) {
		struct smccc_policy_vm *vm = how->vms + i;

		vm->link = attach->vms[i].link_fd;
		memcpy(vm->pinned_as, attach->vms[i].name, sizeof(vm->pinned_as));
		attach->vms[i].link_fd = -1;
	}
	return how->vms == &attach->own ? attach->own.link : 0;
}

/* Signals wait until the caller, too, has had its say about what was done. */
static int run(struct library_attach *attach, struct err *err)
{
	const struct smccc_policy_attach *how = &attach->how;
	sigset_t before;
	int ret;

	critical__begin(&before);
	ret = attaching__run(&attach->prepared, &attach->pins, how->flags & ATTACH_FLAGS,
			     attach->vms, how->vm_count, err);
	ret = ret ? -err_exit_code(err) : give_links(attach);
	if (how->done)
		how->done(ret, how->arg);
	critical__end(&before);
	return ret;
}

static int attach(struct library_attach *attach, const struct smccc_policy_attach *how,
		  struct err *err)
{
	struct policy_settings settings = { .vm_fd = -1 };
	bool verbose;

	if (take_members(attach, how, err) || take_source(attach, err) || take_vms(attach, err))
		return -err_exit_code(err);
	verbose = attach->how.flags & SMCCC_POLICY_VERBOSE;
	bpf_log__init(verbose);
	settings.flags = attach->how.flags & ATTACH_FLAGS;
	if (prepared__open(&attach->prepared, &attach->source, err) ||
	    prepared__load_once(&attach->prepared, &settings, verbose, err) ||
	    choose_names(attach, err))
		return -err_exit_code(err);
	return run(attach, err);
}

static char *json_text(const struct err *err)
{
	struct json_object *object = err_json(err, NULL);
	const char *text = json_whole_text(object);
	char *copy = text ? strdup(text) : NULL;

	json_object_put(object);
	return copy;
}

static void tell(const struct smccc_policy_attach *how, struct err *err, char *error,
		 size_t error_size)
{
	if (error && error_size)
		snprintf(error, error_size, "%s%s%s", err->message, err->hint[0] ? "; " : "",
			 err->hint);
	if (how->json)
		*how->json = err->code == ERR_NONE ? NULL : json_text(err);
	if (how->detail) {
		*how->detail = err->detail;
		err->detail = NULL;
	}
}

static void forget_links(const struct smccc_policy_attach *how)
{
	size_t i;

	for (i = 0; how->vms && i < how->vm_count; i++) {
		how->vms[i].link = -1;
		how->vms[i].pinned_as[0] = '\0';
	}
}

int smccc_policy_attach(const struct smccc_policy_attach *how, char *error, size_t error_size)
{
	struct library_attach state = { .pins.lock = -1 };
	struct err err = {};
	int ret;

	ret = attach(&state, how, &err);
	if (ret < 0)
		forget_links(&state.how);
	tell(&state.how, &err, error, error_size);
	if (state.vms)
		attaching__close(state.vms, state.how.vm_count);
	free(state.vms);
	pins__close(&state.pins);
	prepared__close(&state.prepared);
	err_clear(&err);
	return ret;
}
