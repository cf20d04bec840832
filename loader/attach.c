// SPDX-License-Identifier: GPL-2.0
/* smccc_loader attach: a policy onto the VM whose fd the VMM left open for us. */
#include <bpf/bpf.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attachment.h"
#include "busy.h"
#include "command.h"
#include "output.h"
#include "pins.h"
#include "prepare.h"
#include "report.h"
#include "vm.h"

#define MAX_SUFFIX 99

struct attach_args {
	struct common_args common;
	struct opt_number vm_fd;
	struct opt_number cookie;
	struct opt_list include;
	struct opt_list rule;
	const char *rules;
	const char *data_dir;
	const char *name;
	bool permissive;
	bool forward;
};

static const struct option_def attach_options[] = {
	{ .name = "vm-fd",
	  .arg = "N",
	  .help = "the VM: the fd that KVM_CREATE_VM returned, inherited",
	  OPTION_NUMBER_AT(struct attach_args, vm_fd) },
	{ .name = "name",
	  .arg = "NAME",
	  .help = "call the attachment so (default vm-PID-FD, of the VMM)",
	  OPTION_STRING_AT(struct attach_args, name) },
	{ .name = "permissive",
	  .help = "count and trace what would be denied, and let KVM handle it",
	  OPTION_FLAG_AT(struct attach_args, permissive) },
	{ .name = "forward",
	  .help = "this VMM completes forwarded calls (KVM_EXIT_HYPERCALL)",
	  OPTION_FLAG_AT(struct attach_args, forward) },
	POLICY_OPTIONS(struct attach_args),
	PIN_DIR_OPTION,
	{},
};

/* One attachment in the making. */
struct attaching {
	struct pins pins;
	struct prepared prepared;
	struct vm_owner vmm;
	char name[NAME_LIMIT + 1];
	int vm_fd;
	int link_fd;
	bool committed; /* the pins under that name are those of link_fd */
};

enum claim { CLAIM_FAILED = -1, CLAIM_FREE, CLAIM_IN_FORCE, CLAIM_OTHERS };

/* What a dead VM left is free, too: the new attachment takes its place when it is made. */
static enum claim claim_name(const struct attaching *a, const char *name, struct err *err)
{
	enum pin_owner owner = pins__owner(&a->pins, name);
	struct attachment old;
	bool alive;
	int ret;

	if (owner != PIN_OURS)
		return owner == PIN_NOBODYS ? CLAIM_FREE : CLAIM_OTHERS;
	ret = attachment__open(&old, &a->pins, name);
	if (ret && ret != -ENOENT)
		return err_set(err, ERR_NAME_TAKEN, "choose another --name",
			       "%s/%s is there, and cannot be read: %s", a->pins.dir, name,
			       strerror(-ret));
	alive = !ret && attachment__is_alive(&old);
	if (!ret)
		attachment__close(&old);
	if (alive)
		return CLAIM_IN_FORCE;
	return pins__check_content(&a->pins, name, ERR_NAME_TAKEN, err) ? CLAIM_FAILED : CLAIM_FREE;
}

static int choose_given_name(struct attaching *a, const char *name, struct err *err)
{
	snprintf(a->name, sizeof(a->name), "%s", name);
	switch (claim_name(a, name, err)) {
	case CLAIM_FREE:
		return 0;
	case CLAIM_IN_FORCE:
		return err_set(err, ERR_NAME_TAKEN,
			       "choose another --name, or see smccc_loader replace and detach",
			       "a policy is attached to a VM under the name %s", name);
	case CLAIM_OTHERS:
		return pins__fail_others(&a->pins, name, ERR_NAME_TAKEN, "choose another --name",
					 err);
	default:
		return -1;
	}
}

/* As KVM calls the VM in its debugfs, with a number behind it where that is not unique. */
static int choose_default_name(struct attaching *a, struct err *err)
{
	int pid = a->vmm.pid ? a->vmm.pid : getppid();
	int fd = a->vmm.pid ? a->vmm.fd : a->vm_fd;
	enum claim claim;
	int i;

	for (i = 1; i <= MAX_SUFFIX; i++) {
		snprintf(a->name, sizeof(a->name), i > 1 ? "vm-%d-%d-%d" : "vm-%d-%d", pid, fd, i);
		claim = claim_name(a, a->name, err);
		if (claim <= CLAIM_FREE)
			return claim;
	}
	return err_set(err, ERR_NAME_TAKEN, "give a --name", "the names vm-%d-%d-* are all taken",
		       pid, fd);
}

static int fail_attach(const struct attaching *a, int ret, struct err *err)
{
	switch (-ret) {
	case EBUSY:
		return busy__explain(&a->pins, a->vm_fd, a->prepared.kernel, err);
	case EBADF:
		return err_set(err, ERR_BAD_FD, "pass the fd that KVM_CREATE_VM returned",
			       "--vm-fd %d is not open in the loader", a->vm_fd);
	case EINVAL:
		return err_set(err, ERR_NOT_A_VM, "pass the fd that KVM_CREATE_VM returned",
			       "--vm-fd %d is not a KVM VM", a->vm_fd);
	case EOPNOTSUPP:
		return err_set(err, ERR_PROTECTED_VM, "attach to non-protected VMs only",
			       "--vm-fd %d is a protected VM: its calls end at EL2 and would never "
			       "reach a policy",
			       a->vm_fd);
	case EPERM:
	case EACCES:
		return err_set(err, ERR_NO_PERMISSION, "run as root",
			       "the kernel does not let this process attach a policy");
	default:
		return err_set(err, ERR_FAILED, NULL, "cannot attach to --vm-fd %d: %s", a->vm_fd,
			       strerror(-ret));
	}
}

static int pin_link(struct attaching *a, struct err *err)
{
	char staging[NAME_LIMIT + sizeof(STAGING_SUFFIX)], path[PATH_MAX];
	int ret;

	snprintf(staging, sizeof(staging), "%s" STAGING_SUFFIX, a->name);
	if (pins__path(&a->pins, staging, "link", path, err))
		return -1;
	ret = bpf_obj_pin(a->link_fd, path);
	if (ret)
		return err_set(err, ERR_FAILED, NULL, "cannot pin %s: %s", path, strerror(-ret));
	if (pins__commit(&a->pins, a->name, err))
		return -1;
	a->committed = true;
	return 0;
}

/* What the kernel says of the pin, not what we believe to have done. */
static int verify(struct attaching *a, struct attachment *now, struct err *err)
{
	struct bpf_link_info info = {};
	__u32 len = sizeof(info);
	int ret = attachment__open(now, &a->pins, a->name);

	if (!ret)
		ret = bpf_link_get_info_by_fd(a->link_fd, &info, &len);
	if (ret)
		return err_set(err, ERR_FAILED, NULL, "%s was pinned, but cannot be read: %s",
			       a->name, strerror(-ret));
	if (now->link_id != info.id)
		return err_set(err, ERR_FAILED, NULL, "%s is pinned, but with another link",
			       a->name);
	if (!attachment__is_alive(now))
		return err_set(err, ERR_VM_GONE, NULL, "the VM ended while it got its policy");
	if (now->map_id != prepared__map_id(&a->prepared))
		return err_set(err, ERR_FAILED, NULL,
			       "%s is attached, but with another policy than %s", a->name,
			       a->prepared.file.label);
	return 0;
}

/* Closing the only reference to a link takes the policy off. */
static void undo(struct attaching *a)
{
	struct err ignored = {};

	pins__remove_staged(&a->pins, a->name, &ignored);
	if (a->committed)
		pins__remove(&a->pins, a->name, &ignored);
	if (a->link_fd >= 0) {
		bpf_link_detach(a->link_fd);
		close(a->link_fd);
		a->link_fd = -1;
	}
	err_clear(&ignored);
}

static int attach_and_pin(struct attaching *a, struct attachment *now, struct err *err)
{
	critical__enter();
	if (pins__stage(&a->pins, a->name, a->prepared.policy.obj, a->prepared.record, err))
		goto fail;
	a->link_fd = bpf_link_create(bpf_map__fd(a->prepared.policy.ops), 0, BPF_STRUCT_OPS, NULL);
	if (a->link_fd < 0) {
		fail_attach(a, a->link_fd, err);
		goto fail;
	}
	if (pin_link(a, err) || verify(a, now, err))
		goto fail;
	close(a->link_fd);
	a->link_fd = -1;
	return 0;
fail:
	if (!err->hint[0])
		err_hint(err, a->link_fd < 0 ? "nothing was attached" :
					       "the policy was taken off the VM again");
	undo(a);
	return -1;
}

static int prepare(struct attaching *a, const struct attach_args *args, struct err *err)
{
	struct policy_source source = { .path = args->common.word[0],
					.data_dir = args->data_dir,
					.include_dirs = &args->include,
					.rule = &args->rule,
					.rules = args->rules };
	struct policy_settings settings = { .flags = (args->forward ? OPS_F_FORWARD : 0) |
						     (args->permissive ? OPS_F_PERMISSIVE : 0),
					    .set_cookie = args->cookie.given,
					    .cookie = args->cookie.value };

	if (args->common.count > 1)
		return err_set(err, ERR_USAGE, "see smccc_loader attach --help",
			       "more than one policy: '%s'", args->common.word[1]);
	if (args->name && pins__check_name(args->name, err))
		return -1;
	if (vm__check_fd(&args->vm_fd, &a->vm_fd, err) ||
	    prepared__open(&a->prepared, &source, err))
		return -1;
	vm__find_owner(a->vm_fd, &a->vmm);
	settings.vm_fd = a->vm_fd;
	return prepared__load(&a->prepared, &settings, &a->vmm, args->common.verbose, err);
}

static void report(struct attaching *a, const struct attachment *now, bool json)
{
	struct json_object *row = attachment__row(now, a->prepared.kernel);
	char done[128];

	snprintf(done, sizeof(done), "attached to the VM of fd %d:", a->vm_fd);
	report__attachment(row, done, json);
	json_object_put(row);
}

static int run_attach(const void *arg, struct err *err)
{
	const struct attach_args *args = arg;
	struct attaching a = { .pins.lock = -1, .link_fd = -1 };
	struct attachment now = { .link_fd = -1 };
	int ret;

	ret = prepare(&a, args, err);
	if (!ret) {
		pins__at(&a.pins, args->common.pin_dir);
		ret = pins__make(&a.pins, err) ? -1 : pins__lock(&a.pins, err);
	}
	if (!ret)
		ret = args->name ? choose_given_name(&a, args->name, err) :
				   choose_default_name(&a, err);
	if (!ret)
		ret = attach_and_pin(&a, &now, err);
	if (!ret)
		report(&a, &now, args->common.json);
	attachment__close(&now);
	pins__close(&a.pins);
	prepared__close(&a.prepared);
	return ret;
}

const struct command attach_command = {
	.name = "attach",
	.usage = "--vm-fd N [POLICY] [OPTION]...",
	.summary = "Attach a policy to a VM, before its first run or while it runs",
	.text = "POLICY is a .bpf.o, or a .bpf.c, which is compiled with clang ($CLANG);\n"
		"without it, the default policy. It stays attached when the loader ends, until\n"
		"`detach` or the end of the VM: its link is pinned at PIN-DIR/NAME/link, its maps\n"
		"in PIN-DIR/NAME/maps/.\n",
	.options = attach_options,
	.args_size = sizeof(struct attach_args),
	.run = run_attach,
};
