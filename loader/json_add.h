/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Members for JSON objects where memory may be short: json-c takes NULL for an object to
 * be a mistake, as a value for null, and leaves out of a text what it has no memory for.
 * Not 0, or NULL, if there is none.
 */
#ifndef SMCCC_JSON_ADD_H
#define SMCCC_JSON_ADD_H

#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>

/* Enough for what a record has. */
#define JSON_PARSE_SIZE (64 * 1024)

static inline int json_add(struct json_object *object, const char *key, struct json_object *value)
{
	if (object && value && !json_object_object_add(object, key, value))
		return 0;
	json_object_put(value);
	return -1;
}

static inline int json_add_string(struct json_object *object, const char *key, const char *value)
{
	return json_add(object, key, json_object_new_string(value));
}

static inline int json_append(struct json_object *array, struct json_object *value)
{
	if (array && value && !json_object_array_add(array, value))
		return 0;
	json_object_put(value);
	return -1;
}

/* It is the object's. json-c does not return what failed in between. */
static inline const char *json_whole_text(struct json_object *object)
{
	const char *text;

	errno = 0;
	text = object ? json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN) : NULL;
	return errno == ENOMEM ? NULL : text;
}

/* json-c 0.16 crashes if it has no memory when it parses: let it find some. */
static inline struct json_object *json_parse(const char *text)
{
	char *some = malloc(JSON_PARSE_SIZE);

	free(some);
	return some ? json_tokener_parse(text) : NULL;
}

#endif
