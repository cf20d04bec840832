// SPDX-License-Identifier: GPL-2.0
/* Batches: a list of calls in guest memory, and what became of each. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "vm_private.h"

/* One for each vCPU, in guest memory; the guest's side of it is BATCH_* in layout.h. */
struct guest_batch {
	uint64_t left;
	uint64_t next;
	struct guest_batch_call {
		uint64_t thunk;
		uint64_t regs[CALL_REGS];
		uint64_t results[CALL_REGS];
		uint64_t begin, end;
	} calls[VM_BATCH_MAX];
};

_Static_assert(offsetof(struct guest_batch, next) == BATCH_NEXT, "next");
_Static_assert(offsetof(struct guest_batch, calls) == BATCH_CALLS, "calls");
_Static_assert(offsetof(struct guest_batch_call, regs) == BATCH_REGS, "regs");
_Static_assert(offsetof(struct guest_batch_call, results) == BATCH_RESULTS, "results");
_Static_assert(offsetof(struct guest_batch_call, begin) == BATCH_BEGIN, "begin");
_Static_assert(offsetof(struct guest_batch_call, end) == BATCH_END, "end");
_Static_assert(sizeof(struct guest_batch_call) == BATCH_CALL_SIZE, "call");
_Static_assert(sizeof(struct guest_batch) <= GUEST_BATCH_SIZE, "batches overlap");
_Static_assert(GUEST_BATCHES + VM_MAX_VCPUS / 2 * GUEST_BATCH_SIZE <= GUEST_EDGE - 0x1000,
	       "batches reach the code");

static uint64_t batch_addr(const struct vcpu *vcpu)
{
	return GUEST_BATCHES + vcpu->id * GUEST_BATCH_SIZE;
}

int vcpu_batch_setup(struct vcpu *vcpu, const struct batch_call *calls, unsigned int nr)
{
	struct guest_batch *batch = guest_to_host(vcpu->vm, batch_addr(vcpu));
	int err;

	if (!nr || nr > VM_BATCH_MAX || vcpu->id >= VM_MAX_VCPUS / 2)
		return set_err(vcpu->err, -EINVAL, "no room for %u calls of vCPU %u", nr, vcpu->id);
	batch->left = nr;
	batch->next = batch_addr(vcpu) + BATCH_CALLS;
	for (unsigned int i = 0; i < nr; i++) {
		struct guest_batch_call *to = &batch->calls[i];

		if (guest_stub(vcpu->vm, &calls[i].call, &to->thunk))
			return set_err(vcpu->err, -EINVAL,
				       "no such call: conduit %d, immediate 0x%x",
				       calls[i].call.conduit, calls[i].call.imm);
		to->thunk += GUEST_THUNK;
		if (calls[i].at_page_end)
			to->thunk = guest_stub_at_page_end(vcpu->vm, calls[i].call.conduit);
		memcpy(to->regs, calls[i].call.regs, sizeof(to->regs));
		memset(to->results, 0, sizeof(to->results));
	}
	guest_sync(batch, BATCH_CALLS + nr * sizeof(batch->calls[0]));

	/* x19 is sp to an AArch32 guest, so the batch is in the same place for both. */
	err = vcpu_set_x(vcpu, AARCH32_SP, batch_addr(vcpu));
	return err ? err : vcpu_set_start(vcpu, GUEST_BATCH, vcpu_initial_pstate(vcpu));
}

void vcpu_batch_read(struct vcpu *vcpu, uint64_t (*results)[CALL_REGS], unsigned int nr)
{
	struct guest_batch *batch = guest_to_host(vcpu->vm, batch_addr(vcpu));

	guest_sync(batch, BATCH_CALLS + nr * sizeof(batch->calls[0]));
	for (unsigned int i = 0; i < nr; i++)
		memcpy(results[i], batch->calls[i].results, sizeof(results[i]));
}

void vcpu_batch_times(struct vcpu *vcpu, struct batch_time *times, unsigned int nr)
{
	struct guest_batch *batch = guest_to_host(vcpu->vm, batch_addr(vcpu));

	guest_sync(batch, BATCH_CALLS + nr * sizeof(batch->calls[0]));
	for (unsigned int i = 0; i < nr; i++)
		times[i] = (struct batch_time){ batch->calls[i].begin, batch->calls[i].end };
}
