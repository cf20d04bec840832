// SPDX-License-Identifier: GPL-2.0
/* smccc_loader clean: what dead VMs and killed loaders left, away. */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attachment.h"
#include "command.h"
#include "output.h"
#include "pins.h"
#include "prepare.h"
#include "record.h"
#include "recover.h"
#include "vm.h"

struct clean_args {
	struct common_args common;
	bool dry_run;
};

static const struct option_def clean_options[] = {
	{ .name = "dry-run",
	  .letter = 'n',
	  .help = "only tell what would be done",
	  OPTION_FLAG_AT(struct clean_args, dry_run) },
	PIN_DIR_OPTION,
	{},
};

/* Why something is left over: for programs, and in words. */
struct reason {
	const char *why;
	const char *text;
};

static const struct reason vm_gone = { "vm_gone", "its VM has ended" };
static const struct reason detached = { "detached", "its link was detached by another program" };
static const struct reason half_made = { "half_made", "a killed loader left it half made" };
static const struct reason half_removed = { "half_removed",
					    "a killed loader left it half removed" };
static const struct reason in_force = { "in_force",
					"its policy is in force, put there by a killed loader" };

struct cleaning {
	struct pins pins;
	bool dry_run;
	struct json_object *rows; /* name, action, why, text */
	struct err *err;	  /* the first failure; the others do not stop for it */
};

static bool is_noted(const struct cleaning *cleaning, const char *name)
{
	size_t i;

	for (i = 0; i < json_object_array_length(cleaning->rows); i++) {
		if (!strcmp(output__text(json_object_array_get_idx(cleaning->rows, i), "name"),
			    name))
			return true;
	}
	return false;
}

static void note(struct cleaning *cleaning, const char *name, const char *action,
		 const struct reason *reason)
{
	struct json_object *row = json_object_new_object();

	json_object_object_add(row, "name", json_object_new_string(name));
	json_object_object_add(row, "action", json_object_new_string(action));
	json_object_object_add(row, "why", json_object_new_string(reason->why));
	json_object_object_add(row, "text", json_object_new_string(reason->text));
	json_object_array_add(cleaning->rows, row);
}

static void remove_one(struct cleaning *cleaning, const char *name, const struct reason *reason)
{
	/* in a dry run what takes the place of NAME is still NAME~new */
	if (is_noted(cleaning, name))
		return;
	/* whole or not at all: without its info it would not be ours any more */
	if (!pins__check_content(&cleaning->pins, name, ERR_FAILED, cleaning->err) &&
	    (cleaning->dry_run || !pins__remove(&cleaning->pins, name, cleaning->err)))
		note(cleaning, name, "remove", reason);
}

static int note_staged(const char *name, bool finish, void *arg)
{
	char staging[NAME_LIMIT + sizeof(STAGING_SUFFIX)];

	snprintf(staging, sizeof(staging), "%s" STAGING_SUFFIX, name);
	if (finish)
		note(arg, name, "finish", &in_force);
	else
		note(arg, staging, "remove", &half_made);
	return 0;
}

static int remove_dead(struct attachment *attachment, void *arg)
{
	struct vm_owner vmm;

	/* in a dry run NAME~new is still there, and has been noted */
	if (attachment__is_alive(attachment) || strstr(attachment->link_path, STAGING_SUFFIX "/"))
		return 0;
	record__get_vmm(attachment->record, &vmm);
	remove_one(arg, attachment->name, vm_owner__holds_vm(&vmm) ? &detached : &vm_gone);
	return 0;
}

/* A policy of ours that is in no folder any more: its link may be pinned elsewhere. */
static bool may_be_in_force(const struct pins *pins, const char *name)
{
	struct err ignored = {};
	struct json_object *record;
	char path[PATH_MAX];
	__u32 map_id;
	int fd;

	if (pins__path(pins, name, "info", path, &ignored))
		return true;
	record = record__read(path);
	map_id = record ? record__number(record, "map_id") : 0;
	json_object_put(record);
	fd = bpf_map_get_fd_by_id(map_id);
	if (fd >= 0)
		close(fd);
	/* without CAP_SYS_ADMIN it cannot be told */
	return fd != -ENOENT;
}

static bool has_link(const struct pins *pins, const char *name)
{
	struct err ignored = {};
	char path[PATH_MAX];

	return pins__path(pins, name, "link", path, &ignored) || !access(path, F_OK);
}

static void remove_half_removed(struct cleaning *cleaning)
{
	struct dirent **entries;
	int count = scandir(cleaning->pins.dir, &entries, NULL, alphasort);
	int i;

	for (i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;

		if (name[0] != '.' && strlen(name) <= NAME_LIMIT && !strchr(name, '~') &&
		    pins__owner(&cleaning->pins, name) == PIN_OURS &&
		    !has_link(&cleaning->pins, name) && !may_be_in_force(&cleaning->pins, name))
			remove_one(cleaning, name, &half_removed);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

/* With the lock held, so that nothing that is being made looks like left over. */
static int clean(struct cleaning *cleaning)
{
	int ret;

	if (pins__lock_unrepaired(&cleaning->pins, cleaning->err))
		return -1;
	critical__enter();
	recover__for_each(&cleaning->pins, note_staged, cleaning);
	if (!cleaning->dry_run && recover__all(&cleaning->pins, cleaning->err))
		return -1;
	ret = attachment__for_each(&cleaning->pins, remove_dead, cleaning);
	if (ret)
		return err_set(cleaning->err, ERR_FAILED, NULL, "cannot read %s: %s",
			       cleaning->pins.dir, strerror(-ret));
	remove_half_removed(cleaning);
	return cleaning->err->code == ERR_NONE ? 0 : -1;
}

static void print_rows(const struct cleaning *cleaning)
{
	size_t i, count = json_object_array_length(cleaning->rows);
	static const char *const words[2][2] = { { "finished", "removed" },
						 { "would finish", "would remove" } };

	for (i = 0; i < count; i++) {
		struct json_object *row = json_object_array_get_idx(cleaning->rows, i);
		bool remove = !strcmp(output__text(row, "action"), "remove");

		printf("%s %s: %s\n", words[cleaning->dry_run][remove], output__text(row, "name"),
		       output__text(row, "text"));
	}
	if (!count && cleaning->err->code == ERR_NONE)
		printf("nothing to clean\n");
}

/* A failure has one JSON object, too: then what was done is a part of the error. */
static void report(struct cleaning *cleaning, bool json, bool failed)
{
	struct json_object *object;

	if (!json) {
		print_rows(cleaning);
		return;
	}
	object = json_object_new_object();
	json_object_object_add(object, "dry_run", json_object_new_boolean(cleaning->dry_run));
	json_object_object_add(object, "cleaned", json_object_get(cleaning->rows));
	if (!failed)
		output__json(object);
	else if (!cleaning->err->json)
		cleaning->err->json = json_object_get(object);
	json_object_put(object);
}

static int run_clean(const void *arg, struct err *err)
{
	const struct clean_args *args = arg;
	struct cleaning cleaning = { .dry_run = args->dry_run, .err = err };
	int ret = 0;

	if (args->common.count)
		return err_set(err, ERR_USAGE, "one attachment is removed by smccc_loader detach",
			       "clean takes no argument: '%s'", args->common.word[0]);
	pins__at(&cleaning.pins, args->common.pin_dir);
	cleaning.rows = json_object_new_array();
	if (!access(cleaning.pins.dir, F_OK) || errno != ENOENT)
		ret = clean(&cleaning);
	report(&cleaning, args->common.json, ret);
	json_object_put(cleaning.rows);
	pins__close(&cleaning.pins);
	return ret;
}

const struct command clean_command = {
	.name = "clean",
	.usage = "[OPTION]...",
	.summary = "Remove what VMs that ended, and loaders that were killed, left",
	.text = "Policies that are in force stay, and so does what other programs pinned.\n",
	.options = clean_options,
	.args_size = sizeof(struct clean_args),
	.run = run_clean,
};
