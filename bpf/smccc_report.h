/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a policy tells the host: counters by function and verdict in its map
 * "counters", calls in its ring buffer "events". Part of smccc_policy.h. The
 * records are in smccc_event.h. Nothing is counted or reported in a sweep.
 */
#ifndef SMCCC_REPORT_H
#define SMCCC_REPORT_H

#include "smccc_call.h"
#include "smccc_event.h"
#include "smccc_limit.h"
#include "smccc_test.h"

/*
 * SMCCC_COUNTERS(256); - a policy's counters, one for each function and verdict
 * that comes up, and one for each CPU: so many bytes times 8 times CPUs, and more.
 * What finds no room is not counted.
 */
#define SMCCC_COUNTERS(functions)                       \
	struct {                                        \
		__uint(type, BPF_MAP_TYPE_PERCPU_HASH); \
		__type(key, struct smccc_counter_key);  \
		__type(value, __u64);                   \
		__uint(max_entries, functions);         \
	} counters SEC(".maps")

/*
 * SMCCC_EVENTS(64 * 1024); - a policy's ring buffer, in bytes: a power of two,
 * at least a page. An event takes 96.
 */
#define SMCCC_EVENTS(bytes)                         \
	struct {                                    \
		__uint(type, BPF_MAP_TYPE_RINGBUF); \
		__uint(max_entries, bytes);         \
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
	/* Atomic, for a vCPU may be preempted by another one in the same policy. */
	if (count)
		__sync_fetch_and_add(count, 1);
}

/*
 * Count the verdict under the call's function, or, if smccc_ids.h does not name
 * it, under SMCCC_COUNTER_OTHER: a guest can make up IDs without end, a map
 * cannot grow so.
 */
#define smccc_count(call, verdict) \
	smccc_count_as(smccc_is_named(call) ? smccc_func_id(call) : SMCCC_COUNTER_OTHER, verdict)

/* Count the verdict under a function ID of the policy's choice. */
#define smccc_count_as(func_id, verdict) smccc_count_in(&counters, func_id, verdict)

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

/*
 * Report the call, as it came: before smccc_answer(). An event that finds the
 * buffer full is lost, and counted under SMCCC_COUNTER_LOST, so that a policy with
 * events has counters, too. Never decide by it: a guest can fill the buffer.
 */
#define smccc_event(call, verdict)                \
	(smccc_event_in(&events, call, verdict) ? \
		 (void)0 :                        \
		 smccc_count_as(SMCCC_COUNTER_OTHER, SMCCC_COUNTER_LOST))

/*
 * SMCCC_EVENT_LIMIT(1024); - a limit for smccc_event_limited(), of each VM of so many that
 * share this program: SMCCC_EVENT_BURST events at once, and SMCCC_EVENT_RATE a second. To
 * have other limits, define these before the #include.
 */
#ifndef SMCCC_EVENT_BURST
#define SMCCC_EVENT_BURST 500
#endif
#ifndef SMCCC_EVENT_RATE
#define SMCCC_EVENT_RATE 10
#endif
#define SMCCC_EVENT_LIMIT(vms) SMCCC_BUCKETS(event_limit, vms)

/*
 * The same up to the VM's limit; what is above it is counted as lost. For calls of which
 * it is enough to know some and their number, as of those that are denied: whoever reads
 * events works for each of them, and may write it to a disk, and a guest can call a
 * million times in a few seconds.
 */
#define smccc_event_limited(call, verdict)                                                       \
	do {                                                                                     \
		if (smccc_take(&event_limit, (call)->cookie, SMCCC_PER_SECOND(SMCCC_EVENT_RATE), \
			       SMCCC_EVENT_BURST))                                               \
			smccc_event(call, verdict);                                              \
		else                                                                             \
			smccc_count_as(SMCCC_COUNTER_OTHER, SMCCC_COUNTER_LOST);                 \
	} while (0)

#endif
