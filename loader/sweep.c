// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <stdlib.h>
#include <string.h>

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

/* The first sweep: each verdict stands for the other one, too. */
static int keep_first(struct sweep *sweep, const struct runner *runner, int block, struct err *err)
{
	__u8 *to = sweep->verdicts + block * RUNNER_FUNCS;
	bool answers = false;
	int i;

	for (i = 0; i < RUNNER_FUNCS; i++) {
		__u8 verdict = runner->verdicts[i] & RUNNER_VERDICT;

		to[i] = verdict * 9 | (runner->verdicts[i] & RUNNER_ALWAYS ? SWEEP_ALWAYS : 0);
		answers |= verdict == FATE_ANSWER;
	}
	if (!answers)
		return 0;
	sweep->answers[block] = malloc(RUNNER_FUNCS * sizeof(__u32));
	if (!sweep->answers[block])
		return err_no_memory(err);
	for (i = 0; i < RUNNER_FUNCS; i++)
		sweep->answers[block][i] = runner->answers[i].regs;
	return 0;
}

static void keep_other(__u8 *verdicts, __u8 other)
{
	if (other != sweep__verdict(*verdicts))
		*verdicts = (*verdicts & ~(7 << 3)) | other << 3;
}

/* The second: does the order matter? Function numbers came the other way round. */
static int compare_order(struct sweep *sweep, const struct runner *runner, int block,
			 struct err *err)
{
	__u32 base = block * RUNNER_FUNCS;
	int i;

	(void)err;
	for (i = 0; i < RUNNER_FUNCS; i++) {
		__u32 index = base + runner->ids[i];
		__u8 verdict = runner->verdicts[i] & RUNNER_VERDICT;

		if (verdict == sweep__verdict(sweep->verdicts[index]) &&
		    (verdict != FATE_ANSWER ||
		     runner->answers[i].regs == sweep__answer(sweep, index)))
			continue;
		keep_other(&sweep->verdicts[index], verdict);
		sweep->verdicts[index] |= SWEEP_VARIES;
	}
	return 0;
}

/* The third, if there is one: with rate limits exceeded. */
static int keep_exhausted(struct sweep *sweep, const struct runner *runner, int block,
			  struct err *err)
{
	int i;

	(void)err;
	for (i = 0; i < RUNNER_FUNCS; i++)
		keep_other(&sweep->verdicts[block * RUNNER_FUNCS + i],
			   runner->verdicts[i] & RUNNER_VERDICT);
	return 0;
}

typedef int (*keep_block)(struct sweep *sweep, const struct runner *runner, int block,
			  struct err *err);

static int sweep_all(struct sweep *sweep, struct runner *runner, bool down, keep_block keep,
		     struct err *err)
{
	__u64 start = runner__cpu_ns();
	int i;

	for (i = 0; i < SWEEP_BLOCKS; i++) {
		int block = down ? SWEEP_BLOCKS - 1 - i : i;
		struct kvm_smccc_call call = runner__make_call(runner, (__u32)block << 24);
		__u64 spent = runner__cpu_ns() - start;

		if (i && spent > SWEEP_LIMIT_NS)
			return fail_too_slow(runner, 0, spent / i / RUNNER_FUNCS, err);
		if (check_speed(runner, call.func_id, err) ||
		    runner__sweep(runner, &call, down ? RUNNER_FUNCS : 0, err) ||
		    keep(sweep, runner, block, err))
			return -1;
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

/* Anew, from fresh maps: whatever the sweep up has left behind is not there. */
static int sweep_down(struct sweep *sweep, const struct policy_file *file,
		      const struct runner_settings *settings, struct err *err)
{
	struct runner runner;
	int i, ret = runner__open(&runner, file, settings, err);

	for (i = 0; !ret && i < RUNNER_FUNCS; i++)
		runner.ids[i] = RUNNER_FUNCS - 1 - i;
	if (!ret)
		ret = sweep_all(sweep, &runner, true, compare_order, err);
	runner__close(&runner);
	return ret;
}

int sweep__run(struct sweep *sweep, const struct policy_file *file,
	       const struct runner_settings *settings, struct err *err)
{
	struct runner runner;
	int ret;

	sweep->verdicts = malloc(SWEEP_SIZE);
	if (!sweep->verdicts)
		return err_no_memory(err);
	ret = runner__open(&runner, file, settings, err);
	if (!ret)
		ret = sweep_all(sweep, &runner, false, keep_first, err);
	if (!ret)
		ret = sweep_down(sweep, file, settings, err);
	if (!ret && limits_rates(&runner)) {
		*runner.exhausted = true;
		ret = sweep_all(sweep, &runner, false, keep_exhausted, err);
	}
	runner__close(&runner);
	return ret;
}

void sweep__free(struct sweep *sweep)
{
	int block;

	for (block = 0; block < SWEEP_BLOCKS; block++)
		free(sweep->answers[block]);
	free(sweep->verdicts);
	memset(sweep, 0, sizeof(*sweep));
}
