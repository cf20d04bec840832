// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "printable.h"
#include "vm_name.h"

#define COMMAND_LINE_LIMIT (256 * 1024)

/* Up to the next comma; one that is written twice is a comma of the value. */
static const char *take_value(const char *at, char *value, size_t size)
{
	size_t len = 0;

	for (; *at && (*at != ',' || at[1] == ','); at++) {
		at += *at == ',';
		if (len < size - 1)
			value[len++] = *at;
	}
	value[len] = '\0';
	return *at ? at + 1 : at;
}

/* QEMU's "web", "guest=web,debug-threads=on" or "debug-threads=on,guest=web" */
static void take_name(const char *at, char name[VM_NAME_LEN])
{
	const char *start = at;
	char value[VM_NAME_LEN + sizeof("guest=")];

	while (*at) {
		bool first = at == start;

		at = take_value(at, value, sizeof(value));
		if (!strncmp(value, "guest=", 6))
			memmove(value, value + 6, strlen(value + 6) + 1);
		else if (!first || strchr(value, '='))
			continue;
		snprintf(name, VM_NAME_LEN, "%.*s", VM_NAME_LEN - 1, value);
	}
}

/* line: words that end in zero bytes */
static void find_name(const char *line, size_t size, char name[VM_NAME_LEN])
{
	const char *end = line + size, *word, *value;

	for (word = line; word < end; word = value) {
		value = word + strlen(word) + 1;
		if (!strncmp(word, "--name=", 7))
			take_name(word + 7, name);
		else if ((!strcmp(word, "-name") || !strcmp(word, "--name")) && value < end &&
			 value[0] != '-')
			take_name(value, name);
	}
}

bool vm_name__read(pid_t pid, char name[VM_NAME_LEN])
{
	char path[64], *line = malloc(COMMAND_LINE_LIMIT + 1);
	size_t size;
	FILE *f;

	name[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	f = pid && line ? fopen(path, "re") : NULL;
	if (!f) {
		free(line);
		return false;
	}
	size = fread(line, 1, COMMAND_LINE_LIMIT, f);
	fclose(f);
	line[size] = '\0';
	find_name(line, size, name);
	printable__make(name);
	free(line);
	return true;
}
