/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Runs a policy on this machine's own kernel, whatever it is, by BPF_PROG_TEST_RUN
 * of the two programs that SMCCC_POLICY() adds: without KVM and without the hook.
 */
#ifndef SMCCC_RUNNER_H
#define SMCCC_RUNNER_H

#include <linux/types.h>
#include <stdbool.h>

#include "policy.h"

#define RUNNER_REGS	18
#define RUNNER_FUNCS	0x10000
#define RUNNER_START_NS 1000000000ULL

#define CALL_F_SMC     1U
#define CALL_F_AARCH32 2U

#define CALL_ALWAYS 16U /* KVM_SMCCC_ALWAYS */

/* The kernel's; runner__open() compares it with what the policy was compiled with. */
struct kvm_smccc_call {
	__u64 regs[RUNNER_REGS];
	__u64 cookie;
	__u32 func_id;
	__u32 vcpu_id;
	__u32 flags;
	__u16 imm;
};

struct runner_settings {
	bool verbose;
	bool sweeps;   /* runner__sweep() is wanted */
	bool sweeping; /* the policy neither counts nor reports, and limits are at rest */
	bool set_cookie;
	__u64 cookie;
};

/* Hashes of an answer's registers; those left alone count as zero in the second. */
struct runner_answer {
	__u32 regs;
	__u32 changed;
};

/* In the results of a sweep: the verdict, and whether it may be remembered. */
#define RUNNER_VERDICT 7
#define RUNNER_ALWAYS  8

struct runner {
	struct policy policy;
	struct ops_values values; /* of its struct kvm_smccc_ops */
	struct bpf_program *test;
	struct bpf_program *sweep;
	struct ring_buffer *rings;
	int batch;	    /* calls since the rings were read */
	__u64 batch_cpu_ns; /* runner__cpu_ns() before the first of these */
	int slow;	    /* calls that took too long */
	__u64 *time_ns;	    /* the time that the policy sees; stands still by itself */
	bool *exhausted;    /* while sweeping: rate limits are exceeded; or NULL */
	/* for sweeps: what to decide; of the last one, what was found */
	__u32 *ids, *count;
	const __u8 *verdicts;
	const struct runner_answer *answers; /* where the verdict is ANSWER */
	__u64 cookie;
	int btf_fd;
};

/* With fresh maps, at RUNNER_START_NS. runner__close() in any case. */
int runner__open(struct runner *runner, const struct policy_file *file,
		 const struct runner_settings *settings, struct err *err);
void runner__close(struct runner *runner);
/* The policy's name */
const char *runner__name(const struct runner *runner);

/*
 * Decides a call; its registers are as the policy leaves them, the verdict comes
 * without KVM_SMCCC_ALWAYS. Refuses a policy that takes ages.
 */
int runner__call(struct runner *runner, struct kvm_smccc_call *call, __u32 *verdict,
		 struct err *err);
/*
 * Decides a call again and again: with the first of runner->ids, and so on, or'ed
 * into its ID; or, with a count of 0, with all function numbers. See verdicts.
 */
int runner__sweep(struct runner *runner, const struct kvm_smccc_call *call, __u32 count,
		  struct err *err);

/* What this thread has spent so far: not the time that others take on a busy machine. */
__u64 runner__cpu_ns(void);

/* A plain HVC from AArch64 with arguments of zero. */
struct kvm_smccc_call runner__make_call(const struct runner *runner, __u32 id);

#endif
