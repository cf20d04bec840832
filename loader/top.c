// SPDX-License-Identifier: GPL-2.0
/* smccc_loader top: who calls what how often, and what becomes of it. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "command.h"
#include "fate.h"
#include "names.h"
#include "stream.h"
#include "top_sample.h"

#define MAX_INTERVAL_S 86400
#define MAX_COUNTERS   (1 << 24)
/* Less than this is too small for a table. */
#define MIN_COLUMNS 40
#define MIN_LINES   4
#define LINE_SIZE   256

struct top_args {
	struct common_args common;
	struct opt_number interval;
	struct opt_number samples;
	struct opt_number counters;
};

static const struct option_def top_options[] = {
	{ .name = "interval",
	  .letter = 'i',
	  .arg = "SECONDS",
	  .help = "how long to count before showing (default 1)",
	  OPTION_NUMBER_AT(struct top_args, interval) },
	{ .name = "count",
	  .letter = 'n',
	  .arg = "N",
	  .help = "end after that many intervals (default: when interrupted)",
	  OPTION_NUMBER_AT(struct top_args, samples) },
	{ .name = "counters",
	  .arg = "N",
	  .help = "room for so many, one for each VM, function and verdict (default 65536)",
	  OPTION_NUMBER_AT(struct top_args, counters) },
	PIN_DIR_OPTION,
	{},
};

struct top {
	const struct top_args *args;
	struct top_sample sample;
	struct stream stream;
	bool screen; /* refreshed in place */
	bool taken;  /* there is something to show */
	bool shown;
	__u64 interval_ns;
};

static const char *said(const struct top_row *row)
{
	return fate__verdict_name(row->key.said);
}

/* --- as text */

static void format_head(const struct top *top, char *line)
{
	time_t now = time(NULL);
	char date[32] = "";
	struct tm tm;
	int len;

	if (localtime_r(&now, &tm))
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &tm);
	len = snprintf(line, LINE_SIZE, "%s  %d VM%s  %.0f calls/s", date, top->sample.active,
		       top->sample.active == 1 ? "" : "s",
		       top->taken ? top->sample.calls / top->sample.seconds : 0.0);
	if (top->sample.lost)
		snprintf(line + len, LINE_SIZE - len,
			 "  %llu calls not counted: there was no room (--counters)",
			 top->sample.lost);
}

static int width_of_vms(const struct top *top)
{
	size_t i, width = 2;

	for (i = 0; i < top->sample.nr_rows; i++) {
		if (strlen(top->sample.rows[i].vm) > width)
			width = strlen(top->sample.rows[i].vm);
	}
	return width;
}

static void format_titles(const struct top *top, char *line)
{
	snprintf(line, LINE_SIZE, "%9s  %10s  %-*s  %-28s  %-10s  %s", "CALLS/S", "CALLS",
		 width_of_vms(top), "VM", "FUNCTION", "SAID", "DID");
}

static void format_row(const struct top *top, const struct top_row *row, char *line)
{
	char function[NAMES_CALL_SIZE];

	snprintf(line, LINE_SIZE, "%9.1f  %10llu  %-*s  %-28s  %-10s  %s",
		 top_row__rate(&top->sample, row), row->total, width_of_vms(top), row->vm,
		 top_row__function(row, function), said(row), fate__verdict_name(row->key.did));
}

static void show_lines(struct top *top)
{
	FILE *out = top->stream.out;
	char line[LINE_SIZE];
	size_t i;

	if (top->shown)
		fputc('\n', out);
	top->shown = true;
	format_head(top, line);
	fprintf(out, "%s\n", line);
	format_titles(top, line);
	fprintf(out, "%s\n", line);
	for (i = 0; i < top->sample.nr_rows && top->sample.rows[i].calls; i++) {
		format_row(top, &top->sample.rows[i], line);
		fprintf(out, "%s\n", line);
	}
}

/* --- on a terminal: each line over the old one, so that there is nothing to be put right after */

static void put_line(FILE *out, const char *line, int columns)
{
	fprintf(out, "%.*s\033[K\r\n", columns, line);
}

static void get_size(int *lines, int *columns)
{
	struct winsize size = {};

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	/* a terminal that does not know */
	*lines = size.ws_row ? size.ws_row : 24;
	*columns = size.ws_col ? size.ws_col : 80;
}

static void show_table(struct top *top, int lines, int columns)
{
	FILE *out = top->stream.out;
	size_t i, room = lines - 3, rows = top->sample.nr_rows, shown = rows;
	char line[LINE_SIZE];

	/* the last line of all stays free: a line feed there would scroll */
	if (rows > room)
		shown = room - 1;
	format_head(top, line);
	put_line(out, line, columns);
	format_titles(top, line);
	put_line(out, line, columns);
	for (i = 0; i < shown; i++) {
		format_row(top, &top->sample.rows[i], line);
		put_line(out, line, columns);
	}
	if (shown < rows) {
		snprintf(line, sizeof(line), "%zu more", rows - shown);
		put_line(out, line, columns);
	}
}

static void show_screen(struct top *top)
{
	FILE *out = top->stream.out;
	int lines, columns;

	get_size(&lines, &columns);
	fputs("\033[H", out);
	if (lines < MIN_LINES || columns < MIN_COLUMNS)
		fprintf(out, "%.*s\033[K", columns - 1, "window too small");
	else
		show_table(top, lines, columns);
	fputs("\033[J", out);
}

/* --- as JSON */

static void show_json(struct top *top)
{
	const struct top_sample *sample = &top->sample;
	FILE *out = top->stream.out;
	char function[NAMES_CALL_SIZE];
	size_t i;

	fprintf(out,
		"{\"time\":%lld,\"seconds\":%.3f,\"calls\":%llu,\"not_counted\":%llu,"
		"\"counters\":%u,\"counters_limit\":%u,\"rows\":[",
		(long long)time(NULL), sample->seconds, sample->calls, sample->lost,
		sample->counts.used, sample->counts.room);
	for (i = 0; i < sample->nr_rows && sample->rows[i].calls; i++) {
		const struct top_row *row = &sample->rows[i];

		fprintf(out,
			"%s{\"vm\":\"%s\",\"link\":%u,\"function\":\"%s\",\"id\":\"0x%08x\","
			"\"said\":\"%s\",\"did\":\"%s\",\"calls\":%llu,\"per_second\":%.1f,"
			"\"total\":%llu}",
			i ? "," : "", row->vm, row->key.link_id, top_row__function(row, function),
			row->key.func_id, said(row), fate__verdict_name(row->key.did), row->calls,
			top_row__rate(sample, row), row->total);
	}
	fputs("]}\n", out);
}

static void show(struct top *top)
{
	if (top->args->common.json)
		show_json(top);
	else if (top->screen)
		show_screen(top);
	else
		show_lines(top);
	stream__flush(&top->stream);
}

/* --- the loop */

/* False: it is time to end. */
static bool wait_until(struct top *top, __u64 until)
{
	struct pollfd polled[] = { { .fd = top->stream.signals, .events = POLLIN },
				   { .fd = STDOUT_FILENO } };
	__u64 now;

	while (!top->stream.stop && !top->stream.error &&
	       (now = clock_ns(CLOCK_MONOTONIC)) < until) {
		if (poll(polled, 2, (until - now) / 1000000 + 1) <= 0)
			continue;
		stream__read_signals(&top->stream);
		if (polled[1].revents & (POLLERR | POLLHUP))
			top->stream.error = EPIPE;
		if (top->stream.resized && top->screen)
			show(top);
		top->stream.resized = false;
	}
	return !top->stream.stop && !top->stream.error;
}

static int loop(struct top *top, struct err *err)
{
	__u64 next = top->sample.time_ns, done = 0;
	bool more = true;

	if (top->screen) {
		fputs("\033[2J", top->stream.out);
		show(top);
	}
	while (more && !(top->args->samples.given && done == top->args->samples.value)) {
		next += top->interval_ns;
		more = wait_until(top, next);
		if (top->stream.error)
			break;
		/* what has been counted when it is told to end is shown, too */
		if (top_sample__take(&top->sample, err))
			return -1;
		top->taken = true;
		done++;
		show(top);
		more = more && !top->stream.error;
	}
	return 0;
}

static int check_args(const struct top_args *args, struct err *err)
{
	int i;

	if (args->interval.given &&
	    (!args->interval.value || args->interval.value > MAX_INTERVAL_S))
		return err_set(err, ERR_USAGE, "give 1 to 86400 seconds",
			       "--interval %llu is not possible", args->interval.value);
	if (args->samples.given && !args->samples.value)
		return err_set(err, ERR_USAGE, "give 1 or more", "--count 0 would show nothing");
	if (args->counters.given && (!args->counters.value || args->counters.value > MAX_COUNTERS))
		return err_set(err, ERR_USAGE, "give 1 to 16777216",
			       "--counters %llu is not possible", args->counters.value);
	for (i = 0; i < args->common.count; i++) {
		if (pins__check_name(args->common.word[i], err))
			return -1;
	}
	return 0;
}

static bool is_terminal(void)
{
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && term && term[0] && strcmp(term, "dumb");
}

static int run_top(const void *arg, struct err *err)
{
	const struct top_args *args = arg;
	struct top top = {
		.args = args,
		.sample = { .names = args->common.word, .count = args->common.count },
		.screen = !args->common.json && is_terminal(),
		.interval_ns = (args->interval.given ? args->interval.value : 1) * 1000000000ULL,
	};
	int ret;

	if (check_args(args, err))
		return -1;
	pins__at(&top.sample.pins, args->common.pin_dir);
	ret = top_sample__open(&top.sample, args->counters.value, err);
	if (!ret)
		ret = stream__open(&top.stream, err);
	if (!ret)
		ret = loop(&top, err);
	top_sample__close(&top.sample);
	if (!top.stream.out)
		return ret;
	return stream__close(&top.stream, err) ? -1 : ret;
}

const struct command top_command = {
	.name = "top",
	.usage = "[NAME...] [OPTION]...",
	.summary = "Show which VM calls what how often",
	.text = "Counts calls by VM, function and verdict in the kernel while it runs, whatever the\n"
		"policies are: SAID is what the policy said, DID what KVM did. On a terminal the\n"
		"table is refreshed in place; else, and with --json, each interval adds to the\n"
		"output. NAMEs choose VMs.\n",
	.options = top_options,
	.args_size = sizeof(struct top_args),
	.run = run_top,
};
