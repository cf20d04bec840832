// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

const struct option_def common_options[] = {
	{ .name = "json",
	  .letter = 'j',
	  .help = "print JSON, errors included",
	  OPTION_FLAG_AT(struct common_args, json) },
	{ .name = "verbose",
	  .letter = 'v',
	  .help = "print libbpf's messages and the verifier's whole log",
	  OPTION_FLAG_AT(struct common_args, verbose) },
	{ .name = "help",
	  .letter = 'h',
	  .help = "print this help",
	  OPTION_FLAG_AT(struct common_args, help) },
	{},
};

int parse_number(const char *text, __u64 *value)
{
	int base = 10;
	char *end;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	}
	/* strtoull() itself would accept blanks and a sign */
	if (!isxdigit((unsigned char)text[0]))
		return -EINVAL;
	errno = 0;
	*value = strtoull(text, &end, base);
	if (*end)
		return -EINVAL;
	return -errno;
}

static const struct option_def *find_in(const struct option_def *opts, const char *name, size_t len,
					char letter)
{
	for (; opts && opts->name; opts++) {
		if (name ? strlen(opts->name) == len && !strncmp(opts->name, name, len) :
			   opts->letter == letter)
			return opts;
	}
	return NULL;
}

static const struct option_def *find_option(const struct option_def *opts, const char *name,
					    size_t len, char letter)
{
	const struct option_def *opt = find_in(opts, name, len, letter);

	return opt ? opt : find_in(common_options, name, len, letter);
}

static int read_number(const struct option_def *opt, const char *text, __u64 *value,
		       struct err *err)
{
	if (parse_number(text, value))
		return err_set(err, ERR_USAGE, "give a decimal number, or hexadecimal with 0x",
			       "--%s: '%s' is not a number of 64 bits or less", opt->name, text);
	return 0;
}

static int add_to_list(struct opt_list *list, const struct option_def *opt, const char *value,
		       struct err *err)
{
	if (list->count == MAX_LIST)
		return err_set(err, ERR_USAGE, NULL, "more than %d --%s", MAX_LIST, opt->name);
	list->item[list->count++] = value;
	return 0;
}

static int add_number(struct opt_numbers *numbers, const struct option_def *opt, const char *value,
		      struct err *err)
{
	if (numbers->count == MAX_NUMBERS)
		return err_set(err, ERR_USAGE, NULL, "more than %d --%s", MAX_NUMBERS, opt->name);
	return read_number(opt, value, &numbers->value[numbers->count++], err);
}

static int store(const struct option_def *opt, void *args, const char *value, struct err *err)
{
	void *at = (char *)args + opt->offset;
	struct opt_number *number = at;

	switch (opt->type) {
	case OPTION_FLAG:
		*(bool *)at = true;
		return 0;
	case OPTION_STRING:
		*(const char **)at = value;
		return 0;
	case OPTION_LIST:
		return add_to_list(at, opt, value, err);
	case OPTION_NUMBER:
		number->given = true;
		return read_number(opt, value, &number->value, err);
	case OPTION_NUMBERS:
		return add_number(at, opt, value, err);
	}
	return 0;
}

/* One option at argv[0]; returns how many words it took. */
static int parse_option(const struct option_def *opts, void *args, char **argv, struct err *err)
{
	const char *word = argv[0], *value = NULL;
	const struct option_def *opt;
	int used = 1;

	if (word[1] == '-') {
		size_t len = strcspn(word + 2, "=");

		opt = find_option(opts, word + 2, len, 0);
		value = word[2 + len] ? word + 2 + len + 1 : NULL;
	} else {
		opt = find_option(opts, NULL, 0, word[1]);
		value = word[2] ? word + 2 : NULL;
	}
	if (!opt)
		return err_set(err, ERR_USAGE, "see --help", "unknown option %s", word);
	if (opt->type == OPTION_FLAG && value)
		return err_set(err, ERR_USAGE, "see --help", "%s: --%s takes no value", word,
			       opt->name);
	if (opt->type != OPTION_FLAG && !value) {
		value = argv[1];
		used = 2;
	}
	if (opt->type != OPTION_FLAG && !value)
		return err_set(err, ERR_USAGE, "see --help", "--%s needs a value: %s", opt->name,
			       opt->arg);
	return store(opt, args, value, err) ? -1 : used;
}

static int parse_word(struct common_args *common, const char *word, struct err *err)
{
	if (common->count == MAX_POSITIONAL)
		return err_set(err, ERR_USAGE, "see --help", "too many arguments at '%s'", word);
	common->word[common->count++] = word;
	return 1;
}

int options__parse(const struct option_def *opts, void *args, int argc, char **argv,
		   struct err *err)
{
	bool words_only = false;
	int i = 0, used;

	while (i < argc) {
		if (!words_only && !strcmp(argv[i], "--")) {
			words_only = true;
			used = 1;
		} else if (!words_only && argv[i][0] == '-' && argv[i][1]) {
			used = parse_option(opts, args, argv + i, err);
		} else {
			used = parse_word(args, argv[i], err);
		}
		if (used < 0)
			return -1;
		i += used;
	}
	return 0;
}

void options__print(const struct option_def *opts, FILE *out)
{
	const int width = 20;
	char left[64];

	for (; opts && opts->name; opts++) {
		snprintf(left, sizeof(left), "%c%c%s--%s%s%s", opts->letter ? '-' : ' ',
			 opts->letter ? opts->letter : ' ', opts->letter ? ", " : "  ", opts->name,
			 opts->arg ? " " : "", opts->arg ? opts->arg : "");
		if (strlen(left) > (size_t)width)
			fprintf(out, "  %s\n  %*s  %s\n", left, width, "", opts->help);
		else
			fprintf(out, "  %-*s  %s\n", width, left, opts->help);
	}
}
