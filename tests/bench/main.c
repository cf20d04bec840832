// SPDX-License-Identifier: GPL-2.0
/*
 * The benchmark's measurements: one JSON object on stdout.
 *
 * Usage: bench [--ns] DIRECTORY-OF-POLICIES GROUP..., as root: instructions, in the
 * rig with --icount; or nanoseconds, on a machine with KVM.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "bench.h"

static const struct group {
	const char *name;
	void (*run)(struct json_object *rows);
} groups[] = {
	{ "calls", bench_calls }, { "filter", bench_filter }, { "policies", bench_policies },
	{ "vcpus", bench_vcpus }, { "vms", bench_vms },	      { "loader", bench_loader },
};

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("bench: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

static const struct group *find_group(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (!strcmp(groups[i].name, name))
			return &groups[i];
	}
	die("no group '%s'", name);
}

/* On hardware a call is some hundred ticks at most, so that a sample is longer. */
static void count_ns(void)
{
	uint64_t frequency = 0;

#ifdef __aarch64__
	asm("mrs %0, cntfrq_el0" : "=r"(frequency));
#endif
	if (!frequency)
		die("no counter to measure with: not an arm64 machine");
	measure_unit = 1e9 / frequency;
	measure_loop = 20000;
}

int main(int argc, char **argv)
{
	struct json_object *result = json_object_new_object(), *rows;
	struct utsname kernel;
	int i;

	if (argc > 1 && !strcmp(argv[1], "--ns")) {
		count_ns();
		argc--;
		argv++;
	}
	if (argc < 3)
		die("usage: bench [--ns] DIRECTORY-OF-POLICIES GROUP...");
	object_dir = argv[1];
	uname(&kernel);
	json_object_object_add(result, "kernel", json_object_new_string(kernel.release));
	for (i = 2; i < argc; i++) {
		rows = json_object_new_array();
		find_group(argv[i])->run(rows);
		json_object_object_add(result, argv[i], rows);
	}
	puts(json_object_to_json_string_ext(result, JSON_C_TO_STRING_PRETTY));
	json_object_put(result);
	return 0;
}
