// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "difference.h"

static int kind_of(struct diff *diff, const struct change *change, __u16 *kind, struct err *err)
{
	struct change *more;
	size_t i;

	for (i = 1; i < diff->changes; i++) {
		if (!memcmp(&diff->change[i], change, sizeof(*change))) {
			*kind = i;
			return 0;
		}
	}
	more = i < 0xffff ? realloc(diff->change, (i + 1) * sizeof(*more)) : NULL;
	if (!more)
		return err_no_memory(err);
	diff->change = more;
	diff->change[i] = *change;
	diff->changes = i + 1;
	*kind = i;
	return 0;
}

static bool is_chance(const struct diff *diff, int i)
{
	return i >= 0 && (diff->old.probes.probe[i].chance || diff->new.probes.probe[i].chance);
}

/* How the two differ on a probe of theirs. */
static __u8 compare_probes(const struct diff *diff, size_t i)
{
	const struct probe *old = &diff->old.probes.probe[i], *new = &diff->new.probes.probe[i];

	if (old->at_rest != new->at_rest)
		return DIFF_ARGUMENTS;
	if (old->live != new->live || (old->waits && new->waits && old->waits != new->waits))
		return DIFF_TIME;
	/* they agree all along, but state was not seen at work */
	if ((old->depends | new->depends) & 1 << THING_STATE && !(old->waits && new->waits))
		return DIFF_UNKNOWN;
	return 0;
}

static bool is_answered_otherwise(const struct diff *diff, __u32 index)
{
	return sweep__answer(&diff->old.sweep, index) != sweep__answer(&diff->new.sweep, index);
}

/* IDs of one class: by the sweeps, and by the probes next to the ID, as in a class. */
static __u32 compare_id(struct diff *diff, const __u8 *probes, const struct near *near, __u32 index)
{
	const struct behaviour_class *class = &diff->table.class[diff->old.classes[index]];
	__u32 how = is_answered_otherwise(diff, index) ? DIFF_ARGUMENTS : 0;

	if (near->below >= 0)
		how |= probes[near->below];
	if (near->above >= 0)
		how |= probes[near->above];
	diff->untried += class->untried;
	if (class->untried && class->depends & 1 << THING_STATE)
		how |= DIFF_UNKNOWN;
	/* what is known to differ needs no comparison */
	return how & DIFF_UNKNOWN && how != DIFF_UNKNOWN ? how & ~DIFF_UNKNOWN : how;
}

static int compare_block(struct diff *diff, const __u8 *probes, __u32 block, struct near *near,
			 struct err *err)
{
	struct change last = {};
	__u16 kind = 0;
	__u32 i;

	behaviour__near(&diff->old, block, near);
	for (i = 0; i < RUNNER_FUNCS; i++) {
		__u32 index = block * RUNNER_FUNCS + i;
		struct change change = { .old = diff->old.classes[index],
					 .new = diff->new.classes[index] };

		bool chance = is_chance(diff, near[i].below) || is_chance(diff, near[i].above);

		if (chance)
			change.how = DIFF_UNKNOWN;
		else if (change.old == change.new)
			change.how = compare_id(diff, probes, &near[i], index);
		if (diff->same_policy && change.how == DIFF_UNKNOWN)
			continue;
		if (change.old == change.new && !change.how)
			continue;
		if (!kind || memcmp(&change, &last, sizeof(change))) {
			if (kind_of(diff, &change, &kind, err))
				return -1;
			last = change;
		}
		diff->kinds[index] = kind;
	}
	return 0;
}

static bool is_same_policy(const struct policy_file *a, const struct policy_file *b)
{
	size_t rules = (a->rules.count + 1) * sizeof(*a->rules.rule);

	return a->size == b->size && !memcmp(a->data, b->data, a->size) &&
	       a->rules.given == b->rules.given && a->rules.count == b->rules.count &&
	       (!a->rules.given || !memcmp(a->rules.rule, b->rules.rule, rules));
}

static int compare(struct diff *diff, struct err *err)
{
	__u8 *probes = malloc(diff->plan.nr_ids + 1);
	struct near *near = malloc(RUNNER_FUNCS * sizeof(*near));
	__u32 block;
	size_t i;
	int ret = 0;

	diff->same_policy = is_same_policy(&diff->old.file, &diff->new.file);
	diff->kinds = calloc(SWEEP_SIZE, sizeof(*diff->kinds));
	if (!diff->kinds || !probes || !near)
		ret = err_no_memory(err);
	for (i = 0; !ret && i < diff->plan.nr_ids; i++)
		probes[i] = compare_probes(diff, i);
	for (block = 0; !ret && block < SWEEP_BLOCKS; block++)
		ret = compare_block(diff, probes, block, near, err);
	free(probes);
	free(near);
	return ret;
}

int diff__sweep(struct behaviour *side, const struct diff_settings *settings, struct err *err)
{
	side->ignore_always = true;
	return behaviour__sweep_file(side, &settings->runner, settings->forward, err);
}

int diff__run(struct diff *diff, struct err *err)
{
	if (plan__init(&diff->plan, err) || behaviour__plan(&diff->old, &diff->plan, err) ||
	    behaviour__plan(&diff->new, &diff->plan, err))
		return -1;
	plan__finish(&diff->plan);
	diff->plan.waits = true;
	if (behaviour__probe(&diff->old, &diff->plan, &diff->table, err) ||
	    behaviour__probe(&diff->new, &diff->plan, &diff->table, err))
		return -1;
	return compare(diff, err);
}

int diff__call(struct diff *diff, const struct kvm_smccc_call *call, bool *same,
	       struct diff_example *example, struct err *err)
{
	struct kvm_smccc_call for_new = *call;
	struct probe_outcome old, new;

	/* unless it is the cookie that is tried */
	if (call->cookie == diff->old.runner.cookie)
		for_new.cookie = diff->new.runner.cookie;
	if (probe__decide(&diff->old.runner, call, &old, err) ||
	    probe__decide(&diff->new.runner, &for_new, &new, err))
		return -1;
	example->old = old.verdict;
	example->new = new.verdict;
	*same = old.verdict == new.verdict &&
		(old.verdict != FATE_ANSWER ||
		 !memcmp(old.after.regs, new.after.regs, sizeof(old.after.regs)));
	return 0;
}

int diff__example(struct diff *diff, __u32 id, struct diff_example *example, struct err *err)
{
	const struct kvm_smccc_call plain = runner__make_call(&diff->old.runner, id);
	int thing, ret;
	__u64 value;
	bool same;
	size_t n;

	memset(example, 0, sizeof(*example));
	ret = diff__call(diff, &plain, &same, example, err);
	for (thing = 0; !ret && same && thing < THINGS; thing++) {
		for (n = 0; !ret && same && things__nth_value(&diff->plan, thing, n, &value); n++) {
			struct kvm_smccc_call call = plain;

			things__change(&call, thing, value);
			ret = diff__call(diff, &call, &same, example, err);
			if (!ret && !same)
				snprintf(example->with, sizeof(example->with), "%s=0x%llx",
					 things__name(thing), (unsigned long long)value);
		}
	}
	return ret;
}

void diff__free(struct diff *diff)
{
	behaviour__free(&diff->old);
	behaviour__free(&diff->new);
	class_table__free(&diff->table);
	plan__free(&diff->plan);
	free(diff->change);
	free(diff->kinds);
	memset(diff, 0, sizeof(*diff));
}
