// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "ask.h"

bool ask__is_possible(void)
{
	return isatty(STDIN_FILENO);
}

bool ask__yes(const char *question)
{
	char *line = NULL;
	size_t size = 0;
	bool yes;

	/* what the question is about comes first, wherever it goes */
	fflush(stdout);
	fprintf(stderr, "%s [y/N] ", question);
	if (getline(&line, &size, stdin) < 0) {
		/* no answer, and no end of the line either */
		fputc('\n', stderr);
		free(line);
		return false;
	}
	line[strcspn(line, "\r\n")] = '\0';
	yes = !strcasecmp(line, "y") || !strcasecmp(line, "yes");
	free(line);
	return yes;
}
