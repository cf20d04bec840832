/* SPDX-License-Identifier: GPL-2.0 */
/* What a call costs: the parts of the benchmark. Errors end the program. */
#ifndef BENCH_H
#define BENCH_H

#include <bpf/libbpf.h>
#include <json-c/json.h>

#include "vm.h"

/* Prints a line and ends the program: a benchmark without a figure is none. */
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* --- measure.c */

/*
 * What a tick of cntvct_el0 is: 16 instructions in the rig with --icount, or some
 * nanoseconds; and how many calls are a sample.
 */
extern double measure_unit;
extern unsigned int measure_loop;

/* CLOCK_MONOTONIC; with --icount a nanosecond is an instruction of any CPU. */
uint64_t now_ns(void);

/*
 * Cost of one call of a function by HVC, the guest's own loop not
 * included: all that the host does, and the guest's HVC. "settle" is called
 * before each sample, outside of what is counted; may be NULL.
 */
double measure_call(struct vm *vm, uint32_t func_id, uint64_t expect_x0, void (*settle)(void *),
		    void *arg);

/* The same with a number of vCPUs that call at once, each call of each counted. */
double measure_calls(struct vm *vm, unsigned int vcpus, uint32_t func_id);

/* --- policy.c */

struct bench_policy {
	struct bpf_object *object;
	struct bpf_map *ops;
	struct bpf_link *link;
	struct ring_buffer *events; /* or NULL */
};

extern const char *object_dir;

/* In the SiP range: the ID that the first rule of the example "ranges" denies */
#define BENCH_FIRST_RULE 0x82000002U

/* Load FILE.bpf.o's policy of that name for a VM; rules: for the example "ranges", or 0. */
void policy_load(struct bench_policy *policy, int vm_fd, const char *file, const char *name,
		 unsigned int rules);
void policy_attach(struct bench_policy *policy);
void policy_replace(struct bench_policy *attached, struct bench_policy *with);
void policy_detach(struct bench_policy *policy);
/* Empties the ring buffer: as settle of measure_call() with a policy as its argument. */
void policy_drain(void *policy);
void policy_free(struct bench_policy *policy);

/* --- the groups of figures; each adds rows to an array */

void bench_calls(struct json_object *rows);
void bench_filter(struct json_object *rows);
void bench_policies(struct json_object *rows);
void bench_vcpus(struct json_object *rows);
void bench_vms(struct json_object *rows);
void bench_loader(struct json_object *rows);

#endif
