// SPDX-License-Identifier: GPL-2.0
/* smccc_loader show: all that is known about attached policies. */
#include <json-c/json.h>
#include <string.h>

#include "command.h"
#include "listing.h"
#include "output.h"
#include "pins.h"
#include "report.h"

struct show_args {
	struct common_args common;
};

static const struct option_def show_options[] = {
	PIN_DIR_OPTION,
	{},
};

static struct json_object *find_row(struct json_object *rows, const char *name)
{
	size_t i;

	for (i = 0; i < json_object_array_length(rows); i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);

		if (!strcmp(output__text(row, "name"), name))
			return row;
	}
	return NULL;
}

/* All rows, or those of the names given, in the order of the names. */
static struct json_object *choose(struct json_object *rows, const struct common_args *common,
				  struct err *err)
{
	struct json_object *chosen, *row;
	int i;

	if (!common->count)
		return json_object_get(rows);
	chosen = json_object_new_array();
	for (i = 0; i < common->count; i++) {
		row = find_row(rows, common->word[i]);
		if (!row) {
			err_set(err, ERR_NO_SUCH_NAME, "see smccc_loader list",
				"no policy is attached under the name %s", common->word[i]);
			json_object_put(chosen);
			return NULL;
		}
		json_object_array_add(chosen, json_object_get(row));
	}
	return chosen;
}

static int check_names(const struct common_args *common, struct err *err)
{
	int i;

	for (i = 0; i < common->count; i++) {
		if (pins__check_name(common->word[i], err))
			return -1;
	}
	return 0;
}

static int run_show(const void *arg, struct err *err)
{
	const struct show_args *args = arg;
	struct json_object *rows, *chosen;
	struct pins pins;

	if (check_names(&args->common, err))
		return -1;
	pins__at(&pins, args->common.pin_dir);
	rows = listing__read(&pins, err);
	if (!rows)
		return -1;
	chosen = choose(rows, &args->common, err);
	if (chosen)
		report__show(chosen, args->common.json);
	json_object_put(rows);
	json_object_put(chosen);
	return chosen ? 0 : -1;
}

const struct command show_command = {
	.name = "show",
	.usage = "[NAME]... [OPTION]...",
	.summary = "Show all that is known about attached policies, of all VMs or of some",
	.text = "Counters are KVM's, of the VM: of all its vCPUs, from its start on, over all policies\n"
		"that it has had. \"handled\" are calls that KVM got; in permissive mode it got those\n"
		"that are \"denied\", too. Violations are among the denied.\n",
	.options = show_options,
	.args_size = sizeof(struct show_args),
	.run = run_show,
};
