/* SPDX-License-Identifier: GPL-2.0 */
/* Results: JSON as it is, or text made from the same JSON. Nothing else writes to stdout. */
#ifndef SMCCC_OUTPUT_H
#define SMCCC_OUTPUT_H

#include <stdbool.h>

#include "error.h"

struct json_object;

/* One value of a row as text, to be freed by the caller; NULL: leave the line out. */
typedef char *(*output_format)(struct json_object *row);

struct output_column {
	const char *title;
	output_format format;
};

/* columns end with one without a title */
void output__fields(struct json_object *row, const struct output_column *columns);
void output__table(struct json_object *rows, const struct output_column *columns);
void output__json(struct json_object *object);
/* An array of strings, a line each: "note: ..." */
void output__notes(struct json_object *notes);

/* A failure: one line on stderr, or an object on stdout. */
void output__error(const char *command, const struct err *err, bool json);

/* The member at a path such as "link.id", or NULL. */
struct json_object *output__get(struct json_object *row, const char *path);
/* Its text, or "" */
const char *output__text(struct json_object *row, const char *path);

#endif
