// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "case_lexer.h"
#include "options.h"
#include "output.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_arrow(const char *at, const char *end)
{
	return end - at >= 2 && at[0] == '-' && at[1] == '>';
}

struct word lexer__next(struct lexer *lexer)
{
	const char *at = lexer->at, *end = lexer->end, *start;

	while (at < end && is_blank(*at))
		at++;
	start = at;
	if (is_arrow(at, end))
		at += 2;
	else
		while (at < end && !is_blank(*at) && !is_arrow(at, end))
			at++;
	lexer->at = at;
	return (struct word){ .text = start, .len = at - start };
}

struct word lexer__peek(const struct lexer *lexer)
{
	struct lexer copy = *lexer;

	return lexer__next(&copy);
}

bool word__is(const struct word *word, const char *text)
{
	return strlen(text) == word->len && !memcmp(word->text, text, word->len);
}

bool word__split(const struct word *word, struct word *key, struct word *value)
{
	const char *equals = memchr(word->text, '=', word->len);

	if (!equals)
		return false;
	*key = (struct word){ word->text, equals - word->text };
	*value = (struct word){ equals + 1, word->text + word->len - equals - 1 };
	return true;
}

bool word__is_register(const struct word *word, unsigned int *number)
{
	char name[8];

	for (*number = 0; *number <= 17; ++*number) {
		snprintf(name, sizeof(name), "x%u", *number);
		if (word__is(word, name))
			return true;
	}
	return false;
}

void lexer__mistake(struct lexer *lexer, const struct word *at, const char *fmt, ...)
{
	struct json_object *mistake = json_object_new_object();
	char message[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	json_object_object_add(mistake, "line", json_object_new_int(lexer->number));
	json_object_object_add(mistake, "column", json_object_new_int(at->text - lexer->line + 1));
	json_object_object_add(mistake, "message", json_object_new_string(message));
	json_object_array_add(lexer->mistakes, mistake);
}

int lexer__fail(struct json_object *mistakes, const char *path, enum err_code code,
		const char *hint, struct err *err)
{
	size_t i, size, count = json_object_array_length(mistakes);
	FILE *out = open_memstream(&err->detail, &size);

	err_set(err, code, hint, "%s has %zu mistake%s", path, count, count == 1 ? "" : "s");
	for (i = 0; out && i < count; i++) {
		struct json_object *mistake = json_object_array_get_idx(mistakes, i);

		fprintf(out, "%s:%s:%s: %s\n%s", path, output__text(mistake, "line"),
			output__text(mistake, "column"), output__text(mistake, "message"),
			output__text(mistake, "detail"));
	}
	if (out)
		fclose(out);
	err->json = json_object_new_object();
	json_object_object_add(err->json, "mistakes", json_object_get(mistakes));
	return -1;
}

static bool parse(const struct word *word, __u64 *number)
{
	char text[32];

	if (!word->len || word->len >= sizeof(text))
		return false;
	memcpy(text, word->text, word->len);
	text[word->len] = '\0';
	return !parse_number(text, number);
}

bool lexer__number(struct lexer *lexer, const struct word *word, __u64 max, __u64 *number)
{
	if (parse(word, number) && *number <= max)
		return true;
	lexer__mistake(lexer, word, "'%.*s' is not a number from 0 to %llu", (int)word->len,
		       word->text, (unsigned long long)max);
	return false;
}

bool lexer__signed(struct lexer *lexer, const struct word *word, __u64 *number)
{
	struct word digits = { word->text + 1, word->len - 1 };

	if (word->len && word->text[0] != '-' && parse(word, number))
		return true;
	if (word->len > 1 && word->text[0] == '-' && digits.text[0] >= '1' &&
	    digits.text[0] <= '9' && parse(&digits, number) && *number <= 1ULL << 63) {
		*number = -*number;
		return true;
	}
	lexer__mistake(lexer, word, "'%.*s' is not a number of 64 bits", (int)word->len,
		       word->text);
	return false;
}
