// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "counters.h"
#include "exposition.h"
#include "names.h"
#include "output.h"
#include "printable.h"

struct writer {
	FILE *out;
	bool openmetrics;
	struct json_object *row; /* the one that samples are written of */
	const char *family;
};

static void begin_family(struct writer *w, const char *family, const char *type, const char *help)
{
	const char *total = !strcmp(type, "counter") && !w->openmetrics ? "_total" : "";

	w->family = family;
	fprintf(w->out, "# HELP %s%s %s\n# TYPE %s%s %s\n", family, total, help, family, total,
		type);
}

/* Backslash, quote and newline, in both formats; what is not UTF-8 would void the whole file. */
static void write_value(FILE *out, const char *value)
{
	while (*value) {
		size_t len = printable__utf8(value);

		if (!len)
			fputc('?', out);
		else if (*value == '\n')
			fputs("\\n", out);
		else
			fprintf(out, "%s%.*s", *value == '\\' || *value == '"' ? "\\" : "",
				(int)len, value);
		value += len ? len : 1;
	}
}

static void write_label(struct writer *w, bool *first, const char *name, const char *value)
{
	if (!value[0])
		return;
	fprintf(w->out, "%s%s=\"", *first ? "" : ",", name);
	write_value(w->out, value);
	fputc('"', w->out);
	*first = false;
}

/* A policy by the name of its attachment; by its link if another program attached it. */
static void write_identity(struct writer *w, bool *first)
{
	const char *name = output__text(w->row, "name");

	*first = true;
	write_label(w, first, name[0] ? "name" : "link",
		    name[0] ? name : output__text(w->row, "link.id"));
}

/* labels: pairs of name and value, up to a NULL */
static void write_sample(struct writer *w, const char *suffix, const char *const labels[],
			 const char *value)
{
	bool first;

	fprintf(w->out, "%s%s{", w->family, suffix);
	write_identity(w, &first);
	for (; labels && labels[0]; labels += 2)
		write_label(w, &first, labels[0], labels[1]);
	fprintf(w->out, "} %s\n", value);
}

static void write_info(struct writer *w)
{
	const char *const labels[] = {
		"policy",  output__text(w->row, "policy"),
		"file",	   output__text(w->row, "file"),
		"sha256",  output__text(w->row, "sha256"),
		"mode",	   output__text(w->row, "mode"),
		"state",   output__text(w->row, "state"),
		"vm",	   output__text(w->row, "vmm.vm_name"),
		"pid",	   output__text(w->row, "vmm.pid"),
		"command", output__text(w->row, "vmm.command"),
		NULL,
	};

	write_sample(w, "", labels, "1");
}

static void write_attached(struct writer *w)
{
	write_sample(w, "", NULL, strcmp(output__text(w->row, "state"), "attached") ? "0" : "1");
}

static void write_time(struct writer *w)
{
	const char *since = output__text(w->row, "since");
	struct tm tm = {};
	char text[32];

	if (!since[0] || !strptime(since, "%Y-%m-%dT%H:%M:%SZ", &tm))
		return;
	snprintf(text, sizeof(text), "%lld", (long long)timegm(&tm));
	write_sample(w, "", NULL, text);
}

static void write_changed(struct writer *w)
{
	const char *state = output__text(w->row, "file_state");

	if (state[0])
		write_sample(w, "", NULL, strcmp(state, "same") ? "1" : "0");
}

static void write_calls(struct writer *w)
{
	static const char *const verdicts[] = { "handled", "answered", "forwarded", "denied" };
	struct json_object *counters = output__get(w->row, "counters");
	size_t i;

	for (i = 0; counters && i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		write_sample(w, "_total", (const char *[]){ "verdict", verdicts[i], NULL },
			     output__text(counters, verdicts[i]));
}

static void write_violations(struct writer *w)
{
	struct json_object *counters = output__get(w->row, "counters");

	if (counters)
		write_sample(w, "_total", NULL, output__text(counters, "violations"));
}

static void write_function(const struct smccc_counter_key *key, __u64 count, void *arg)
{
	const char *verdict = counters__verdict(key->verdict);
	const char *name = names__function(key->func_id);
	char id[16], value[24];

	if (!verdict)
		return;
	snprintf(value, sizeof(value), "%llu", count);
	snprintf(id, sizeof(id), "0x%08x", key->func_id);
	if (key->func_id == SMCCC_COUNTER_OTHER)
		name = "other";
	write_sample(arg, "_total",
		     (const char *[]){ "function", name ? name : id, "verdict", verdict, NULL },
		     value);
}

static void add_lost(const struct smccc_counter_key *key, __u64 count, void *arg)
{
	__u64 *lost = arg;

	if (key->verdict == SMCCC_COUNTER_LOST)
		*lost += count;
}

/* The path of one of the policy's maps, or NULL. */
static const char *find_map(struct json_object *row, const char *name)
{
	struct json_object *maps = output__get(row, "maps");
	size_t i, count = maps ? json_object_array_length(maps) : 0;

	for (i = 0; i < count; i++) {
		const char *path = json_object_get_string(json_object_array_get_idx(maps, i));

		if (!strcmp(strrchr(path, '/') + 1, name))
			return path;
	}
	return NULL;
}

static void write_functions(struct writer *w)
{
	const char *path = find_map(w->row, "counters");

	if (path)
		counters__for_each(path, write_function, w);
}

/* A policy that has no events loses none. */
static void write_lost(struct writer *w)
{
	const char *path = find_map(w->row, "events") ? find_map(w->row, "counters") : NULL;
	char text[24];
	__u64 lost = 0;

	if (!path || counters__for_each(path, add_lost, &lost))
		return;
	snprintf(text, sizeof(text), "%llu", lost);
	write_sample(w, "_total", NULL, text);
}

static const struct {
	const char *name, *type, *help;
	void (*write)(struct writer *w);
} families[] = {
	{ "smccc_policy_info", "gauge", "A policy and what it is attached to.", write_info },
	{ "smccc_policy_attached", "gauge",
	  "Whether the policy is in force; 0: its VM has ended, or another program detached it.",
	  write_attached },
	{ "smccc_policy_attach_time_seconds", "gauge",
	  "When the policy was attached, or put in another's place.", write_time },
	{ "smccc_policy_file_changed", "gauge",
	  "Whether the file of the policy is another one by now, or gone.", write_changed },
	{ "smccc_vm_calls", "counter",
	  "SMCCC calls of the VM that a policy decided, by what was done.", write_calls },
	{ "smccc_vm_violations", "counter",
	  "Denied calls of the VM for which the policy said what it may not say.",
	  write_violations },
	{ "smccc_policy_function_calls", "counter",
	  "Calls as the policy itself counts them, by function and verdict.", write_functions },
	{ "smccc_policy_lost_events", "counter",
	  "Events that found the ring buffer of the policy full, or its limit reached.",
	  write_lost },
};

char *exposition__make(struct json_object *rows, bool openmetrics, size_t *size)
{
	struct writer w = { .openmetrics = openmetrics };
	size_t i, r, count = json_object_array_length(rows);
	char *text = NULL;
	bool failed;

	w.out = open_memstream(&text, size);
	if (!w.out)
		return NULL;
	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		begin_family(&w, families[i].name, families[i].type, families[i].help);
		for (r = 0; r < count; r++) {
			w.row = json_object_array_get_idx(rows, r);
			families[i].write(&w);
		}
	}
	fputs("# EOF\n", w.out);
	failed = ferror(w.out);
	if (fclose(w.out) || failed) {
		free(text);
		return NULL;
	}
	return text;
}
