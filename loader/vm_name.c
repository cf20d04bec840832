// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "printable.h"
#include "vm_name.h"

#define COMMAND_LINE_LIMIT (256 * 1024)

/* Programs whose -name is the VM's; another program's may be anything. */
static bool is_vmm(const char *program)
{
	const char *slash = strrchr(program, '/');
	const char *base = slash ? slash + 1 : program;

	return !strncmp(base, "qemu", strlen("qemu")) || !strcmp(base, "kvm") ||
	       !strcmp(base, "lkvm");
}

/* QEMU's value: NAME or guest=NAME, more behind a comma; a comma in NAME is doubled. */
static void copy_name(const char *value, char *name)
{
	size_t len = 0;

	if (!strncmp(value, "guest=", strlen("guest=")))
		value += strlen("guest=");
	for (; *value && len < VM_NAME_LEN - 1; value++) {
		if (value[0] == ',' && *++value != ',')
			break;
		name[len++] = *value;
	}
	name[len] = '\0';
	printable__make(name);
}

static const char *next(const char *arg, const char *end)
{
	arg += strlen(arg) + 1;
	return arg < end ? arg : NULL;
}

static void find_name(const char *line, size_t size, char *name)
{
	const char *end = line + size, *arg = line, *value;

	if (!is_vmm(line))
		return;
	while ((arg = next(arg, end))) {
		if (strcmp(arg, "-name") && strcmp(arg, "--name"))
			continue;
		value = next(arg, end);
		if (value && value[0] != '-')
			copy_name(value, name);
		return;
	}
}

void vm_name__read(pid_t pid, char name[VM_NAME_LEN])
{
	char path[64], *line = malloc(COMMAND_LINE_LIMIT + 1);
	size_t size = 0;
	FILE *f;

	name[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	f = pid && line ? fopen(path, "re") : NULL;
	if (f) {
		size = fread(line, 1, COMMAND_LINE_LIMIT, f);
		fclose(f);
	}
	if (size) {
		line[size] = '\0';
		find_name(line, size, name);
	}
	free(line);
}
