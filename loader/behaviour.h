/* SPDX-License-Identifier: GPL-2.0 */
/* All that a policy does, as one number for each function ID: what explain, lint and diff show. */
#ifndef SMCCC_BEHAVIOUR_H
#define SMCCC_BEHAVIOUR_H

#include "probe.h"
#include "sweep.h"

/* Function IDs of one class meet the same fate. */
struct behaviour_class {
	__u8 verdict;		    /* with arguments of zero, at rest */
	__u8 seen;		    /* bits of enum fate_verdict: with any */
	__u8 reason[FATE_VERDICTS]; /* enum fate_reason, of those seen */
	__u32 depends;		    /* bits of enum thing */
	bool always;		    /* said with KVM_SMCCC_ALWAYS, for any */
	bool untried;		    /* no argument was tried on them, nor on any of their kind */
	bool other_answer;	    /* an SMC64 call that is answered otherwise than its twin */
};

/* Shared by the policies that are to be compared. */
struct class_table {
	struct behaviour_class *class;
	size_t count, room;
};

struct behaviour {
	struct policy_file file;
	char *policy; /* its name */
	struct runner_settings settings;
	bool ignore_always;   /* classes do not tell who may be remembered */
	struct runner runner; /* at rest, ready for more questions */
	struct fate_rules rules;
	struct sweep sweep;
	struct probes probes;
	bool leaks;	/* state that calls change even in a sweep: any ID may depend on it */
	__u16 *classes; /* indices into the table, by sweep__index() */
};

/*
 * The steps, in this order: a policy is swept; a plan is made of all policies to be
 * compared; each is probed by it, which classifies its calls. Zeroed to begin
 * with; behaviour__free() in any case.
 */
int behaviour__sweep(struct behaviour *b, const struct policy_source *source,
		     const struct runner_settings *settings, bool forward, struct err *err);
/* The same with b->file read already. */
int behaviour__sweep_file(struct behaviour *b, const struct runner_settings *settings, bool forward,
			  struct err *err);
int behaviour__plan(const struct behaviour *b, struct plan *plan, struct err *err);
int behaviour__probe(struct behaviour *b, const struct plan *plan, struct class_table *table,
		     struct err *err);
void behaviour__free(struct behaviour *b);

/*
 * For each function number of a block the probes next to it, below and above,
 * from which the sweep does not tell it: their numbers, or -1.
 */
struct near {
	int below, above;
};
void behaviour__near(const struct behaviour *b, __u32 block, struct near near[RUNNER_FUNCS]);

/* One policy, by a plan of its own. */
int behaviour__find(struct behaviour *b, struct plan *plan, struct class_table *table,
		    const struct policy_source *source, const struct runner_settings *settings,
		    bool forward, struct err *err);

/* The index of a class; 0 is kept for none. */
int class_table__find(struct class_table *table, const struct behaviour_class *class, __u16 *index,
		      struct err *err);
void class_table__free(struct class_table *table);

#endif
