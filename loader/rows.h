/* SPDX-License-Identifier: GPL-2.0 */
/* Function IDs of the same class as ranges, as few as possible. */
#ifndef SMCCC_ROWS_H
#define SMCCC_ROWS_H

#include <linux/types.h>
#include <stddef.h>

#include "error.h"

#define ROW_SMC32 1U
#define ROW_SMC64 2U

struct json_object;

struct row {
	__u32 first, last; /* IDs, of SMC32 if that is among the conventions */
	__u32 conventions; /* ROW_... */
	__u16 class;
};

struct rows {
	struct row *row;
	size_t count, room;
};

/*
 * classes is by sweep__index(); IDs of class 0 are left out. Both conventions
 * share a row where they are equal, unless that makes more rows. rows__free() in
 * any case.
 */
int rows__find(struct rows *rows, const __u16 *classes, struct err *err);
void rows__free(struct rows *rows);

/* What people call it: members "first", "last", "calls", "fast", "conventions", "names", "functions" */
struct json_object *row__json(const struct row *row);
/* Columns of output__table() for those members */
char *row__show_ids(struct json_object *row);
char *row__show_conventions(struct json_object *row);
char *row__show_names(struct json_object *row);

#endif
