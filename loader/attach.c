// SPDX-License-Identifier: GPL-2.0
/* smccc_loader attach: a policy onto VMs, of the VMM that starts us or of other processes. */
#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attaching.h"
#include "attachment.h"
#include "command.h"
#include "find_vm.h"
#include "output.h"
#include "pins.h"
#include "prepare.h"
#include "report.h"
#include "vm.h"

struct attach_args {
	struct common_args common;
	struct opt_number vm_fd;
	struct opt_numbers pid;
	struct opt_number cookie;
	struct opt_list include;
	struct opt_list rule;
	const char *rules;
	const char *data_dir;
	const char *name;
	bool all;
	bool permissive;
	bool forward;
};

static const struct option_def attach_options[] = {
	{ .name = "vm-fd",
	  .arg = "N",
	  .help = "the VM: the fd that KVM_CREATE_VM returned, inherited, or of --pid",
	  OPTION_NUMBER_AT(struct attach_args, vm_fd) },
	{ .name = "pid",
	  .letter = 'p',
	  .arg = "PID",
	  .help = "the VM of a running process (may be repeated)",
	  OPTION_NUMBERS_AT(struct attach_args, pid) },
	{ .name = "all",
	  .letter = 'a',
	  .help = "all VMs of all processes",
	  OPTION_FLAG_AT(struct attach_args, all) },
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

/* One run of the command. */
struct run {
	const struct attach_args *args;
	struct pins pins;
	struct policy_source source;
	struct prepared prepared;
	struct found_vms found; /* none: the VM is our own --vm-fd */
	struct attaching *vms;
	size_t count;
};

static int choose_names(struct run *run, struct err *err)
{
	size_t i;

	if (run->args->name)
		return attaching__take_name(&run->pins, run->vms, run->args->name, err);
	for (i = 0; i < run->count; i++) {
		if (attaching__default_name(&run->pins, run->vms + i, err))
			return -1;
	}
	return 0;
}

static int check_args(const struct attach_args *args, struct err *err)
{
	if (args->common.count > 1)
		return err_set(err, ERR_USAGE, "see smccc_loader attach --help",
			       "more than one policy: '%s'", args->common.word[1]);
	if (args->all && (args->pid.count || args->vm_fd.given))
		return err_set(err, ERR_USAGE, NULL, "--all leaves no choice to --pid and --vm-fd");
	if (args->vm_fd.given && args->pid.count > 1)
		return err_set(err, ERR_USAGE, "attach to one after the other",
			       "--vm-fd is for one --pid, not for %d", args->pid.count);
	if (args->name && (args->all || args->pid.count > 1))
		return err_set(err, ERR_USAGE, "leave it out: they are called vm-PID-FD",
			       "--name is for one VM, not for many");
	return args->name ? pins__check_name(args->name, err) : 0;
}

/* Asks which of its VMs is meant: those from `first` on. */
static int fail_several(const struct found_vms *found, size_t first, struct err *err)
{
	const struct vm_owner *owner = &found->vm[first].owner;
	size_t i, count = found->count - first;
	struct json_object *fds = json_object_new_array();
	char list[256] = "";

	for (i = first; i < found->count; i++) {
		size_t len = strlen(list);

		if (len < sizeof(list) - 24)
			snprintf(list + len, sizeof(list) - len, "%s%d", len ? ", " : "",
				 found->vm[i].owner.fd);
		else if (strcmp(list + len - 3, "..."))
			strcpy(list + len, ", ...");
		json_object_array_add(fds, json_object_new_int(found->vm[i].owner.fd));
	}
	err_set(err, ERR_SEVERAL_VMS, NULL, "process %d (%s) has %zu VMs: its fds %s", owner->pid,
		owner->command, count, list);
	err_hint(err, "say which: --pid %d --vm-fd N", owner->pid);
	err->json = json_object_new_object();
	json_object_object_add(err->json, "pid", json_object_new_int(owner->pid));
	json_object_object_add(err->json, "fds", fds);
	return -1;
}

static int find_by_pid(struct run *run, __u64 pid, struct err *err)
{
	const struct opt_number *fd = &run->args->vm_fd;
	struct found_vms *found = &run->found;
	size_t first = found->count;

	if (pid > INT_MAX)
		return err_set(err, ERR_NO_PROCESS, "give the pid of a running VMM",
			       "no process has pid %llu", pid);
	if (fd->given && fd->value > INT_MAX)
		return err_set(err, ERR_BAD_FD, "a file descriptor is a small number",
			       "--vm-fd %llu is not a file descriptor", fd->value);
	if (fd->given)
		return found_vms__add_fd(found, pid, fd->value, err);
	if (found_vms__add_pid(found, pid, err))
		return -1;
	return found->count > first + 1 ? fail_several(found, first, err) : 0;
}

static int find_all(struct run *run, struct err *err)
{
	if (found_vms__add_all(&run->found, err) || found_vms__require_all(&run->found, err))
		return -1;
	if (!run->found.count)
		return err_set(err, ERR_NO_VM, NULL, "no process has a KVM VM");
	return 0;
}

static bool is_for_many(const struct attach_args *args)
{
	return args->all || args->pid.count > 1;
}

/* Where one policy has the state of many VMs, each needs a cookie of its own. */
static void choose_cookie(const struct run *run, struct attaching *vm)
{
	vm->cookie = run->args->cookie;
	if (vm->cookie.given || !is_for_many(run->args))
		return;
	vm->cookie.given = true;
	vm->cookie.value = (__u64)vm->vmm.pid << 32 | (__u32)vm->vmm.fd;
}

static int take_found(struct run *run, struct err *err)
{
	size_t i;

	run->count = run->found.count;
	run->vms = calloc(run->count, sizeof(*run->vms));
	if (!run->vms)
		return err_no_memory(err);
	for (i = 0; i < run->count; i++) {
		struct attaching *vm = run->vms + i;

		vm->link_fd = vm->instance.map_fd = -1;
		vm->vm_fd = run->found.vm[i].fd;
		vm->vmm = run->found.vm[i].owner;
		snprintf(vm->vm, sizeof(vm->vm), "fd %d of %s[%d]", vm->vmm.fd, vm->vmm.command,
			 vm->vmm.pid);
		choose_cookie(run, vm);
	}
	return 0;
}

static int take_inherited(struct run *run, struct err *err)
{
	struct attaching *vm = calloc(1, sizeof(*vm));

	if (!vm)
		return err_no_memory(err);
	run->vms = vm;
	run->count = 1;
	vm->link_fd = vm->instance.map_fd = -1;
	if (vm__check_fd(&run->args->vm_fd, &vm->vm_fd, err))
		return -1;
	vm__find_owner(vm->vm_fd, &vm->vmm);
	snprintf(vm->vm, sizeof(vm->vm), "--vm-fd %d", vm->vm_fd);
	choose_cookie(run, vm);
	return 0;
}

static int find_vms(struct run *run, struct err *err)
{
	int i;

	if (!run->args->all && !run->args->pid.count)
		return take_inherited(run, err);
	if (run->args->all && find_all(run, err))
		return -1;
	for (i = 0; i < run->args->pid.count; i++) {
		if (find_by_pid(run, run->args->pid.value[i], err))
			return -1;
	}
	return take_found(run, err);
}

static __u32 choose_flags(const struct attach_args *args)
{
	return (args->forward ? OPS_F_FORWARD : 0) | (args->permissive ? OPS_F_PERMISSIVE : 0);
}

static int prepare(struct run *run, struct err *err)
{
	const struct attach_args *args = run->args;
	struct policy_settings settings = { .vm_fd = -1, .flags = choose_flags(args) };

	run->source = (struct policy_source){ .path = args->common.word[0],
					      .data_dir = args->data_dir,
					      .include_dirs = &args->include,
					      .rule = &args->rule,
					      .rules = args->rules };
	return prepared__open(&run->prepared, &run->source, err) ||
			       prepared__load_once(&run->prepared, &settings, args->common.verbose,
						   err) ?
		       -1 :
		       0;
}

static void report_one(const struct run *run, struct json_object *row)
{
	const struct attaching *vm = run->vms;
	char done[128];

	if (run->args->pid.count)
		snprintf(done, sizeof(done), "attached to the VM of %s:", vm->vm);
	else
		snprintf(done, sizeof(done), "attached to the VM of fd %d:", vm->vm_fd);
	report__attachment(row, done, run->args->common.json);
}

static void report_many(const struct run *run, struct json_object *rows)
{
	if (!run->args->common.json)
		printf("attached to %zu VM%s:\n", run->count, run->count == 1 ? "" : "s");
	report__attached(rows, run->args->common.json);
}

static int add_row(const struct run *run, const char *name, struct json_object *rows,
		   struct err *err)
{
	struct attachment now;
	int ret = attachment__open(&now, &run->pins, name);

	if (ret)
		return err_set(err, ERR_FAILED, NULL, "%s was attached, but cannot be read: %s",
			       name, strerror(-ret));
	if (attachment__is_alive(&now) || is_for_many(run->args))
		json_object_array_add(rows, attachment__row(&now, run->prepared.kernel));
	else
		ret = err_set(err, ERR_VM_GONE, NULL, "the VM ended when it had got its policy");
	attachment__close(&now);
	return ret;
}

static int report(struct run *run, struct err *err)
{
	struct json_object *rows = json_object_new_array();
	size_t i;
	int ret = 0;

	/* or else we would keep VMs alive whose VMM has ended meanwhile, and call them so */
	found_vms__free(&run->found);
	for (i = 0; i < run->count && !ret; i++)
		ret = add_row(run, run->vms[i].name, rows, err);
	if (!ret && is_for_many(run->args))
		report_many(run, rows);
	else if (!ret)
		report_one(run, json_object_array_get_idx(rows, 0));
	json_object_put(rows);
	return ret;
}

static int attach(struct run *run, struct err *err)
{
	const struct attach_args *args = run->args;

	if (check_args(args, err) || find_vms(run, err) || prepare(run, err))
		return -1;
	pins__at(&run->pins, args->common.pin_dir);
	if (pins__make(&run->pins, err) || pins__lock(&run->pins, err) || choose_names(run, err))
		return -1;
	/* what is done must be said, too */
	critical__enter();
	if (attaching__run(&run->prepared, &run->pins, choose_flags(args), run->vms, run->count,
			   err))
		return -1;
	return report(run, err);
}

static int run_attach(const void *arg, struct err *err)
{
	struct run run = { .args = arg, .pins.lock = -1 };
	int ret = attach(&run, err);

	attaching__close(run.vms, run.count);
	free(run.vms);
	found_vms__free(&run.found);
	pins__close(&run.pins);
	prepared__close(&run.prepared);
	return ret;
}

const struct command attach_command = {
	.name = "attach",
	.usage = "--vm-fd N|--pid PID...|--all [POLICY] [OPTION]...",
	.summary = "Attach a policy to VMs, before their first run or while they run",
	.text = "The VM is that of --vm-fd, inherited from the VMM that starts the loader, or of\n"
		"the process PID; if that has several VMs, --vm-fd says which of its fds. Several\n"
		"--pid, and --all, load the policy once, for all their VMs or, if anything fails,\n"
		"for none; each VM gets a cookie of its own then, its VMM's pid in the upper and\n"
		"that one's fd in the lower 32 bits, unless --cookie gives one to all.\n\n"
		"POLICY is a .bpf.o, or a .bpf.c, which is compiled with clang ($CLANG);\n"
		"without it, the default policy. It stays attached when the loader ends, until\n"
		"`detach` or the end of the VM: its link is pinned at PIN-DIR/NAME/link, its maps\n"
		"in PIN-DIR/NAME/maps/.\n",
	.options = attach_options,
	.args_size = sizeof(struct attach_args),
	.run = run_attach,
};
