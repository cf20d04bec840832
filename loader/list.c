// SPDX-License-Identifier: GPL-2.0
/* smccc_loader list: which VMs have which policies. */
#include <json-c/json.h>

#include "command.h"
#include "listing.h"
#include "pins.h"
#include "report.h"

struct list_args {
	struct common_args common;
};

static const struct option_def list_options[] = {
	PIN_DIR_OPTION,
	{},
};

static int run_list(const void *arg, struct err *err)
{
	const struct list_args *args = arg;
	struct json_object *rows;
	struct pins pins;

	if (args->common.count)
		return err_set(err, ERR_USAGE, "see smccc_loader show",
			       "list takes no argument: '%s'", args->common.word[0]);
	pins__at(&pins, args->common.pin_dir);
	rows = listing__read(&pins, err);
	if (!rows)
		return -1;
	report__list(rows, args->common.json);
	json_object_put(rows);
	return 0;
}

const struct command list_command = {
	.name = "list",
	.usage = "[OPTION]...",
	.summary = "Show the attached policies, a line each",
	.text = "Also those whose VM has ended (VM: gone), until `clean` or `detach`, and, with\n"
		"CAP_SYS_ADMIN, those that another program attached (without a NAME). CALLS, DENIED\n"
		"and VIOLATIONS are KVM's counters of the VM, over all policies that it has had.\n",
	.options = list_options,
	.args_size = sizeof(struct list_args),
	.run = run_list,
};
