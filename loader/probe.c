// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "probe.h"
#include "script.h"

#define HOUR_NS	      (3600 * 1000000000ULL)
#define CONFIRMATIONS 4
#define CALL_LIMIT_NS 1000000
#define TRIES	      5

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
static bool same(const struct probe_outcome *a, const struct probe_outcome *b)
{
	int i;

	if (a->verdict != b->verdict)
		return false;
	for (i = 0; a->verdict == FATE_ANSWER && i < RUNNER_REGS; i++) {
		bool alone = a->after.regs[i] == a->before.regs[i] &&
			     b->after.regs[i] == b->before.regs[i];

		if (!alone && a->after.regs[i] != b->after.regs[i])
			return false;
	}
	return true;
}

/* A difference that is to be looked at again. */
struct candidate {
	size_t probe;
	int thing;
	__u64 value;
};

/* All IDs of a plan in one runner, with one change after the other. */
struct probing {
	struct probes *probes;
	struct runner *runner;
	bool at_rest;
	__u8 *verdicts; /* of the plain calls, see runner__sweep() */
	struct runner_answer *answers;
	struct candidate *candidate;
	size_t candidates, room;
	__u64 start_ns;
	struct err *err;
};

/* With state, after an hour, in which rate limits recover; at rest there is no time. */
static void pass_time(struct probing *p)
{
	if (!p->at_rest)
		*p->runner->time_ns += HOUR_NS;
}

static int decide_all(struct probing *p, const struct kvm_smccc_call *call)
{
	const struct plan *plan = p->probes->plan;

	pass_time(p);
	if (script__check_time(p->start_ns, p->runner, p->err))
		return -1;
	memcpy(p->runner->ids, plan->ids, plan->nr_ids * sizeof(*plan->ids));
	return runner__sweep(p->runner, call, plan->nr_ids, p->err);
}

static bool as_plain(const struct probing *p, size_t i)
{
	__u8 verdict = p->runner->verdicts[i] & RUNNER_VERDICT;

	return verdict == (p->verdicts[i] & RUNNER_VERDICT) &&
	       (verdict != FATE_ANSWER || p->runner->answers[i].changed == p->answers[i].changed);
}

static void note(struct probing *p, size_t i)
{
	struct probe *probe = &p->probes->probe[i];
	__u64 *hash = p->at_rest ? &probe->at_rest : &probe->live;

	*hash = script__hash(*hash, p->runner, i);
	probe->seen |= 1 << (p->runner->verdicts[i] & RUNNER_VERDICT);
	probe->always |= !!(p->runner->verdicts[i] & RUNNER_ALWAYS);
}

/* Plain calls; those that do not go as before, be it at rest, depend on state. */
static int try_plain(struct probing *p)
{
	const struct kvm_smccc_call plain = runner__make_call(p->runner, 0);
	size_t i, count = p->probes->plan->nr_ids;

	if (decide_all(p, &plain))
		return -1;
	for (i = 0; i < count; i++) {
		note(p, i);
		if (p->verdicts && !as_plain(p, i))
			p->probes->probe[i].depends |= 1 << THING_STATE;
	}
	if (!p->verdicts) {
		p->verdicts = malloc(count * sizeof(*p->verdicts));
		p->answers = malloc(count * sizeof(*p->answers));
		if (!p->verdicts || !p->answers)
			return err_no_memory(p->err);
	}
	memcpy(p->verdicts, p->runner->verdicts, count * sizeof(*p->verdicts));
	memcpy(p->answers, p->runner->answers, count * sizeof(*p->answers));
	return 0;
}

/* Something changed. Is it what we changed? Then it changes back, and again. */
static int confirm(struct probing *p, const struct candidate *candidate)
{
	struct probe *probe = &p->probes->probe[candidate->probe];
	struct kvm_smccc_call plain = runner__make_call(p->runner, probe->id), changed = plain;
	struct probe_outcome first[2], now[2];
	int n;

	if (probe->depends & 1 << candidate->thing)
		return 0;
	things__change(&changed, candidate->thing, candidate->value);
	for (n = 0; n < CONFIRMATIONS; n++) {
		pass_time(p);
		if (probe__decide(p->runner, &plain, &now[0], p->err))
			return -1;
		pass_time(p);
		if (probe__decide(p->runner, &changed, &now[1], p->err))
			return -1;
		if (!n)
			memcpy(first, now, sizeof(first));
		if (!same(&now[0], &first[0]) || !same(&now[1], &first[1])) {
			probe->depends |= 1 << THING_STATE;
			return 0;
		}
	}
	if (!same(&first[0], &first[1]))
		probe->depends |= 1 << candidate->thing;
	return 0;
}

static int add_candidate(struct probing *p, const struct candidate *candidate)
{
	if (p->candidates == p->room) {
		size_t room = p->room ? p->room * 2 : 256;
		struct candidate *more = realloc(p->candidate, room * sizeof(*more));

		if (!more)
			return err_no_memory(p->err);
		p->candidate = more;
		p->room = room;
	}
	p->candidate[p->candidates++] = *candidate;
	return 0;
}

/* What state decides, as far as that can be seen here, is left at that. */
static bool is_hopeless(const struct probing *p, const struct probe *probe)
{
	return probe->chance || (!p->at_rest && probe->depends & 1 << THING_STATE);
}

static int try_value(struct probing *p, int thing, __u64 value)
{
	struct kvm_smccc_call call = runner__make_call(p->runner, 0);
	size_t i;

	things__change(&call, thing, value);
	if (decide_all(p, &call))
		return -1;
	for (i = 0; i < p->probes->plan->nr_ids; i++) {
		const struct probe *probe = &p->probes->probe[i];
		struct candidate candidate = { i, thing, value };

		note(p, i);
		if (as_plain(p, i) || probe->depends & 1 << thing || is_hopeless(p, probe))
			continue;
		/* with state, not between the calls that another policy gets, too */
		if (p->at_rest ? confirm(p, &candidate) : add_candidate(p, &candidate))
			return -1;
	}
	return 0;
}

static int try_things(struct probing *p)
{
	__u64 value;
	int thing;
	size_t n;

	for (thing = 0; thing < THINGS; thing++) {
		for (n = 0; things__nth_value(p->probes->plan, thing, n, &value); n++) {
			if (try_value(p, thing, value))
				return -1;
		}
	}
	return 0;
}

/* All IDs of the plan with bits set in the ID, or with an immediate. */
static int try_odd(struct probing *p, struct probe_odd *odd)
{
	struct kvm_smccc_call call = runner__make_call(p->runner, odd->bits);
	__u8 *verdicts = p->at_rest ? odd->verdicts : odd->live;
	size_t i;

	call.imm = odd->imm;
	if (decide_all(p, &call))
		return -1;
	for (i = 0; i < p->probes->plan->nr_ids; i++) {
		verdicts[i] = p->runner->verdicts[i] & RUNNER_VERDICT;
		if (is_hopeless(p, &p->probes->probe[i])) {
			verdicts[i] = p->at_rest ? verdicts[i] : odd->verdicts[i];
			continue;
		}
		/* with state, only what is not as at rest: the rest is in there */
		if (p->at_rest || verdicts[i] != odd->verdicts[i])
			odd->hash = script__hash(odd->hash ^ i, p->runner, i);
		odd->seen |= 1 << verdicts[i];
		odd->same &= as_plain(p, i);
	}
	return 0;
}

static int try_odds(struct probing *p)
{
	struct probes *probes = p->probes;
	size_t i;

	for (i = 0; i < probes->plan->nr_imms; i++) {
		if (try_odd(p, &probes->imm[i]))
			return -1;
	}
	return try_odd(p, &probes->reserved);
}

static int try_all(struct probing *p)
{
	size_t i;

	/* NOLINTNEXTLINE(misc-redundant-expression): now it has state */
	if (try_plain(p) || try_plain(p) || try_things(p) || try_odds(p) || try_plain(p))
		return -1;
	for (i = 0; i < p->candidates; i++) {
		if (script__check_time(p->start_ns, p->runner, p->err) ||
		    confirm(p, &p->candidate[i]))
			return -1;
	}
	return 0;
}

/* One by one, with a look at the clock and at the registers. */
static int ask(struct probing *p, struct probe *probe)
{
	struct kvm_smccc_call plain = runner__make_call(p->runner, probe->id);
	struct probe_outcome outcome;
	char text[NAMES_CALL_SIZE];
	__u64 spent = 0;
	int i;

	for (i = 0; i < TRIES; i++) {
		__u64 start = runner__cpu_ns();

		if (probe__decide(p->runner, &plain, &outcome, p->err))
			return -1;
		spent = runner__cpu_ns() - start;
		if (spent < CALL_LIMIT_NS)
			break;
	}
	if (i == TRIES)
		return err_set(p->err, ERR_TOO_SLOW,
			       "make it cheaper: a guest's vCPU waits for it, too",
			       "%s takes %llu us to decide %s", p->runner->policy.label,
			       (unsigned long long)spent / 1000, names__call(probe->id, text));
	probe->verdict = outcome.verdict;
	memcpy(probe->answer, outcome.after.regs, sizeof(probe->answer));
	return 0;
}

static int ask_each(struct probing *p)
{
	size_t i;

	for (i = 0; i < p->probes->plan->nr_ids; i++) {
		if (ask(p, &p->probes->probe[i]))
			return -1;
	}
	return 0;
}

/* At rest a policy is asked by one runner, before and after the script. */
static int run_stages(struct probing *p, const struct sweep *sweep, const struct policy_file *file,
		      const struct runner_settings *settings)
{
	struct runner_settings resting = *settings;
	struct runner rest, live = {};
	int ret;

	resting.sweeping = true;
	p->runner = &rest;
	p->at_rest = true;
	ret = runner__open(&rest, file, &resting, p->err);
	if (!ret)
		ret = ask_each(p) ||
				      script__run(p->probes, sweep, file, settings, p->start_ns,
						  p->err) ||
				      try_all(p) ?
			      -1 :
			      0;
	p->runner = &live;
	p->at_rest = false;
	if (!ret)
		ret = runner__open(&live, file, settings, p->err) || try_all(p) ? -1 : 0;
	runner__close(&rest);
	runner__close(&live);
	p->runner = NULL;
	return ret;
}

static int init_odd(struct probe_odd *odd, const struct plan *plan, struct err *err)
{
	odd->same = true;
	odd->verdicts = calloc(plan->nr_ids + 1, 1);
	odd->live = calloc(plan->nr_ids + 1, 1);
	return odd->verdicts && odd->live ? 0 : err_no_memory(err);
}

static int init(struct probes *probes, const struct plan *plan, struct err *err)
{
	size_t i;

	memset(probes, 0, sizeof(*probes));
	probes->plan = plan;
	probes->probe = calloc(plan->nr_ids + 1, sizeof(*probes->probe));
	if (!probes->probe)
		return err_no_memory(err);
	for (i = 0; i < plan->nr_ids; i++)
		probes->probe[i].id = plan->ids[i];
	for (i = 0; i < plan->nr_imms; i++) {
		probes->imm[i].imm = plan->imms[i];
		if (init_odd(&probes->imm[i], plan, err))
			return -1;
	}
	probes->reserved.bits = 1 << 23;
	return init_odd(&probes->reserved, plan, err);
}

int probes__run(struct probes *probes, const struct plan *plan, const struct sweep *sweep,
		const struct policy_file *file, const struct runner_settings *settings,
		struct err *err)
{
	struct probing p = { .probes = probes, .err = err, .start_ns = runner__cpu_ns() };
	int ret = init(probes, plan, err);

	if (!ret)
		ret = run_stages(&p, sweep, file, settings);
	free(p.verdicts);
	free(p.answers);
	free(p.candidate);
	return ret;
}

void probes__free(struct probes *probes)
{
	size_t i;

	for (i = 0; i < PLAN_IMMS; i++) {
		free(probes->imm[i].verdicts);
		free(probes->imm[i].live);
	}
	free(probes->reserved.verdicts);
	free(probes->reserved.live);
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
