// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attachment.h"
#include "attaching.h"
#include "busy.h"
#include "recover.h"

#define MAX_SUFFIX 99

enum claim attaching__claim(const struct pins *pins, const char *name, struct err *err)
{
	enum pin_owner owner = pins__owner(pins, name);
	struct attachment old;
	bool alive;
	int ret;

	if (owner != PIN_OURS)
		return owner == PIN_NOBODYS ? CLAIM_FREE : CLAIM_OTHERS;
	ret = attachment__open(&old, pins, name);
	if (ret && ret != -ENOENT)
		return err_set(err, ERR_NAME_TAKEN, "choose another --name",
			       "%s/%s is there, and cannot be read: %s", pins->dir, name,
			       strerror(-ret));
	alive = !ret && attachment__is_alive(&old);
	if (!ret)
		attachment__close(&old);
	if (alive)
		return CLAIM_IN_FORCE;
	return pins__check_content(pins, name, ERR_NAME_TAKEN, err) ? CLAIM_FAILED : CLAIM_FREE;
}

int attaching__take_name(const struct pins *pins, struct attaching *vm, const char *name,
			 struct err *err)
{
	snprintf(vm->name, sizeof(vm->name), "%s", name);
	switch (attaching__claim(pins, name, err)) {
	case CLAIM_FREE:
		return 0;
	case CLAIM_IN_FORCE:
		return err_set(err, ERR_NAME_TAKEN,
			       "choose another --name, or see smccc_loader replace and detach",
			       "a policy is attached to a VM under the name %s", name);
	case CLAIM_OTHERS:
		return pins__fail_others(pins, name, ERR_NAME_TAKEN, "choose another --name", err);
	default:
		return -1;
	}
}

int attaching__default_name(const struct pins *pins, struct attaching *vm, struct err *err)
{
	int pid = vm->vmm.pid ? vm->vmm.pid : getppid();
	int fd = vm->vmm.pid ? vm->vmm.fd : vm->vm_fd;
	enum claim claim;
	int i;

	for (i = 1; i <= MAX_SUFFIX; i++) {
		snprintf(vm->name, sizeof(vm->name), i > 1 ? "vm-%d-%d-%d" : "vm-%d-%d", pid, fd,
			 i);
		claim = attaching__claim(pins, vm->name, err);
		if (claim <= CLAIM_FREE)
			return claim;
	}
	return err_set(err, ERR_NAME_TAKEN, "give a --name", "the names vm-%d-%d-* are all taken",
		       pid, fd);
}

/* What the steps share. */
struct batch {
	struct prepared *prepared;
	const struct pins *pins;
	__u32 flags;
	struct attaching *vms;
	size_t count;
};

static bool is_pinned(const struct attaching *vm)
{
	return vm->name[0];
}

/* Which of many VMs the message is about. */
static int name_vm(const struct batch *batch, const struct attaching *vm, struct err *err)
{
	char message[sizeof(err->message)];

	if (batch->count > 1) {
		memcpy(message, err->message, sizeof(message));
		snprintf(err->message, sizeof(err->message), "%s: %.900s", vm->vm, message);
	}
	return -1;
}

static int fail_attach(const struct batch *batch, const struct attaching *vm, int ret,
		       struct err *err)
{
	switch (-ret) {
	case EBUSY:
		busy__explain(batch->pins, vm->vm_fd, batch->prepared->kernel, err);
		return name_vm(batch, vm, err);
	case EBADF:
		return err_set(err, ERR_BAD_FD, "pass the fd that KVM_CREATE_VM returned",
			       "%s is not open in the loader", vm->vm);
	case EINVAL:
		return err_set(err, ERR_NOT_A_VM, "pass the fd that KVM_CREATE_VM returned",
			       "%s is not a KVM VM", vm->vm);
	case EOPNOTSUPP:
		return err_set(err, ERR_PROTECTED_VM, "attach to non-protected VMs only",
			       "%s is a protected VM: its calls end at EL2 and would never "
			       "reach a policy",
			       vm->vm);
	case EPERM:
	case EACCES:
		return err_set(err, ERR_NO_PERMISSION, "run as root",
			       "the kernel does not let this process attach a policy");
	default:
		return err_set(err, ERR_FAILED, NULL, "cannot attach to %s: %s", vm->vm,
			       strerror(-ret));
	}
}

static int make_link(const struct batch *batch, struct attaching *vm, struct err *err)
{
	struct policy_settings settings = { .vm_fd = vm->vm_fd,
					    .flags = batch->flags,
					    .set_cookie = vm->cookie.given,
					    .cookie = vm->cookie.value };
	struct instance *instance = &vm->instance;

	if (prepared__instance(batch->prepared, &settings, &vm->vmm, instance, err) ||
	    (is_pinned(vm) && pins__stage(batch->pins, vm->name, batch->prepared->policy.obj,
					  instance->record, err)))
		return name_vm(batch, vm, err);
	vm->link_fd = bpf_link_create(instance->map_fd, 0, BPF_STRUCT_OPS, NULL);
	if (vm->link_fd < 0)
		return fail_attach(batch, vm, vm->link_fd, err);
	/* the link holds the map */
	instance__close(instance);
	return 0;
}

static int pin_link(const struct batch *batch, struct attaching *vm, struct err *err)
{
	char staging[NAME_LIMIT + sizeof(STAGING_SUFFIX)], path[PATH_MAX];
	int ret;

	if (!is_pinned(vm))
		return 0;
	snprintf(staging, sizeof(staging), "%s" STAGING_SUFFIX, vm->name);
	if (pins__path(batch->pins, staging, "link", path, err))
		return -1;
	ret = bpf_obj_pin(vm->link_fd, path);
	if (ret)
		return err_set(err, ERR_FAILED, NULL, "cannot pin %s: %s", path, strerror(-ret));
	return 0;
}

static int commit(const struct batch *batch, struct attaching *vm, struct err *err)
{
	if (is_pinned(vm) && pins__commit(batch->pins, vm->name, err))
		return -1;
	vm->committed = is_pinned(vm);
	return 0;
}

static int check(const struct batch *batch, const struct attaching *vm, __u32 link_id, __u32 map_id,
		 struct err *err)
{
	struct bpf_link_info info = {};
	__u32 len = sizeof(info);

	if (bpf_link_get_info_by_fd(vm->link_fd, &info, &len) || info.id != link_id)
		return err_set(err, ERR_FAILED, NULL, "%s is pinned, but with another link",
			       vm->name);
	if (!map_id)
		return err_set(err, ERR_VM_GONE, NULL, "the VM ended while it got its policy");
	if (map_id != vm->instance.map_id)
		return err_set(err, ERR_FAILED, NULL,
			       "%s is attached, but with another policy than %s", vm->name,
			       batch->prepared->file.label);
	return 0;
}

/* What the kernel says of the pin, not what we believe to have done. */
static int verify(const struct batch *batch, struct attaching *vm, struct err *err)
{
	struct attachment now;
	int ret;

	if (!is_pinned(vm))
		return 0;
	ret = attachment__open(&now, batch->pins, vm->name);
	if (ret)
		return err_set(err, ERR_FAILED, NULL, "%s was pinned, but cannot be read: %s",
			       vm->name, strerror(-ret));
	ret = check(batch, vm, now.link_id, now.map_id, err);
	attachment__close(&now);
	return ret;
}

/* Closing the only reference to a link takes the policy off. */
static void undo(const struct batch *batch, struct attaching *vm)
{
	struct err ignored = {};

	if (vm->link_fd >= 0) {
		bpf_link_detach(vm->link_fd);
		close(vm->link_fd);
		vm->link_fd = -1;
	}
	if (is_pinned(vm))
		pins__remove_staged(batch->pins, vm->name, &ignored);
	if (vm->committed)
		pins__remove(batch->pins, vm->name, &ignored);
	vm->committed = false;
	err_clear(&ignored);
}

static void undo_all(const struct batch *batch, struct err *err)
{
	bool attached = batch->vms[0].link_fd >= 0;
	char hint[sizeof(err->hint)];
	struct err ignored = {};
	size_t i;

	for (i = batch->count; i--;)
		undo(batch, batch->vms + i);
	if (is_pinned(batch->vms) && batch->count > 1)
		recover__end_many(batch->pins, &ignored);
	err_clear(&ignored);
	memcpy(hint, err->hint, sizeof(hint));
	if (batch->count > 1)
		err_hint(err, "%s%sno VM got the policy", hint, hint[0] ? "; " : "");
	else if (!err->hint[0])
		err_hint(err, attached ? "the policy was taken off the VM again" :
					 "nothing was attached");
}

typedef int (*batch_step)(const struct batch *batch, struct attaching *vm, struct err *err);

static int for_each(const struct batch *batch, batch_step step, struct err *err)
{
	size_t i;

	for (i = 0; i < batch->count; i++) {
		if (batch->count > 1 && critical__is_interrupted())
			return err_set(err, ERR_INTERRUPTED, NULL, "interrupted by a signal");
		if (step(batch, batch->vms + i, err))
			return -1;
	}
	return 0;
}

/*
 * Until the links are pinned, they end with this process. A loader that is killed
 * while it pins them has not come to recover__end_many(): then they are taken back.
 */
static int make_all(const struct batch *batch, struct err *err)
{
	bool many = batch->count > 1 && is_pinned(batch->vms);

	if (many && recover__begin_many(batch->pins, err))
		return -1;
	if (for_each(batch, make_link, err) || for_each(batch, pin_link, err))
		return -1;
	if (many && recover__end_many(batch->pins, err))
		return -1;
	return for_each(batch, commit, err) || for_each(batch, verify, err) ? -1 : 0;
}

int attaching__run(struct prepared *prepared, const struct pins *pins, __u32 flags,
		   struct attaching *vms, size_t count, struct err *err)
{
	struct batch batch = { prepared, pins, flags, vms, count };
	sigset_t before;
	int ret;

	critical__begin(&before);
	ret = make_all(&batch, err);
	if (ret)
		undo_all(&batch, err);
	critical__end(&before);
	return ret;
}

void attaching__close(struct attaching *vms, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		instance__close(&vms[i].instance);
		if (vms[i].link_fd >= 0)
			close(vms[i].link_fd);
		vms[i].link_fd = -1;
	}
}
