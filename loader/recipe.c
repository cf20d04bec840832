// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <sha256.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "json_add.h"
#include "recipe.h"
#include "record.h"

/* "" if there are no rules */
static void hash_rules(const struct rules *rules, char text[SHA256_DIGEST_STRING_LENGTH])
{
	text[0] = '\0';
	if (rules->given)
		SHA256Data((const uint8_t *)rules->rule, (rules->count + 1) * sizeof(*rules->rule),
			   text);
}

static int add_string(struct json_object *record, const char *key, const char *value)
{
	if (!value || !value[0])
		return 0;
	return json_add_string(record, key, value);
}

/* For a loader that runs in another folder. */
static int add_path(struct json_object *record, const char *key, const char *path)
{
	char absolute[PATH_MAX];

	return add_string(record, key, path && realpath(path, absolute) ? absolute : path);
}

static int add_list(struct json_object *record, const char *key, const struct opt_list *list,
		    bool paths)
{
	struct json_object *array = json_object_new_array();
	char absolute[PATH_MAX];
	int i, ret = 0;

	for (i = 0; !ret && list && i < list->count; i++) {
		const char *item = list->item[i];

		if (paths && realpath(item, absolute))
			item = absolute;
		ret = json_append(array, json_object_new_string(item));
	}
	if (!ret)
		return json_add(record, key, array);
	json_object_put(array);
	return ret;
}

int recipe__write(struct json_object *record, const struct policy_source *source,
		  const struct policy_file *file)
{
	char object[SHA256_DIGEST_STRING_LENGTH], rules[SHA256_DIGEST_STRING_LENGTH];

	SHA256Data(file->data, file->size, object);
	hash_rules(&file->rules, rules);
	if (add_string(record, "sha256", object) || add_string(record, "rules_sha256", rules) ||
	    add_string(record, "file_sha256", file->sha256) ||
	    add_path(record, "data_dir", file->data_dir) ||
	    add_list(record, "include", source->include_dirs, true) ||
	    add_list(record, "rule", source->rule, false) ||
	    add_path(record, "rules", source->rules))
		return -ENOMEM;
	return 0;
}

static const char *get_string(struct json_object *record, const char *key)
{
	const char *text = record__string(record, key);

	return text[0] ? text : NULL;
}

static void get_list(struct json_object *record, const char *key, struct opt_list *list)
{
	struct json_object *array;
	int i, count;

	if (!json_object_object_get_ex(record, key, &array) ||
	    !json_object_is_type(array, json_type_array))
		return;
	count = json_object_array_length(array);
	for (i = 0; i < count && i < MAX_LIST; i++)
		list->item[list->count++] =
			json_object_get_string(json_object_array_get_idx(array, i));
}

bool recipe__read(struct json_object *record, struct recipe *recipe)
{
	memset(recipe, 0, sizeof(*recipe));
	get_list(record, "include", &recipe->include);
	get_list(record, "rule", &recipe->rule);
	recipe->source = (struct policy_source){
		.path = get_string(record, "file"),
		.data_dir = get_string(record, "data_dir"),
		.include_dirs = &recipe->include,
		.rule = &recipe->rule,
		.rules = get_string(record, "rules"),
	};
	return recipe->source.path && get_string(record, "sha256");
}

bool recipe__is_policy(struct json_object *record, const struct policy_file *file)
{
	char text[SHA256_DIGEST_STRING_LENGTH];

	SHA256Data(file->data, file->size, text);
	return !strcmp(text, record__string(record, "sha256"));
}

bool recipe__are_rules(struct json_object *record, const struct policy_file *file)
{
	char text[SHA256_DIGEST_STRING_LENGTH];

	hash_rules(&file->rules, text);
	return !strcmp(text, record__string(record, "rules_sha256"));
}

enum recipe_file recipe__file(struct json_object *record)
{
	char text[SHA256_DIGEST_STRING_LENGTH];
	const char *path = get_string(record, "file"), *then = get_string(record, "file_sha256");
	void *data;
	size_t size;
	int ret;

	if (!path || !then)
		return RECIPE_FILE_UNKNOWN;
	ret = file__read(path, FILE_LIMIT, &data, &size);
	if (ret == -ENOENT || ret == -ENOTDIR)
		return RECIPE_FILE_GONE;
	if (ret == -EISDIR || ret == -EINVAL || ret == -EFBIG)
		return RECIPE_FILE_CHANGED;
	if (ret)
		return RECIPE_FILE_UNKNOWN;
	SHA256Data(data, size, text);
	free(data);
	return strcmp(text, then) ? RECIPE_FILE_CHANGED : RECIPE_FILE_SAME;
}
