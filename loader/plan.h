/* SPDX-License-Identifier: GPL-2.0 */
/* What probe.c tries on a policy: which function IDs, and which arguments. */
#ifndef SMCCC_PLAN_H
#define SMCCC_PLAN_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "runner.h"
#include "sweep.h"

#define PLAN_VALUES 2048
#define PLAN_IMMS   1024

struct plan {
	__u32 *ids; /* ascending */
	size_t nr_ids, room;
	/* for each argument register, vCPU and cookie; zero is what the sweep has */
	__u64 values[PLAN_VALUES];
	size_t nr_values;
	__u16 imms[PLAN_IMMS];
	size_t nr_imms;
	/* IDs that have reserved bits all the same: those of names, and constants */
	__u32 odd_ids[PLAN_VALUES];
	size_t nr_odd_ids;
	bool waits;	  /* values are tried as times, too: for a comparison */
	size_t constants; /* of the policy, that were taken for IDs */
	size_t dropped;	  /* constants for which there was no room */
};

/*
 * The IDs of PSCI, TRNG, FF-A and PV time, what is known of the vendor range,
 * every ID that smccc_ids.h names, the ends and the middle of each owner's range;
 * a fixed set of values. plan__free() in any case.
 */
int plan__init(struct plan *plan, struct err *err);
/* IDs whose verdict is not that of the ID before or behind them, for the first few hundred. */
int plan__add_edges(struct plan *plan, const struct sweep *sweep, struct err *err);
/* What the policy compares with: as IDs, as values and as immediates. */
int plan__add_constants(struct plan *plan, const struct runner *runner, struct err *err);
/* Sorts, and takes out doubles and IDs that no policy is asked about. */
void plan__finish(struct plan *plan);
void plan__free(struct plan *plan);

#endif
