// SPDX-License-Identifier: GPL-2.0
/* Loops: the payload's table, and vCPU threads. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "vm_private.h"

/* One for each vCPU, in guest memory; the guest's side of it is LOOP_* in layout.h. */
struct guest_loop {
	uint64_t regs[CALL_REGS];
	uint64_t thunk;
	uint64_t limit;
	uint64_t stop;
	uint64_t expect_a, expect_b;
	uint64_t calls, got_a, got_b, other, odd;
	uint64_t start, end;
};

#define CHECK_OFFSET(member, offset) \
	_Static_assert(offsetof(struct guest_loop, member) == (offset), #member)
CHECK_OFFSET(regs, LOOP_REGS);
CHECK_OFFSET(thunk, LOOP_THUNK);
CHECK_OFFSET(limit, LOOP_LIMIT);
CHECK_OFFSET(stop, LOOP_STOP);
CHECK_OFFSET(expect_a, LOOP_EXPECT_A);
CHECK_OFFSET(expect_b, LOOP_EXPECT_B);
CHECK_OFFSET(calls, LOOP_CALLS);
CHECK_OFFSET(got_a, LOOP_GOT_A);
CHECK_OFFSET(got_b, LOOP_GOT_B);
CHECK_OFFSET(other, LOOP_OTHER);
CHECK_OFFSET(odd, LOOP_ODD);
CHECK_OFFSET(start, LOOP_START);
CHECK_OFFSET(end, LOOP_END);
_Static_assert(sizeof(struct guest_loop) <= GUEST_TABLE_SIZE, "tables overlap");

static uint64_t table_addr(const struct vcpu *vcpu)
{
	return GUEST_TABLES + vcpu->id * GUEST_TABLE_SIZE;
}

static struct guest_loop *table(const struct vcpu *vcpu)
{
	return guest_to_host(vcpu->vm, table_addr(vcpu));
}

int vcpu_loop_setup(struct vcpu *vcpu, const struct loop_options *options)
{
	bool aarch32 = vcpu->vm->options.aarch32;
	uint64_t limit_max = aarch32 ? UINT32_MAX : UINT64_MAX;
	struct guest_loop loop = {
		.limit = options->limit,
		.expect_a = options->expect_a,
		.expect_b = options->expect_b,
	};
	int err;

	if (options->limit > limit_max)
		return set_err(vcpu->err, -EINVAL, "an AArch32 guest counts 32 bits");
	if (guest_stub(vcpu->vm, &options->call, &loop.thunk))
		return set_err(vcpu->err, -EINVAL, "no such call: conduit %d, immediate 0x%x",
			       options->call.conduit, options->call.imm);
	loop.thunk += GUEST_THUNK;
	memcpy(loop.regs, options->call.regs, sizeof(loop.regs));
	memcpy(table(vcpu), &loop, sizeof(loop));
	guest_sync(table(vcpu), sizeof(loop));

	/* x19 is sp to an AArch32 guest, so the table is in the same place for both. */
	err = vcpu_set_x(vcpu, AARCH32_SP, table_addr(vcpu));
	return err ? err : vcpu_set_start(vcpu, GUEST_LOOP, vcpu_initial_pstate(vcpu));
}

static int run_loop(struct vcpu *vcpu)
{
	int err = vcpu_run(vcpu);

	if (!err && vcpu->mmio_addr != GUEST_MMIO_LOOP)
		err = set_err(vcpu->err, -EIO, "the guest reported something else than its end");
	return err;
}

int vcpu_loop(struct vcpu *vcpu, const struct loop_options *options, struct loop_result *result)
{
	int err = vcpu_loop_setup(vcpu, options);

	if (!err)
		err = run_loop(vcpu);
	if (!err)
		vcpu_loop_read(vcpu, result);
	return err;
}

static void *thread_main(void *arg)
{
	struct vcpu *vcpu = arg;

	vcpu->thread_result = run_loop(vcpu);
	return NULL;
}

int vcpu_start(struct vcpu *vcpu)
{
	int err;

	if (vcpu->started)
		return set_err(vcpu->err, -EBUSY, "vCPU %u is running", vcpu->id);
	err = pthread_create(&vcpu->thread, NULL, thread_main, vcpu);
	if (err)
		return set_err(vcpu->err, -err, "pthread_create: %s", strerror(err));
	vcpu->started = true;
	return 0;
}

void vcpu_stop(struct vcpu *vcpu)
{
	volatile uint64_t *stop = &table(vcpu)->stop;

	*stop = 1;
	guest_sync((void *)stop, sizeof(*stop));
}

int vcpu_join(struct vcpu *vcpu)
{
	if (!vcpu->started)
		return set_err(vcpu->err, -ESRCH, "vCPU %u is not running", vcpu->id);
	pthread_join(vcpu->thread, NULL);
	vcpu->started = false;
	return vcpu->thread_result;
}

uint64_t vcpu_loop_calls(struct vcpu *vcpu)
{
	volatile uint64_t *calls = &table(vcpu)->calls;

	guest_sync((void *)calls, sizeof(*calls));
	return *calls;
}

void vcpu_loop_read(struct vcpu *vcpu, struct loop_result *result)
{
	struct guest_loop loop;

	guest_sync(table(vcpu), sizeof(loop));
	memcpy(&loop, table(vcpu), sizeof(loop));
	*result = (struct loop_result){
		.calls = loop.calls,
		.got_a = loop.got_a,
		.got_b = loop.got_b,
		.other = loop.other,
		.odd = loop.odd,
		.ticks = loop.end - loop.start,
	};
}
