// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vmm.h"

#define CMDLINE_LIMIT (256 * 1024)
#define DELETED	      " (deleted)"

static bool read_uid(pid_t pid, uid_t *uid)
{
	char path[64], line[256];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "re");
	while (f && !found && fgets(line, sizeof(line), f))
		found = sscanf(line, "Uid: %*u %u", uid) == 1;
	if (f)
		fclose(f);
	return found;
}

/* A program that was upgraded while it runs keeps its name. */
static bool read_exe(pid_t pid, char exe[PATH_MAX])
{
	char path[64], *end;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	len = readlink(path, exe, PATH_MAX - 1);
	if (len < 0)
		return false;
	exe[len] = '\0';
	end = exe + len - strlen(DELETED);
	if (end > exe && !strcmp(end, DELETED))
		*end = '\0';
	return true;
}

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

void vmm__find_name(const char *cmdline, size_t size, char name[VM_NAME_LEN])
{
	const char *end = cmdline + size, *word, *value;

	name[0] = '\0';
	for (word = cmdline; word < end; word += strnlen(word, end - word) + 1) {
		value = word + strnlen(word, end - word) + 1;
		if ((!strcmp(word, "-name") || !strcmp(word, "--name")) && value < end)
			take_name(value, name);
		else if (!strncmp(word, "--name=", 7))
			take_name(word + 7, name);
	}
}

static bool read_name(pid_t pid, char name[VM_NAME_LEN])
{
	char path[64], *text = malloc(CMDLINE_LIMIT + 1);
	size_t size = 0;
	FILE *f;

	name[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	f = text ? fopen(path, "re") : NULL;
	if (f) {
		size = fread(text, 1, CMDLINE_LIMIT, f);
		text[size] = '\0';
		vmm__find_name(text, size, name);
		fclose(f);
	}
	free(text);
	return f;
}

bool vmm__read(struct vmm *vmm, const struct vm_owner *owner)
{
	memcpy(vmm->command, owner->command, sizeof(vmm->command));
	return read_uid(owner->pid, &vmm->uid) && read_exe(owner->pid, vmm->exe) &&
	       read_name(owner->pid, vmm->name) && vm_owner__alive(owner);
}
