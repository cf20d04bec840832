// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "verifier.h"

struct line {
	const char *text;
	size_t len;
};

static bool starts_with(const struct line *line, const char *prefix)
{
	size_t len = strlen(prefix);

	return line->len >= len && !memcmp(line->text, prefix, len);
}

/* "12: (b7) r1 = 0", and "12: R1=..." with the registers' state */
static bool is_instruction(const struct line *line)
{
	size_t i = 0;

	while (i < line->len && isdigit((unsigned char)line->text[i]))
		i++;
	return i && i < line->len && line->text[i] == ':';
}

/* Lines that count or trace, and say nothing about the refusal. */
static bool is_noise(const struct line *line)
{
	static const char *const prefixes[] = { "processed ",	"verification time",
						"stack depth",	"from ",
						"mark_precise", "func#",
						"arg#",		"Live regs",
						"parent ",	"last_idx",
						"regs=",	"frame",
						"cur state:",	"old state:" };
	size_t i;

	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (starts_with(line, prefixes[i]))
			return true;
	}
	return !line->len || is_instruction(line);
}

/* "; if (call->regs[1] > 3) @ policy.bpf.c:42"; the place is there since Linux 6.9 */
static void take_source(const struct line *line, struct verifier_summary *summary)
{
	char *at;

	/* an instruction of no source line: ";  @ policy.bpf.c:0" */
	if (line->len > 2 && line->text[2] == ' ')
		return;
	snprintf(summary->source, sizeof(summary->source), "%.*s", (int)line->len - 2,
		 line->text + 2);
	at = strstr(summary->source, " @ ");
	for (; at && strstr(at + 3, " @ "); at = strstr(at + 3, " @ "))
		;
	summary->place[0] = '\0';
	if (at) {
		snprintf(summary->place, sizeof(summary->place), "%s", at + 3);
		*at = '\0';
	}
}

static void take_line(const struct line *line, struct verifier_summary *summary)
{
	if (starts_with(line, "; "))
		take_source(line, summary);
	else if (!is_noise(line))
		snprintf(summary->reason, sizeof(summary->reason), "%.*s", (int)line->len,
			 line->text);
}

static size_t find_tail(const char *log)
{
	size_t at = strlen(log);
	int lines = 0;

	while (at && log[at - 1] == '\n')
		at--;
	while (at) {
		if (log[at - 1] == '\n' && ++lines == VERIFIER_TAIL)
			break;
		at--;
	}
	return at;
}

void verifier__summarize(const char *log, struct verifier_summary *summary)
{
	struct line line;

	memset(summary, 0, sizeof(*summary));
	for (line.text = log; *line.text; line.text += line.len + !!line.text[line.len]) {
		line.len = strcspn(line.text, "\n");
		take_line(&line, summary);
	}
	summary->tail = find_tail(log);
}
