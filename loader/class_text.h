/* SPDX-License-Identifier: GPL-2.0 */
/* What happens to a class of calls, as JSON and in words. */
#ifndef SMCCC_CLASS_TEXT_H
#define SMCCC_CLASS_TEXT_H

#include "behaviour.h"
#include "rows.h"

struct json_object;

/*
 * Members "verdicts" (each with what the kernel makes of it), "depends_on",
 * "remembered" and "arguments_tried"
 */
void class__add_json(struct json_object *object, const struct behaviour_class *class);
/* A row of one function: "answer", the registers that it sets, if that can be told. */
void class__add_answer(struct json_object *object, const struct behaviour *b,
		       const struct row *row);
void class__add_ranges(struct json_object *object, const char *key, __u64 ranges);

/* What becomes of IDs with an immediate, or with reserved bits: the same members, and "same" */
struct json_object *class__odd_json(const struct behaviour *b, const struct probe_odd *odd);
/*
 * An array of what is said of each of a plan's immediates, which is taken over:
 * equals share an entry, with "imm" and, the most frequent of several, "others".
 */
struct json_object *class__group_immediates(const struct plan *plan, struct json_object **said);
/* Number i of these, "HVC with an immediate 0xea1" and so on; to be freed by the caller. */
char *class__name_immediates(struct json_object *groups, size_t i);

/* Adds to an array of strings what could not be found out. */
void class__add_notes(struct json_object *array, const struct behaviour *b);

/* All of these members in words, to be freed by the caller. */
char *class__show(struct json_object *object);

#endif
