// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <stdlib.h>

#include "sweep.h"

/*
 * A run decides 65,536 calls and cannot be interrupted: it is not started where a
 * few single calls take so long that it would go on for a minute. An ordinary one
 * takes less than 1 us, a hundred times as much on an emulated machine. And who
 * waits for all 256 runs for hours?
 */
#define CALL_LIMIT_NS  1000000
#define SWEEP_LIMIT_NS (300 * 1000000000ULL)
#define TRIES	       3

/* Functions that a policy is likely to tell from others: the ends of services. */
static const __u16 samples[] = { 0x0000, 0x0001, 0x0003, 0x0020, 0x0050, 0x0060, 0x0073, 0x0100,
				 0x0200, 0x1234, 0x4000, 0x7fff, 0x8000, 0xa5a5, 0xff01, 0xffff };
#define SAMPLES (sizeof(samples) / sizeof(samples[0]))

static int fail_too_slow(const struct runner *runner, __u32 base, __u64 ns, struct err *err)
{
	return err_set(err, ERR_TOO_SLOW, "make it cheaper: a guest's vCPU waits for it, too",
		       "%s takes %llu us for a call from 0x%08x on: too slow to be run over all "
		       "function IDs",
		       runner->policy.label, (unsigned long long)ns / 1000, base);
}

static int time_samples(struct runner *runner, __u32 base, __u64 *ns, struct err *err)
{
	__u64 start = runner__cpu_ns();
	__u32 verdict;
	size_t i;

	for (i = 0; i < SAMPLES; i++) {
		struct kvm_smccc_call call = runner__make_call(runner, base + samples[i]);

		if (runner__call(runner, &call, &verdict, err))
			return -1;
	}
	*ns = (runner__cpu_ns() - start) / SAMPLES;
	return 0;
}

static int check_speed(struct runner *runner, __u32 base, struct err *err)
{
	__u64 ns = 0;
	int i;

	for (i = 0; i < TRIES; i++) {
		if (time_samples(runner, base, &ns, err))
			return -1;
		if (ns <= CALL_LIMIT_NS)
			return 0;
	}
	return fail_too_slow(runner, base, ns, err);
}

static void keep(struct sweep *sweep, int block, const struct runner *runner, bool exhausted)
{
	__u8 *to = sweep->verdicts + block * RUNNER_FUNCS;
	int i;

	for (i = 0; i < RUNNER_FUNCS; i++) {
		__u8 verdict = runner->verdicts[i] & 7;
		__u8 always = runner->verdicts[i] >> 3 ? SWEEP_ALWAYS : 0;

		if (exhausted)
			to[i] = (to[i] & ~(7 << 3)) | verdict << 3 | always;
		else
			to[i] = verdict * 9 | always; /* both */
	}
}

static int sweep_all(struct sweep *sweep, struct runner *runner, bool exhausted, struct err *err)
{
	__u64 start = runner__cpu_ns();
	int block;

	for (block = 0; block < SWEEP_BLOCKS; block++) {
		__u32 base = (__u32)block << 24;
		__u64 spent = runner__cpu_ns() - start;

		if (spent > SWEEP_LIMIT_NS)
			return fail_too_slow(runner, 0, spent / block / RUNNER_FUNCS, err);
		if (check_speed(runner, base, err) || runner__sweep(runner, base, err))
			return -1;
		keep(sweep, block, runner, exhausted);
	}
	return 0;
}

/* Whether the program has smccc_sweep_exhausted in it: whether it limits rates. */
static bool looks_at(struct bpf_program *prog, int map_fd, __u32 offset)
{
	const struct bpf_insn *insn = bpf_program__insns(prog);
	size_t i, count = bpf_program__insn_cnt(prog);

	for (i = 0; i + 1 < count; i++) {
		if (insn[i].code == (BPF_LD | BPF_IMM | BPF_DW) &&
		    insn[i].src_reg == BPF_PSEUDO_MAP_VALUE && insn[i].imm == map_fd &&
		    insn[i + 1].imm == (__s32)offset)
			return true;
	}
	return false;
}

static bool limits_rates(const struct runner *runner)
{
	struct bpf_map *bss = bpf_object__find_map_by_name(runner->policy.obj, ".bss");
	size_t size;
	char *start = bss ? bpf_map__initial_value(bss, &size) : NULL;

	return start && runner->exhausted &&
	       looks_at(runner->sweep, bpf_map__fd(bss), (char *)runner->exhausted - start);
}

int sweep__run(struct sweep *sweep, const struct policy_file *file,
	       const struct runner_settings *settings, struct err *err)
{
	struct runner_settings sweeping = *settings;
	struct runner runner;
	int ret;

	sweeping.sweeping = true;
	sweep->verdicts = malloc(SWEEP_SIZE);
	if (!sweep->verdicts)
		return err_no_memory(err);
	ret = runner__open(&runner, file, &sweeping, err);
	if (!ret)
		ret = sweep_all(sweep, &runner, false, err);
	if (!ret && limits_rates(&runner)) {
		*runner.exhausted = true;
		ret = sweep_all(sweep, &runner, true, err);
	}
	runner__close(&runner);
	return ret;
}

void sweep__free(struct sweep *sweep)
{
	free(sweep->verdicts);
	sweep->verdicts = NULL;
}
