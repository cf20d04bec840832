/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of smccc_loader's tools share. */
#ifndef TOOLS_TEST_H
#define TOOLS_TEST_H

#include <json.h>

#include "loader_run.h"

/* The compiled policy of that name. Valid until the eighth call from then. */
char *object(const char *policy);

/* Runs "loader args...". */
#define run(...) loader_run(NULL, -1, (char *[]){ __VA_ARGS__, NULL })
/* The same with --json; the caller puts the result. */
struct json_object *run_json(int status, char *const args[]);
#define json(status, ...) run_json(status, (char *[]){ __VA_ARGS__, "--json", NULL })

/* The member at a path such as "old.policy"; fails the test if there is none. */
struct json_object *get(struct json_object *object, const char *path);
const char *text(struct json_object *object, const char *path);
/* The elements of an array of strings, or the values of a key of an array of objects: "a,b". */
const char *list(struct json_object *array, const char *key);
/* The row of an array that begins with that ID, or NULL. */
struct json_object *find_row(struct json_object *rows, const char *first);

/* A file under a directory of the test's own; its path, valid as that of object(). */
char *write_file(const char *name, const char *content);

extern const struct CMUnitTest case_tests[], explain_tests[], probe_tests[], lint_tests[],
	diff_tests[], compare_tests[], input_tests[], host_tests[];
extern const size_t nr_case_tests, nr_explain_tests, nr_probe_tests, nr_compare_tests,
	nr_lint_tests, nr_diff_tests, nr_input_tests, nr_host_tests;

#endif
