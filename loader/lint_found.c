// SPDX-License-Identifier: GPL-2.0
/* What lint finds: single cases, and ranges of IDs with something wrong. */
#define _GNU_SOURCE
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lint_rules.h"
#include "rows.h"

void lint__found(struct lint *lint, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	json_object_array_add(lint->cases, json_object_new_string(text));
}

const struct behaviour_class *lint__class(const struct lint *lint, __u32 id)
{
	return &lint->table->class[lint->behaviour->classes[sweep__index(id)]];
}

bool lint__lets_through(const struct lint *lint, __u32 id)
{
	return lint__class(lint, id)->seen & (1 << FATE_HANDLE | 1 << FATE_FORWARD);
}

/* IDs by what is wrong with them, which is a text. */
struct wrong {
	__u16 *kind; /* by sweep__index(): 0 for nothing, or an index into what[] */
	const char *what[2 * FATE_VERDICTS + 1];
	const char *with; /* which calls of these IDs: "", or "with ...: " */
	bool any;
};

static int wrong__init(struct wrong *wrong, struct err *err)
{
	*wrong = (struct wrong){ .kind = calloc(SWEEP_SIZE, sizeof(*wrong->kind)), .with = "" };
	return wrong->kind ? 0 : err_no_memory(err);
}

static void wrong__add(struct wrong *wrong, __u32 id, const char *text)
{
	__u32 kind;

	for (kind = 1; wrong->what[kind] && wrong->what[kind] != text; kind++)
		;
	wrong->what[kind] = text;
	wrong->kind[sweep__index(id)] = kind;
	wrong->any = true;
}

/* Names or numbers of a range, as explain shows them. */
static void found_row(struct lint *lint, const struct row *row, const char *with, const char *what)
{
	struct json_object *object = row__json(row);
	char *ids = row__show_ids(object), *names = row__show_names(object);

	lint__found(lint, "%s (%s): %s%s", ids ? ids : "", names ? names : "", with, what);
	free(ids);
	free(names);
	json_object_put(object);
}

static int report(struct lint *lint, const struct wrong *wrong, lint_row_filter filter)
{
	struct rows rows = {};
	int ret = wrong->any ? rows__find(&rows, wrong->kind, lint->err) : 0;
	size_t i;

	for (i = 0; !ret && i < rows.count; i++) {
		bool dropped = false;

		if (filter)
			ret = filter(lint, &rows.row[i], &dropped);
		if (!ret && !dropped)
			found_row(lint, &rows.row[i], wrong->with, wrong->what[rows.row[i].class]);
	}
	rows__free(&rows);
	return ret;
}

int lint__found_ranges(struct lint *lint, lint_id_check check, lint_row_filter filter)
{
	struct wrong wrong;
	int ret = wrong__init(&wrong, lint->err);
	__u32 i;

	for (i = 0; !ret && i < SWEEP_SIZE; i++) {
		__u32 id = sweep__id(i);
		const char *text = check(lint, id, lint__class(lint, id));

		if (text)
			wrong__add(&wrong, id, text);
	}
	if (!ret)
		ret = report(lint, &wrong, filter);
	free(wrong.kind);
	return ret;
}

/* One immediate, or reserved bits: IDs that are done have been found with another one. */
static int found_with(struct lint *lint, lint_odd_check check, const struct probe_odd *odd,
		      __u16 imm, bool *done)
{
	const struct plan *plan = lint->behaviour->probes.plan;
	char with[64] = "with a reserved bit (23:17): ";
	struct wrong wrong;
	int ret = wrong__init(&wrong, lint->err);
	size_t i;

	if (imm)
		snprintf(with, sizeof(with), "with an immediate such as 0x%x: ", imm);
	wrong.with = with;
	for (i = 0; !ret && i < plan->nr_ids; i++) {
		struct lint_odd call = { .id = plan->ids[i],
					 .imm = imm,
					 .verdict = odd->verdicts[i],
					 .class = lint__class(lint, plan->ids[i]) };
		const char *text = done[i] ? NULL : check(lint, &call);

		if (text)
			wrong__add(&wrong, plan->ids[i], text);
		done[i] |= !!text;
	}
	if (!ret)
		ret = report(lint, &wrong, NULL);
	free(wrong.kind);
	return ret;
}

int lint__found_odd(struct lint *lint, lint_odd_check check)
{
	const struct probes *probes = &lint->behaviour->probes;
	bool *done = calloc(probes->plan->nr_ids + 1, sizeof(*done));
	size_t i;
	int ret = done ? 0 : err_no_memory(lint->err);

	for (i = 0; !ret && i < probes->plan->nr_imms; i++)
		ret = found_with(lint, check, &probes->imm[i], probes->plan->imms[i], done);
	if (!ret) {
		memset(done, 0, probes->plan->nr_ids);
		ret = found_with(lint, check, &probes->reserved, 0, done);
	}
	free(done);
	return ret;
}
