// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "file.h"
#include "privileges.h"
#include "self.h"

#define MAX_OUTPUT (1 << 20)

void self__add(struct self_args *args, const char *word)
{
	if (args->count < SELF_MAX_ARGS)
		args->word[args->count] = word;
	args->count++;
}

void self__add_number(struct self_args *args, const char *option, unsigned long long number)
{
	char *text = args->number[args->numbers++];

	snprintf(text, sizeof(args->number[0]), "%llu", number);
	self__add(args, option);
	self__add(args, text);
}

static int run(char *const argv[], int out, int *status)
{
	int ret = privileges__hand_on(true);

	if (!ret)
		ret = child__run("/proc/self/exe", argv, &(struct child_fds){ out, -1, -1 },
				 status);
	privileges__hand_on(false);
	return ret;
}

static struct json_object *parse_output(int out)
{
	struct json_object *result = NULL;
	void *text = NULL;
	size_t size;

	if (!file__read_fd(out, MAX_OUTPUT, &text, &size))
		result = json_tokener_parse(text);
	free(text);
	return result;
}

int self__run(struct self_args *args, struct json_object **result, struct err *err)
{
	/* its name, --json, and NULL */
	char *argv[SELF_MAX_ARGS + 3] = { "smccc_loader" };
	int status = 0, ret, i, out;

	*result = NULL;
	/* without one of its rules a policy would be another */
	if (args->count > SELF_MAX_ARGS)
		return err_set(err, ERR_FAILED, "give rules in a file (rules = FILE)",
			       "%s needs more words than the loader can be run with",
			       args->word[0]);
	out = memfd_create("result", MFD_CLOEXEC);
	for (i = 0; i < args->count; i++)
		argv[1 + i] = (char *)args->word[i];
	argv[1 + i] = "--json";
	ret = out < 0 ? -errno : run(argv, out, &status);
	if (!ret)
		*result = parse_output(out);
	if (out >= 0)
		close(out);
	if (ret)
		return err_set(err, ERR_FAILED, NULL, "cannot run the loader: %s", strerror(-ret));
	if (WIFSIGNALED(status))
		return err_set(err, ERR_FAILED, "run apply again", "%s was killed by signal %d",
			       args->word[0], WTERMSIG(status));
	return WEXITSTATUS(status);
}
