// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "apply_report.h"
#include "output.h"

static const struct {
	const char *name; /* in JSON */
	const char *text;
} actions[APPLY_ACTIONS] = {
	[APPLY_NOTHING] = { "nothing", "left alone" },
	[APPLY_ATTACHED] = { "attached", "attached" },
	[APPLY_REPLACED] = { "replaced", "replaced" },
	[APPLY_KEPT] = { "kept", "has it" },
	[APPLY_OTHERS] = { "other_policy", "left alone" },
	[APPLY_GONE] = { "gone", "ended meanwhile" },
	[APPLY_FAILED] = { "failed", "FAILED" },
};

static struct json_object *optional(const char *text)
{
	return text && text[0] ? json_object_new_string(text) : NULL;
}

static struct json_object *make_row(const struct apply_vm *vm)
{
	struct json_object *row = json_object_new_object();

	json_object_object_add(row, "pid", json_object_new_int(vm->vm->owner.pid));
	json_object_object_add(row, "fd", json_object_new_int(vm->vm->owner.fd));
	json_object_object_add(row, "command", json_object_new_string(vm->vm->owner.command));
	json_object_object_add(row, "vm", optional(vm->vmm.name));
	json_object_object_add(row, "section", optional(vm->section ? vm->section->title : NULL));
	json_object_object_add(row, "action", json_object_new_string(actions[vm->action].name));
	json_object_object_add(row, "name", optional(vm->name));
	json_object_object_add(row, "why", optional(vm->err.message));
	return row;
}

static char *copy(struct json_object *row, const char *path)
{
	const char *text = output__text(row, path);

	return text[0] ? strdup(text) : NULL;
}

static char *show_vmm(struct json_object *row)
{
	char *text;

	if (asprintf(&text, "%s[%s] fd %s", output__text(row, "command"), output__text(row, "pid"),
		     output__text(row, "fd")) < 0)
		return NULL;
	return text;
}

static char *show_vm(struct json_object *row)
{
	return copy(row, "vm");
}

static char *show_section(struct json_object *row)
{
	return copy(row, "section");
}

static char *show_name(struct json_object *row)
{
	return copy(row, "name");
}

static char *show_action(struct json_object *row)
{
	const char *name = output__text(row, "action"), *why = output__text(row, "why");
	size_t i;
	char *text;

	for (i = 0; i + 1 < APPLY_ACTIONS && strcmp(actions[i].name, name); i++)
		;
	if (asprintf(&text, "%s%s%s", actions[i].text, why[0] ? ": " : "", why) < 0)
		return NULL;
	return text;
}

static const struct output_column columns[] = {
	{ "VMM", show_vmm },   { "VM", show_vm },	  { "SECTION", show_section },
	{ "NAME", show_name }, { "POLICY", show_action }, {},
};

bool apply_report__failed(const struct apply_vm *vms, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (vms[i].action == APPLY_FAILED)
			return true;
	}
	return false;
}

/* The first one stands for all: its code is the status, the table has the others. */
static int fail(const struct apply_vm *vms, size_t count, struct err *err)
{
	const struct apply_vm *first = NULL;
	size_t i, failed = 0;

	for (i = 0; i < count; i++) {
		if (vms[i].action != APPLY_FAILED)
			continue;
		first = first ? first : &vms[i];
		failed++;
	}
	if (!failed)
		return 0;
	return err_set(
		err, first->err.code, first->err.hint,
		"%zu of %zu VM%s did not get the policy; the first is that of process %d: %s",
		failed, count, count == 1 ? "" : "s", first->vm->owner.pid, first->err.message);
}

int apply_report__vms(const struct apply_vm *vms, const struct found_vms *found, bool json,
		      struct err *err)
{
	struct json_object *object = json_object_new_object(), *rows = json_object_new_array();
	size_t i;
	int ret;

	for (i = 0; i < found->count; i++)
		json_object_array_add(rows, make_row(&vms[i]));
	json_object_object_add(object, "vms", rows);
	if (!json && found->count)
		output__table(rows, columns);
	else if (!json && !found->unseen)
		printf("no VM runs\n");
	ret = fail(vms, found->count, err) || found_vms__require_all(found, err) ? -1 : 0;
	if (ret)
		err->json = json_object_get(object);
	else if (json)
		output__json(object);
	json_object_put(object);
	return ret;
}

void apply_report__checked(const struct policies_conf *conf, const struct err *why, bool json)
{
	struct json_object *object;

	if (!json) {
		printf("%s: no mistakes in %zu section%s\n", conf->path, conf->count,
		       conf->count == 1 ? "" : "s");
		if (why)
			printf("note: not loaded: %s\n", why->message);
		return;
	}
	object = json_object_new_object();
	json_object_object_add(object, "file", json_object_new_string(conf->path));
	json_object_object_add(object, "sections", json_object_new_int(conf->count));
	json_object_object_add(object, "loaded", json_object_new_boolean(!why));
	json_object_object_add(object, "not_loaded_because", why ? optional(why->message) : NULL);
	output__json(object);
	json_object_put(object);
}
