// SPDX-License-Identifier: GPL-2.0
/* smccc_loader list: which VMs have which policies. */
#include <json-c/json.h>
#include <string.h>

#include "attachment.h"
#include "command.h"
#include "kernel.h"
#include "pins.h"
#include "report.h"

struct list_args {
	struct common_args common;
};

static const struct option_def list_options[] = {
	PIN_DIR_OPTION,
	{},
};

struct listing {
	struct btf *kernel;
	struct json_object *rows;
};

static int add_row(struct attachment *attachment, void *arg)
{
	struct listing *listing = arg;

	json_object_array_add(listing->rows, attachment__row(attachment, listing->kernel));
	return 0;
}

static int run_list(const void *arg, struct err *err)
{
	const struct list_args *args = arg;
	struct listing listing = { .rows = json_object_new_array() };
	struct kernel_support support;
	struct pins pins;
	int ret;

	if (args->common.count) {
		json_object_put(listing.rows);
		return err_set(err, ERR_USAGE, "see smccc_loader list --help",
			       "list takes no argument: '%s'", args->common.word[0]);
	}
	pins__at(&pins, args->common.pin_dir);
	kernel__probe(&support, &listing.kernel);
	ret = attachment__for_each(&pins, add_row, &listing);
	if (!ret)
		ret = attachment__for_each_other(&pins, listing.kernel, add_row, &listing);
	if (ret)
		err_set(err, ERR_NO_PERMISSION, "run as root", "cannot read %s: %s", pins.dir,
			strerror(-ret));
	else
		report__list(listing.rows, args->common.json);
	json_object_put(listing.rows);
	btf__free(listing.kernel);
	return ret;
}

const struct command list_command = {
	.name = "list",
	.usage = "[OPTION]...",
	.summary = "Show the attached policies",
	.text = "Also those whose VM has ended (VM: gone), until `detach`, and, with\n"
		"CAP_SYS_ADMIN, those that another program attached (without a NAME). OWNERS are\n"
		"the SMCCC ranges, by owner number, that the policy gives to the VMM or keeps.\n",
	.options = list_options,
	.args_size = sizeof(struct list_args),
	.run = run_list,
};
