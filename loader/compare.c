// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "compare.h"
#include "diff_text.h"
#include "guard.h"
#include "output.h"

struct comparing {
	const struct compared *old, *new;
	int result; /* JSON, from the child that runs the policies */
};

static int sweep(struct behaviour *side, const struct compared *policy, struct err *err)
{
	struct diff_settings settings = {
		.runner = { .set_cookie = true, .cookie = policy->values->cookie },
		.forward = policy->values->flags & OPS_F_FORWARD,
	};

	side->file = *policy->file;
	return diff__sweep(side, &settings, err);
}

static struct json_object *compare(const struct comparing *c, struct err *err)
{
	struct diff *diff = calloc(1, sizeof(*diff));

	if (!diff) {
		err_no_memory(err);
		return NULL;
	}
	if (sweep(&diff->old, c->old, err) || sweep(&diff->new, c->new, err) ||
	    diff__run(diff, err))
		return NULL;
	return diff__json(diff, err);
}

/* In a child, which frees nothing and does not come back: what it read is its parent's. */
static int run_child(const void *arg, struct err *err)
{
	const struct comparing *c = arg;
	struct json_object *result = compare(c, err);
	FILE *out = fdopen(c->result, "w");

	if (!result) {
		result = json_object_new_object();
		json_object_object_add(result, "error", json_object_new_string(err->message));
	}
	if (!out || fputs(json_object_to_json_string(result), out) < 0 || fclose(out))
		_exit(EXIT_FAILED);
	_exit(EXIT_DONE);
}

static struct json_object *read_result(int fd, struct err *err)
{
	struct json_object *result;

	if (lseek(fd, 0, SEEK_SET) < 0 || !(result = json_object_from_fd(fd))) {
		err_set(err, ERR_FAILED, NULL, "the comparison was not finished");
		return NULL;
	}
	if (output__get(result, "error")) {
		err_set(err, ERR_FAILED, NULL, "%s", output__text(result, "error"));
		json_object_put(result);
		return NULL;
	}
	return result;
}

struct json_object *compare__policies(const struct compared *old, const struct compared *new,
				      struct err *err)
{
	struct comparing c = { .old = old, .new = new };
	struct json_object *result = NULL;

	c.result = memfd_create("diff", MFD_CLOEXEC);
	if (c.result < 0) {
		err_set(err, ERR_FAILED, NULL, "memfd_create: %s", strerror(errno));
		return NULL;
	}
	if (guard__run(run_child, &c, err) >= 0)
		result = read_result(c.result, err);
	close(c.result);
	return result;
}
