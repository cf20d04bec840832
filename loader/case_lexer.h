/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words of a line of a case file, or of policies.conf, with their columns; what is
 * wrong with them, collected.
 */
#ifndef SMCCC_CASE_LEXER_H
#define SMCCC_CASE_LEXER_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "error.h"

struct json_object;

struct word {
	const char *text;
	size_t len; /* 0: the end of the line */
};

struct lexer {
	const char *line; /* its start, for columns */
	const char *at;
	const char *end;
	unsigned int number;	      /* of the line, from 1 */
	struct json_object *mistakes; /* of all lines */
};

/* The next word; "->" is one without blanks around it, too. */
struct word lexer__next(struct lexer *lexer);
struct word lexer__peek(const struct lexer *lexer);

bool word__is(const struct word *word, const char *text);
/* Splits "key=value": false if there is no "=". */
bool word__split(const struct word *word, struct word *key, struct word *value);
/* "x0" to "x17" */
bool word__is_register(const struct word *word, unsigned int *number);

/* Notes what is wrong at a word; for later, so that one run shows all mistakes. */
void lexer__mistake(struct lexer *lexer, const struct word *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* An error of all mistakes, as detail and in JSON; returns -1. path is the file's. */
int lexer__fail(struct json_object *mistakes, const char *path, enum err_code code,
		const char *hint, struct err *err);

/* Decimal and 0x, and, where signs are allowed, negative decimal; a mistake otherwise. */
bool lexer__number(struct lexer *lexer, const struct word *word, __u64 max, __u64 *number);
bool lexer__signed(struct lexer *lexer, const struct word *word, __u64 *number);

#endif
