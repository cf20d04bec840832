/* SPDX-License-Identifier: GPL-2.0 */
/* What a replacement changes, to be shown before it is confirmed. */
#ifndef SMCCC_CHANGES_H
#define SMCCC_CHANGES_H

#include "ops.h"

struct json_object;

/*
 * Members "diff" (as diff --json; NULL: see why), "not_compared" (why), the settings
 * as "old" and "new", and "maps" (see carry.h). Takes diff and maps.
 */
struct json_object *changes__make(const struct ops_values *old, const struct ops_values *new,
				  struct json_object *diff, const char *why,
				  struct json_object *maps);
void changes__print(struct json_object *changes);

#endif
