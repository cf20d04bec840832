/* SPDX-License-Identifier: GPL-2.0 */
/* The calls of an interval, by VM, function and verdict, the most frequent first. */
#ifndef SMCCC_TOP_SAMPLE_H
#define SMCCC_TOP_SAMPLE_H

#include <stdbool.h>

#include "call_counts.h"
#include "pins.h"

struct top_vm {
	__u32 link_id;
	char name[NAME_LIMIT + 1];
	bool ended; /* it is in this sample for the last time */
};

struct top_row {
	struct call_key key;
	const char *vm;
	__u64 calls; /* in the interval */
	__u64 total; /* since the beginning */
};

struct top_sample {
	struct call_counts counts;
	struct pins pins;
	const char *const *names; /* of the wanted; count 0: all */
	int count;
	struct top_vm *vms;
	size_t nr_vms;
	struct call_count *before;
	size_t nr_before;
	__u64 time_ns;
	/* of the last interval */
	struct top_row *rows;
	size_t nr_rows;
	__u64 calls;
	double seconds;
	__u64 lost; /* calls that were not counted for lack of room, since the beginning */
	int active; /* VMs that have called */
};

/* room: how many counters; 0: as many as usual */
int top_sample__open(struct top_sample *sample, __u32 room, struct err *err);
void top_sample__close(struct top_sample *sample);
/* An interval ends, and the next begins. */
int top_sample__take(struct top_sample *sample, struct err *err);

/* "PSCI_VERSION", or "0xc6000000"; into text, of NAMES_CALL_SIZE, which is returned. */
const char *top_row__function(const struct top_row *row, char *text);
double top_row__rate(const struct top_sample *sample, const struct top_row *row);

#endif
