// SPDX-License-Identifier: GPL-2.0
/*
 * malloc() and its kin as the C library has them, but that NULL ends the program. Not only
 * our own calls: json-c and stdio go on without what they could not store, and what they
 * print then is whole to look at, and wrong.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "memory.h"

/* A sanitizer has its own, and ends the program, too. */
#ifndef __SANITIZE_ADDRESS__

#define HINT "free some or raise its limit; smccc_loader list tells what is attached"

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static bool json, may_fail;
static const char *done = "";

static void say(const char *text)
{
	/* it ends either way */
	if (write(json ? STDOUT_FILENO : STDERR_FILENO, text, strlen(text)) < 0)
		return;
}

static void *check(void *memory)
{
	if (memory || may_fail)
		return memory;
	say(json ? "{\"error\":{\"code\":\"no_memory\",\"exit\":1,\"message\":\"" :
		   "smccc_loader: ");
	say(done);
	say(json ? "out of memory\",\"hint\":\"" HINT "\"}}\n" : "out of memory; " HINT "\n");
	_exit(EXIT_FAILED);
}

void *malloc(size_t size)
{
	return check(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	return check(__libc_calloc(count, size));
}

void *realloc(void *old, size_t size)
{
	void *memory = __libc_realloc(old, size);

	/* of size 0 it has freed old */
	return size ? check(memory) : memory;
}

void memory__init(bool as_json)
{
	json = as_json;
}

void memory__may_fail(bool may)
{
	may_fail = may;
}

void memory__done(const char *what)
{
	done = what;
}

#else

void memory__init(bool as_json)
{
	(void)as_json;
}

void memory__may_fail(bool may)
{
	(void)may;
}

void memory__done(const char *what)
{
	(void)what;
}

#endif
