// SPDX-License-Identifier: GPL-2.0
/* smccc_loader apply: the policies that policies.conf names, onto the VMs that run. */
#define _GNU_SOURCE
#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "apply.h"
#include "apply_report.h"
#include "case_lexer.h"
#include "clock.h"
#include "command.h"
#include "proc.h"

/* How long the VM of an event may take to show up: KVM tells of it before the VMM has its fd. */
#define EVENT_WAIT_NS  1000000000ULL
#define EVENT_PAUSE_NS 20000000L

struct apply_args {
	struct common_args common;
	const char *config;
	struct opt_number pid;
	bool event;
	bool check;
	bool replace;
};

static const struct option_def apply_options[] = {
	{ .name = "config",
	  .arg = "FILE",
	  .help = "read FILE (default " POLICIES_CONF ")",
	  OPTION_STRING_AT(struct apply_args, config) },
	{ .name = "check",
	  .help = "only check FILE and its policies, which are loaded if this kernel can",
	  OPTION_FLAG_AT(struct apply_args, check) },
	{ .name = "pid",
	  .arg = "PID",
	  .help = "the VMs of this process only",
	  OPTION_NUMBER_AT(struct apply_args, pid) },
	{ .name = "event",
	  .help = "PID is that of KVM's event of a new VM: wait for the VM; it may be gone, too",
	  OPTION_FLAG_AT(struct apply_args, event) },
	{ .name = "replace",
	  .help = "also where another policy of ours is in force, in its place",
	  OPTION_FLAG_AT(struct apply_args, replace) },
	PIN_DIR_OPTION,
	{},
};

struct applying {
	const struct apply_args *args;
	struct apply_options options;
	struct policies_conf conf;
	struct apply_policy *policy; /* one a section, in its order */
	bool *loaded;
	struct found_vms found;
	struct apply_vm *vm; /* one each of found */
};

/* What is wrong with a policy, rather than with this machine. */
static bool is_mistake(const struct err *err)
{
	int code = err_exit_code(err);

	return code == EXIT_BAD_POLICY || code == EXIT_REJECTED || code == EXIT_USAGE;
}

static void add_mistake(struct json_object *mistakes, const struct conf_section *section,
			const struct err *err)
{
	struct json_object *mistake = json_object_new_object();
	char message[sizeof(err->message) + sizeof(err->hint) + 4];

	snprintf(message, sizeof(message), "%s%s%s", err->message, err->hint[0] ? "; " : "",
		 err->hint);
	json_object_object_add(mistake, "line", json_object_new_int(section->policy_at.line));
	json_object_object_add(mistake, "column", json_object_new_int(section->policy_at.column));
	json_object_object_add(mistake, "message", json_object_new_string(message));
	if (err->detail)
		json_object_object_add(mistake, "detail", json_object_new_string(err->detail));
	json_object_array_add(mistakes, mistake);
}

/* Once each. Mistakes are collected; anything else that goes wrong ends it. */
static int load_policy(struct applying *a, size_t i, struct json_object *mistakes, struct err *err)
{
	struct err own = {};

	if (a->loaded[i] || a->conf.section[i].leave_alone)
		return 0;
	a->loaded[i] = true;
	if (!apply_policy__load(&a->policy[i], &a->conf.section[i], a->options.verbose, &own))
		return 0;
	if (!is_mistake(&own)) {
		*err = own;
		return -1;
	}
	add_mistake(mistakes, &a->conf.section[i], &own);
	err_clear(&own);
	return 0;
}

static int finish_loading(struct applying *a, struct json_object *mistakes, int ret,
			  struct err *err)
{
	if (!ret && json_object_array_length(mistakes))
		ret = lexer__fail(mistakes, a->conf.path, ERR_BAD_CONFIG, "nothing was applied",
				  err);
	json_object_put(mistakes);
	return ret;
}

/* Where this kernel cannot load a policy, everything up to that was checked. */
static int check(struct applying *a, struct err *err)
{
	struct json_object *mistakes = json_object_new_array();
	struct err own = {};
	size_t i, unloaded = 0;
	int ret = 0;

	for (i = 0; !ret && i < a->conf.count; i++) {
		ret = load_policy(a, i, mistakes, err);
		if (!ret || (err_exit_code(err) != EXIT_NO_KERNEL_SUPPORT &&
			     err_exit_code(err) != EXIT_NO_PERMISSION))
			continue;
		ret = 0;
		if (!unloaded++)
			own = *err;
		else
			err_clear(err);
		memset(err, 0, sizeof(*err));
	}
	ret = finish_loading(a, mistakes, ret, err);
	if (!ret)
		apply_report__checked(&a->conf, unloaded ? &own : NULL, a->args->common.json);
	err_clear(&own);
	return ret;
}

/* KVM names the thread that made the VM. */
static pid_t process_of(pid_t tid)
{
	unsigned int tgid;

	return proc__status(tid, "Tgid: %u", &tgid) ? (pid_t)tgid : tid;
}

static int find(struct applying *a, struct err *err)
{
	const struct apply_args *args = a->args;
	int ret;

	if (!args->pid.given)
		return found_vms__add_all(&a->found, err);
	ret = found_vms__add_pid(
		&a->found, args->event ? process_of(args->pid.value) : (pid_t)args->pid.value, err);
	if (!ret || !args->event || (err->code != ERR_NO_PROCESS && err->code != ERR_NO_VM))
		return ret;
	err_clear(err);
	return 0;
}

/* The sections of the VMs, and the policies of those. */
static int match(struct applying *a, struct json_object *mistakes, struct err *err)
{
	const struct conf_section *section;
	size_t i, at;

	a->vm = calloc(a->found.count + 1, sizeof(*a->vm));
	if (!a->vm)
		return err_no_memory(err);
	for (i = 0; i < a->found.count; i++) {
		struct apply_vm *vm = &a->vm[i];

		vm->vm = &a->found.vm[i];
		if (!vmm__read(&vm->vmm, &vm->vm->owner)) {
			vm->action = APPLY_GONE;
			continue;
		}
		section = policies_conf__match(&a->conf, &vm->vmm);
		if (!section)
			continue;
		at = section - a->conf.section;
		vm->section = section;
		if (load_policy(a, at, mistakes, err))
			return -1;
		vm->policy = section->leave_alone ? NULL : &a->policy[at];
	}
	return 0;
}

static size_t apply_all(struct applying *a)
{
	size_t i, changed = 0;

	for (i = 0; i < a->found.count; i++) {
		apply_vm__run(&a->vm[i], &a->options);
		changed += a->vm[i].action == APPLY_ATTACHED;
	}
	return changed;
}

static void forget(struct applying *a)
{
	size_t i;

	for (i = 0; a->vm && i < a->found.count; i++)
		err_clear(&a->vm[i].err);
	free(a->vm);
	a->vm = NULL;
	found_vms__free(&a->found);
}

/* One look at the VMs, and what is to be done with each. */
static int round_of(struct applying *a, size_t *changed, struct err *err)
{
	struct json_object *mistakes = json_object_new_array();
	int ret;

	forget(a);
	ret = find(a, err);
	if (!ret)
		ret = match(a, mistakes, err);
	ret = finish_loading(a, mistakes, ret, err);
	*changed = ret ? 0 : apply_all(a);
	return ret;
}

/* The event's VM may still be to come if there is none to attach to, and a section could match. */
static bool is_to_come(const struct applying *a)
{
	char path[64];
	size_t i;

	for (i = 0; i < a->found.count; i++) {
		if (a->vm[i].policy)
			return true;
	}
	snprintf(path, sizeof(path), "/proc/%llu", a->args->pid.value);
	return !a->found.count && !access(path, F_OK);
}

static int apply(struct applying *a, struct err *err)
{
	const struct timespec pause = { .tv_nsec = EVENT_PAUSE_NS };
	__u64 start = clock_ns(CLOCK_MONOTONIC);
	size_t changed;

	for (;;) {
		if (round_of(a, &changed, err))
			return -1;
		if (!a->args->event || changed || apply_report__failed(a->vm, a->found.count) ||
		    !is_to_come(a) || clock_ns(CLOCK_MONOTONIC) - start > EVENT_WAIT_NS)
			break;
		nanosleep(&pause, NULL);
	}
	return apply_report__vms(a->vm, &a->found, a->args->common.json, err);
}

static int check_args(const struct apply_args *args, struct err *err)
{
	if (args->common.count)
		return err_set(err, ERR_USAGE, "see smccc_loader apply --help",
			       "apply takes no argument: '%s'", args->common.word[0]);
	if (args->event && !args->pid.given)
		return err_set(err, ERR_USAGE, "give --pid, too", "--event is about one process");
	if (args->check && (args->pid.given || args->replace))
		return err_set(err, ERR_USAGE, NULL, "--check applies nothing: leave out --%s",
			       args->pid.given ? "pid" : "replace");
	if (args->pid.given && (!args->pid.value || args->pid.value > INT_MAX))
		return err_set(err, ERR_USAGE, NULL, "--pid %llu is not a process id",
			       args->pid.value);
	return 0;
}

static int run_apply(const void *arg, struct err *err)
{
	const struct apply_args *args = arg;
	struct applying a = { .args = args,
			      .options = { .replace = args->replace,
					   .verbose = args->common.verbose } };
	int ret = check_args(args, err);
	size_t i;

	pins__at(&a.options.pins, args->common.pin_dir);
	if (!ret)
		ret = policies_conf__read(&a.conf, args->config ? args->config : POLICIES_CONF,
					  err);
	a.policy = calloc(a.conf.count + 1, sizeof(*a.policy));
	a.loaded = calloc(a.conf.count + 1, sizeof(*a.loaded));
	if (!ret && (!a.policy || !a.loaded))
		ret = err_no_memory(err);
	if (!ret)
		ret = args->check ? check(&a, err) : apply(&a, err);
	for (i = 0; i < a.conf.count; i++) {
		if (a.policy && a.loaded && a.loaded[i])
			apply_policy__close(&a.policy[i]);
	}
	free(a.policy);
	free(a.loaded);
	forget(&a);
	policies_conf__free(&a.conf);
	return ret;
}

const struct command apply_command = {
	.name = "apply",
	.usage = "[OPTION]...",
	.summary = "Give all VMs the policies that " POLICIES_CONF " names",
	.text = "A VM that has its policy already is left alone, and so is one that has another,\n"
		"which is said. If the file or a policy that is needed has mistakes, all of them\n"
		"are told, and nothing is applied.\n\n" POLICIES_CONF_FORMAT
		"\nThe file, what it names, and the folders they are in have to belong to root, or to\n"
		"who runs this, and be writable by nobody else.\n",
	.options = apply_options,
	.args_size = sizeof(struct apply_args),
	.run = run_apply,
};
