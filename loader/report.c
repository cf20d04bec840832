// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "report.h"

static char *copy(struct json_object *row, const char *path)
{
	const char *text = output__text(row, path);

	return text[0] ? strdup(text) : NULL;
}

static char *show_name(struct json_object *row)
{
	return copy(row, "name");
}

static char *show_policy(struct json_object *row)
{
	return copy(row, "policy");
}

/* What became of the file since then, if anything did. */
static const char *file_remark(struct json_object *row)
{
	const char *state = output__text(row, "file_state");

	return !strcmp(state, "changed") ? " (changed since)" :
	       !strcmp(state, "gone")	 ? " (gone since)" :
					   "";
}

static char *show_policy_and_file(struct json_object *row)
{
	const char *file = output__text(row, "file");
	char *text;

	if (asprintf(&text, "%s%s%s%s", output__text(row, "policy"), file[0] ? " from " : "", file,
		     file_remark(row)) < 0)
		return NULL;
	return text;
}

static char *show_sha256(struct json_object *row)
{
	return copy(row, "sha256");
}

static char *show_since(struct json_object *row)
{
	return copy(row, "since");
}

static char *show_mode(struct json_object *row)
{
	bool forward = json_object_get_boolean(output__get(row, "forward"));
	const char *mode = output__text(row, "mode");
	char *text;

	if (!mode[0] || asprintf(&text, "%s%s", mode, forward ? ", forward" : "") < 0)
		return NULL;
	return text;
}

static void append_ranges(FILE *out, struct json_object *row, const char *key, const char *title,
			  const char *separator)
{
	struct json_object *ranges = output__get(row, key);
	size_t i, count = ranges ? json_object_array_length(ranges) : 0;

	if (!count)
		return;
	fprintf(out, "%s%s", separator, title);
	for (i = 0; i < count; i++)
		fprintf(out, "%s%d", i ? "," : " ",
			json_object_get_int(json_object_array_get_idx(ranges, i)));
}

static char *show_ranges(struct json_object *row)
{
	struct json_object *forward = output__get(row, "forward_ranges");
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	append_ranges(out, row, "forward_ranges", "VMM's:", "");
	append_ranges(out, row, "answer_ranges",
		      "policy's:", forward && json_object_array_length(forward) ? "; " : "");
	fclose(out);
	if (text && !text[0]) {
		free(text);
		return NULL;
	}
	return text;
}

static char *show_cookie(struct json_object *row)
{
	struct json_object *cookie = output__get(row, "cookie");
	char *text;

	if (!cookie ||
	    asprintf(&text, "0x%llx", (unsigned long long)json_object_get_uint64(cookie)) < 0)
		return NULL;
	return text;
}

static char *show_vm(struct json_object *row)
{
	const char *state = output__text(row, "state");

	return strdup(!strcmp(state, "attached") ? "alive" :
		      !strcmp(state, "vm_gone")	 ? "gone" :
						   "alive, detached");
}

static char *show_vm_and_name(struct json_object *row)
{
	const char *name = output__text(row, "vmm.vm_name");
	char *vm = show_vm(row), *text;
	int len = asprintf(&text, "%s%s%s", name, name[0] ? ", " : "", vm ? vm : "");

	free(vm);
	return len < 0 ? NULL : text;
}

/* Where a VM has a name, that is what tells it from others. */
static char *show_vm_or_name(struct json_object *row)
{
	const char *name = output__text(row, "vmm.vm_name");

	return name[0] && !strcmp(output__text(row, "state"), "attached") ? strdup(name) :
									    show_vm(row);
}

static char *show_calls(struct json_object *row)
{
	return copy(row, "counters.calls");
}

static char *show_denied(struct json_object *row)
{
	return copy(row, "counters.denied");
}

static char *show_violations(struct json_object *row)
{
	return copy(row, "counters.violations");
}

static char *show_counters(struct json_object *row)
{
	struct json_object *counters = output__get(row, "counters");
	char *text;
	int len;

	if (counters)
		len = asprintf(&text,
			       "%s calls: %s handled, %s answered, %s forwarded, %s denied; %s "
			       "violations",
			       output__text(counters, "calls"), output__text(counters, "handled"),
			       output__text(counters, "answered"),
			       output__text(counters, "forwarded"),
			       output__text(counters, "denied"),
			       output__text(counters, "violations"));
	else
		len = asprintf(&text, "- (%s)", output__text(row, "counters_unknown"));
	return len < 0 ? NULL : text;
}

static char *show_vmm(struct json_object *row)
{
	char *text;

	if (!output__get(row, "vmm"))
		return NULL;
	if (asprintf(&text, "%s[%s] fd %s%s", output__text(row, "vmm.command"),
		     output__text(row, "vmm.pid"), output__text(row, "vmm.fd"),
		     json_object_get_boolean(output__get(row, "vmm.running")) ? "" : " (ended)") <
	    0)
		return NULL;
	return text;
}

static char *show_link(struct json_object *row)
{
	return copy(row, "link.id");
}

static char *show_link_and_pin(struct json_object *row)
{
	const char *pin = output__text(row, "link.pin");
	char *text;

	if (asprintf(&text, "%s%s%s", output__text(row, "link.id"), pin[0] ? ", pinned at " : "",
		     pin) < 0)
		return NULL;
	return text;
}

static char *show_map(struct json_object *row)
{
	return copy(row, "map_id");
}

static char *show_program(struct json_object *row)
{
	const char *tag = output__text(row, "program.tag");
	char *text;

	if (asprintf(&text, "%s%s%s", output__text(row, "program.id"), tag[0] ? " " : "", tag) < 0)
		return NULL;
	return text;
}

static char *show_maps(struct json_object *row)
{
	struct json_object *maps = output__get(row, "maps");
	size_t i, count = maps ? json_object_array_length(maps) : 0, size;
	char *text = NULL;
	FILE *out = count ? open_memstream(&text, &size) : NULL;

	if (!out)
		return NULL;
	for (i = 0; i < count; i++) {
		const char *path = json_object_get_string(json_object_array_get_idx(maps, i));
		const char *slash = strrchr(path, '/');

		if (!i)
			fprintf(out, "%.*s:", (int)(slash - path), path);
		fprintf(out, "%s %s", i ? "," : "", slash + 1);
	}
	fclose(out);
	return text;
}

static const struct output_column fields[] = {
	{ "name", show_name },
	{ "policy", show_policy_and_file },
	{ "mode", show_mode },
	{ "owners", show_ranges },
	{ "cookie", show_cookie },
	{ "vmm", show_vmm },
	{ "link", show_link_and_pin },
	{ "map", show_map },
	{ "program", show_program },
	{ "maps", show_maps },
	{},
};

/* Of show: what attach prints, and what is of interest later. */
static const struct output_column all_fields[] = {
	{ "VM", show_vm_and_name },
	{ "vmm", show_vmm },
	{ "policy", show_policy_and_file },
	{ "sha256", show_sha256 },
	{ "attached", show_since },
	{ "mode", show_mode },
	{ "owners", show_ranges },
	{ "cookie", show_cookie },
	{ "counters", show_counters },
	{ "link", show_link_and_pin },
	{ "map", show_map },
	{ "program", show_program },
	{ "maps", show_maps },
	{},
};

/* Of many that were attached together. */
static const struct output_column attached_columns[] = {
	{ "NAME", show_name },
	{ "VM", show_vm },
	{ "VMM", show_vmm },
	{ "POLICY", show_policy },
	{ "MODE", show_mode },
	{ "OWNERS", show_ranges },
	{ "COOKIE", show_cookie },
	{ "LINK", show_link },
	{ "MAP", show_map },
	{ "PROGRAM", show_program },
	{},
};

static const struct output_column columns[] = {
	{ "NAME", show_name },	   { "VM", show_vm_or_name },
	{ "VMM", show_vmm },	   { "POLICY", show_policy },
	{ "MODE", show_mode },	   { "CALLS", show_calls },
	{ "DENIED", show_denied }, { "VIOLATIONS", show_violations },
	{ "LINK", show_link },	   {},
};

void report__attachment(struct json_object *row, const char *done, bool json)
{
	if (json) {
		output__json(row);
		return;
	}
	printf("%s\n", done);
	output__fields(row, fields);
}

static void print_rows(struct json_object *rows)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "attachments", json_object_get(rows));
	output__json(object);
	json_object_put(object);
}

void report__attached(struct json_object *rows, bool json)
{
	if (json)
		print_rows(rows);
	else
		output__table(rows, attached_columns);
}

void report__list(struct json_object *rows, bool json)
{
	if (json)
		print_rows(rows);
	else if (json_object_array_length(rows))
		output__table(rows, columns);
	else
		printf("no policy is attached\n");
}

void report__show(struct json_object *rows, bool json)
{
	size_t i, count = json_object_array_length(rows);

	if (json) {
		print_rows(rows);
		return;
	}
	for (i = 0; i < count; i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);
		const char *name = output__text(row, "name");

		printf("%s%s:\n", i ? "\n" : "", name[0] ? name : "attached by another program");
		output__fields(row, all_fields);
	}
	if (!count)
		printf("no policy is attached\n");
}
