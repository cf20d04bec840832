// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "probe.h"

#define HOUR_NS		(3600 * 1000000000ULL)
#define REPEATS		100
#define PROBES_LIMIT_NS (300 * 1000000000ULL)

int probe__decide(struct runner *runner, const struct kvm_smccc_call *call,
		  struct probe_outcome *outcome, struct err *err)
{
	outcome->before = outcome->after = *call;
	if (runner__call(runner, &outcome->after, &outcome->verdict, err))
		return -1;
	if (outcome->verdict > FATE_WILD)
		outcome->verdict = FATE_WILD;
	return 0;
}

/* The same verdict; of answers, each register the same, or left alone by both. */
static bool same(const struct probe_outcome *a, const struct probe_outcome *b, bool verdict_only)
{
	int i;

	if (a->verdict != b->verdict)
		return false;
	for (i = 0; a->verdict == FATE_ANSWER && !verdict_only && i < RUNNER_REGS; i++) {
		bool alone = a->after.regs[i] == a->before.regs[i] &&
			     b->after.regs[i] == b->before.regs[i];

		if (!alone && a->after.regs[i] != b->after.regs[i])
			return false;
	}
	return true;
}

static __u32 digest(const struct probe_outcome *outcome)
{
	__u64 hash = 0;
	int i;

	for (i = 0; outcome->verdict == FATE_ANSWER && i < RUNNER_REGS; i++)
		hash = (hash ^ outcome->after.regs[i]) * 0x9e3779b97f4a7c15ULL + 1;
	return (__u32)(hash >> 32) << 3 | outcome->verdict;
}

/* An ID that is being probed. */
struct probing {
	struct runner *runner;
	const struct plan *plan;
	struct probe *probe;
	struct kvm_smccc_call plain;
	struct probe_outcome base; /* of the plain call, most recently */
	bool verdict_only;	   /* the answer changes by itself */
	size_t outcomes;
	struct err *err;
};

static int decide(struct probing *p, const struct kvm_smccc_call *call, struct probe_outcome *o)
{
	if (probe__decide(p->runner, call, o, p->err))
		return -1;
	p->probe->seen |= 1 << o->verdict;
	p->probe->always |= p->runner->always;
	return 0;
}

/* A long time later the plain call gives the base, whatever was used up before. */
static int rebase(struct probing *p)
{
	*p->runner->time_ns += HOUR_NS;
	return decide(p, &p->plain, &p->base);
}

static int note_state(struct probing *p, const struct probe_outcome *now)
{
	p->probe->depends |= 1 << THING_STATE;
	if (now->verdict == p->base.verdict)
		p->verdict_only = true;
	return rebase(p);
}

/* Something changed. Is it what we changed? Then it changes back, and again. */
static int confirm(struct probing *p, int thing, const struct kvm_smccc_call *call,
		   const struct probe_outcome *changed)
{
	struct probe_outcome plain, again;

	if (decide(p, &p->plain, &plain))
		return -1;
	if (!same(&plain, &p->base, p->verdict_only))
		return note_state(p, &plain);
	if (decide(p, call, &again))
		return -1;
	if (!same(&again, changed, p->verdict_only))
		return note_state(p, &again);
	p->probe->depends |= 1 << thing;
	return 0;
}

static int try_thing(struct probing *p, int thing)
{
	struct probe_outcome outcome;
	__u64 value;
	size_t n;

	for (n = 0; things__nth_value(p->plan, p->plain.func_id, thing, n, &value); n++) {
		struct kvm_smccc_call call = p->plain;

		things__change(&call, thing, value);
		if (decide(p, &call, &outcome))
			return -1;
		p->probe->outcomes[p->outcomes++] = digest(&outcome);
		if (!(p->probe->depends & 1 << thing) &&
		    !same(&outcome, &p->base, p->verdict_only) &&
		    confirm(p, thing, &call, &outcome))
			return -1;
	}
	return 0;
}

/* Time stands still, and the same call comes again and again; then time goes on. */
static int try_state(struct probing *p)
{
	struct probe_outcome before, now;
	int i;

	if (rebase(p))
		return -1;
	before = p->base;
	for (i = 0; i <= REPEATS; i++) {
		if (i == REPEATS)
			*p->runner->time_ns += 10 * HOUR_NS;
		if (decide(p, &p->plain, &now))
			return -1;
		if (!same(&now, &before, false))
			return note_state(p, &now);
	}
	return 0;
}

static size_t count_outcomes(const struct plan *plan, __u32 id)
{
	size_t n, count = 1;
	__u64 value;
	int thing;

	for (thing = 0; thing < THINGS; thing++) {
		for (n = 0; things__nth_value(plan, id, thing, n, &value); n++)
			count++;
	}
	return count;
}

static int probe_id(struct probing *p, __u32 id)
{
	struct probe_outcome first;
	int thing;

	*p->probe = (struct probe){ .id = id };
	p->probe->outcomes = calloc(count_outcomes(p->plan, id), sizeof(__u32));
	if (!p->probe->outcomes)
		return err_no_memory(p->err);
	p->plain = runner__make_call(p->runner, id);
	p->outcomes = 0;
	p->verdict_only = false;
	if (decide(p, &p->plain, &first))
		return -1;
	p->probe->verdict = first.verdict;
	memcpy(p->probe->answer, first.after.regs, sizeof(first.after.regs));
	p->probe->outcomes[p->outcomes++] = digest(&first);
	if (rebase(p))
		return -1;
	if (!same(&first, &p->base, false) && note_state(p, &first))
		return -1;
	for (thing = 0; thing < THINGS; thing++) {
		if (try_thing(p, thing))
			return -1;
	}
	return try_state(p);
}

/* All IDs of the plan with bits set in the ID, or with an immediate. */
static int probe_odd(struct probes *probes, struct runner *runner, struct probe_odd *odd,
		     __u32 bits, __u16 imm, struct err *err)
{
	const struct plan *plan = probes->plan;
	struct probe_outcome outcome;
	size_t i;

	odd->same = true;
	odd->verdicts = calloc(plan->nr_ids + 1, 1);
	if (!odd->verdicts)
		return err_no_memory(err);
	for (i = 0; i < plan->nr_ids; i++) {
		struct kvm_smccc_call call = runner__make_call(runner, plan->ids[i] | bits);

		call.imm = imm;
		if (probe__decide(runner, &call, &outcome, err))
			return -1;
		odd->verdicts[i] = outcome.verdict;
		odd->seen |= 1 << outcome.verdict;
		odd->same &= outcome.verdict == probes->probe[i].verdict;
	}
	return 0;
}

int probes__run(struct probes *probes, const struct plan *plan, struct runner *runner,
		struct err *err)
{
	struct probing p = { .runner = runner, .plan = plan, .err = err };
	__u64 start = runner__cpu_ns();
	size_t i;

	*probes = (struct probes){ .plan = plan };
	probes->probe = calloc(plan->nr_ids + 1, sizeof(*probes->probe));
	if (!probes->probe)
		return err_no_memory(err);
	for (i = 0; i < plan->nr_ids; i++) {
		p.probe = &probes->probe[i];
		if (probe_id(&p, plan->ids[i]))
			return -1;
		if (runner__cpu_ns() - start > PROBES_LIMIT_NS)
			return err_set(err, ERR_TOO_SLOW,
				       "make it cheaper: a guest's vCPU waits for it, too",
				       "%s is too slow: 5 minutes were not enough to try arguments",
				       runner->policy.label);
	}
	for (i = 0; i < plan->nr_imms; i++) {
		if (probe_odd(probes, runner, &probes->imm[i], 0, plan->imms[i], err))
			return -1;
	}
	return probe_odd(probes, runner, &probes->reserved, 1 << 23, 0, err);
}

void probes__free(struct probes *probes)
{
	size_t i;

	for (i = 0; probes->probe && i < probes->plan->nr_ids; i++)
		free(probes->probe[i].outcomes);
	for (i = 0; i < PLAN_IMMS; i++)
		free(probes->imm[i].verdicts);
	free(probes->reserved.verdicts);
	free(probes->probe);
	memset(probes, 0, sizeof(*probes));
}

static int compare_to_id(const void *key, const void *element)
{
	__u32 id = *(const __u32 *)key, other = ((const struct probe *)element)->id;

	return id < other ? -1 : id > other;
}

const struct probe *probes__find(const struct probes *probes, __u32 id)
{
	return bsearch(&id, probes->probe, probes->plan->nr_ids, sizeof(*probes->probe),
		       compare_to_id);
}

bool probe__difference(const struct plan *plan, const struct probe *a, const struct probe *b,
		       struct probe_difference *difference)
{
	size_t n, at = 1;
	__u64 value;
	int thing;

	*difference = (struct probe_difference){ .a = a->verdict, .b = b->verdict };
	if (a->outcomes[0] != b->outcomes[0])
		return true;
	for (thing = 0; thing < THINGS; thing++) {
		for (n = 0; things__nth_value(plan, a->id, thing, n, &value); n++, at++) {
			if (a->outcomes[at] == b->outcomes[at])
				continue;
			difference->a = a->outcomes[at] & 7;
			difference->b = b->outcomes[at] & 7;
			snprintf(difference->with, sizeof(difference->with), "%s=0x%llx",
				 things__name(thing), (unsigned long long)value);
			return true;
		}
	}
	return false;
}
