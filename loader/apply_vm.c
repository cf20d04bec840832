// SPDX-License-Identifier: GPL-2.0
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "apply.h"
#include "attaching.h"
#include "attachment.h"
#include "memory.h"
#include "output.h"
#include "recipe.h"
#include "record.h"
#include "self.h"

/* The attachment that a VM has, if it is one of ours. */
struct search {
	const struct apply_vm *vm;
	bool any_process; /* the VM may have been handed on since it was attached to */
	bool found;
	char name[NAME_LIMIT + sizeof(STAGING_SUFFIX)];
	const char *difference; /* to the policy that it is to have; NULL: none */
};

static const char *find_difference(const struct attachment *attachment,
				   const struct apply_policy *policy)
{
	const struct prepared *wanted = &policy->prepared;
	struct ops_values values;

	if (!attachment__is_current(attachment))
		return "another program replaced the policy";
	if (!recipe__is_policy(attachment->record, &wanted->file))
		return "another policy";
	if (!recipe__are_rules(attachment->record, &wanted->file))
		return "other rules";
	if (!attachment__values(attachment, wanted->kernel, &values))
		record__get_values(attachment->record, &values);
	if ((values.flags ^ wanted->values.flags) & OPS_F_PERMISSIVE)
		return values.flags & OPS_F_PERMISSIVE ? "it is permissive" : "it is enforcing";
	if (values.flags != wanted->values.flags)
		return values.flags & OPS_F_FORWARD ? "it has --forward" : "it has no --forward";
	return values.cookie != wanted->values.cookie ? "another cookie" : NULL;
}

static int look_at(struct attachment *attachment, void *arg)
{
	struct search *search = arg;
	const struct found_vm *vm = search->vm->vm;
	struct vm_owner vmm;

	record__get_vmm(attachment->record, &vmm);
	if (!attachment__is_alive(attachment) ||
	    (!search->any_process && vmm.pid != vm->owner.pid) ||
	    vm_owner__compare(&vmm, vm->fd) != VM_SAME)
		return 0;
	search->found = true;
	memcpy(search->name, attachment->name, sizeof(search->name));
	search->difference = find_difference(attachment, search->vm->policy);
	return 1;
}

/* Whether the VM has an attachment of ours; then the action is decided. */
static bool find_attachment(struct apply_vm *vm, const struct apply_options *options,
			    bool any_process)
{
	struct search search = { .vm = vm, .any_process = any_process };

	attachment__for_each(&options->pins, look_at, &search);
	if (!search.found)
		return false;
	snprintf(vm->name, sizeof(vm->name), "%s", search.name);
	vm->action = search.difference ? APPLY_OTHERS : APPLY_KEPT;
	if (search.difference)
		err_set(&vm->err, ERR_VM_BUSY, NULL, "%s", search.difference);
	return true;
}

static void add_policy(struct self_args *args, const struct apply_policy *policy,
		       const struct apply_options *options)
{
	const struct conf_section *section = policy->section;
	int i;

	self__add(args, policy->prepared.file.path);
	if (section->cookie.given)
		self__add_number(args, "--cookie", section->cookie.value);
	if (section->rules) {
		self__add(args, "--rules");
		self__add(args, section->rules);
	}
	for (i = 0; i < section->rule.count; i++) {
		self__add(args, "--rule");
		self__add(args, section->rule.item[i]);
	}
	for (i = 0; i < section->include.count; i++) {
		self__add(args, "--include");
		self__add(args, section->include.item[i]);
	}
	self__add(args, "--pin-dir");
	self__add(args, options->pins.dir);
}

static void take_error(struct apply_vm *vm, struct json_object *result, int status)
{
	char ended[64];

	snprintf(ended, sizeof(ended), "it ended with status %d", status);
	err_take_json(&vm->err, output__get(result, "error"), ended);
}

/* Runs a command for the VM; done is what was done if it succeeds. */
static void run(struct apply_vm *vm, struct self_args *args, enum apply_action done)
{
	struct json_object *result;
	int status = self__run(args, &result, &vm->err);

	vm->action = status ? APPLY_FAILED : done;
	if (!status)
		snprintf(vm->name, sizeof(vm->name), "%s", output__text(result, "name"));
	else if (status > 0)
		take_error(vm, result, status);
	json_object_put(result);
}

/* The policy was checked with its section; each VM gets programs and maps of its own. */
static int load(struct apply_vm *vm, struct prepared *own, const struct apply_options *options)
{
	struct policy_settings settings = { .vm_fd = -1, .flags = own->values.flags };

	if (policy__open(&own->policy, &own->file, &vm->err))
		return -1;
	return prepared__load_once(own, &settings, options->verbose, &vm->err);
}

static int choose_name(struct apply_vm *vm, const struct pins *pins, struct attaching *one)
{
	const struct conf_section *section = vm->policy->section;
	struct err ignored = {};
	char name[NAME_LIMIT + 1];
	bool taken = !conf_section__name(section, &vm->vmm, one->vmm.pid, name, &ignored) &&
		     name[0] && !attaching__take_name(pins, one, name, &ignored);

	/* One that is somebody's, or cannot be one, must not be a VM's way around its policy. */
	err_clear(&ignored);
	return taken ? 0 : attaching__default_name(pins, one, &vm->err);
}

static int run_attaching(struct prepared *own, const struct pins *pins, struct attaching *one,
			 struct err *err)
{
	int ret;

	memory__may_fail(true);
	ret = attaching__run(own, pins, own->values.flags, one, 1, err);
	memory__may_fail(false);
	return ret;
}

static void attach(struct apply_vm *vm, const struct pins *pins,
		   const struct apply_options *options)
{
	/* the file and the kernel's types are the section's */
	struct prepared own = { .source = &vm->policy->source,
				.file = vm->policy->prepared.file,
				.kernel = vm->policy->prepared.kernel,
				.map_types = vm->policy->prepared.map_types,
				.values = vm->policy->prepared.values };
	struct attaching one = { .vm_fd = vm->vm->fd,
				 .vmm = vm->vm->owner,
				 .cookie = vm->policy->section->cookie,
				 .link_fd = -1,
				 .instance.map_fd = -1 };

	snprintf(one.vm, sizeof(one.vm), "fd %d of %s[%d]", one.vmm.fd, one.vmm.command,
		 one.vmm.pid);
	vm->action = APPLY_FAILED;
	if (!load(vm, &own, options) && !choose_name(vm, pins, &one) &&
	    !run_attaching(&own, pins, &one, &vm->err)) {
		vm->action = APPLY_ATTACHED;
		snprintf(vm->name, sizeof(vm->name), "%s", one.name);
	}
	attaching__close(&one, 1);
	policy__close(&own.policy);
}

static void replace(struct apply_vm *vm, const struct apply_options *options)
{
	const struct conf_section *section = vm->policy->section;
	struct self_args args = {};

	err_clear(&vm->err);
	self__add(&args, "replace");
	self__add(&args, vm->name);
	/* apply --replace was the answer to what it would ask */
	self__add(&args, "--yes");
	self__add(&args, "--no-diff");
	self__add(&args, "--trusted");
	self__add(&args, section->permissive ? "--permissive" : "--enforce");
	self__add(&args, section->forward ? "--forward" : "--no-forward");
	if (!section->cookie.given)
		self__add_number(&args, "--cookie", vm->policy->prepared.values.cookie);
	add_policy(&args, vm->policy, options);
	run(vm, &args, APPLY_REPLACED);
}

/* With the lock of the pins held: another apply waits, and finds what this one did. */
static void find_or_attach(struct apply_vm *vm, const struct apply_options *options)
{
	struct pins pins = options->pins;

	if (pins__make(&pins, &vm->err) || pins__lock(&pins, &vm->err))
		vm->action = APPLY_FAILED;
	else if (!find_attachment(vm, options, false))
		attach(vm, &pins, options);
	if (vm->action == APPLY_FAILED && vm->err.code == ERR_VM_BUSY) {
		struct err busy = vm->err;

		memset(&vm->err, 0, sizeof(vm->err));
		if (!find_attachment(vm, options, true)) {
			vm->action = APPLY_OTHERS;
			vm->err = busy;
		}
	}
	pins__close(&pins);
}

void apply_vm__run(struct apply_vm *vm, const struct apply_options *options)
{
	if (!vm->policy)
		return;
	find_or_attach(vm, options);
	if (vm->action == APPLY_OTHERS && vm->name[0] && options->replace)
		replace(vm, options);
	/* its VM lives as long as we hold it, but nobody runs it */
	if ((vm->action == APPLY_FAILED || vm->action == APPLY_OTHERS) &&
	    !vm_owner__holds_vm(&vm->vm->owner)) {
		vm->action = APPLY_GONE;
		err_clear(&vm->err);
	}
}
