// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case_lexer.h"
#include "cases.h"
#include "file.h"
#include "output.h"

static struct step *add_step(struct cases *cases)
{
	if (cases->count == cases->room) {
		size_t room = cases->room ? cases->room * 2 : 64;
		struct step *more = realloc(cases->step, room * sizeof(*more));

		if (!more)
			return NULL;
		cases->step = more;
		cases->room = room;
	}
	memset(&cases->step[cases->count], 0, sizeof(struct step));
	return &cases->step[cases->count++];
}

/* The group that is open, by the place of its "repeat". */
struct group {
	struct word word;
	struct lexer at;
	__u64 rounds;
};

/* Groups of lines: one after the other. */
static void follow_group(struct group *group, struct step *step, struct lexer *lexer,
			 const struct word *word)
{
	if (step->kind == STEP_REPEAT && group->word.len)
		lexer__mistake(lexer, word, "a repeat within a repeat");
	if (step->kind == STEP_END && !group->word.len)
		lexer__mistake(lexer, word, "an end without a repeat");
	if (step->kind == STEP_REPEAT)
		*group = (struct group){ *word, *lexer, step->times };
	if (step->kind == STEP_END)
		*group = (struct group){ .rounds = 1 };
	step->rounds = group->rounds;
}

/* What is shown on terminals and in JSON. Comments are not, and may be in any language. */
static bool is_text(struct lexer *lexer)
{
	struct word at = { .text = lexer->line, .len = 1 };
	const char *end = lexer->end;

	if (end > lexer->line && end[-1] == '\r')
		end--;
	for (; at.text < end; at.text++) {
		unsigned char c = *at.text;

		if (c == '\t' || (c >= ' ' && c <= '~'))
			continue;
		lexer__mistake(lexer, &at, "byte 0x%02x is not ASCII text", c);
		return false;
	}
	return true;
}

static int read_line(struct cases *cases, struct lexer *lexer, struct group *group, struct err *err)
{
	struct word first = lexer__peek(lexer);
	const char *end = lexer->end;
	struct step *step;

	if (!first.len || !is_text(lexer))
		return 0;
	step = add_step(cases);
	while (end > first.text && strchr(" \t\r", end[-1]))
		end--;
	if (step)
		step->text = strndup(first.text, end - first.text);
	if (!step || !step->text)
		return err_no_memory(err);
	step__read(step, lexer);
	follow_group(group, step, lexer, &first);
	return 0;
}

static int read_lines(struct cases *cases, const char *path, const char *text, struct err *err)
{
	struct lexer lexer = { .mistakes = json_object_new_array() };
	struct group group = { .rounds = 1 };
	int ret = 0;

	while (!ret && *text) {
		size_t len = strcspn(text, "\n");
		const char *comment = memchr(text, '#', len);

		lexer.line = lexer.at = text;
		lexer.end = comment ? comment : text + len;
		lexer.number++;
		ret = read_line(cases, &lexer, &group, err);
		text += len + !!text[len];
	}
	if (group.word.len)
		lexer__mistake(&group.at, &group.word, "a repeat without an end");
	if (!ret && json_object_array_length(lexer.mistakes))
		ret = lexer__fail(lexer.mistakes, path, ERR_BAD_CASES, "nothing was run", err);
	json_object_put(lexer.mistakes);
	return ret;
}

static bool holds_calls(const struct cases *cases)
{
	size_t i;

	for (i = 0; i < cases->count; i++) {
		if (cases->step[i].kind == STEP_CALL)
			return true;
	}
	return false;
}

int cases__read(struct cases *cases, const char *path, struct err *err)
{
	void *text;
	size_t size;
	int ret = file__read(path, FILE_LIMIT, &text, &size);

	if (ret)
		return err_set(err, ERR_BAD_CASES, "name a file with cases", "%s: %s", path,
			       ret == -EINVAL ? "not a regular file" : strerror(-ret));
	if (memchr(text, '\0', size))
		ret = err_set(err, ERR_BAD_CASES, "name a file with cases", "%s is not text", path);
	else
		ret = read_lines(cases, path, text, err);
	free(text);
	if (!ret && !holds_calls(cases))
		return err_set(err, ERR_BAD_CASES, "see smccc_loader test --help",
			       "%s holds no case", path);
	return ret;
}

void cases__free(struct cases *cases)
{
	size_t i;

	for (i = 0; i < cases->count; i++)
		free(cases->step[i].text);
	free(cases->step);
	memset(cases, 0, sizeof(*cases));
}
