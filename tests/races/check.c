// SPDX-License-Identifier: GPL-2.0
/*
 * Whether each call got a verdict that was in force during it, and whether what the
 * guests saw, what KVM counted and what the policies counted is the same.
 */
#include <stdio.h>
#include <string.h>

#include "races.h"

/* When a policy may have decided: never shorter than it did. */
struct span {
	uint64_t begin, until;
	uint64_t latest; /* until, of all spans up to this one */
	unsigned int policy, vm, vm_after;
};

/* A link that went without BPF_LINK_DETACH has gone when the VM has another. */
static uint64_t link_gone(const struct round *round, size_t number)
{
	const struct link *link = round->links[number];
	uint64_t gone = link->gone;

	for (size_t i = 0; i < round->nr_links && link->vm == link->vm_after; i++) {
		const struct link *other = round->links[i];

		if (other->vm == link->vm && other->vm_after == link->vm &&
		    other->reigns[0].begin >= link->release && other->reigns[0].done < gone)
			gone = other->reigns[0].done;
	}
	return gone;
}

/* Until an update that began afterwards was done. */
static uint64_t reign_end(const struct link *link, size_t number)
{
	for (size_t i = number + 1; i < link->nr_reigns; i++) {
		if (link->reigns[i].begin >= link->reigns[number].done)
			return link->reigns[i].done;
	}
	return NEVER;
}

static size_t add_spans(struct span *spans, const struct round *round, size_t number)
{
	const struct link *link = round->links[number];
	uint64_t gone = link_gone(round, number), end;
	size_t i;

	for (i = 0; i < link->nr_reigns; i++) {
		end = reign_end(link, i);
		spans[i] = (struct span){ .begin = link->reigns[i].begin,
					  .until = end < gone ? end : gone,
					  .policy = link->reigns[i].policy,
					  .vm = link->vm,
					  .vm_after = link->vm_after };
	}
	return i;
}

static int by_begin(const void *a, const void *b)
{
	const struct span *one = a, *other = b;

	return one->begin < other->begin ? -1 : one->begin > other->begin;
}

static struct span *all_spans(const struct round *round, size_t *nr)
{
	struct span *spans;
	size_t i;

	*nr = 0;
	for (i = 0; i < round->nr_links; i++)
		*nr += round->links[i]->nr_reigns;
	spans = calloc(*nr + 1, sizeof(*spans));
	*nr = 0;
	for (i = 0; i < round->nr_links; i++) {
		if (round->mistake != FORGET)
			*nr += add_spans(spans + *nr, round, i);
	}
	qsort(spans, *nr, sizeof(*spans), by_begin);
	for (i = 0; i < *nr; i++) {
		spans[i].latest = spans[i].until;
		if (i && spans[i - 1].latest > spans[i].latest)
			spans[i].latest = spans[i - 1].latest;
	}
	return spans;
}

static bool may_be_on(const struct span *span, uint32_t vm)
{
	return span->vm != span->vm_after || span->vm == vm;
}

static bool says(const struct round *round, const struct span *span, const struct call *call)
{
	if (call->verdict == ANSWER && span->policy != call->policy)
		return false;
	return (round->policies->verdicts[span->policy] & ~ALWAYS) == call->verdict;
}

static bool was_in_force(const struct round *round, const struct call *call,
			 const struct span *spans, size_t first, size_t nr)
{
	for (size_t i = first; i < nr && spans[i].begin <= call->end; i++) {
		if (spans[i].until >= call->begin && may_be_on(&spans[i], call->vm) &&
		    says(round, &spans[i], call))
			return true;
	}
	return false;
}

/* From before the call until after it one link was there, whatever was replaced. */
static bool had_a_policy(const struct round *round, const struct call *call)
{
	for (size_t i = 0; i < round->nr_links; i++) {
		const struct link *link = round->links[i];

		if (link->vm == call->vm && link->vm_after == call->vm &&
		    link->reigns[0].done < call->begin && call->end < link->release)
			return true;
	}
	return false;
}

static void check_call(struct round *round, const struct call *call, const struct span *spans,
		       size_t first, size_t nr)
{
	static const char *const names[] = { "KVM's answer", "a denial", "a forwarded call",
					     "an answer" };

	if (was_in_force(round, call, spans, first, nr))
		return;
	if (call->verdict == HANDLE && !had_a_policy(round, call))
		return;
	round_fail(round,
		   "VM %u, from %llu to %llu: the guest got %s, policy %u, which was not in force",
		   call->vm, (unsigned long long)call->begin, (unsigned long long)call->end,
		   names[call->verdict], call->policy);
}

void check_verdicts(struct round *round)
{
	size_t nr, first = 0, i;
	struct span *spans = all_spans(round, &nr);

	for (i = 0; i < round->nr_calls; i++) {
		struct call *call = &round->calls[i];

		if (round->mistake == SLIP)
			call->verdict = HANDLE;
		/* A vCPU's calls are in order. */
		if (i && call->begin < call[-1].begin)
			first = 0;
		while (first < nr && spans[first].latest < call->begin)
			first++;
		check_call(round, call, spans, first, nr);
	}
	free(spans);
}

/* Those that KVM remembers are not asked each time. */
static void check_asked(struct round *round, unsigned int verdict, unsigned int vcpu)
{
	uint64_t asked = 0, got = round->got[verdict][vcpu];
	bool always = false;

	for (unsigned int i = 0; i < RACES_POLICIES; i++) {
		if ((round->policies->verdicts[i] & ~ALWAYS) != verdict)
			continue;
		asked += round->policies->asked[i][vcpu];
		always |= !!(round->policies->verdicts[i] & ALWAYS);
	}
	if (asked > got || (!always && asked != got))
		round_fail(round, "vCPU %u: policies gave verdict %u %llu times, calls got it %llu",
			   vcpu, verdict, (unsigned long long)asked, (unsigned long long)got);
}

static void check_answers(struct round *round, unsigned int policy, unsigned int vcpu)
{
	uint64_t asked = round->policies->asked[policy][vcpu];
	uint64_t answered = round->answered[policy][vcpu];

	if (round->policies->verdicts[policy] == ANSWER && asked != answered)
		round_fail(round, "vCPU %u: policy %u answered %llu times, the guest saw %llu",
			   vcpu, policy, (unsigned long long)asked, (unsigned long long)answered);
}

void check_counts(struct round *round)
{
	unsigned int vcpu, i;

	for (vcpu = 0; vcpu < RACES_VCPUS; vcpu++) {
		for (i = 0; i < VERDICTS; i++)
			check_asked(round, i, vcpu);
		for (i = 0; i < RACES_POLICIES; i++)
			check_answers(round, i, vcpu);
	}
}
