/* SPDX-License-Identifier: GPL-2.0 */
/* Two policies, function ID by function ID. */
#ifndef SMCCC_DIFFERENCE_H
#define SMCCC_DIFFERENCE_H

#include "behaviour.h"

/* A kind of change: from one class to another, or within a class. */
struct change {
	__u16 old, new;
	bool within; /* the same class, but not the same for all arguments */
};

struct diff {
	struct behaviour old, new;
	struct class_table table;
	struct plan plan;

	struct change *change; /* number 0 is none */
	size_t changes;
	__u16 *kinds; /* numbers of changes, by sweep__index() */
};

/* Fills the lower half, once both policies are probed by the plan. */
int diff__compare(struct diff *diff, struct err *err);
void diff__free(struct diff *diff);
/* What the two do to number i of the plan's IDs with some argument, if that can be told. */
bool diff__within(const struct diff *diff, size_t i, struct probe_difference *difference);

#endif
