/* SPDX-License-Identifier: GPL-2.0 */
/* Options as data: one table parses the command line and prints the help. */
#ifndef SMCCC_OPTIONS_H
#define SMCCC_OPTIONS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "error.h"

#define MAX_POSITIONAL 4
#define MAX_LIST       16
#define MAX_NUMBERS    1024

struct opt_number {
	bool given;
	__u64 value;
};

struct opt_list {
	int count;
	const char *item[MAX_LIST];
};

struct opt_numbers {
	int count;
	__u64 value[MAX_NUMBERS];
};

enum option_type {
	OPTION_FLAG,	/* bool */
	OPTION_STRING,	/* const char * */
	OPTION_LIST,	/* struct opt_list, may be repeated */
	OPTION_NUMBER,	/* struct opt_number */
	OPTION_NUMBERS, /* struct opt_numbers, may be repeated */
};

struct option_def {
	const char *name;
	char letter; /* 0: the long form only */
	enum option_type type;
	const char *arg; /* how the help calls the value; NULL for a flag */
	const char *help;
	size_t offset; /* of the member in the command's argument structure */
};

/* offsetof(), refusing at compile time a member of another type than the option's. */
#define OPTION_MEMBER(ctype, container, member)                                                      \
	(offsetof(container, member) +                                                               \
	 0 * sizeof(char[__builtin_types_compatible_p(ctype, __typeof__(((container *)0)->member)) ? \
				 1 :                                                                 \
				 -1]))
#define OPTION_FLAG_AT(container, member) \
	.type = OPTION_FLAG, .offset = OPTION_MEMBER(bool, container, member)
#define OPTION_STRING_AT(container, member) \
	.type = OPTION_STRING, .offset = OPTION_MEMBER(const char *, container, member)
#define OPTION_LIST_AT(container, member) \
	.type = OPTION_LIST, .offset = OPTION_MEMBER(struct opt_list, container, member)
#define OPTION_NUMBER_AT(container, member) \
	.type = OPTION_NUMBER, .offset = OPTION_MEMBER(struct opt_number, container, member)
#define OPTION_NUMBERS_AT(container, member) \
	.type = OPTION_NUMBERS, .offset = OPTION_MEMBER(struct opt_numbers, container, member)

/* The first member of every command's argument structure. */
struct common_args {
	bool help;
	bool json;
	bool verbose;
	const char *pin_dir;
	int count;
	const char *word[MAX_POSITIONAL];
};

extern const struct option_def common_options[];

/* Of commands that have to do with attachments; PIN_DIR is in pins.h. */
#define PIN_DIR_OPTION                                                        \
	{                                                                     \
		.name = "pin-dir", .arg = "DIR",                              \
		.help = "where attachments are pinned (default " PIN_DIR ")", \
		OPTION_STRING_AT(struct common_args, pin_dir)                 \
	}

/* Accepts decimal and 0x; refuses signs, blanks, trailing junk and overflow. */
int parse_number(const char *text, __u64 *value);

/* args starts with struct common_args; opts ends with a nameless row and may be NULL. */
int options__parse(const struct option_def *opts, void *args, int argc, char **argv,
		   struct err *err);
void options__print(const struct option_def *opts, FILE *out);

#endif
