// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compile.h"
#include "file.h"

#define MAX_ARGS     64
#define MAX_MESSAGES (1 << 20)

#define NO_CLANG_HINT \
	"install it (Debian, Ubuntu, Fedora: package 'clang'), or give a compiled .bpf.o"

const char *compile__clang(void)
{
	const char *clang = getenv("CLANG");

	return clang && clang[0] ? clang : "clang";
}

/* Runs a program without a shell; its stdout and stderr go to the two fds. */
static int run(char *const argv[], int out, int messages, int *status)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int ret;

	ret = posix_spawn_file_actions_init(&actions);
	if (ret)
		return -ret;
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, messages, STDERR_FILENO);
	ret = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (ret)
		return -ret;
	while (waitpid(pid, status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return 0;
}

static void fill_arguments(char **argv, const char *source, const char *const *dirs)
{
	static const char *const fixed[] = { "-g",  "-O2",	"-target",
					     "bpf", "-mcpu=v3", "-fdebug-compilation-dir=/",
					     "-c",  "-o",	"-" };
	size_t i, n = 0;

	argv[n++] = (char *)compile__clang();
	for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		argv[n++] = (char *)fixed[i];
	for (; *dirs && n < MAX_ARGS - 4; dirs++) {
		argv[n++] = "-I";
		argv[n++] = (char *)*dirs;
	}
	argv[n++] = (char *)source;
	argv[n] = NULL;
}

static int fail_to_run(int ret, struct err *err)
{
	if (ret == -ENOENT)
		return err_set(err, ERR_NO_CLANG, NO_CLANG_HINT,
			       "a policy in source needs clang, but '%s' is not installed",
			       compile__clang());
	return err_set(err, ERR_NO_CLANG, NO_CLANG_HINT, "cannot run '%s': %s", compile__clang(),
		       strerror(-ret));
}

/* The compiler's messages, with the name that the user gave to the source. */
static char *rename_source(const char *messages, const char *source, const char *label)
{
	char *text = NULL;
	const char *at;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (; (at = strstr(messages, source)); messages = at + strlen(source))
		fprintf(out, "%.*s%s", (int)(at - messages), messages, label);
	fputs(messages, out);
	fclose(out);
	return text;
}

static int fail_to_compile(const char *source, const char *label, int messages, int status,
			   struct err *err)
{
	void *text = NULL;
	size_t size = 0;

	err_set(err, ERR_COMPILE, "correct the errors that the compiler reports",
		WIFSIGNALED(status) ? "%s does not compile: clang was killed" :
				      "%s does not compile",
		label);
	if (!file__read_fd(messages, MAX_MESSAGES, &text, &size) && size) {
		err->detail = rename_source(text, source, label);
		err->json = json_object_new_object();
		json_object_object_add(err->json, "compiler",
				       json_object_new_string(err->detail ? err->detail : text));
	}
	free(text);
	return -1;
}

int compile__policy(const char *source, const char *label, const char *const *dirs, void **object,
		    size_t *size, struct err *err)
{
	int out = memfd_create("policy.bpf.o", MFD_CLOEXEC);
	int messages = memfd_create("clang", MFD_CLOEXEC);
	char *argv[MAX_ARGS];
	int status = 0, ret;

	if (out < 0 || messages < 0) {
		ret = err_set(err, ERR_FAILED, NULL, "memfd_create: %s", strerror(errno));
		goto out;
	}
	fill_arguments(argv, source, dirs);
	ret = run(argv, out, messages, &status);
	if (ret)
		ret = fail_to_run(ret, err);
	else if (status)
		ret = fail_to_compile(source, label, messages, status, err);
	else if (file__read_fd(out, FILE_LIMIT, object, size))
		ret = err_no_memory(err);
out:
	if (out >= 0)
		close(out);
	if (messages >= 0)
		close(messages);
	return ret;
}

int compile__version(char *text, size_t size)
{
	char *argv[] = { (char *)compile__clang(), "--version", NULL };
	int out = memfd_create("clang", MFD_CLOEXEC);
	void *all = NULL;
	size_t len;
	int status = 0, ret;

	if (out < 0)
		return -errno;
	ret = run(argv, out, out, &status);
	if (!ret && status)
		ret = -EIO;
	if (!ret)
		ret = file__read_fd(out, MAX_MESSAGES, &all, &len);
	if (!ret) {
		((char *)all)[strcspn(all, "\n")] = '\0';
		strncpy(text, all, size - 1);
		text[size - 1] = '\0';
	}
	free(all);
	close(out);
	return ret;
}
