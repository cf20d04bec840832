/* SPDX-License-Identifier: GPL-2.0 */
/* What a policy counts by function and verdict, in its pinned map "counters" (SMCCC_COUNTERS). */
#ifndef SMCCC_COUNTERS_H
#define SMCCC_COUNTERS_H

#include <linux/types.h>
#include <stdbool.h>

#include "smccc_event.h"

struct bpf_map_info;

/* Whether a map has the form that smccc_report.h gives counters. */
bool counters__fit(const struct bpf_map_info *info);
typedef void (*counters_visitor)(const struct smccc_counter_key *key, __u64 count, void *arg);
/*
 * Visits each counter, summed up over the CPUs, by function ID and verdict. -ENOENT:
 * there is no such map; -EINVAL: a map of this name that is another one; or another errno.
 */
int counters__for_each(const char *path, counters_visitor visit, void *arg);
/* One of a map of counters by CPU, of any key, summed up; values has room for all CPUs. */
int counters__sum(int fd, const void *key, __u64 *values, int cpus, __u64 *sum);
/* "HANDLE", "DENY", ... or NULL */
const char *counters__verdict(__u32 verdict);

#endif
