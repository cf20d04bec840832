// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "behaviour.h"
#include "smccc_ids.h"

#define MAX_CLASSES 0xffff

int class_table__find(struct class_table *table, const struct behaviour_class *class, __u16 *index,
		      struct err *err)
{
	size_t i;

	for (i = 1; i < table->count; i++) {
		/* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): made of zeros, each */
		if (!memcmp(&table->class[i], class, sizeof(*class))) {
			*index = i;
			return 0;
		}
	}
	if (i >= table->room) {
		size_t room = table->room ? table->room * 2 : 64;
		struct behaviour_class *more = NULL;

		/* beyond it, an index is of no class; the table stays as it is */
		if (room <= MAX_CLASSES)
			more = realloc(table->class, room * sizeof(*more));
		if (!more)
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

void behaviour__near(const struct behaviour *b, __u32 block, struct near near[RUNNER_FUNCS])
{
	const struct plan *plan = b->probes.plan;
	const __u8 *verdicts = b->sweep.verdicts + block * RUNNER_FUNCS;
	size_t first = 0, next;
	int i, last = -1;

	while (first < plan->nr_ids && plan->ids[first] >> 24 < block)
		first++;
	for (i = 0, next = first; i < RUNNER_FUNCS; i++) {
		if (i && verdicts[i] != verdicts[i - 1])
			last = -1;
		if (next < plan->nr_ids && plan->ids[next] == (block << 24 | i))
			last = next++;
		near[i].below = last;
	}
	for (last = -1; i-- > 0;) {
		if (i + 1 < RUNNER_FUNCS && verdicts[i] != verdicts[i + 1])
			last = -1;
		if (next > first && plan->ids[next - 1] == (block << 24 | i))
			last = --next;
		near[i].above = last;
	}
}

static void add_probe(const struct behaviour *b, int number, struct behaviour_class *class)
{
	const struct probe *probe = number < 0 ? NULL : &b->probes.probe[number];

	if (!probe)
		return;
	class->seen |= probe->seen | 1 << probe->verdict;
	class->depends |= probe->depends;
	class->always |= probe->always;
	class->untried = false;
}

/* Is the call answered as its SMC32 twin, as far as the sweep tells? */
static bool is_other_answer(const struct behaviour *b, __u32 index)
{
	__u32 twin = sweep__index(sweep__id(index) & ~SMCCC_64);

	return sweep__answer(&b->sweep, index) != sweep__answer(&b->sweep, twin) &&
	       sweep__verdict(b->sweep.verdicts[twin]) == FATE_ANSWER &&
	       sweep__verdict(b->sweep.verdicts[index]) == FATE_ANSWER;
}

/*
 * What the sweep found, and what was found out about the probes on both sides: no
 * constant of the policy lies in between. Zeroed as a whole: classes are compared
 * as bytes.
 */
static void make_class(const struct behaviour *b, __u32 index, const struct near *near,
		       struct behaviour_class *class)
{
	__u8 verdicts = b->sweep.verdicts[index];
	__u32 id = sweep__id(index);
	int v;

	memset(class, 0, sizeof(*class));
	if (fate__reason(&b->rules, id, 0, FATE_HANDLE) == FATE_NEVER_ASKED) {
		class->seen = 1 << FATE_HANDLE;
		class->reason[FATE_HANDLE] = FATE_NEVER_ASKED;
		return;
	}
	class->verdict = sweep__verdict(verdicts);
	class->seen = 1 << sweep__verdict(verdicts) | 1 << sweep__other(verdicts);
	class->always = verdicts & SWEEP_ALWAYS;
	class->untried = true;
	class->other_answer = is_other_answer(b, index);
	if (sweep__verdict(verdicts) != sweep__other(verdicts) || verdicts & SWEEP_VARIES ||
	    b->leaks)
		class->depends = 1 << THING_STATE;
	add_probe(b, near->below, class);
	add_probe(b, near->above, class);
	class->always &= !b->ignore_always;
	for (v = 0; v < FATE_VERDICTS; v++) {
		if (class->seen & 1 << v)
			class->reason[v] = fate__reason(&b->rules, id, 0, v);
	}
}

/* Most IDs are of the class of the one before: that is not looked up again. */
static int classify_block(struct behaviour *b, __u32 block, struct near *near,
			  struct class_table *table, struct err *err)
{
	__u32 base = block * RUNNER_FUNCS, i, key, last_key = 0;
	struct behaviour_class class;

	behaviour__near(b, block, near);
	for (i = 0; i < RUNNER_FUNCS; i++) {
		key = b->sweep.verdicts[base + i] | is_other_answer(b, base + i) << 8;
		if (i && key == last_key && near[i].below == near[i - 1].below &&
		    near[i].above == near[i - 1].above) {
			b->classes[base + i] = b->classes[base + i - 1];
			continue;
		}
		last_key = key;
		make_class(b, base + i, &near[i], &class);
		if (class_table__find(table, &class, &b->classes[base + i], err))
			return -1;
	}
	return 0;
}

/* Does the sweep know of state, or not agree with what was found at rest? */
static bool sweep_tells_of_state(const struct behaviour *b, const struct probe *probe)
{
	__u8 verdicts = b->sweep.verdicts[sweep__index(probe->id)];

	return sweep__verdict(verdicts) != sweep__other(verdicts) || verdicts & SWEEP_VARIES ||
	       sweep__verdict(verdicts) != probe->verdict;
}

/* What the order of a sweep changes leaks, if it is not chance that does. */
static void find_state(struct behaviour *b)
{
	struct probe *probe = b->probes.probe;
	size_t i, count = b->probes.plan->nr_ids;

	for (i = 0; i < count; i++)
		b->leaks |= b->sweep.verdicts[sweep__index(probe[i].id)] & SWEEP_VARIES &&
			    !probe[i].chance;
	for (i = 0; i < count; i++) {
		if (b->leaks || sweep_tells_of_state(b, &probe[i]))
			probe[i].depends |= 1 << THING_STATE;
	}
}

static int classify(struct behaviour *b, struct class_table *table, struct err *err)
{
	struct near *near = malloc(RUNNER_FUNCS * sizeof(*near));
	__u32 block;
	int ret = 0;

	b->classes = malloc(SWEEP_SIZE * sizeof(*b->classes));
	if (!near || !b->classes)
		ret = err_no_memory(err);
	for (block = 0; !ret && block < SWEEP_BLOCKS; block++)
		ret = classify_block(b, block, near, table, err);
	free(near);
	return ret;
}

int behaviour__sweep(struct behaviour *b, const struct policy_source *source,
		     const struct runner_settings *settings, bool forward, struct err *err)
{
	if (policy_file__read(source, &b->file, err))
		return -1;
	return behaviour__sweep_file(b, settings, forward, err);
}

int behaviour__sweep_file(struct behaviour *b, const struct runner_settings *settings, bool forward,
			  struct err *err)
{
	struct runner_settings resting = *settings;

	resting.sweeps = true;
	b->settings = resting;
	resting.sweeping = true;
	if (runner__open(&b->runner, &b->file, &resting, err) ||
	    sweep__run(&b->sweep, &b->file, &resting, err))
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
	if (probes__run(&b->probes, plan, &b->sweep, &b->file, &b->settings, err))
		return -1;
	find_state(b);
	return classify(b, table, err);
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
