/* SPDX-License-Identifier: GPL-2.0 */
/* What happens to a class of calls, as JSON and in words. */
#ifndef SMCCC_CLASS_TEXT_H
#define SMCCC_CLASS_TEXT_H

#include "behaviour.h"

struct json_object;

/* Members "verdicts" (each with what the kernel makes of it) and "depends_on" */
void class__add_json(struct json_object *object, const struct behaviour_class *class);
/* The registers that the answer sets. */
struct json_object *class__answer_json(const struct probe *probe);
void class__add_ranges(struct json_object *object, const char *key, __u64 ranges);

/* What becomes of IDs with an immediate, or with reserved bits: the same members, and "same" */
struct json_object *class__odd_json(const struct behaviour *b, const struct probe_odd *odd,
				    __u16 imm);
/* An array of these, with "imm": immediates of the same fate share an entry. */
struct json_object *class__immediates_json(const struct behaviour *b);

/* All of these members in words, to be freed by the caller. */
char *class__show(struct json_object *object);

#endif
