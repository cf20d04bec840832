// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <time.h>

#include "bench.h"

/*
 * A timer interrupt in a sample is some thousand instructions more, never less.
 * So the least of several short samples is the cost without.
 */
#define SAMPLES 9

unsigned int measure_loop = 200;
double measure_unit = 16;

static uint64_t ticks_of(struct vcpu *vcpu, const struct loop_options *options)
{
	struct loop_result result;

	if (vcpu_loop(vcpu, options, &result))
		die("a guest's loop failed: %s", vcpu->err);
	if (result.got_a != result.calls)
		die("function 0x%08llx: x0 is 0x%llx, expected 0x%llx",
		    (unsigned long long)options->call.regs[0], (unsigned long long)result.odd,
		    (unsigned long long)options->expect_a);
	return result.ticks;
}

double measure_call(struct vm *vm, uint32_t func_id, uint64_t expect_x0, void (*settle)(void *),
		    void *arg)
{
	struct loop_options loop = { .call = GUEST_HVC_CALL(func_id),
				     .limit = measure_loop,
				     .expect_a = expect_x0 };
	struct loop_options empty = loop;
	uint64_t best = UINT64_MAX, none = UINT64_MAX, ticks;
	int i;

	empty.call.conduit = GUEST_NO_CALL;
	empty.expect_a = func_id;
	for (i = 0; i < SAMPLES; i++) {
		ticks = ticks_of(&vm->vcpus[0], &empty);
		none = ticks < none ? ticks : none;
		if (settle)
			settle(arg);
		ticks = ticks_of(&vm->vcpus[0], &loop);
		best = ticks < best ? ticks : best;
	}

	return (double)(best - none) * measure_unit / measure_loop;
}

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

double measure_calls(struct vm *vm, unsigned int vcpus, uint32_t func_id)
{
	enum { CALLS_EACH = 2000 };
	struct loop_options loop = { .call = GUEST_HVC_CALL(func_id), .limit = CALLS_EACH };
	uint64_t start, best = UINT64_MAX;
	unsigned int i, sample;

	for (sample = 0; sample < SAMPLES; sample++) {
		for (i = 0; i < vcpus; i++) {
			if (vcpu_loop_setup(&vm->vcpus[i], &loop))
				die("vCPU %u: %s", i, vm->vcpus[i].err);
		}
		start = now_ns();
		for (i = 0; i < vcpus; i++) {
			if (vcpu_start(&vm->vcpus[i]))
				die("vCPU %u: %s", i, vm->vcpus[i].err);
		}
		for (i = 0; i < vcpus; i++) {
			if (vcpu_join(&vm->vcpus[i]))
				die("vCPU %u: %s", i, vm->vcpus[i].err);
		}
		start = now_ns() - start;
		best = start < best ? start : best;
	}

	/* One instruction is a nanosecond, all CPUs' together. */
	return (double)best / CALLS_EACH / vcpus;
}
