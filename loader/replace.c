// SPDX-License-Identifier: GPL-2.0
/* smccc_loader replace: another policy for a VM that has one, without a moment between them. */
#include <bpf/bpf.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "attachment.h"
#include "carry.h"
#include "changes.h"
#include "command.h"
#include "compare.h"
#include "kernel.h"
#include "memory.h"
#include "pins.h"
#include "prepare.h"
#include "recipe.h"
#include "record.h"
#include "report.h"
#include "settings.h"
#include "swap.h"

struct replace_args {
	struct common_args common;
	const char *pin;
	struct opt_number cookie;
	struct opt_list include;
	struct opt_list rule;
	const char *rules;
	const char *data_dir;
	bool permissive;
	bool enforce;
	bool forward;
	bool no_forward;
	bool yes;
	bool no_diff;
	bool fresh;
	bool trusted;
};

static const struct option_def replace_options[] = {
	{ .name = "pin",
	  .arg = "PATH",
	  .help = "the attachment by its pinned link, instead of NAME",
	  OPTION_STRING_AT(struct replace_args, pin) },
	{ .name = "permissive",
	  .help = "count and trace what would be denied, and let KVM handle it",
	  OPTION_FLAG_AT(struct replace_args, permissive) },
	{ .name = "enforce",
	  .help = "the opposite of --permissive",
	  OPTION_FLAG_AT(struct replace_args, enforce) },
	{ .name = "forward",
	  .help = "this VMM completes forwarded calls (KVM_EXIT_HYPERCALL)",
	  OPTION_FLAG_AT(struct replace_args, forward) },
	{ .name = "no-forward",
	  .help = "the opposite of --forward",
	  OPTION_FLAG_AT(struct replace_args, no_forward) },
	{ .name = "yes",
	  .letter = 'y',
	  .help = "do not ask",
	  OPTION_FLAG_AT(struct replace_args, yes) },
	{ .name = "no-diff",
	  .help = "do not compare the policies: their diff takes a second or two",
	  OPTION_FLAG_AT(struct replace_args, no_diff) },
	{ .name = "fresh",
	  .help = "begin with empty maps: carry nothing over",
	  OPTION_FLAG_AT(struct replace_args, fresh) },
	{ .name = "trusted",
	  .help = "refuse a policy, or a header of it, that others can change, as apply does",
	  OPTION_FLAG_AT(struct replace_args, trusted) },
	POLICY_OPTIONS(struct replace_args),
	PIN_DIR_OPTION,
	{},
};

struct replacing {
	const struct replace_args *args;
	struct pins pins;
	struct prepared prepared; /* of the settings alone: its kernel only */
	struct attachment old;
	struct policy_source source; /* without a path: of the policy that is in force */
	struct recipe recipe;	     /* that one's */
	struct ops_values old_values;
	int old_map_fd; /* what we expect to replace; -1 if we may not have it */
	struct policy_settings settings;
	struct json_object *changes;
	struct swap swap;
};

/* Which of the words are the attachment and the policy. */
static int take_words(struct replacing *r, const char **name, struct err *err)
{
	const struct replace_args *args = r->args;
	int policy_at = args->pin ? 0 : 1;

	*name = args->pin ? NULL : args->common.word[0];
	if (!args->pin && !args->common.count)
		return err_set(err, ERR_USAGE, "see smccc_loader list",
			       "name the attachment, or give --pin");
	if (args->common.count > policy_at + 1)
		return err_set(err, ERR_USAGE, "see smccc_loader replace --help",
			       "more than one policy: '%s'", args->common.word[policy_at + 1]);
	if (args->permissive && args->enforce)
		return err_set(err, ERR_USAGE, NULL,
			       "--permissive and --enforce exclude each other");
	if (args->forward && args->no_forward)
		return err_set(err, ERR_USAGE, NULL,
			       "--forward and --no-forward exclude each other");
	r->source = (struct policy_source){ .path = args->common.word[policy_at],
					    .data_dir = args->data_dir,
					    .include_dirs = &args->include,
					    .rule = &args->rule,
					    .rules = args->rules,
					    .trusted = args->trusted };
	return 0;
}

static const char *what(const struct replacing *r)
{
	return r->old.name[0] ? r->old.name : r->old.link_path;
}

static int find_old(struct replacing *r, const char *name, struct err *err)
{
	pins__at(&r->pins, r->args->common.pin_dir);
	if (attachment__find(&r->old, &r->pins, name, r->args->pin, err))
		return -1;
	if (!attachment__is_alive(&r->old))
		return err_set(err, ERR_VM_GONE, "remove what is left with smccc_loader detach",
			       "the VM of %s has ended, or its policy was detached", what(r));
	return 0;
}

/* Where the policy in force came from; what is given on the command line goes before. */
static int take_recipe(struct replacing *r, struct err *err)
{
	struct policy_source *source = &r->source, *old = &r->recipe.source;

	if (!attachment__is_current(&r->old) || !recipe__read(r->old.record, &r->recipe))
		return err_set(err, ERR_USAGE, "name the policy",
			       "it is not recorded what file the policy of %s was read from",
			       what(r));
	source->path = old->path;
	if (!source->data_dir)
		source->data_dir = old->data_dir;
	if (!source->include_dirs->count)
		source->include_dirs = old->include_dirs;
	if (!source->rule->count && !source->rules) {
		source->rule = old->rule;
		source->rules = old->rules;
	}
	return 0;
}

static int check_same(const struct replacing *r, struct err *err)
{
	const struct policy_file *file = &r->prepared.file;
	bool new_rules = r->args->rules || r->args->rule.count;
	bool same = recipe__is_policy(r->old.record, file);

	if (same && (new_rules || recipe__are_rules(r->old.record, file)))
		return 0;
	return err_set(err, ERR_POLICY_CHANGED, NULL, "%s is not what is attached any more",
		       same && r->source.rules ? r->source.rules : file->label);
}

/* For other settings of the policy in force: it is loaded once more, and no other. */
static int prepare_same(struct replacing *r, struct err *err)
{
	if (take_recipe(r, err))
		return -1;
	if (!prepared__open(&r->prepared, &r->source, err) && !check_same(r, err))
		return 0;
	if (err_exit_code(err) == EXIT_BAD_POLICY)
		err_hint(err,
			 "the policy of %s was made of it: restore it, or name a policy: "
			 "smccc_loader replace %s POLICY",
			 what(r), what(r));
	return -1;
}

/* What was in force until now, from the kernel or, without the right to ask it, the record. */
static int read_old(struct replacing *r, struct err *err)
{
	r->old_map_fd = bpf_map_get_fd_by_id(r->old.map_id);
	if (!attachment__values(&r->old, r->prepared.kernel, &r->old_values))
		return err_set(err, ERR_NO_SUCH_NAME, "see smccc_loader list",
			       "%s is not the link of a policy, or it takes CAP_SYS_ADMIN to see",
			       r->old.link_path);
	return 0;
}

/* Only what is said changes: a policy is replaced, not how it is attached. */
static void choose_settings(struct replacing *r)
{
	const struct replace_args *args = r->args;
	struct policy_settings *settings = &r->settings;

	settings->vm_fd = -1; /* the kernel keeps the link's VM */
	settings->flags = r->old_values.flags;
	if (args->permissive)
		settings->flags |= OPS_F_PERMISSIVE;
	if (args->enforce)
		settings->flags &= ~OPS_F_PERMISSIVE;
	if (args->forward)
		settings->flags |= OPS_F_FORWARD;
	if (args->no_forward)
		settings->flags &= ~OPS_F_FORWARD;
	settings->set_cookie = true;
	settings->cookie = args->cookie.given ? args->cookie.value : r->old_values.cookie;
}

static struct ops_values new_values(const struct replacing *r)
{
	struct ops_values values = r->old_values;

	values.vm_fd = r->settings.vm_fd;
	values.flags = r->settings.flags;
	values.cookie = r->settings.cookie;
	return values;
}

static struct json_object *carry(struct replacing *r, struct err *err)
{
	struct prepared *prepared = &r->prepared;
	struct bpf_object *obj = prepared->policy.obj;

	if (r->args->fresh)
		return carry__nothing(&r->old, &r->pins, obj, "--fresh", err);
	return carry__over(&r->old, &r->pins, obj, prepared->map_types, err);
}

/* Into the kernel, with the maps that the policy in force has. */
static int load(struct replacing *r, struct json_object **maps, struct err *err)
{
	struct prepared *prepared = &r->prepared;
	struct vm_owner vmm;

	*maps = carry(r, err);
	if (!*maps)
		return -1;
	record__get_vmm(r->old.record, &vmm);
	if (prepared__load(prepared, &r->settings, &vmm, r->args->common.verbose, err) ||
	    (record__count_load(prepared->record, r->old.record) && err_no_memory(err))) {
		json_object_put(*maps);
		return -1;
	}
	r->swap.map_fd = bpf_map__fd(prepared->policy.ops);
	r->swap.obj = prepared->policy.obj;
	r->swap.record = json_object_get(prepared->record);
	return 0;
}

static int report(struct replacing *r, struct err *err)
{
	bool ours = attachment__is_ours(&r->old), json = r->args->common.json;
	struct attachment now;
	struct json_object *row;
	char done[PATH_MAX + 32];
	int ret = ours ? attachment__open(&now, &r->pins, r->old.name) :
			 attachment__open_path(&now, r->old.link_path);

	if (ret)
		return err_set(err, ERR_FAILED, NULL, "%s was replaced, but cannot be read: %s",
			       r->old.link_path, strerror(-ret));
	if (now.map_id == prepared__id_of(r->swap.map_fd)) {
		row = attachment__row(&now, r->prepared.kernel);
		if (json)
			json_object_object_add(row, "changes", json_object_get(r->changes));
		snprintf(done, sizeof(done),
			 "replaced the policy of %s:", ours ? now.name : now.link_path);
		report__attachment(row, done, json);
		json_object_put(row);
	} else {
		ret = err_set(err, attachment__is_alive(&now) ? ERR_FAILED : ERR_VM_GONE, NULL,
			      attachment__is_alive(&now) ?
				      "the policy was replaced once more by somebody else" :
				      "the VM ended when its policy had been replaced");
	}
	attachment__close(&now);
	return ret;
}

static int swap(struct replacing *r, struct err *err)
{
	int ret;

	r->swap.pins = &r->pins;
	r->swap.old = &r->old;
	r->swap.old_map_fd = r->old_map_fd;
	memory__may_fail(true);
	ret = swap__policies(&r->swap, err);
	memory__may_fail(false);
	if (!ret)
		memory__done("the policy is replaced, but ");
	return ret;
}

/* --- another policy: by its file, or by its rules */

static int check_answer(const struct replace_args *args, struct err *err)
{
	if (args->yes)
		return 0;
	if (args->common.json)
		return err_set(err, ERR_USAGE, "give --yes", "with --json nobody is asked");
	if (!ask__is_possible())
		return err_set(err, ERR_USAGE,
			       "give --yes; what changes is also shown by: smccc_loader diff OLD "
			       "NEW",
			       "nobody can be asked whether to replace the policy: stdin is not a "
			       "terminal");
	return 0;
}

/* The file of the policy in force, if that is still what it was. */
static int read_old_file(struct replacing *r, struct policy_file *file, struct err *err)
{
	if (!attachment__is_current(&r->old) || !recipe__read(r->old.record, &r->recipe))
		return err_set(err, ERR_FAILED, NULL,
			       "it is not recorded what file the policy in force was read from");
	if (policy_file__read(&r->recipe.source, file, err))
		return -1;
	if (!recipe__is_policy(r->old.record, file))
		return err_set(err, ERR_FAILED, NULL, "%s is not what is attached any more",
			       file->label);
	if (!recipe__are_rules(r->old.record, file))
		return err_set(err, ERR_FAILED, NULL,
			       "the rules in force are not in their file any more");
	return 0;
}

static void compare(struct replacing *r, struct json_object *maps)
{
	struct ops_values values = new_values(r);
	struct policy_file file = {};
	struct compared old = { &file, &r->old_values }, new = { &r->prepared.file, &values };
	struct json_object *diff = NULL;
	struct err why = {};

	if (!r->args->no_diff && !read_old_file(r, &file, &why))
		diff = compare__policies(&old, &new, &why);
	r->changes = changes__make(&r->old_values, &values, diff, why.message, maps);
	policy_file__free(&file);
	err_clear(&why);
}

static int confirm(struct replacing *r, struct err *err)
{
	char question[PATH_MAX + 32];

	changes__print(r->changes);
	snprintf(question, sizeof(question), "replace the policy of %s?", what(r));
	if (ask__yes(question))
		return 0;
	return err_set(err, ERR_DECLINED, "the old policy stays in force", "not confirmed");
}

/* What was shown, and confirmed, was about the policy that was in force then. */
static int find_again(struct replacing *r, struct err *err)
{
	bool ours = attachment__is_ours(&r->old), same, gone;
	struct attachment now;

	if (ours && pins__lock(&r->pins, err))
		return -1;
	if (ours ? attachment__open(&now, &r->pins, r->old.name) :
		   attachment__open_path(&now, r->old.link_path))
		return err_set(err, ERR_NO_SUCH_NAME, "see smccc_loader list",
			       "%s was detached meanwhile", what(r));
	same = now.link_id == r->old.link_id && now.map_id == r->old.map_id;
	gone = !attachment__is_alive(&now);
	attachment__close(&now);
	if (gone)
		return err_set(err, ERR_VM_GONE, "remove what is left with smccc_loader detach",
			       "the VM of %s has ended meanwhile", what(r));
	if (!same)
		return err_set(err, ERR_FAILED, "look at smccc_loader list, and try again",
			       "the policy of %s was replaced by somebody else meanwhile; theirs "
			       "stays in force",
			       what(r));
	return 0;
}

static int open_new(struct replacing *r, const char *name, struct err *err)
{
	if (r->source.path && prepared__open(&r->prepared, &r->source, err))
		return -1;
	if (find_old(r, name, err) || (!r->source.path && prepare_same(r, err)))
		return -1;
	return read_old(r, err);
}

static int replace_policy(struct replacing *r, const char *name, struct err *err)
{
	struct json_object *maps;

	if (check_answer(r->args, err) || open_new(r, name, err))
		return -1;
	choose_settings(r);
	if (load(r, &maps, err))
		return -1;
	/* nobody has to wait for a person */
	pins__close(&r->pins);
	compare(r, maps);
	if (!r->args->yes && confirm(r, err))
		return -1;
	if (find_again(r, err) || swap(r, err))
		return -1;
	if (r->args->yes && !r->args->common.json)
		changes__print(r->changes);
	return report(r, err);
}

/* --- the same policy under other settings */

/* By the program that is in force; false if that cannot be had. */
static bool take_program(struct replacing *r)
{
	struct ops_values values = new_values(r);
	int fd;

	/* whether it can do without --forward, its file says; new maps take a new program */
	if (r->args->no_forward || r->args->fresh || !attachment__is_current(&r->old))
		return false;
	fd = settings__make_map(r->old_map_fd, r->prepared.kernel, &values);
	if (fd < 0)
		return false;
	r->swap.map_fd = fd;
	r->swap.obj = NULL;
	r->swap.record = record__renew(r->old.record, &values, prepared__id_of(fd));
	return r->swap.record;
}

static int change_settings(struct replacing *r, const char *name, struct err *err)
{
	struct ops_values values;
	struct json_object *maps;

	if (find_old(r, name, err) || kernel__require(&r->prepared.kernel, err) || read_old(r, err))
		return -1;
	choose_settings(r);
	if (take_program(r))
		maps = carry__all(&r->old, &r->pins);
	else if (prepare_same(r, err) || load(r, &maps, err))
		return -1;
	values = new_values(r);
	r->changes = changes__make(&r->old_values, &values, NULL, NULL, maps);
	if (swap(r, err))
		return -1;
	if (!r->args->common.json)
		changes__print(r->changes);
	return report(r, err);
}

static bool is_other_policy(const struct replacing *r)
{
	return r->source.path || r->args->rules || r->args->rule.count;
}

static int run_replace(const void *arg, struct err *err)
{
	struct replacing r = {
		.args = arg, .pins.lock = -1, .old.link_fd = -1, .old_map_fd = -1, .swap.map_fd = -1
	};
	const char *name;
	int ret = take_words(&r, &name, err);

	if (!ret)
		ret = is_other_policy(&r) ? replace_policy(&r, name, err) :
					    change_settings(&r, name, err);
	if (r.old_map_fd >= 0)
		close(r.old_map_fd);
	if (r.swap.map_fd >= 0 && !r.swap.obj)
		close(r.swap.map_fd);
	json_object_put(r.swap.record);
	json_object_put(r.changes);
	attachment__close(&r.old);
	pins__close(&r.pins);
	prepared__close(&r.prepared);
	return ret;
}

const struct command replace_command = {
	.name = "replace",
	.usage = "NAME|--pin PATH [POLICY] [OPTION]...",
	.summary = "Put another policy in the place of one, without a gap",
	.text = "Without POLICY and rules it is the same policy with other settings.\n\n"
		"No call of the guest ever sees no policy; if anything fails, the old policy\n"
		"stays in force. --forward, --permissive and the cookie stay as they are unless\n"
		"an option changes them. Before another policy comes, what changes is shown, as\n"
		"by diff, and is to be confirmed; for that stdin is a terminal. The contents of\n"
		"maps are carried over where both policies declare them alike.\n",
	.options = replace_options,
	.args_size = sizeof(struct replace_args),
	.run = run_replace,
};
