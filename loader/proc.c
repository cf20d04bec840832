// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "proc.h"

bool proc__status(pid_t pid, const char *format, unsigned int *number)
{
	char path[64], line[256];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "re");
	while (f && !found && fgets(line, sizeof(line), f))
		found = sscanf(line, format, number) == 1;
	if (f)
		fclose(f);
	return found;
}
