// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "names.h"
#include "rules.h"

#define RULES_MAP  "rules"
#define RULE_HINT  "write FIRST[-LAST]=handle|deny|forward, or default=..."
#define FILE_BYTES (16U << 20)
#define VERDICTS   3

/* The kernel's numbers; a rule cannot answer. */
static const char *const verdicts[VERDICTS] = { "handle", "deny", "forward" };
#define FORWARD 2

/* Where a rule stands, for messages: "--rule" or "FILE:LINE". */
struct origin {
	const char *file;
	unsigned int line;
};

static int fail_rule(const struct origin *at, const char *text, const char *why, struct err *err)
{
	char place[256] = "--rule";

	if (at->file)
		snprintf(place, sizeof(place), "%s:%u", at->file, at->line);
	return err_set(err, ERR_USAGE, RULE_HINT, "%s: '%s': %s", place, text, why);
}

static bool parse_id(const char *text, size_t len, __u32 *id)
{
	char number[32];
	__u64 value;

	if (names__find(text, len, id))
		return true;
	if (len >= sizeof(number))
		return false;
	snprintf(number, sizeof(number), "%.*s", (int)len, text);
	if (parse_number(number, &value) || value > 0xffffffff)
		return false;
	*id = value;
	return true;
}

static bool parse_ids(const char *text, size_t len, struct smccc_rule *rule)
{
	const char *dash = memchr(text, '-', len);

	if (!dash) {
		rule->last = 0;
		if (!parse_id(text, len, &rule->first))
			return false;
		rule->last = rule->first;
		return true;
	}
	return parse_id(text, dash - text, &rule->first) &&
	       parse_id(dash + 1, text + len - dash - 1, &rule->last);
}

static bool parse_verdict(const char *text, __u32 *verdict)
{
	for (*verdict = 0; *verdict < VERDICTS; (*verdict)++) {
		if (!strcasecmp(text, verdicts[*verdict]))
			return true;
	}
	return false;
}

static int append(struct rules *rules, const struct smccc_rule *rule, struct err *err)
{
	struct smccc_rule *grown;

	/* In steps that double: when the number of entries is a power of two. */
	if (!((rules->count + 1) & rules->count)) {
		grown = realloc(rules->rule, 2 * (rules->count + 1) * sizeof(*grown));
		if (!grown)
			return err_no_memory(err);
		rules->rule = grown;
	}
	rules->rule[++rules->count] = *rule;
	return 0;
}

static int add_rule(struct rules *rules, const struct origin *at, const char *text, struct err *err)
{
	const char *equals = strchr(text, '=');
	struct smccc_rule rule = {};
	__u32 verdict;

	if (!equals || !parse_verdict(equals + 1, &verdict))
		return fail_rule(at, text, "no verdict that a rule can give", err);
	rules->forward |= verdict == FORWARD;
	if (equals - text == 7 && !strncasecmp(text, "default", 7)) {
		rules->rule[0].verdict = verdict;
		return 0;
	}
	if (!parse_ids(text, equals - text, &rule))
		return fail_rule(at, text, "not a function ID or a range of them", err);
	if (rule.first > rule.last)
		return fail_rule(at, text, "the range ends before it begins", err);
	if (rule.first & SMCCC_SVE_HINT && rule.last - rule.first < SMCCC_SVE_HINT)
		return fail_rule(at, text,
				 "no call is matched: bit 16 is a hint, and not part of the ID",
				 err);
	if (rules->count == SMCCC_RULES_MAX)
		return fail_rule(at, text, "more than 65535 rules", err);
	rule.verdict = verdict;
	return append(rules, &rule, err);
}

/* Blanks around it and what follows # are not the rule's. */
static char *strip(char *line)
{
	char *end;

	line[strcspn(line, "#\n")] = '\0';
	line += strspn(line, " \t\r");
	end = line + strlen(line);
	while (end > line && isspace((unsigned char)end[-1]))
		*--end = '\0';
	return line;
}

static int read_file(struct rules *rules, const char *name, struct err *err)
{
	struct origin at = { .file = name };
	char *text = NULL, *line, *next;
	void *data = NULL;
	size_t size = 0;
	int ret = file__read(name, FILE_BYTES, &data, &size);

	if (ret)
		return err_set(err, ERR_USAGE, "check the path", "--rules: %s cannot be read: %s",
			       name, strerror(-ret));
	text = strndup(data ? data : "", size);
	free(data);
	if (!text)
		return err_no_memory(err);
	for (line = text; !ret && line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		at.line++;
		line = strip(line);
		if (*line)
			ret = add_rule(rules, &at, line, err);
	}
	free(text);
	return ret;
}

static int compare(const void *a, const void *b)
{
	const struct smccc_rule *left = a, *right = b;

	return left->first < right->first ? -1 : left->first > right->first;
}

static int check_overlaps(const struct rules *rules, struct err *err)
{
	const struct smccc_rule *rule;
	__u32 i;

	for (i = 1; i < rules->count; i++) {
		rule = &rules->rule[i];
		if (rule[0].last >= rule[1].first)
			return err_set(err, ERR_USAGE, "give each ID one rule",
				       "two rules for 0x%08x: 0x%08x-0x%08x=%s and "
				       "0x%08x-0x%08x=%s",
				       rule[1].first, rule[0].first, rule[0].last,
				       verdicts[rule[0].verdict], rule[1].first, rule[1].last,
				       verdicts[rule[1].verdict]);
	}
	return 0;
}

int rules__read(struct rules *rules, const struct opt_list *options, const char *file,
		struct err *err)
{
	struct origin at = {};
	int i;

	rules->given = file || (options && options->count);
	if (!rules->given)
		return 0;
	rules->rule = calloc(1, sizeof(*rules->rule));
	if (!rules->rule)
		return err_no_memory(err);
	if (file && read_file(rules, file, err))
		return -1;
	for (i = 0; options && i < options->count; i++) {
		if (add_rule(rules, &at, options->item[i], err))
			return -1;
	}
	qsort(rules->rule + 1, rules->count, sizeof(*rules->rule), compare);
	if (check_overlaps(rules, err))
		return -1;
	smccc_rules_link(rules->rule, rules->count);
	return 0;
}

bool rules__is_map(const struct bpf_map *map)
{
	return !strcmp(bpf_map__name(map), RULES_MAP) && bpf_map__type(map) == BPF_MAP_TYPE_ARRAY &&
	       bpf_map__value_size(map) == sizeof(struct smccc_rule);
}

static struct bpf_map *find_map(struct bpf_object *object)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, RULES_MAP);

	return map && rules__is_map(map) ? map : NULL;
}

bool rules__taken_by(struct bpf_object *object)
{
	return find_map(object);
}

int rules__prepare(const struct rules *rules, struct bpf_object *object, const char *label,
		   struct err *err)
{
	struct bpf_map *map;

	if (!rules->given)
		return 0;
	map = find_map(object);
	if (!map && rules->optional)
		return 0;
	if (!map)
		return err_set(err, ERR_POLICY_INVALID,
			       "take a policy that decides by rules, as examples/ranges.bpf.c",
			       "%s takes no rules: it has no map '" RULES_MAP "' for them", label);
	bpf_map__set_max_entries(map, rules->count + 1);
	return 0;
}

int rules__fill(const struct rules *rules, struct bpf_object *object, struct err *err)
{
	struct bpf_map *map = find_map(object);
	int ret = 0, fd;
	__u32 i;

	if (!rules->given || !map)
		return 0;
	fd = bpf_map__fd(map);
	for (i = 0; !ret && i <= rules->count; i++)
		ret = bpf_map_update_elem(fd, &i, &rules->rule[i], BPF_ANY);
	if (!ret)
		ret = bpf_map_freeze(fd);
	if (ret)
		return err_set(err, ERR_FAILED, NULL, "cannot write the rules: %s", strerror(-ret));
	return 0;
}

void rules__free(struct rules *rules)
{
	free(rules->rule);
	memset(rules, 0, sizeof(*rules));
}
