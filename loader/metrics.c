// SPDX-License-Identifier: GPL-2.0
/* smccc_loader metrics: counters for Prometheus. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "atomic_file.h"
#include "command.h"
#include "exposition.h"
#include "listing.h"
#include "output.h"
#include "pins.h"

struct metrics_args {
	struct common_args common;
	const char *output;
	bool openmetrics;
};

static const struct option_def metrics_options[] = {
	{ .name = "output",
	  .letter = 'o',
	  .arg = "FILE",
	  .help = "write FILE, at once and whole, instead of to stdout",
	  OPTION_STRING_AT(struct metrics_args, output) },
	{ .name = "openmetrics",
	  .help = "name counters' families as OpenMetrics 1.0 does, not as Prometheus does",
	  OPTION_FLAG_AT(struct metrics_args, openmetrics) },
	PIN_DIR_OPTION,
	{},
};

static int check_args(const struct metrics_args *args, struct err *err)
{
	if (args->common.count)
		return err_set(err, ERR_USAGE, "a file is given with --output",
			       "metrics takes no argument: '%s'", args->common.word[0]);
	if (args->output && !args->output[0])
		return err_set(err, ERR_USAGE, "see smccc_loader metrics --help",
			       "the name of the --output is empty");
	if (args->common.json && !args->output)
		return err_set(err, ERR_USAGE, "for JSON see smccc_loader show --json",
			       "metrics are no JSON; --json goes with --output");
	return 0;
}

static int write_text(const struct metrics_args *args, const char *text, size_t size, size_t count,
		      struct err *err)
{
	struct json_object *object;

	if (!args->output) {
		fwrite(text, 1, size, stdout);
		return 0;
	}
	if (atomic_file__write(args->output, text, size, err))
		return -1;
	if (args->common.json) {
		object = json_object_new_object();
		json_object_object_add(object, "output", json_object_new_string(args->output));
		json_object_object_add(object, "attachments", json_object_new_uint64(count));
		output__json(object);
		json_object_put(object);
	}
	return 0;
}

static int run_metrics(const void *arg, struct err *err)
{
	const struct metrics_args *args = arg;
	struct json_object *rows;
	struct pins pins;
	size_t size = 0;
	char *text;
	int ret = -1;

	if (check_args(args, err))
		return -1;
	pins__at(&pins, args->common.pin_dir);
	rows = listing__read(&pins, err);
	if (!rows)
		return -1;
	text = exposition__make(rows, args->openmetrics, &size);
	if (text)
		ret = write_text(args, text, size, json_object_array_length(rows), err);
	else
		err_no_memory(err);
	free(text);
	json_object_put(rows);
	return ret;
}

const struct command metrics_command = {
	.name = "metrics",
	.usage = "[--output FILE] [OPTION]...",
	.summary = "Print the counters of all attached policies for Prometheus",
	.text = "For the textfile collector of node_exporter: --output DIR/smccc.prom. What is not\n"
		"known is left out, and never 0.\n",
	.options = metrics_options,
	.args_size = sizeof(struct metrics_args),
	.run = run_metrics,
};
