/* SPDX-License-Identifier: GPL-2.0 */
/* What becomes of an ID's plain call over time, and when it comes again and again. */
#ifndef SMCCC_SCRIPT_H
#define SMCCC_SCRIPT_H

#include "probe.h"

/* A hash that goes on with the outcome of number i of a runner's sweep. */
__u64 script__hash(__u64 hash, const struct runner *runner, size_t i);

/* Whether probing has not gone on for too long since runner__cpu_ns() was so much. */
int script__check_time(__u64 start_ns, const struct runner *runner, struct err *err);

/* Fills chance, live and waits of all probes; what the sweep says helps. */
int script__run(struct probes *probes, const struct sweep *sweep, const struct policy_file *file,
		const struct runner_settings *settings, __u64 start_ns, struct err *err);

#endif
