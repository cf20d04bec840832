// SPDX-License-Identifier: GPL-2.0
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"

#define MAX_COLUMNS 12

struct json_object *output__get(struct json_object *row, const char *path)
{
	char key[64];

	while (row && *path) {
		size_t len = strcspn(path, ".");

		snprintf(key, sizeof(key), "%.*s", (int)len, path);
		if (!json_object_object_get_ex(row, key, &row))
			return NULL;
		path += len + !!path[len];
	}
	return row;
}

const char *output__text(struct json_object *row, const char *path)
{
	struct json_object *value = output__get(row, path);

	return value ? json_object_get_string(value) : "";
}

void output__json(struct json_object *object)
{
	puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY |
							    JSON_C_TO_STRING_SPACED |
							    JSON_C_TO_STRING_NOSLASHESCAPE));
}

void output__fields(struct json_object *row, const struct output_column *columns)
{
	size_t width = 0;
	int i;

	for (i = 0; columns[i].title; i++) {
		if (strlen(columns[i].title) > width)
			width = strlen(columns[i].title);
	}
	for (i = 0; columns[i].title; i++) {
		char *text = columns[i].format(row);

		if (text)
			printf("  %-*s  %s\n", (int)width, columns[i].title, text);
		free(text);
	}
}

static void print_row(char *const *cells, const size_t *width, int count)
{
	int i;

	/* no blanks at the end of a line */
	for (i = 0; i < count; i++)
		printf("%-*s%s", i + 1 < count ? (int)width[i] : 0, cells[i] ? cells[i] : "-",
		       i + 1 < count ? "  " : "\n");
}

static void measure(char *const *cells, size_t *width, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		size_t len = cells[i] ? strlen(cells[i]) : 1;

		if (len > width[i])
			width[i] = len;
	}
}

void output__table(struct json_object *rows, const struct output_column *columns)
{
	size_t width[MAX_COLUMNS] = {}, count = json_object_array_length(rows), r;
	char *titles[MAX_COLUMNS], **cells;
	int n, i;

	for (n = 0; n < MAX_COLUMNS && columns[n].title; n++)
		titles[n] = (char *)columns[n].title;
	cells = calloc(count * n + 1, sizeof(*cells));
	if (!cells)
		return;
	measure(titles, width, n);
	for (r = 0; r < count; r++) {
		for (i = 0; i < n; i++)
			cells[r * n + i] = columns[i].format(json_object_array_get_idx(rows, r));
		measure(cells + r * n, width, n);
	}
	print_row(titles, width, n);
	for (r = 0; r < count; r++)
		print_row(cells + r * n, width, n);
	for (r = 0; r < count * n; r++)
		free(cells[r]);
	free(cells);
}

void output__notes(struct json_object *notes)
{
	size_t i;

	for (i = 0; i < json_object_array_length(notes); i++)
		printf("note: %s\n", json_object_get_string(json_object_array_get_idx(notes, i)));
}

static void print_json_error(const char *command, const struct err *err)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "error", err_json(err, command));
	output__json(object);
	json_object_put(object);
}

void output__error(const char *command, const struct err *err, bool json)
{
	size_t len;

	if (json) {
		print_json_error(command, err);
		return;
	}
	fprintf(stderr, "smccc_loader: %s%s%s%s%s\n", command ? command : "", command ? ": " : "",
		err->message, err->hint[0] ? "; " : "", err->hint);
	if (!err->detail)
		return;
	len = strlen(err->detail);
	fprintf(stderr, "%s%s", err->detail, len && err->detail[len - 1] == '\n' ? "" : "\n");
}
