// SPDX-License-Identifier: GPL-2.0
/* smccc_loader replace: another policy for a VM that has one, without a moment between them. */
#include <bpf/bpf.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attachment.h"
#include "command.h"
#include "output.h"
#include "pins.h"
#include "prepare.h"
#include "recipe.h"
#include "record.h"
#include "report.h"

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
	POLICY_OPTIONS(struct replace_args),
	PIN_DIR_OPTION,
	{},
};

struct replacing {
	const struct replace_args *args;
	struct pins pins;
	struct prepared prepared;
	struct attachment old;
	struct policy_source source; /* without a path: of the policy that is in force */
	struct recipe recipe;	     /* that one's */
	struct ops_values old_values;
	int old_map_fd; /* what we expect to replace; -1 if we may not have it */
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
					    .rules = args->rules };
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
static void choose_settings(const struct replacing *r, struct policy_settings *settings)
{
	const struct replace_args *args = r->args;

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

static int fail_update(int ret, struct err *err)
{
	switch (-ret) {
	case ENOLINK:
		return err_set(err, ERR_VM_GONE, "remove what is left with smccc_loader detach",
			       "the VM has ended");
	case EPERM:
		return err_set(err, ERR_FAILED, "look at smccc_loader list, and try again",
			       "the policy was replaced by somebody else at the same time; theirs "
			       "stays in force");
	default:
		return err_set(err, ERR_FAILED, NULL, "the kernel does not replace the policy: %s",
			       strerror(-ret));
	}
}

static int update_link(struct replacing *r, struct err *err)
{
	LIBBPF_OPTS(bpf_link_update_opts, opts);
	int ret;

	if (r->old_map_fd >= 0) {
		opts.flags = BPF_F_REPLACE;
		opts.old_map_fd = r->old_map_fd;
	}
	ret = bpf_link_update(r->old.link_fd, bpf_map__fd(r->prepared.policy.ops), &opts);
	return ret ? fail_update(ret, err) : 0;
}

/* The staged folder takes the place of the old one, with the same link in it. */
static int stage(struct replacing *r, struct err *err)
{
	char staging[sizeof(r->old.name) + sizeof(STAGING_SUFFIX)], path[PATH_MAX];
	int ret;

	if (pins__check_content(&r->pins, r->old.name, ERR_NAME_TAKEN, err) ||
	    pins__stage(&r->pins, r->old.name, r->prepared.policy.obj, r->prepared.record, err))
		return -1;
	snprintf(staging, sizeof(staging), "%s" STAGING_SUFFIX, r->old.name);
	if (pins__path(&r->pins, staging, "link", path, err))
		return -1;
	ret = bpf_obj_pin(r->old.link_fd, path);
	if (ret)
		return err_set(err, ERR_FAILED, NULL, "cannot pin %s: %s", path, strerror(-ret));
	return 0;
}

static int swap_policies(struct replacing *r, struct err *err)
{
	struct err ignored = {};
	bool ours = attachment__is_ours(&r->old);

	critical__enter();
	if ((ours && stage(r, err)) || update_link(r, err)) {
		if (ours)
			pins__remove_staged(&r->pins, r->old.name, &ignored);
		err_clear(&ignored);
		if (!err->hint[0])
			err_hint(err, "the old policy stays in force");
		return -1;
	}
	if (!ours || !pins__commit(&r->pins, r->old.name, err))
		return 0;
	err_hint(err, "the new policy is in force; its maps are in %s/%s" STAGING_SUFFIX,
		 r->pins.dir, r->old.name);
	return -1;
}

static int report(struct replacing *r, struct err *err)
{
	bool ours = attachment__is_ours(&r->old);
	struct attachment now;
	struct json_object *row;
	char done[PATH_MAX + 32];
	int ret = ours ? attachment__open(&now, &r->pins, r->old.name) :
			 attachment__open_path(&now, r->old.link_path);

	if (ret)
		return err_set(err, ERR_FAILED, NULL, "%s was replaced, but cannot be read: %s",
			       r->old.link_path, strerror(-ret));
	if (now.map_id == prepared__map_id(&r->prepared)) {
		row = attachment__row(&now, r->prepared.kernel);
		snprintf(done, sizeof(done),
			 "replaced the policy of %s:", ours ? now.name : now.link_path);
		report__attachment(row, done, r->args->common.json);
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

static int replace(struct replacing *r, struct err *err)
{
	struct policy_settings settings = {};
	struct vm_owner vmm;
	const char *name;

	if (take_words(r, &name, err))
		return -1;
	if (r->source.path && prepared__open(&r->prepared, &r->source, err))
		return -1;
	if (find_old(r, name, err) || (!r->source.path && prepare_same(r, err)) || read_old(r, err))
		return -1;
	record__get_vmm(r->old.record, &vmm);
	choose_settings(r, &settings);
	if (prepared__load(&r->prepared, &settings, &vmm, r->args->common.verbose, err) ||
	    swap_policies(r, err))
		return -1;
	return report(r, err);
}

static int run_replace(const void *arg, struct err *err)
{
	struct replacing r = { .args = arg, .pins.lock = -1, .old.link_fd = -1, .old_map_fd = -1 };
	int ret = replace(&r, err);

	if (r.old_map_fd >= 0)
		close(r.old_map_fd);
	attachment__close(&r.old);
	pins__close(&r.pins);
	prepared__close(&r.prepared);
	return ret;
}

const struct command replace_command = {
	.name = "replace",
	.usage = "NAME|--pin PATH [POLICY] [OPTION]...",
	.summary = "Put another policy in the place of one, without a gap",
	.text = "Without POLICY it is the same policy once more, with other settings: the file it\n"
		"was read from, which must not have changed since.\n\n"
		"No call of the guest ever sees no policy; if anything fails, the old policy\n"
		"stays in force. --forward, --permissive and the cookie stay as they are unless\n"
		"an option changes them. The new policy's maps are pinned in place of the old\n"
		"ones, which are given up with their contents.\n",
	.options = replace_options,
	.args_size = sizeof(struct replace_args),
	.run = run_replace,
};
