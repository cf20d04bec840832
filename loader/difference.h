/* SPDX-License-Identifier: GPL-2.0 */
/* Two policies, function ID by function ID. */
#ifndef SMCCC_DIFFERENCE_H
#define SMCCC_DIFFERENCE_H

#include "behaviour.h"

/* How calls of one class differ, or whether that is not known. */
#define DIFF_ARGUMENTS 1U /* for some arguments, or by the answer */
#define DIFF_TIME      2U /* over time, or after other calls */
#define DIFF_UNKNOWN   4U /* state decides in a way that was not seen */

/* A kind of change: from one class to another, or within a class. */
struct change {
	__u16 old, new;
	__u32 how;
};

struct diff {
	struct behaviour old, new;
	struct class_table table;
	struct plan plan;

	bool same_policy;      /* the same program with the same rules */
	struct change *change; /* number 0 is none */
	size_t changes;
	__u16 *kinds;	/* numbers of changes, by sweep__index() */
	size_t untried; /* IDs that were compared with arguments of zero only */
};

/* What one of the policies is, or will be, attached with. */
struct diff_settings {
	struct runner_settings runner;
	bool forward;
};

/* First each of the two, whose file has been read; zeroed to begin with. */
int diff__sweep(struct behaviour *side, const struct diff_settings *settings, struct err *err);
/* Then probes both, and fills the lower half. diff__free() in any case. */
int diff__run(struct diff *diff, struct err *err);
void diff__free(struct diff *diff);

/* The first probe of an ID on which the two do not agree, at rest. */
struct diff_example {
	char with[64]; /* "x1=0x1000"; "": there is none, or no argument is needed */
	__u32 old, new;
};
/* One call at rest: whether both make the same of it, as a guest sees it. */
int diff__call(struct diff *diff, const struct kvm_smccc_call *call, bool *same,
	       struct diff_example *example, struct err *err);
int diff__example(struct diff *diff, __u32 id, struct diff_example *example, struct err *err);

#endif
