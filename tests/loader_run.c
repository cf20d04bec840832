// SPDX-License-Identifier: GPL-2.0
#include "loader_run.h"

char *loader, *fault;
struct child_output output;

char *in_build(const char *build, const char *file)
{
	char *path;

	if (asprintf(&path, "%s/%s", build, file) < 0)
		abort();
	return path;
}

int loader_run(char *const prefix[], int fd, char *const args[])
{
	char *argv[64];
	size_t n = 0, i;

	for (i = 0; prefix && prefix[i]; i++)
		argv[n++] = prefix[i];
	argv[n++] = loader;
	for (i = 0; args[i]; i++)
		argv[n++] = args[i];
	argv[n] = NULL;
	assert_true(n < ARRAY_SIZE(argv));
	assert_int_equal(child_run(argv, fd, &output), 0);
	return output.status;
}

char **with_fault(const char *what)
{
	static char variable[64], preload[4096];
	static char *prefix[] = { "env", variable, preload, NULL };

	snprintf(variable, sizeof(variable), "FAULT=%s", what);
	snprintf(preload, sizeof(preload), "LD_PRELOAD=%s", fault);
	return prefix;
}

bool says(const char *words)
{
	char copy[512], *word;

	snprintf(copy, sizeof(copy), "%s", words);
	for (word = strtok(copy, "|"); word; word = strtok(NULL, "|")) {
		if (!strstr(output.out, word) && !strstr(output.err, word))
			return false;
	}
	return true;
}

void expect_words(const char *words)
{
	if (!says(words))
		fail_msg("not all of \"%s\" in: %s%s", words, output.err, output.out);
}

void expect_status(int status, int want, const char *words)
{
	if (status != want)
		fail_msg("exit status %d, not %d: %s%s", status, want, output.err, output.out);
	expect_words(words);
}

void expect_success(int status)
{
	expect_status(status, DONE, "");
}

void expect_error(int status, int want, const char *words)
{
	expect_status(status, want, words);
	assert_int_equal(strncmp(output.err, "smccc_loader: ", 14), 0);
	assert_string_equal(output.out, "");
}

void expect_one_line(void)
{
	assert_ptr_equal(strchr(output.err, '\n'), output.err + strlen(output.err) - 1);
}
