// SPDX-License-Identifier: GPL-2.0
/* Single runs of a policy: see runner.h. */
#include <bpf/bpf.h>
#include <string.h>

#include "clock.h"
#include "fate.h"
#include "guard.h"
#include "names.h"
#include "runner.h"

/* Calls of 100 ms; a few are put down to a machine, perhaps an emulated one, that is busy. */
#define CALL_LIMIT_NS 100000000ULL
#define SLOW_CALLS    5
#define BATCH	      16 /* calls; the smallest ring buffer, a page, has room for 40 events */

static int run(struct bpf_program *prog, struct kvm_smccc_call *call, __u32 first_id, __u32 last_id,
	       __u32 *result, struct err *err)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = call, .ctx_size_in = sizeof(*call));
	int ret;

	guard__begin(first_id, last_id);
	ret = bpf_prog_test_run_opts(bpf_program__fd(prog), &opts);
	guard__end();
	*result = opts.retval;
	if (ret)
		return err_set(err, ERR_FAILED, NULL, "this kernel does not run '%s': %s",
			       bpf_program__name(prog), strerror(-ret));
	return 0;
}

__u64 runner__cpu_ns(void)
{
	return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

static int fail_too_slow(const struct runner *runner, __u32 id, __u64 ns, struct err *err)
{
	char call[NAMES_CALL_SIZE];

	return err_set(err, ERR_TOO_SLOW, "bound its loops: a guest's vCPU waits for it, too",
		       "%s takes %llu ms to decide %s", runner->policy.label,
		       (unsigned long long)ns / 1000000, names__call(id, call));
}

/*
 * The context of the programs that we run may be written, that of an attached
 * policy only in part: what its verifier would refuse is refused here, too.
 */
static int check_context(const struct runner *runner, const struct kvm_smccc_call *before,
			 const struct kvm_smccc_call *after, struct err *err)
{
	char call[NAMES_CALL_SIZE];

	if (before->cookie == after->cookie && before->func_id == after->func_id &&
	    before->vcpu_id == after->vcpu_id && before->flags == after->flags &&
	    before->imm == after->imm)
		return 0;
	return err_set(err, ERR_REJECTED, "write call->regs[] only: attach would be refused",
		       "%s writes to members of struct kvm_smccc_call other than regs[] (in %s)",
		       runner->policy.label, names__call(before->func_id, call));
}

int runner__call(struct runner *runner, struct kvm_smccc_call *call, __u32 *verdict,
		 struct err *err)
{
	__u64 spent, start = clock_ns(CLOCK_MONOTONIC);
	struct kvm_smccc_call before = *call;

	if (!runner->batch)
		runner->batch_cpu_ns = runner__cpu_ns();
	if (run(runner->test, call, before.func_id, before.func_id, verdict, err) ||
	    check_context(runner, &before, call, err))
		return -1;
	/* the CPU's clock tells more, but costs as much as the call */
	spent = clock_ns(CLOCK_MONOTONIC) - start;
	if (spent > CALL_LIMIT_NS) {
		spent = runner__cpu_ns() - runner->batch_cpu_ns;
		runner->batch_cpu_ns += spent;
	}
	if (spent > CALL_LIMIT_NS && ++runner->slow == SLOW_CALLS)
		return fail_too_slow(runner, before.func_id, spent, err);
	/* remembered or not, that is what is decided */
	if (*verdict - CALL_ALWAYS < FATE_ANSWER)
		*verdict -= CALL_ALWAYS;
	/* not after each: an event that finds its reader waiting costs a wake-up */
	if (++runner->batch == BATCH) {
		if (runner->rings)
			ring_buffer__consume(runner->rings);
		runner->batch = 0;
	}
	return 0;
}

int runner__sweep(struct runner *runner, const struct kvm_smccc_call *call, __u32 count,
		  struct err *err)
{
	__u32 first = call->func_id, last = first | SMCCC_FUNC_MASK;
	__u32 decided, wanted = count ? count : RUNNER_FUNCS;
	struct kvm_smccc_call copy = *call;

	if (count) {
		first |= runner->ids[0];
		last = call->func_id | runner->ids[count - 1];
	}
	*runner->count = count;
	if (run(runner->sweep, &copy, first, last, &decided, err))
		return -1;
	if (decided != wanted)
		return err_set(err, ERR_FAILED, NULL, "'%s' decided %u calls instead of %u",
			       bpf_program__name(runner->sweep), decided, wanted);
	if (runner->rings)
		ring_buffer__consume(runner->rings);
	return 0;
}

struct kvm_smccc_call runner__make_call(const struct runner *runner, __u32 id)
{
	return (struct kvm_smccc_call){
		.regs[0] = id,
		.func_id = id,
		.cookie = runner->cookie,
	};
}
