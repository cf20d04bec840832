/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a policy is written with. A policy is one C file:
 *
 *	#include "smccc_policy.h"
 *
 *	SMCCC_POLICY(my_policy)
 *	{
 *		return smccc_is_psci(call) ? KVM_SMCCC_HANDLE : KVM_SMCCC_DENY;
 *	}
 *
 * The verdicts (KVM_SMCCC_HANDLE, _DENY, _FORWARD, _ANSWER; _ALWAYS), struct
 * kvm_smccc_call and struct kvm_smccc_ops are the kernel's and come from
 * vmlinux.h; the names of the calls come from smccc_ids.h. The rest, by job:
 *
 *	smccc_call.h	which call is this: services, functions, arguments
 *	smccc_answer.h	answers
 *	smccc_report.h	counters, events
 *	smccc_limit.h	rate limits
 *	smccc_lint.h	how to break a rule of lint's on purpose
 *	smccc_test.h	the clock, and what tools set
 */
#ifndef SMCCC_POLICY_H
#define SMCCC_POLICY_H

#include "vmlinux.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "smccc_answer.h"
#include "smccc_call.h"
#include "smccc_limit.h"
#include "smccc_lint.h"
#include "smccc_report.h"
#include "smccc_test.h"

/* The kernel takes struct_ops programs under a GPL-compatible licence only. */
char _license[] SEC("license") = "GPL";

/**
 * SMCCC_POLICY(name, ...) - declare a policy, the body of which follows
 *
 * The body decides one call, "struct kvm_smccc_call *call", and returns a
 * verdict. What follows the name are members of struct kvm_smccc_ops, such as
 * .forward_ranges = SMCCC_RANGE(SMCCC_OWNER_TRUSTED_OS). The loader sets .vm_fd
 * and .flags, and .cookie if it is given --cookie; a policy that replaces another
 * gets the cookie that was there.
 *
 * Besides the struct_ops this makes two programs with the same body, which
 * BPF_PROG_TEST_RUN runs on any Linux since 5.17. Their context is a call:
 * "<name>_test" decides it and returns the verdict; "<name>_sweep" decides it
 * for many function IDs, see smccc_test.h. Both give the body a copy: of a context
 * itself the verifier takes no pointer that the compiler has moved to a member.
 */
#define SMCCC_POLICY(name, ...)                                                       \
	static __always_inline int name##_decide(struct kvm_smccc_call *call);        \
	SEC("struct_ops/call") int BPF_PROG(name##_call, struct kvm_smccc_call *call) \
	{                                                                             \
		return name##_decide(call);                                           \
	}                                                                             \
	SEC("syscall") int name##_test(struct kvm_smccc_call *context)                \
	{                                                                             \
		struct kvm_smccc_call call = *context;                                \
		int verdict = name##_decide(&call);                                   \
                                                                                      \
		*context = call;                                                      \
		return verdict;                                                       \
	}                                                                             \
	static long name##_sweep_one(__u32 i, struct kvm_smccc_call *probe)           \
	{                                                                             \
		struct kvm_smccc_call call = *probe;                                  \
                                                                                      \
		i &= SMCCC_FUNC_MASK;                                                 \
		call.func_id |= smccc_sweep_count ? smccc_sweep_ids[i] : i;           \
		call.regs[0] |= call.func_id;                                         \
		smccc_sweep_keep(i, probe->regs, &call, name##_decide(&call));        \
		return 0;                                                             \
	}                                                                             \
	SEC("syscall") int name##_sweep(struct kvm_smccc_call *call)                  \
	{                                                                             \
		struct kvm_smccc_call probe = *call;                                  \
		__u32 count = smccc_sweep_count ?: SMCCC_FUNC_MASK + 1;               \
                                                                                      \
		return bpf_loop(count, name##_sweep_one, &probe, 0);                  \
	}                                                                             \
	SEC(".struct_ops.link")                                                       \
	struct kvm_smccc_ops name = { .call = (void *)name##_call, ##__VA_ARGS__ };   \
	static __always_inline int name##_decide(struct kvm_smccc_call *call)

/* An owning entity's bit in .forward_ranges and .answer_ranges. */
#define SMCCC_RANGE(owner) (1ULL << (owner))

#endif
