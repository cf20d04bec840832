/* SPDX-License-Identifier: GPL-2.0 */
/* How two policies differ, for people and for programs. */
#ifndef SMCCC_DIFF_TEXT_H
#define SMCCC_DIFF_TEXT_H

#include "difference.h"

struct json_object;

/* What diff --json prints; member "same" if nothing changes. NULL with err set. */
struct json_object *diff__json(struct diff *diff, struct err *err);
/* The same for people: nothing at all where nothing changes. */
void diff__print(struct json_object *object);

#endif
