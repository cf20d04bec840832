/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an attached policy was made of, kept in the record of its attachment: so
 * that the same policy, and no other, can be loaded once more.
 */
#ifndef SMCCC_RECIPE_H
#define SMCCC_RECIPE_H

#include "policy_file.h"

struct json_object;

/* Points into the record. */
struct recipe {
	struct policy_source source;
	struct opt_list include;
	struct opt_list rule;
};

/* Adds to the record what file was read from. -ENOMEM if that fails. */
int recipe__write(struct json_object *record, const struct policy_source *source,
		  const struct policy_file *file);
/* False if the record does not tell. */
bool recipe__read(struct json_object *record, struct recipe *recipe);

enum recipe_file {
	RECIPE_FILE_SAME,
	RECIPE_FILE_CHANGED,
	RECIPE_FILE_GONE,
	RECIPE_FILE_UNKNOWN, /* it is not recorded, or cannot be read */
};

/* Whether the file is still the one that was read: it alone, not the headers it includes. */
enum recipe_file recipe__file(struct json_object *record);

/* The policy's object, and the rules, are those that the record is about. */
bool recipe__is_policy(struct json_object *record, const struct policy_file *file);
bool recipe__are_rules(struct json_object *record, const struct policy_file *file);

#endif
