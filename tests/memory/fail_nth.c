// SPDX-License-Identifier: GPL-2.0
/*
 * An LD_PRELOAD library that makes one allocation of smccc_loader fail, its own or one of
 * a library that it uses: the FAIL_NTH-th, counted from 1. What is below the loader's
 * malloc() fails, so that this is what it meets when the C library has no more memory.
 * Appends to the file FAIL_LOG a line "failed" when that happens; for FAIL_NTH=0, at the
 * end, how many allocations there were, and the numbers of the first and the last one of
 * each place, that is by way of the same calls: the others will hardly differ. Programs that the loader runs are left alone, and
 * so is json-c's parser: 0.16 crashes there, which is not ours to mend.
 */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_CALLS  64
#define MAX_PLACES 4096

static struct place {
	void *calls[MAX_CALLS];
	int nr_calls;
	long first, last;
} places[MAX_PLACES];
static unsigned int nr_places;

static long nth = -1, count;
static bool is_left_alone;
static const char *log_path;
static void *(*real_malloc)(size_t size);
static void *(*real_calloc)(size_t number, size_t size);
static void *(*real_realloc)(void *old, size_t size);

static void note(const char *text)
{
	int fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		abort();
	close(fd);
}

/* Without an allocation: dlsym() makes none when it finds what it looks for. */
static void find(void)
{
	if (real_realloc)
		return;
	real_malloc = dlsym(RTLD_NEXT, "__libc_malloc");
	real_calloc = dlsym(RTLD_NEXT, "__libc_calloc");
	real_realloc = dlsym(RTLD_NEXT, "__libc_realloc");
}

static bool is_same(const struct place *a, const struct place *b)
{
	return a->nr_calls == b->nr_calls &&
	       !memcmp(a->calls, b->calls, a->nr_calls * sizeof(a->calls[0]));
}

static void remember_place(void)
{
	struct place *place, *new = &places[nr_places];

	if (nr_places == MAX_PLACES)
		abort();
	is_left_alone = true;
	new->nr_calls = backtrace(new->calls, MAX_CALLS);
	is_left_alone = false;
	for (place = places; !is_same(place, new); place++)
		;
	if (place == new) {
		place->first = count;
		nr_places++;
	}
	place->last = count;
}

static bool fails(void)
{
	find();
	if (nth < 0 || is_left_alone)
		return false;
	count++;
	if (!nth)
		remember_place();
	if (count != nth)
		return false;
	note("failed\n");
	errno = ENOMEM;
	return true;
}

void *__libc_malloc(size_t size)
{
	return fails() ? NULL : real_malloc(size);
}

void *__libc_calloc(size_t number, size_t size)
{
	return fails() ? NULL : real_calloc(number, size);
}

void *__libc_realloc(void *old, size_t size)
{
	return fails() ? NULL : real_realloc(old, size);
}

struct json_object *json_tokener_parse(const char *text)
{
	struct json_object *(*parse)(const char *text) = dlsym(RTLD_NEXT, "json_tokener_parse");
	struct json_object *object;

	is_left_alone = true;
	object = parse(text);
	is_left_alone = false;
	return object;
}

__attribute__((constructor)) static void begin(void)
{
	const char *text = getenv("FAIL_NTH");

	log_path = getenv("FAIL_LOG");
	if (!text || !log_path)
		return;
	unsetenv("LD_PRELOAD");
	nth = atol(text);
}

__attribute__((destructor)) static void end(void)
{
	FILE *file;

	if (nth)
		return;
	is_left_alone = true;
	file = fopen(log_path, "a");
	if (!file || fprintf(file, "%ld", count) < 0)
		abort();
	for (const struct place *place = places; place < places + nr_places; place++) {
		fprintf(file, " %ld", place->first);
		if (place->last != place->first)
			fprintf(file, " %ld", place->last);
	}
	fputc('\n', file);
	if (fclose(file))
		abort();
}
