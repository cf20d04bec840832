// SPDX-License-Identifier: GPL-2.0
/* smccc_loader detach: a policy off its VM, and its pins away. */
#include <bpf/bpf.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attachment.h"
#include "command.h"
#include "kernel.h"
#include "output.h"
#include "pins.h"
#include "prepare.h"

struct detach_args {
	struct common_args common;
	const char *pin;
};

static const struct option_def detach_options[] = {
	{ .name = "pin",
	  .arg = "PATH",
	  .help = "the attachment by its pinned link, instead of NAME",
	  OPTION_STRING_AT(struct detach_args, pin) },
	PIN_DIR_OPTION,
	{},
};

/* A pin that is not ours may be the link of another subsystem, in full use. */
static int check_foreign(const struct attachment *attachment, struct err *err)
{
	struct kernel_support support;
	struct btf *kernel;
	bool good = !attachment__is_alive(attachment);

	if (attachment__is_ours(attachment) || good)
		return 0;
	kernel__probe(&support, &kernel);
	good = attachment__is_policy(attachment, kernel);
	btf__free(kernel);
	if (good)
		return 0;
	return err_set(err, ERR_NO_SUCH_NAME, "see smccc_loader list",
		       "%s is not the link of a policy, or it takes CAP_SYS_ADMIN to see",
		       attachment->link_path);
}

/* The kernel's word for it: the link holds no policy any more. */
static int take_off(struct attachment *attachment, const char *what, struct err *err)
{
	struct bpf_link_info info = {};
	__u32 len = sizeof(info);
	int ret = bpf_link_detach(attachment->link_fd);

	if (!ret)
		ret = bpf_link_get_info_by_fd(attachment->link_fd, &info, &len);
	if (ret)
		return err_set(err, ERR_FAILED, "the policy stays in force",
			       "the kernel does not detach %s: %s", what, strerror(-ret));
	if (info.struct_ops.map_id)
		return err_set(err, ERR_FAILED, "try again",
			       "%s was detached, and yet there is a policy", what);
	return 0;
}

static int remove_pins(const struct attachment *attachment, const struct pins *pins,
		       struct err *err)
{
	if (attachment__is_ours(attachment)) {
		if (!pins__remove(pins, attachment->name, err))
			return 0;
		err_hint(err, "the policy is detached; remove what is left by hand");
		return -1;
	}
	if (unlink(attachment->link_path))
		return err_set(err, ERR_FAILED, "the policy is detached; remove the pin by hand",
			       "cannot remove %s: %s", attachment->link_path, strerror(errno));
	return 0;
}

static void report(const char *what, bool was_alive, bool json)
{
	struct json_object *row;

	if (!json) {
		printf(was_alive ? "detached %s\n" :
				   "removed %s: the VM had ended, and its policy with it\n",
		       what);
		return;
	}
	row = json_object_new_object();
	json_object_object_add(row, "name", json_object_new_string(what));
	json_object_object_add(row, "detached", json_object_new_boolean(was_alive));
	output__json(row);
	json_object_put(row);
}

static int detach(struct attachment *attachment, struct pins *pins, const struct detach_args *args,
		  struct err *err)
{
	const char *name = args->pin ? NULL : args->common.word[0];
	const char *what = args->pin ? args->pin : name;
	bool alive;

	if (!what || args->common.count > (args->pin ? 0 : 1))
		return err_set(err, ERR_USAGE, "see smccc_loader list",
			       "name one attachment, or give --pin");
	pins__at(pins, args->common.pin_dir);
	if (attachment__find(attachment, pins, name, args->pin, err) ||
	    check_foreign(attachment, err))
		return -1;
	critical__enter();
	alive = attachment__is_alive(attachment);
	if (alive && take_off(attachment, what, err))
		return -1;
	if (remove_pins(attachment, pins, err))
		return -1;
	report(what, alive, args->common.json);
	return 0;
}

static int run_detach(const void *arg, struct err *err)
{
	struct attachment attachment = { .link_fd = -1 };
	struct pins pins = { .lock = -1 };
	int ret = detach(&attachment, &pins, arg, err);

	attachment__close(&attachment);
	pins__close(&pins);
	return ret;
}

const struct command detach_command = {
	.name = "detach",
	.usage = "NAME|--pin PATH [OPTION]...",
	.summary = "Take a policy off its VM, or remove what a VM that ended left",
	.text = "From then on KVM handles the VM's calls as if there had never been a policy.\n",
	.options = detach_options,
	.args_size = sizeof(struct detach_args),
	.run = run_detach,
};
