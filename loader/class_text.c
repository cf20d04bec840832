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
}

struct json_object *class__answer_json(const struct probe *probe)
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

/* What becomes of the IDs, each in its own range: bits of verdict * FATE_REASONS + reason */
static __u32 odd_fates(const struct behaviour *b, const struct probe_odd *odd, __u16 imm)
{
	const struct plan *plan = b->probes.plan;
	__u32 fates = 0;
	size_t i;

	for (i = 0; i < plan->nr_ids; i++) {
		__u8 v = odd->verdicts[i];

		fates |= 1U << (v * FATE_REASONS + fate__reason(&b->rules, plan->ids[i], imm, v));
	}
	return fates;
}

struct json_object *class__odd_json(const struct behaviour *b, const struct probe_odd *odd,
				    __u16 imm)
{
	struct json_object *object = json_object_new_object();
	struct json_object *verdicts = json_object_new_array();
	__u32 fates = odd_fates(b, odd, imm);
	int i;

	for (i = 0; i < FATE_VERDICTS * FATE_REASONS; i++) {
		if (fates & 1U << i)
			json_object_array_add(verdicts,
					      verdict_json(i / FATE_REASONS, i % FATE_REASONS));
	}
	json_object_object_add(object, "verdicts", verdicts);
	json_object_object_add(object, "same", json_object_new_boolean(odd->same));
	return object;
}

/* Those that share the fate of number i */
static struct json_object *list_alike(const struct behaviour *b, size_t i, bool *done)
{
	struct json_object *array = json_object_new_array();
	const struct probe_odd *imm = b->probes.imm;
	char text[16];
	size_t j;

	for (j = i; j < b->probes.plan->nr_imms; j++) {
		if (imm[j].same != imm[i].same ||
		    odd_fates(b, &imm[j], 1) != odd_fates(b, &imm[i], 1))
			continue;
		done[j] = true;
		snprintf(text, sizeof(text), "0x%x", b->probes.plan->imms[j]);
		json_object_array_add(array, json_object_new_string(text));
	}
	return array;
}

struct json_object *class__immediates_json(const struct behaviour *b)
{
	struct json_object *array = json_object_new_array();
	bool done[PLAN_IMMS] = {};
	size_t i;

	for (i = 0; i < b->probes.plan->nr_imms; i++) {
		struct json_object *object;

		if (done[i])
			continue;
		object = class__odd_json(b, &b->probes.imm[i], 1);
		json_object_object_add(object, "imm", list_alike(b, i, done));
		json_object_array_add(array, object);
	}
	return array;
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
		if (same && json_object_array_length(output__get(object, "verdicts")) > 1)
			fprintf(out, ", by function");
	}
	fclose(out);
	return text;
}
