// SPDX-License-Identifier: GPL-2.0
#include <json-c/json.h>
#include <stdio.h>

#include "carry.h"
#include "changes.h"
#include "diff_text.h"
#include "output.h"

static struct json_object *settings(const struct ops_values *values)
{
	struct json_object *object = json_object_new_object();
	const char *mode = values->flags & OPS_F_PERMISSIVE ? "permissive" : "enforcing";

	json_object_object_add(object, "mode", json_object_new_string(mode));
	json_object_object_add(object, "forward",
			       json_object_new_boolean(values->flags & OPS_F_FORWARD));
	json_object_object_add(object, "cookie", json_object_new_uint64(values->cookie));
	return object;
}

struct json_object *changes__make(const struct ops_values *old, const struct ops_values *new,
				  struct json_object *diff, const char *why,
				  struct json_object *maps)
{
	struct json_object *changes = json_object_new_object();

	json_object_object_add(changes, "diff", diff);
	json_object_object_add(changes, "not_compared",
			       why && why[0] ? json_object_new_string(why) : NULL);
	json_object_object_add(changes, "old", settings(old));
	json_object_object_add(changes, "new", settings(new));
	json_object_object_add(changes, "maps", maps);
	return changes;
}

static void print_diff(struct json_object *changes)
{
	struct json_object *diff = output__get(changes, "diff");

	if (!diff)
		printf("the policies were not compared: %s\n",
		       output__text(changes, "not_compared"));
	else if (json_object_get_boolean(output__get(diff, "same")))
		printf("no call changes its fate\n");
	else
		diff__print(diff);
}

static void print_settings(struct json_object *old, struct json_object *new)
{
	__u64 from = json_object_get_uint64(output__get(old, "cookie"));
	__u64 to = json_object_get_uint64(output__get(new, "cookie"));
	bool forward = json_object_get_boolean(output__get(new, "forward"));

	if (!json_object_equal(output__get(old, "mode"), output__get(new, "mode")))
		printf("mode: %s -> %s\n", output__text(old, "mode"), output__text(new, "mode"));
	if (json_object_get_boolean(output__get(old, "forward")) != forward)
		printf("forward: %s\n", forward ? "no -> yes" : "yes -> no");
	if (from != to)
		printf("cookie: %#llx -> %#llx\n", (unsigned long long)from,
		       (unsigned long long)to);
}

void changes__print(struct json_object *changes)
{
	if (output__get(changes, "diff") || output__get(changes, "not_compared"))
		print_diff(changes);
	print_settings(output__get(changes, "old"), output__get(changes, "new"));
	carry__print(output__get(changes, "maps"));
}
