// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "script.h"

#define HOUR_NS	      (3600 * 1000000000ULL)
#define REPEATS	      100
#define MORE_REPEATS  4096 /* where the sweep has found a rate limit */
#define SHORTEST_NS   1000
#define LONGEST_NS    1000000000000ULL
#define WAITING_CALLS 20000000 /* for all constants of a policy as times */
#define LIMIT_NS      (300 * 1000000000ULL)

/* What is known of an ID. */
struct line {
	__u32 first;   /* a hash of the first outcome */
	__u32 repeats; /* how often to make the call, to see it change again */
	bool moved;    /* it has changed */
	__u64 hash;    /* of all outcomes */
};

struct script {
	struct probes *probes;
	const struct sweep *sweep;
	struct runner *runner;
	struct line *line; /* in the plan's order of IDs */
	__u64 calls, start_ns;
	struct err *err;
};

__u64 script__hash(__u64 hash, const struct runner *runner, size_t i)
{
	__u8 verdict = runner->verdicts[i] & RUNNER_VERDICT;
	__u64 outcome = verdict;

	if (verdict == FATE_ANSWER)
		outcome |= (__u64)runner->answers[i].regs << 8;
	return (hash ^ outcome) * 0x9e3779b97f4a7c15ULL + 1;
}

int script__check_time(__u64 start_ns, const struct runner *runner, struct err *err)
{
	if (runner__cpu_ns() - start_ns < LIMIT_NS)
		return 0;
	return err_set(err, ERR_TOO_SLOW, "make it cheaper: a guest's vCPU waits for it, too",
		       "%s is too slow: 5 minutes were not enough to try arguments",
		       runner->policy.label);
}

/* Where the sweep has found a rate limit, the call is made more often. */
static __u32 first_repeats(const struct script *s, size_t i)
{
	__u8 verdicts = s->sweep->verdicts[sweep__index(s->probes->plan->ids[i])];

	return sweep__verdict(verdicts) != sweep__other(verdicts) ? MORE_REPEATS : REPEATS;
}

static void note(struct script *s, size_t i, __u32 n)
{
	struct probe *probe = &s->probes->probe[i];
	__u32 outcome = script__hash(0, s->runner, n) >> 32;
	struct line *line = &s->line[i];

	if (!line->first)
		line->first = outcome;
	if (outcome != line->first && !line->moved) {
		line->moved = true;
		line->repeats = n + REPEATS;
	}
	line->hash = script__hash(line->hash, s->runner, n);
	probe->seen |= 1 << (s->runner->verdicts[n] & RUNNER_VERDICT);
	probe->always |= !!(s->runner->verdicts[n] & RUNNER_ALWAYS);
}

/* After some time: so many calls in a row. */
static int play(struct script *s, size_t i, __u64 pass_ns, __u32 calls)
{
	const struct kvm_smccc_call plain = runner__make_call(s->runner, 0);
	__u32 n;

	for (n = 0; n < calls; n++)
		s->runner->ids[n] = s->probes->plan->ids[i];
	*s->runner->time_ns += pass_ns;
	s->calls += calls;
	if (runner__sweep(s->runner, &plain, calls, s->err))
		return -1;
	for (n = 0; n < calls; n++)
		note(s, i, n);
	return 0;
}

/* Everything is used up, and comes back as time goes by. */
static int play_decades(struct script *s, size_t i)
{
	__u64 ns;

	for (ns = SHORTEST_NS; ns <= LONGEST_NS; ns *= 10) {
		if (play(s, i, ns, s->line[i].repeats))
			return -1;
	}
	return 0;
}

static int play_all(struct script *s)
{
	size_t i;

	for (i = 0; i < s->probes->plan->nr_ids; i++) {
		if (script__check_time(s->start_ns, s->runner, s->err) ||
		    play(s, i, HOUR_NS, first_repeats(s, i)) || play(s, i, 10 * HOUR_NS, 2) ||
		    (s->line[i].moved && play_decades(s, i)))
			return -1;
	}
	return 0;
}

/* Where it matters, each constant of the policies is tried as a time, for it may be one. */
static int play_waits(struct script *s)
{
	const struct plan *plan = s->probes->plan;
	size_t i, n;

	s->calls = 0;
	for (i = 0; i < plan->nr_ids; i++) {
		struct line *line = &s->line[i];

		if (!line->moved || s->probes->probe[i].chance ||
		    s->calls + plan->nr_values * line->repeats > WAITING_CALLS)
			continue;
		for (n = 0; n < plan->nr_values; n++) {
			if (plan->values[n] >= SHORTEST_NS && plan->values[n] <= LONGEST_NS &&
			    play(s, i, plan->values[n], line->repeats))
				return -1;
		}
		s->probes->probe[i].waits = line->hash;
	}
	return 0;
}

static int open_script(struct script *s, struct runner *runner, const struct policy_file *file,
		       const struct runner_settings *settings)
{
	s->runner = runner;
	s->line = calloc(s->probes->plan->nr_ids + 1, sizeof(*s->line));
	return s->line ? runner__open(runner, file, settings, s->err) : err_no_memory(s->err);
}

static void close_script(struct script *s)
{
	runner__close(s->runner);
	free(s->line);
}

/* From the same beginning the same calls again: what is different now is so by chance. */
static int play_again(const struct script *s, const struct policy_file *file,
		      const struct runner_settings *settings)
{
	struct probe *probe = s->probes->probe;
	struct script again = *s;
	struct runner runner = {};
	size_t i;
	int ret = open_script(&again, &runner, file, settings) || play_all(&again) ? -1 : 0;

	for (i = 0; !ret && i < s->probes->plan->nr_ids; i++) {
		probe[i].chance = again.line[i].hash != s->line[i].hash;
		probe[i].live = s->line[i].hash;
		if (s->line[i].moved || probe[i].chance)
			probe[i].depends |= 1 << THING_STATE;
	}
	close_script(&again);
	return ret;
}

int script__run(struct probes *probes, const struct sweep *sweep, const struct policy_file *file,
		const struct runner_settings *settings, __u64 start_ns, struct err *err)
{
	struct script s = { .probes = probes, .sweep = sweep, .start_ns = start_ns, .err = err };
	struct runner runner = {};
	int ret = open_script(&s, &runner, file, settings) || play_all(&s) ||
				  play_again(&s, file, settings) ?
			  -1 :
			  0;

	if (!ret && probes->plan->waits)
		ret = play_waits(&s);
	close_script(&s);
	return ret;
}
