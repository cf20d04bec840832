// SPDX-License-Identifier: GPL-2.0
/* smccc_loader attach: a policy onto VMs, of the VMM that starts us or of other processes. */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attachment.h"
#include "command.h"
#include "find_vm.h"
#include "json_add.h"
#include "memory.h"
#include "output.h"
#include "pins.h"
#include "prepare.h"
#include "report.h"
#include "smcccpolicy.h"
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
	struct found_vms found; /* none: the VM is our own --vm-fd */
	struct smccc_policy_vm *vms;
	uint64_t *cookies; /* of each */
	size_t count;
	char whose[64]; /* the one VM of --pid */
	struct err *err;
};

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
		return err_set(err, ERR_NO_VM,
			       "start one first; or let apply give new VMs their policies",
			       "no process has a KVM VM");
	return 0;
}

static bool is_for_many(const struct attach_args *args)
{
	return args->all || args->pid.count > 1;
}

/* Where one policy has the state of many VMs, each needs a cookie of its own. */
static void choose_cookie(const struct run *run, size_t i)
{
	struct smccc_policy_vm *vm = run->vms + i;

	run->cookies[i] = (uint64_t)vm->pid << 32 | (__u32)vm->pid_fd;
	if (run->args->cookie.given)
		run->cookies[i] = run->args->cookie.value;
	else if (!is_for_many(run->args))
		return;
	vm->cookie = run->cookies + i;
}

static int make_room(struct run *run, size_t count, struct err *err)
{
	run->count = count;
	run->vms = calloc(count, sizeof(*run->vms));
	run->cookies = calloc(count, sizeof(*run->cookies));
	return run->vms && run->cookies ? 0 : err_no_memory(err);
}

static int take_found(struct run *run, struct err *err)
{
	size_t i;

	if (make_room(run, run->found.count, err))
		return -1;
	for (i = 0; i < run->count; i++) {
		const struct found_vm *found = run->found.vm + i;

		run->vms[i] = (struct smccc_policy_vm){ .vm_fd = found->fd,
							.pid = found->owner.pid,
							.pid_fd = found->owner.fd,
							.name = run->args->name };
		choose_cookie(run, i);
		snprintf(run->whose, sizeof(run->whose), "fd %d of %s[%d]", found->owner.fd,
			 found->owner.command, found->owner.pid);
	}
	return 0;
}

static int take_inherited(struct run *run, struct err *err)
{
	struct vm_owner owner;
	int fd;

	if (make_room(run, 1, err) || vm__check_fd(&run->args->vm_fd, &fd, err))
		return -1;
	vm__find_owner(fd, &owner);
	run->vms[0] = (struct smccc_policy_vm){ .vm_fd = fd,
						.pid = owner.pid ? owner.pid : -1,
						.pid_fd = owner.fd,
						.name = run->args->name };
	choose_cookie(run, 0);
	snprintf(run->whose, sizeof(run->whose), "fd %d", fd);
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

static void report_one(const struct run *run, struct json_object *row)
{
	char done[128];

	snprintf(done, sizeof(done), "attached to the VM of %s:", run->whose);
	report__attachment(row, done, run->args->common.json);
}

static void report_many(const struct run *run, struct json_object *rows)
{
	if (!run->args->common.json)
		printf("attached to %zu VM%s:\n", run->count, run->count == 1 ? "" : "s");
	report__attached(rows, run->args->common.json);
}

/* What the record has of the settings is what the kernel was given. */
static int add_row(const struct run *run, const struct pins *pins, const char *name,
		   struct json_object *rows)
{
	struct attachment now;
	int ret = attachment__open(&now, pins, name);

	if (ret)
		return err_set(run->err, ERR_FAILED, NULL,
			       "%s was attached, but cannot be read: %s", name, strerror(-ret));
	if (attachment__is_alive(&now) || is_for_many(run->args))
		json_object_array_add(rows, attachment__row(&now, NULL));
	else
		ret = err_set(run->err, ERR_VM_GONE, NULL,
			      "the VM ended when it had got its policy");
	attachment__close(&now);
	return ret;
}

static void report(struct run *run)
{
	struct json_object *rows = json_object_new_array();
	struct pins pins;
	size_t i;
	int ret = 0;

	pins__at(&pins, run->args->common.pin_dir);
	/* or else we would keep VMs alive whose VMM has ended meanwhile, and call them so */
	found_vms__free(&run->found);
	for (i = 0; i < run->count && !ret; i++)
		ret = add_row(run, &pins, run->vms[i].pinned_as, rows);
	if (!ret && is_for_many(run->args))
		report_many(run, rows);
	else if (!ret)
		report_one(run, json_object_array_get_idx(rows, 0));
	json_object_put(rows);
}

/* What is done must be said, too: a signal that comes now changes nothing any more. */
static void done(int ret, void *arg)
{
	critical__ignore();
	memory__may_fail(false);
	if (ret < 0)
		return;
	memory__done("the policy is attached, but ");
	report(arg);
}

static const char *const *list(const struct opt_list *options, const char *items[MAX_LIST + 1])
{
	memcpy(items, options->item, options->count * sizeof(*items));
	items[options->count] = NULL;
	return items;
}

static void take_error(struct err *err, const char *json, const char *text)
{
	struct json_object *error = json ? json_parse(json) : NULL;

	err_take_json(err, error, text);
	json_object_put(error);
}

/* The same function that a VMM calls. */
static int call_library(struct run *run, struct err *err)
{
	const struct attach_args *args = run->args;
	const char *includes[MAX_LIST + 1], *rules[MAX_LIST + 1];
	char error[sizeof(err->message)], *json = NULL;
	struct smccc_policy_attach how = { .size = sizeof(how),
					   .flags = SMCCC_POLICY_PIN,
					   .path = args->common.word[0],
					   .pin_dir = args->common.pin_dir,
					   .vms = run->vms,
					   .vm_count = run->count,
					   .include_dirs = list(&args->include, includes),
					   .data_dir = args->data_dir,
					   .rule = list(&args->rule, rules),
					   .rules = args->rules,
					   .done = done,
					   .arg = run,
					   .json = &json,
					   .detail = &err->detail };
	int ret;

	how.flags |= (how.path ? 0 : SMCCC_POLICY_DEFAULT) |
		     (args->forward ? SMCCC_POLICY_FORWARD : 0) |
		     (args->permissive ? SMCCC_POLICY_PERMISSIVE : 0) |
		     (args->common.verbose ? SMCCC_POLICY_VERBOSE : 0);
	memory__may_fail(true);
	ret = smccc_policy_attach(&how, error, sizeof(error));
	memory__may_fail(false);
	if (ret < 0)
		take_error(err, json, error);
	free(json);
	return err->code == ERR_NONE ? 0 : -1;
}

static int run_attach(const void *arg, struct err *err)
{
	struct run run = { .args = arg, .err = err };
	int ret = -1;
	size_t i;

	if (!check_args(arg, err) && !find_vms(&run, err))
		ret = call_library(&run, err);
	for (i = 0; run.vms && i < run.count; i++) {
		if (run.vms[i].link > 0)
			close(run.vms[i].link);
	}
	free(run.vms);
	free(run.cookies);
	found_vms__free(&run.found);
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
