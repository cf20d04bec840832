// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "behaviour.h"

#define MAX_CLASSES 0xffff

int class_table__find(struct class_table *table, const struct behaviour_class *class, __u16 *index,
		      struct err *err)
{
	size_t i;

	for (i = 1; i < table->count; i++) {
		if (!memcmp(&table->class[i], class, sizeof(*class))) {
			*index = i;
			return 0;
		}
	}
	if (i >= table->room) {
		size_t room = table->room ? table->room * 2 : 64;
		struct behaviour_class *more = realloc(table->class, room * sizeof(*more));

		if (!more || room > MAX_CLASSES)
			return err_no_memory(err);
		table->class = more;
		table->room = room;
	}
	memset(&table->class[0], 0, sizeof(table->class[0]));
	table->class[i] = *class;
	table->count = i + 1;
	*index = i;
	return 0;
}

void class_table__free(struct class_table *table)
{
	free(table->class);
	memset(table, 0, sizeof(*table));
}

/* Zeroed as a whole: classes are compared as bytes. */
static void make_class(const struct behaviour *b, __u32 id, __u8 verdict, __u8 seen, __u32 depends,
		       struct behaviour_class *class)
{
	int v;

	memset(class, 0, sizeof(*class));
	if (fate__reason(&b->rules, id, 0, FATE_HANDLE) == FATE_NEVER_ASKED) {
		class->seen = 1 << FATE_HANDLE;
		class->reason[FATE_HANDLE] = FATE_NEVER_ASKED;
		return;
	}
	class->verdict = verdict;
	class->seen = seen;
	class->depends = depends;
	for (v = 0; v < FATE_VERDICTS; v++) {
		if (seen & 1 << v)
			class->reason[v] = fate__reason(&b->rules, id, 0, v);
	}
}

static void class_of_sweep(const struct behaviour *b, __u32 id, __u8 verdicts,
			   struct behaviour_class *class)
{
	__u8 first = sweep__verdict(verdicts), exhausted = sweep__exhausted(verdicts);

	make_class(b, id, first, 1 << first | 1 << exhausted,
		   first == exhausted ? 0 : 1 << THING_STATE, class);
}

/* The rules look at the upper byte only, so that one look-up table serves a block. */
static int classify_block(struct behaviour *b, __u32 block, struct class_table *table,
			  struct err *err)
{
	const __u8 *verdicts = b->sweep.verdicts + block * RUNNER_FUNCS;
	__u16 *classes = b->classes + block * RUNNER_FUNCS, known[256] = {};
	struct behaviour_class class;
	int i;

	for (i = 0; i < RUNNER_FUNCS; i++) {
		__u16 *index = &known[verdicts[i]];

		if (!*index) {
			class_of_sweep(b, block << 24, verdicts[i], &class);
			if (class_table__find(table, &class, index, err))
				return -1;
		}
		classes[i] = *index;
	}
	return 0;
}

static int classify_probe(struct behaviour *b, const struct probe *probe, struct class_table *table,
			  struct err *err)
{
	__u32 index = sweep__index(probe->id);
	__u8 verdicts = b->sweep.verdicts[index];
	struct behaviour_class swept, class;

	class_of_sweep(b, probe->id, verdicts, &swept);
	make_class(b, probe->id, probe->verdict, probe->seen | swept.seen,
		   probe->depends | swept.depends, &class);
	return class_table__find(table, &class, &b->classes[index], err);
}

int behaviour__sweep(struct behaviour *b, const struct policy_source *source,
		     const struct runner_settings *settings, bool forward, struct err *err)
{
	if (policy_file__read(source, &b->file, err) ||
	    runner__open(&b->runner, &b->file, settings, err) ||
	    sweep__run(&b->sweep, &b->file, settings, err))
		return -1;
	b->policy = strdup(runner__name(&b->runner));
	b->rules = (struct fate_rules){ .forward_ranges = b->runner.values.forward_ranges,
					.answer_ranges = b->runner.values.answer_ranges,
					.forward = forward };
	return b->policy ? 0 : err_no_memory(err);
}

int behaviour__plan(const struct behaviour *b, struct plan *plan, struct err *err)
{
	return plan__add_edges(plan, &b->sweep, err) || plan__add_constants(plan, &b->runner, err) ?
		       -1 :
		       0;
}

int behaviour__probe(struct behaviour *b, const struct plan *plan, struct class_table *table,
		     struct err *err)
{
	__u32 block;
	size_t i;

	if (probes__run(&b->probes, plan, &b->runner, err))
		return -1;
	b->classes = malloc(SWEEP_SIZE * sizeof(*b->classes));
	if (!b->classes)
		return err_no_memory(err);
	for (block = 0; block < SWEEP_BLOCKS; block++) {
		if (classify_block(b, block, table, err))
			return -1;
	}
	for (i = 0; i < plan->nr_ids; i++) {
		if (classify_probe(b, &b->probes.probe[i], table, err))
			return -1;
	}
	return 0;
}

int behaviour__find(struct behaviour *b, struct plan *plan, struct class_table *table,
		    const struct policy_source *source, const struct runner_settings *settings,
		    bool forward, struct err *err)
{
	if (plan__init(plan, err) || behaviour__sweep(b, source, settings, forward, err) ||
	    behaviour__plan(b, plan, err))
		return -1;
	plan__finish(plan);
	return behaviour__probe(b, plan, table, err);
}

void behaviour__free(struct behaviour *b)
{
	runner__close(&b->runner);
	probes__free(&b->probes);
	sweep__free(&b->sweep);
	policy_file__free(&b->file);
	free(b->policy);
	free(b->classes);
	memset(b, 0, sizeof(*b));
}
