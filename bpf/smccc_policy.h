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
 * The verdicts (KVM_SMCCC_HANDLE, _DENY, _FORWARD, _ANSWER), struct
 * kvm_smccc_call and struct kvm_smccc_ops are the kernel's and come from
 * vmlinux.h; the names of the calls come from smccc_ids.h.
 */
#ifndef SMCCC_POLICY_H
#define SMCCC_POLICY_H

#include "vmlinux.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "smccc_event.h"
#include "smccc_ids.h"

/* The kernel takes struct_ops programs under a GPL-compatible licence only. */
char _license[] SEC("license") = "GPL";

/*
 * What the tools that run a policy without KVM (smccc_loader test, explain, lint,
 * diff) set. In a policy that is attached the first is constant false: the
 * verifier drops what depends on it.
 */
const volatile bool smccc_testing;	/* this is not a guest's call */
const volatile bool smccc_sweeping;	/* verdicts only: neither count nor report */
__u64 smccc_test_time_ns;		/* the time, while testing */

/* What <policy>_sweep found: a verdict by function number, 4 for anything wild. */
__u8 smccc_sweep_verdicts[0x10000] SEC(".bss.sweep");

/**
 * SMCCC_POLICY(name, ...) - declare a policy, the body of which follows
 *
 * The body decides one call, "struct kvm_smccc_call *call", and returns a
 * verdict. What follows the name are members of struct kvm_smccc_ops, such as
 * .forward_ranges = SMCCC_RANGE(SMCCC_OWNER_TRUSTED_OS). The loader sets .vm_fd,
 * .flags and .cookie.
 *
 * Besides the struct_ops this makes two programs with the same body, which
 * BPF_PROG_TEST_RUN runs on any Linux since 5.17. Their context is a call:
 * "<name>_test" decides it and returns the verdict; "<name>_sweep" decides it
 * for each of the 65,536 function numbers.
 */
#define SMCCC_POLICY(name, ...)                                                        \
	static __always_inline int name##_decide(struct kvm_smccc_call *call);         \
	SEC("struct_ops/call") int BPF_PROG(name##_call, struct kvm_smccc_call *call)  \
	{                                                                              \
		return name##_decide(call);                                            \
	}                                                                              \
	SEC("syscall") int name##_test(struct kvm_smccc_call *call)                    \
	{                                                                              \
		return name##_decide(call);                                            \
	}                                                                              \
	static long name##_sweep_one(__u32 func, struct kvm_smccc_call *probe)         \
	{                                                                              \
		struct kvm_smccc_call call = *probe;                                   \
		__u32 verdict;                                                         \
                                                                                       \
		func &= SMCCC_FUNC_MASK;                                               \
		call.func_id |= func;                                                  \
		call.regs[0] = call.func_id;                                           \
		verdict = name##_decide(&call);                                        \
		smccc_sweep_verdicts[func] = verdict > KVM_SMCCC_ANSWER ?              \
						     KVM_SMCCC_ANSWER + 1 : verdict;   \
		return 0;                                                              \
	}                                                                              \
	SEC("syscall") int name##_sweep(struct kvm_smccc_call *call)                   \
	{                                                                              \
		struct kvm_smccc_call probe = *call;                                   \
                                                                                       \
		return bpf_loop(SMCCC_FUNC_MASK + 1, name##_sweep_one, &probe, 0);     \
	}                                                                              \
	SEC(".struct_ops.link") struct kvm_smccc_ops name = {                          \
		.call = (void *)name##_call, ##__VA_ARGS__                             \
	};                                                                             \
	static __always_inline int name##_decide(struct kvm_smccc_call *call)

/* An owning entity's bit in .forward_ranges and .answer_ranges. */
#define SMCCC_RANGE(owner) (1ULL << (owner))

/*
 * Function IDs, DEN0028, section 2.5. All of these look at the ID without the
 * SVE hint, which a caller may set on any call (DEN0028, section 2.5.4).
 */

static __always_inline __u32 smccc_func_id(const struct kvm_smccc_call *call)
{
	return call->func_id & ~SMCCC_SVE_HINT;
}

/* A fast call, otherwise a yielding one. */
static __always_inline bool smccc_is_fast(const struct kvm_smccc_call *call)
{
	return call->func_id & SMCCC_FAST;
}

/* The SMC64 convention, otherwise SMC32. Says nothing of the caller's state. */
static __always_inline bool smccc_is_64(const struct kvm_smccc_call *call)
{
	return call->func_id & SMCCC_64;
}

/* enum smccc_owner: 0 to 63 */
static __always_inline __u32 smccc_owner(const struct kvm_smccc_call *call)
{
	return call->func_id >> SMCCC_OWNER_SHIFT & SMCCC_OWNER_MASK;
}

/* Function number within the owner's range: 0 to 0xffff */
static __always_inline __u32 smccc_func(const struct kvm_smccc_call *call)
{
	return call->func_id & SMCCC_FUNC_MASK;
}

/*
 * Whether this is a fast call, in either convention, of an owner's functions
 * first to last; bits 23:17 must be zero (DEN0028, section 2.5). A call with
 * an immediate is not SMCCC's, whatever w0 holds (DEN0028, section 2.9).
 */
static __always_inline bool smccc_is_call(const struct kvm_smccc_call *call, __u32 owner,
					  __u32 first, __u32 last)
{
	__u32 id = smccc_func_id(call) & ~SMCCC_64;
	__u32 base = SMCCC_ID(SMCCC_FAST, owner, 0);

	return !call->imm && id >= base + first && id <= base + last;
}

/* PSCI 0.2 and later, DEN0022, section 5.1 */
static __always_inline bool smccc_is_psci(const struct kvm_smccc_call *call)
{
	return smccc_is_call(call, SMCCC_OWNER_STANDARD, SMCCC_PSCI_FIRST, SMCCC_PSCI_LAST);
}

/* TRNG, DEN0098, section 2.1 */
static __always_inline bool smccc_is_trng(const struct kvm_smccc_call *call)
{
	return smccc_is_call(call, SMCCC_OWNER_STANDARD, SMCCC_TRNG_FIRST, SMCCC_TRNG_LAST);
}

/* FF-A, DEN0077A, chapter 11 */
static __always_inline bool smccc_is_ffa(const struct kvm_smccc_call *call)
{
	return smccc_is_call(call, SMCCC_OWNER_STANDARD, SMCCC_FFA_FIRST, SMCCC_FFA_LAST);
}

/* Paravirtualised time, DEN0057, section 3.2 */
static __always_inline bool smccc_is_pv_time(const struct kvm_smccc_call *call)
{
	return smccc_is_call(call, SMCCC_OWNER_STANDARD_HYP, SMCCC_PV_TIME_FIRST,
			     SMCCC_PV_TIME_LAST);
}

/* Vendor Specific Hypervisor Service, DEN0028, section 6.1 */
static __always_inline bool smccc_is_vendor_hyp(const struct kvm_smccc_call *call)
{
	return smccc_is_call(call, SMCCC_OWNER_VENDOR_HYP, 0, SMCCC_FUNC_MASK);
}

/* CLOCK_MONOTONIC in ns; in a test, the time that the test gives. */
static __always_inline __u64 smccc_now_ns(void)
{
	return smccc_testing ? smccc_test_time_ns : bpf_ktime_get_ns();
}

/*
 * Answer a call with up to four results; more go to call->regs[] by hand. A
 * negative code is given as the convention has it: 32 bits wide in SMC32.
 */
static __always_inline int smccc_answer(struct kvm_smccc_call *call, __u64 x0, __u64 x1, __u64 x2,
					__u64 x3)
{
	call->regs[0] = x0;
	call->regs[1] = x1;
	call->regs[2] = x2;
	call->regs[3] = x3;
	return KVM_SMCCC_ANSWER;
}

/*
 * Counters by function and verdict and a ring buffer of events, for policies
 * that declare them with SMCCC_COUNTERS and SMCCC_EVENTS.
 */

#define SMCCC_COUNTERS(functions)                               \
	struct {                                                \
		__uint(type, BPF_MAP_TYPE_PERCPU_HASH);         \
		__type(key, struct smccc_counter_key);          \
		__type(value, __u64);                           \
		__uint(max_entries, functions);                 \
	} counters SEC(".maps")

#define SMCCC_EVENTS(bytes)                                     \
	struct {                                                \
		__uint(type, BPF_MAP_TYPE_RINGBUF);             \
		__uint(max_entries, bytes);                     \
	} events SEC(".maps")

static __always_inline void smccc_count_in(void *counters, __u32 func_id, __u32 verdict)
{
	struct smccc_counter_key key = { .func_id = func_id, .verdict = verdict };
	__u64 zero = 0, *count;

	if (smccc_sweeping)
		return;

	count = bpf_map_lookup_elem(counters, &key);
	if (!count) {
		/* Another CPU may be faster: then this fails, and the counter is there. */
		bpf_map_update_elem(counters, &key, &zero, BPF_NOEXIST);
		count = bpf_map_lookup_elem(counters, &key);
	}
	/* One counter per CPU, and a policy does not migrate: no atomic needed. */
	if (count)
		(*count)++;
}

/*
 * Count the verdict under the call's function, or under SMCCC_COUNTER_OTHER
 * (own false): a guest can make up IDs without end, a map cannot grow so.
 */
#define smccc_count(call, verdict, own) \
	smccc_count_in(&counters, (own) ? smccc_func_id(call) : SMCCC_COUNTER_OTHER, verdict)

static __always_inline bool smccc_event_in(void *events, const struct kvm_smccc_call *call,
					   __u32 verdict)
{
	struct smccc_event *e;

	if (smccc_sweeping)
		return true;

	e = bpf_ringbuf_reserve(events, sizeof(*e), 0);
	if (!e)
		return false;

	e->time_ns = smccc_now_ns();
	e->cookie = call->cookie;
	e->args[0] = call->regs[1];
	e->args[1] = call->regs[2];
	e->args[2] = call->regs[3];
	e->args[3] = call->regs[4];
	e->args[4] = call->regs[5];
	e->args[5] = call->regs[6];
	e->args[6] = call->regs[7];
	e->func_id = call->func_id;
	e->vcpu_id = call->vcpu_id;
	e->flags = call->flags;
	e->imm = call->imm;
	e->verdict = verdict;
	bpf_ringbuf_submit(e, 0);
	return true;
}

/* Report the call; an event that finds the buffer full is counted as lost. */
#define smccc_event(call, verdict)                                                    \
	(smccc_event_in(&events, call, verdict) ?                                     \
		 (void)0 :                                                            \
		 smccc_count_in(&counters, SMCCC_COUNTER_OTHER, SMCCC_COUNTER_LOST))

#endif
