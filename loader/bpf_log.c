// SPDX-License-Identifier: GPL-2.0
#include <bpf/libbpf.h>
#include <stdio.h>
#include <string.h>

#include "bpf_log.h"

/* libbpf's callback has no argument of ours, hence file scope. */
static bool show;
static char warning[512];

static int keep(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	static const char prefix[] = "libbpf: ";
	char text[sizeof(warning)];
	va_list again;

	va_copy(again, ap);
	if (show && level != LIBBPF_DEBUG)
		vfprintf(stderr, fmt, again);
	va_end(again);
	if (level != LIBBPF_WARN || warning[0])
		return 0;
	vsnprintf(text, sizeof(text), fmt, ap);
	text[strcspn(text, "\n")] = '\0';
	snprintf(warning, sizeof(warning), "%s",
		 strncmp(text, prefix, strlen(prefix)) ? text : text + strlen(prefix));
	return 0;
}

void bpf_log__init(bool verbose)
{
	show = verbose;
	libbpf_set_print(keep);
}

const char *bpf_log__warning(void)
{
	return warning;
}

void bpf_log__reset(void)
{
	warning[0] = '\0';
}
