// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "compile.h"
#include "file.h"
#include "json_add.h"

#define MAX_ARGS     (32 + 2 * COMPILE_MAX_DIRS)
#define MAX_MESSAGES (1 << 20)
#define INPUTS_PATH  "/proc/self/fd/3"

#define NO_CLANG_HINT \
	"install it (Debian, Ubuntu, Fedora: package 'clang'), or give a compiled .bpf.o"

const char *compile__clang(void)
{
	const char *clang = getenv("CLANG");

	return clang && clang[0] ? clang : "clang";
}

static void fill_arguments(char **argv, const char *source, const char *const *dirs)
{
	static const char *const fixed[] = { "-g",  "-O2",	"-target",
					     "bpf", "-mcpu=v3", "-fdebug-compilation-dir=/",
					     "-c",  "-o",	"-",
					     "-MD", "-MT",	"policy",
					     "-MF", INPUTS_PATH };
	size_t i, n = 0;

	argv[n++] = (char *)compile__clang();
	for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		argv[n++] = (char *)fixed[i];
	for (; *dirs; dirs++) {
		argv[n++] = "-I";
		argv[n++] = (char *)*dirs;
	}
	argv[n++] = (char *)source;
	argv[n] = NULL;
}

static int fail_to_run(int ret, struct err *err)
{
	if (ret == -ENOMEM)
		return err_no_memory(err);
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
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}

/* In clang's words: for lack of memory, which is where its output goes. true: it was that. */
static bool has_no_room(const char *messages, const char *label, struct err *err)
{
	static const char words[] = "IO failure on output stream: ";
	const char *why = strstr(messages, words);

	if (!why)
		return false;
	why += strlen(words);
	err_set(err, ERR_FAILED,
		"free memory, which is where it is compiled, or give a compiled .bpf.o",
		"clang cannot write what it made of %s: %.*s", label, (int)strcspn(why, "\n"), why);
	return true;
}

static int fail_killed(const char *label, int signal, struct err *err)
{
	return err_set(err, ERR_FAILED,
		       "free memory if it was for lack of that, or give a compiled .bpf.o",
		       "clang was ended by a signal, %s, while it compiled %s", strsignal(signal),
		       label);
}

static int fail_to_compile(const char *source, const char *label, int messages, int status,
			   struct err *err)
{
	void *text = NULL;
	size_t size = 0;

	if (WIFSIGNALED(status))
		return fail_killed(label, WTERMSIG(status), err);
	if (!file__read_fd(messages, MAX_MESSAGES, &text, &size) && size &&
	    has_no_room(text, label, err))
		goto out;
	err_set(err, ERR_COMPILE, "correct the errors that the compiler reports",
		"%s does not compile", label);
	if (size) {
		err->detail = rename_source(text, source, label);
		err->json = json_object_new_object();
		json_add_string(err->json, "compiler", err->detail ? err->detail : text);
	}
out:
	free(text);
	return -1;
}

static int take_output(int out, int inputs, void **object, size_t *size, char **list,
		       struct err *err)
{
	size_t len;

	if (file__read_fd(out, FILE_LIMIT, object, size))
		return err_no_memory(err);
	if (list && file__read_fd(inputs, MAX_MESSAGES, (void **)list, &len))
		return err_no_memory(err);
	return 0;
}

static void close_all(const int *fd, int count)
{
	while (count--) {
		if (fd[count] >= 0)
			close(fd[count]);
	}
}

int compile__policy(const char *source, const char *label, const char *const *dirs, void **object,
		    size_t *size, char **inputs, struct err *err)
{
	enum { OUT, MESSAGES, INPUTS, FDS };
	const int fd[FDS] = { memfd_create("policy.bpf.o", MFD_CLOEXEC),
			      memfd_create("clang", MFD_CLOEXEC),
			      memfd_create("inputs", MFD_CLOEXEC) };
	char *argv[MAX_ARGS];
	int status = 0, ret;

	if (fd[OUT] < 0 || fd[MESSAGES] < 0 || fd[INPUTS] < 0) {
		ret = err_set(err, ERR_FAILED, NULL, "memfd_create: %s", strerror(errno));
		goto out;
	}
	fill_arguments(argv, source, dirs);
	ret = child__run(NULL, argv, &(struct child_fds){ fd[OUT], fd[MESSAGES], fd[INPUTS] },
			 &status);
	if (ret)
		ret = fail_to_run(ret, err);
	else if (status)
		ret = fail_to_compile(source, label, fd[MESSAGES], status, err);
	else
		ret = take_output(fd[OUT], fd[INPUTS], object, size, inputs, err);
out:
	close_all(fd, FDS);
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
	ret = child__run(NULL, argv, &(struct child_fds){ out, out, -1 }, &status);
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
