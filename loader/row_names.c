// SPDX-License-Identifier: GPL-2.0
/* What people call a range of function IDs. */
#define _GNU_SOURCE
#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "output.h"
#include "rows.h"

#define NAMES_WIDTH 44 /* of the column, so that a row fits a terminal */

/* Owner and function number as one number, in which a row is a range. */
static __u32 position(__u32 id)
{
	return names__owner(id) << 16 | (id & SMCCC_FUNC_MASK);
}

struct range {
	__u32 first, last; /* positions */
};

static bool overlap(const struct range *a, const struct range *b)
{
	return a->first <= b->last && b->first <= a->last;
}

static bool covers(const struct range *a, const struct range *b)
{
	return a->first <= b->first && a->last >= b->last;
}

static bool is_whole_owner(const struct service *s)
{
	return !s->first && s->last == SMCCC_FUNC_MASK;
}

static void add_text(struct json_object *array, const char *before, const char *text)
{
	char name[128];

	snprintf(name, sizeof(name), "%s%s", before, text);
	json_object_array_add(array, json_object_new_string(name));
}

static bool in_row(const struct row *row, const struct range *range, __u32 id)
{
	__u32 at = position(id), convention = id & SMCCC_64 ? ROW_SMC64 : ROW_SMC32;

	return (id & SMCCC_FAST) == (row->first & SMCCC_FAST) && row->conventions & convention &&
	       at >= range->first && at <= range->last;
}

/* The SMC64 twin of a function in the same row goes without saying. */
static bool is_said(const struct row *row, const struct range *range, __u32 id)
{
	__u32 twin;

	return id & SMCCC_64 && names__twin(id, &twin) && in_row(row, range, twin);
}

/* A service that lies in the row only in part: by its functions. */
static void add_part(struct json_object *names, const struct row *row, const struct range *range,
		     const struct service *s, const struct range *service)
{
	bool any = false;
	size_t i;

	for (i = 0; i < named_functions_count; i++) {
		__u32 id = named_functions[i].id, at = position(id);

		if (at < service->first || at > service->last || !in_row(row, range, id))
			continue;
		any = true;
		if (!is_said(row, range, id))
			add_text(names, "", named_functions[i].name);
	}
	if (!any)
		add_text(names, "unnamed ", s->name);
}

/* Is there anything of the owner in the row that no service of its own has? */
static bool has_rest(const struct range *range, unsigned int owner)
{
	__u32 at = owner << 16 > range->first ? owner << 16 : range->first;
	size_t i;

	for (i = 0; i < services_count; i++) {
		const struct service *s = &services[i];

		if (s->first_owner == owner && !is_whole_owner(s) &&
		    at >= (owner << 16 | s->first) && at <= (owner << 16 | s->last))
			at = (owner << 16 | s->last) + 1;
	}
	return at <= range->last && at >> 16 == owner;
}

static void add_service(struct json_object *names, const struct row *row, const struct range *range,
			const struct service *s)
{
	struct range service = { s->first_owner << 16 | s->first, s->last_owner << 16 | s->last };
	bool fast = row->first & SMCCC_FAST;

	if (!overlap(range, &service))
		return;
	if (!fast) {
		if (is_whole_owner(s))
			add_text(names, "", s->name);
	} else if (s->rest) {
		if (has_rest(range, s->first_owner))
			add_text(names, "other ", s->name);
	} else if (covers(range, &service)) {
		add_text(names, "", s->name);
	} else {
		add_part(names, row, range, s, &service);
	}
}

static struct json_object *name_row(const struct row *row, const struct range *range)
{
	struct json_object *names = json_object_new_array();
	size_t i;

	if (!(row->first & SMCCC_FAST) && !range->first && range->last == position(~0U)) {
		add_text(names, "", "all");
		return names;
	}
	for (i = 0; i < services_count; i++)
		add_service(names, row, range, &services[i]);
	return names;
}

static struct json_object *list_functions(const struct row *row, const struct range *range)
{
	struct json_object *functions = json_object_new_array();
	size_t i;

	for (i = 0; i < named_functions_count; i++) {
		if (in_row(row, range, named_functions[i].id))
			add_text(functions, "", named_functions[i].name);
	}
	return functions;
}

static void add_id(struct json_object *object, const char *key, __u32 id)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%08x", id);
	json_object_object_add(object, key, json_object_new_string(text));
}

struct json_object *row__json(const struct row *row)
{
	struct json_object *object = json_object_new_object();
	struct json_object *conventions = json_object_new_array();
	struct range range = { position(row->first), position(row->last) };
	__u32 both = row->conventions & ROW_SMC32 && row->conventions & ROW_SMC64;

	add_id(object, "first", row->first);
	add_id(object, "last", row->last);
	json_object_object_add(object, "calls",
			       json_object_new_int((range.last - range.first + 1) << !!both));
	if (row->conventions & ROW_SMC32)
		add_text(conventions, "", "smc32");
	if (row->conventions & ROW_SMC64)
		add_text(conventions, "", "smc64");
	json_object_object_add(object, "fast",
			       json_object_new_boolean(!!(row->first & SMCCC_FAST)));
	json_object_object_add(object, "conventions", conventions);
	json_object_object_add(object, "names", name_row(row, &range));
	json_object_object_add(object, "functions", list_functions(row, &range));
	return object;
}

char *row__show_ids(struct json_object *row)
{
	const char *first = output__text(row, "first"), *last = output__text(row, "last");
	char *text;

	if (asprintf(&text, strcmp(first, last) ? "%s-%s" : "%s", first, last + 2) < 0)
		return NULL;
	return text;
}

char *row__show_conventions(struct json_object *row)
{
	struct json_object *list = output__get(row, "conventions");
	const char *first = json_object_get_string(json_object_array_get_idx(list, 0));

	if (json_object_array_length(list) == 2)
		return strdup("32, 64");
	return strdup(first + strlen("smc"));
}

char *row__show_names(struct json_object *row)
{
	struct json_object *list = output__get(row, "names");
	size_t i, size = 0, count = json_object_array_length(list);
	char *text = NULL;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	if (!json_object_get_boolean(output__get(row, "fast")))
		fprintf(out, "yielding: ");
	for (i = 0; i < count; i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(list, i));

		fflush(out);
		if (i && size + strlen(name) > NAMES_WIDTH) {
			fprintf(out, " and %zu more", count - i);
			break;
		}
		fprintf(out, "%s%s", i ? ", " : "", name);
	}
	fclose(out);
	return text;
}
