// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "inputs.h"
#include "trust.h"

/*
 * The next path, without what make wants before some characters; *at is moved behind
 * it. What this gets wrong, such as a name that ends with a backslash, is a file that
 * is not there, and so none to be trusted.
 */
static char *next_path(char **at)
{
	char *from = *at, *to, *path;

	while (strspn(from, " \n") || !strncmp(from, "\\\n", 2))
		from++;
	for (path = to = from; *from && !strchr(" \n", *from); from++) {
		if ((*from == '\\' && from[1] && strchr(" #", from[1])) ||
		    (*from == '$' && from[1] == '$'))
			from++;
		*to++ = *from;
	}
	*at = from + !!*from;
	*to = '\0';
	return path[0] ? path : NULL;
}

bool inputs__trusted(char *rule, char *why, size_t size)
{
	char *at = strchr(rule, ':'), *path;

	if (!at) {
		snprintf(why, size, "the compiler does not tell what it has read");
		return false;
	}
	at++;
	while ((path = next_path(&at))) {
		if (!trust__holds(path, why, size))
			return false;
	}
	return true;
}
