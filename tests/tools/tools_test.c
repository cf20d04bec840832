// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of smccc_loader's tools (test, explain, lint, diff) through its command
 * line, on the kernel that this runs on: a stock one will do.
 *
 * Usage: tools_test BUILD-DIRECTORY host|arm64 [some | PATTERN], in the project's
 * folder, as root. Some: three groups, where all run elsewhere, for in the emulated
 * host all of them take a quarter of an hour.
 * Exit status 77: the caller may not use bpf(2), and no test ran.
 */
#include <dirent.h>
#include <errno.h>
#include <unistd.h>

#include "tools_test.h"

#define NOT_PERMITTED 77
#define PATHS	      8

static const char *build;
static char directory[] = "/tmp/tools_test.XXXXXX";

static char *path_of(const char *where, const char *folder, const char *name, const char *suffix)
{
	static char paths[PATHS][4096];
	static int next;
	char *path = paths[next++ % PATHS];

	snprintf(path, sizeof(paths[0]), "%s/%s%s%s", where, folder, name, suffix);
	return path;
}

char *object(const char *policy)
{
	return path_of(build, "bpf/", policy, ".bpf.o");
}

char *write_file(const char *name, const char *content)
{
	char *path = path_of(directory, "", name, "");
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(content, 1, strlen(content), file), strlen(content));
	assert_int_equal(fclose(file), 0);
	return path;
}

struct json_object *run_json(int status, char *const args[])
{
	int got = loader_run(NULL, -1, args);
	struct json_object *object;

	if (got != status)
		fail_msg("exit status %d, not %d: %s%s", got, status, output.err, output.out);
	assert_false(output.truncated);
	object = json_tokener_parse(output.out);
	if (!object)
		fail_msg("not JSON: %s", output.out);
	return object;
}

struct json_object *get(struct json_object *object, const char *path)
{
	const char *whole = path;
	char key[64];

	while (*path) {
		size_t len = strcspn(path, ".");

		snprintf(key, sizeof(key), "%.*s", (int)len, path);
		if (!json_object_object_get_ex(object, key, &object))
			fail_msg("no \"%s\" in the output", whole);
		path += len + !!path[len];
	}
	return object;
}

const char *text(struct json_object *object, const char *path)
{
	return json_object_get_string(get(object, path));
}

const char *list(struct json_object *array, const char *key)
{
	static char lists[PATHS][4096];
	static int next;
	char *buffer = lists[next++ % PATHS];
	size_t i, len = 0;

	buffer[0] = '\0';
	for (i = 0; i < json_object_array_length(array); i++) {
		struct json_object *element = json_object_array_get_idx(array, i);

		len += snprintf(buffer + len, sizeof(lists[0]) - len, "%s%s", i ? "," : "",
				key ? text(element, key) : json_object_get_string(element));
		assert_true(len < sizeof(lists[0]));
	}
	return buffer;
}

struct json_object *find_row(struct json_object *rows, const char *first)
{
	size_t i;

	for (i = 0; i < json_object_array_length(rows); i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);

		if (!strcmp(text(row, "first"), first))
			return row;
	}
	return NULL;
}

static void remove_files(void)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
	if (dir)
		closedir(dir);
	rmdir(directory);
}

static bool is_permitted(void)
{
	return run("test", object("lint-unused"), write_file("any.cases", "0 -> HANDLE\n")) !=
	       NO_PERMISSION;
}

#define RUN(tests) _cmocka_run_group_tests(#tests, tests##_tests, nr_##tests##_tests, NULL, NULL)

int main(int argc, char **argv)
{
	bool some = argc > 3 && !strcmp(argv[3], "some");
	int failed;

	if (argc < 3) {
		fprintf(stderr, "usage: %s BUILD-DIRECTORY host|arm64 [some | PATTERN]\n", argv[0]);
		return 2;
	}
	build = argv[1];
	loader = in_build(in_build(build, argv[2]), "smccc_loader");
	if (argc > 3 && !some)
		cmocka_set_test_filter(argv[3]);
	if (!mkdtemp(directory)) {
		perror(directory);
		return 1;
	}
	if (!is_permitted()) {
		printf("1..0 # SKIP bpf(2) is not permitted here\n");
		remove_files();
		return NOT_PERMITTED;
	}
	failed = RUN(case) + RUN(explain) + RUN(input);
	if (!some)
		failed += RUN(probe) + RUN(lint) + RUN(diff) + RUN(compare);
	if (strcmp(argv[2], "arm64"))
		failed += RUN(host);
	remove_files();
	return !!failed;
}
