// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "class_text.h"
#include "output.h"

static struct json_object *verdict_json(int verdict, enum fate_reason reason)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "verdict",
			       reason == FATE_NEVER_ASKED ?
				       NULL :
				       json_object_new_string(fate__verdict_name(verdict)));
	json_object_object_add(object, "reason", json_object_new_string(fate__reason_name(reason)));
	json_object_object_add(object, "text", json_object_new_string(fate__reason_text(reason)));
	return object;
}

void class__add_json(struct json_object *object, const struct behaviour_class *class)
{
	struct json_object *verdicts = json_object_new_array();
	struct json_object *depends = json_object_new_array();
	int i;

	/* the plain call's first */
	json_object_array_add(verdicts,
			      verdict_json(class->verdict, class->reason[class->verdict]));
	for (i = 0; i < FATE_VERDICTS; i++) {
		if (i != class->verdict && class->seen & 1 << i)
			json_object_array_add(verdicts, verdict_json(i, class->reason[i]));
	}
	for (i = 0; i <= THING_STATE; i++) {
		if (class->depends & 1 << i)
			json_object_array_add(depends, json_object_new_string(things__name(i)));
	}
	json_object_object_add(object, "verdicts", verdicts);
	json_object_object_add(object, "depends_on", depends);
	json_object_object_add(object, "remembered", json_object_new_boolean(class->always));
	json_object_object_add(object, "arguments_tried", json_object_new_boolean(!class->untried));
}

static struct json_object *answer_json(const struct probe *probe)
{
	struct json_object *answer = json_object_new_object();
	char key[8], value[32];
	int i;

	for (i = 0; i < RUNNER_REGS; i++) {
		__s64 reg = probe->answer[i];

		/* x0 is always an answer; of the others, which were zero, what was set */
		if (i && !reg)
			continue;
		snprintf(key, sizeof(key), "x%d", i);
		snprintf(value, sizeof(value), reg > -100 && reg < 10 ? "%lld" : "0x%llx",
			 (long long)reg);
		json_object_object_add(answer, key, json_object_new_string(value));
	}
	return answer;
}

void class__add_answer(struct json_object *object, const struct behaviour *b, const struct row *row)
{
	const struct probe *probe = probes__find(&b->probes, row->first);

	if (row->first == row->last && probe && probe->verdict == FATE_ANSWER && !probe->depends)
		json_object_object_add(object, "answer", answer_json(probe));
}

void class__add_ranges(struct json_object *object, const char *key, __u64 ranges)
{
	struct json_object *array = json_object_new_array();
	int owner;

	for (owner = 0; owner < 64; owner++) {
		if (ranges >> owner & 1)
			json_object_array_add(array, json_object_new_int(owner));
	}
	json_object_object_add(object, key, array);
}

/* Reasons by verdict, as bits: an immediate, say, makes some calls nobody's. */
static void add_reasons(const struct behaviour *b, const struct probe_odd *odd,
			const __u8 *verdicts, __u32 reasons[FATE_VERDICTS])
{
	const struct plan *plan = b->probes.plan;
	size_t i;

	for (i = 0; i < plan->nr_ids; i++) {
		/* by chance, it is another one each time */
		if (b->probes.probe[i].chance && odd->same)
			continue;
		reasons[verdicts[i]] |= 1 << fate__reason(&b->rules, plan->ids[i] | odd->bits,
							  odd->imm, verdicts[i]);
	}
}

struct json_object *class__odd_json(const struct behaviour *b, const struct probe_odd *odd)
{
	struct json_object *object = json_object_new_object();
	struct json_object *verdicts = json_object_new_array();
	__u32 reasons[FATE_VERDICTS] = {};
	int v, reason;

	add_reasons(b, odd, odd->verdicts, reasons);
	add_reasons(b, odd, odd->live, reasons);
	for (v = 0; v < FATE_VERDICTS; v++) {
		for (reason = 0; reasons[v] >> reason; reason++) {
			if (reasons[v] >> reason & 1)
				json_object_array_add(verdicts, verdict_json(v, reason));
		}
	}
	json_object_object_add(object, "verdicts", verdicts);
	json_object_object_add(object, "same", json_object_new_boolean(odd->same));
	return object;
}

/* The number of the group whose first says the same; behind the last if there is none. */
static size_t find_group(struct json_object *const *firsts, size_t count, const char *text)
{
	size_t i;

	for (i = 0; i < count && strcmp(json_object_get_string(firsts[i]), text); i++)
		;
	return i;
}

struct json_object *class__group_immediates(const struct plan *plan, struct json_object **said)
{
	struct json_object *array = json_object_new_array(), *imms[PLAN_IMMS], *firsts[PLAN_IMMS];
	size_t i, group, groups = 0, most = 0;
	char text[16];

	for (i = 0; i < plan->nr_imms; i++) {
		group = find_group(firsts, groups, json_object_get_string(said[i]));
		if (group == groups) {
			firsts[groups] = said[i];
			imms[groups++] = json_object_new_array();
		} else {
			json_object_put(said[i]);
		}
		snprintf(text, sizeof(text), "0x%x", plan->imms[i]);
		json_object_array_add(imms[group], json_object_new_string(text));
		if (json_object_array_length(imms[group]) > json_object_array_length(imms[most]))
			most = group;
	}
	for (i = 0; i < groups; i++) {
		group = (most + 1 + i) % groups; /* the others come last */
		json_object_object_add(firsts[group], "imm", imms[group]);
		json_object_object_add(firsts[group], "others",
				       json_object_new_boolean(groups > 1 && group == most));
		json_object_array_add(array, firsts[group]);
	}
	return array;
}

char *class__name_immediates(struct json_object *groups, size_t i)
{
	struct json_object *group = json_object_array_get_idx(groups, i);
	struct json_object *imms = output__get(group, "imm");
	bool others = json_object_get_boolean(output__get(group, "others"));
	bool all = json_object_array_length(groups) == 1;
	size_t size;
	char *text = NULL;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fprintf(out, others ? "HVC with any other immediate" : "HVC with an immediate");
	for (i = 0; !others && !all && i < json_object_array_length(imms); i++)
		fprintf(out, "%s %s", i ? "," : "",
			json_object_get_string(json_object_array_get_idx(imms, i)));
	fclose(out);
	return text;
}

void class__add_notes(struct json_object *array, const struct behaviour *b)
{
	char text[256];

	if (b->leaks) {
		snprintf(
			text, sizeof(text),
			"%s keeps state even in a sweep: which calls came before may matter to any "
			"of these; let it look at smccc_sweeping",
			b->policy);
		json_object_array_add(array, json_object_new_string(text));
	}
	if (b->probes.plan->dropped)
		json_object_array_add(
			array, json_object_new_string(
				       "there are more constants than can be tried as arguments"));
}

static void show_verdicts(FILE *out, struct json_object *object)
{
	struct json_object *list = output__get(object, "verdicts");
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++) {
		struct json_object *entry = json_object_array_get_idx(list, i);
		const char *verdict = output__text(entry, "verdict");
		const char *text = output__text(entry, "text");

		fprintf(out, "%s%s%s%s%s", i ? " or " : "", verdict,
			verdict[0] && text[0] ? " (" : "", text, verdict[0] && text[0] ? ")" : "");
	}
}

static void show_depends(FILE *out, struct json_object *object)
{
	struct json_object *list = output__get(object, "depends_on");
	size_t i, arguments = 0, count = list ? json_object_array_length(list) : 0;
	bool state = false;

	for (i = 0; i < count; i++) {
		const char *thing = json_object_get_string(json_object_array_get_idx(list, i));

		if (!strcmp(thing, things__name(THING_STATE))) {
			state = true;
			continue;
		}
		fprintf(out, "%s%s", arguments++ ? ", " : "; depends on arguments (", thing);
	}
	fprintf(out, "%s", arguments ? ")" : "");
	if (state)
		fprintf(out, "%s", arguments ? " and on state" : "; depends on state");
}

static bool is_said(struct json_object *object, const char *key, bool value)
{
	struct json_object *member = output__get(object, key);

	return member && json_object_get_boolean(member) == value;
}

static void show_answer(FILE *out, struct json_object *object)
{
	struct json_object *answer = output__get(object, "answer");

	if (!answer)
		return;
	json_object_object_foreach(answer, reg, value)
		fprintf(out, " %s=%s", reg, json_object_get_string(value));
}

char *class__show(struct json_object *object)
{
	struct json_object *same = output__get(object, "same");
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	if (same && json_object_get_boolean(same)) {
		fprintf(out, "as without");
	} else {
		show_verdicts(out, object);
		show_answer(out, object);
		show_depends(out, object);
		if (is_said(object, "remembered", true))
			fprintf(out, "; remembered");
		if (is_said(object, "arguments_tried", false))
			fprintf(out, "; arguments not tried");
		if (same && json_object_array_length(output__get(object, "verdicts")) > 1)
			fprintf(out, ", by function");
	}
	fclose(out);
	return text;
}
