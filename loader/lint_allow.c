// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

#include "lint_allow.h"

#define NAME(rule) #rule,
static const char *const rule_names[SMCCC_LINT_NR] = { SMCCC_LINT_RULES(NAME) };

const char *lint_rule__name(enum smccc_lint_rule rule)
{
	return rule_names[rule];
}

/* One of "rule: reason"; rules that only a newer loader knows are no concern of ours. */
static int take(struct lint_allowed *allowed, const char *text, size_t len, struct err *err)
{
	int rule;

	for (rule = 0; rule < SMCCC_LINT_NR; rule++) {
		size_t name = strlen(rule_names[rule]);

		if (allowed->reason[rule] || len < name + 2 ||
		    memcmp(text, rule_names[rule], name) || memcmp(text + name, ": ", 2))
			continue;
		allowed->reason[rule] = strndup(text + name + 2, len - name - 2);
		return allowed->reason[rule] ? 0 : err_no_memory(err);
	}
	return 0;
}

static Elf_Data *find_section(Elf *elf, const char *wanted)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;

	if (elf_getshdrstrndx(elf, &names))
		return NULL;
	while ((section = elf_nextscn(elf, section))) {
		const char *name = gelf_getshdr(section, &header) ?
					   elf_strptr(elf, names, header.sh_name) :
					   NULL;

		if (name && !strcmp(name, wanted))
			return elf_getdata(section, NULL);
	}
	return NULL;
}

int lint_allowed__read(struct lint_allowed *allowed, const struct policy_file *file,
		       struct err *err)
{
	Elf_Data *data;
	size_t at, len;
	int ret = 0;
	Elf *elf;

	memset(allowed, 0, sizeof(*allowed));
	elf_version(EV_CURRENT);
	elf = elf_memory(file->data, file->size);
	data = elf ? find_section(elf, SMCCC_LINT_SECTION) : NULL;
	for (at = 0; !ret && data && data->d_buf && at < data->d_size; at += len + 1) {
		len = strnlen((char *)data->d_buf + at, data->d_size - at);
		ret = take(allowed, (char *)data->d_buf + at, len, err);
	}
	elf_end(elf);
	return ret;
}

void lint_allowed__free(struct lint_allowed *allowed)
{
	int rule;

	for (rule = 0; rule < SMCCC_LINT_NR; rule++)
		free(allowed->reason[rule]);
	memset(allowed, 0, sizeof(*allowed));
}
