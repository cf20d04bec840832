// SPDX-License-Identifier: GPL-2.0
/*
 * One call. For each conduit and immediate there is a stub at an address of
 * its own in guest memory:
 *
 *	+0	hvc #imm (or smc #imm)
 *	+4	str wzr, [sp]		sp holds GUEST_MMIO_CALL: tells the host
 *	+8	hvc #imm (or smc #imm)
 *	+12	ret			for the loop
 *
 * The host sets every register, runs the first half and reads every register.
 * Nothing but sp is needed for that, so x0-x30 are all free to hold arguments
 * and patterns. A stub never changes once it is written, so there is nothing
 * stale in an instruction cache.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vm_private.h"

#define STUB_WORDS (GUEST_STUB_SIZE / 4)

void *guest_to_host(const struct vm *vm, uint64_t addr)
{
	return vm->ram + (addr - GUEST_RAM);
}

void guest_sync(const void *host, size_t size)
{
	const char *end = (const char *)host + size;

	/* 16 bytes is the smallest line that the architecture allows. */
	for (const char *line = host; line < end; line += 16)
		asm volatile("dc civac, %0" : : "r"(line) : "memory");
	asm volatile("dsb sy" : : : "memory");
}

static uint32_t call_insn(bool aarch32, enum guest_conduit conduit, uint32_t imm)
{
	static const uint32_t a64[] = {
		[GUEST_HVC] = 0xd4000002,
		[GUEST_SMC] = 0xd4000003,
		[GUEST_NO_CALL] = 0xd503201f,
	};
	static const uint32_t a32[] = {
		[GUEST_HVC] = 0xe1400070,
		[GUEST_SMC] = 0xe1600070,
		[GUEST_NO_CALL] = 0xe1a00000,
	};

	if (aarch32)
		return a32[conduit] | (imm >> 4) << 8 | (imm & 0xf);
	return a64[conduit] | imm << 5;
}

static bool call_exists(bool aarch32, const struct guest_call *call)
{
	switch (call->conduit) {
	case GUEST_HVC:
		return true;
	case GUEST_SMC:
		return !aarch32 || call->imm < 16;
	case GUEST_NO_CALL:
		return !call->imm;
	default:
		return false;
	}
}

/* Another vCPU may be running it: then it is written already. */
static void write_code(uint32_t *at, const uint32_t *words, unsigned int nr)
{
	if (!memcmp(at, words, nr * sizeof(*words)))
		return;
	memcpy(at, words, nr * sizeof(*words));
	__builtin___clear_cache((char *)at, (char *)(at + nr));
	guest_sync(at, nr * sizeof(*words));
}

uint64_t guest_stub_at_page_end(struct vm *vm, enum guest_conduit conduit)
{
	uint64_t addr = GUEST_EDGE + conduit * GUEST_EDGE_SIZE - 4;
	bool aarch32 = vm->options.aarch32;
	uint32_t words[] = { call_insn(aarch32, conduit, 0), aarch32 ? 0xe12fff1e : 0xd65f03c0 };

	write_code(guest_to_host(vm, addr), words, 2);
	return addr;
}

int guest_stub(struct vm *vm, const struct guest_call *call, uint64_t *addr)
{
	bool aarch32 = vm->options.aarch32;
	uint32_t insn;

	if (!call_exists(aarch32, call))
		return -EINVAL;

	*addr = GUEST_STUBS + ((uint64_t)call->conduit << 16 | call->imm) * GUEST_STUB_SIZE;
	insn = call_insn(aarch32, call->conduit, call->imm);
	uint32_t words[STUB_WORDS] = {
		insn, aarch32 ? 0xe58d0000 : 0xb90003ff, /* str r0, [sp]; str wzr, [sp] */
		insn, aarch32 ? 0xe12fff1e : 0xd65f03c0, /* bx lr; ret */
	};

	write_code(guest_to_host(vm, *addr), words, STUB_WORDS);
	return 0;
}

/* What a register that the call does not set holds before it; x0-x17 are set. */
static uint64_t pattern(bool aarch32, unsigned int number)
{
	uint64_t value = 0xa5c3000000000000 | number * 0x01010101;

	if (!aarch32)
		return value;
	return number == AARCH32_SP ? GUEST_MMIO_CALL : (uint32_t)value;
}

static void prepare(const struct vm *vm, const struct guest_call *call, uint64_t pc,
		    struct guest_regs *regs)
{
	bool aarch32 = vm->options.aarch32;

	*regs = (struct guest_regs){ .sp = GUEST_MMIO_CALL, .pc = pc };
	for (unsigned int i = 0; i < GUEST_REGS; i++) {
		regs->x[i] = i < CALL_REGS ? call->regs[i] : pattern(aarch32, i);
		if (aarch32)
			regs->x[i] = (uint32_t)regs->x[i];
	}
}

static int write_regs(struct vcpu *vcpu, const struct guest_regs *regs)
{
	int err = 0;

	for (unsigned int i = 0; i < GUEST_REGS && !err; i++)
		err = vcpu_set_x(vcpu, i, regs->x[i]);
	if (!err)
		err = vcpu_set_reg(vcpu, CORE_REG(sp_el1), regs->sp);
	if (!err)
		err = vcpu_set_start(vcpu, regs->pc, regs->pstate);
	return err;
}

static int read_regs(struct vcpu *vcpu, struct guest_regs *regs)
{
	int err = 0;

	for (unsigned int i = 0; i < GUEST_REGS && !err; i++)
		err = vcpu_get_x(vcpu, i, &regs->x[i]);
	if (!err)
		err = vcpu_get_reg(vcpu, CORE_REG(sp_el1), &regs->sp);
	if (!err)
		err = vcpu_get_reg(vcpu, CORE_REG(regs.pc), &regs->pc);
	if (!err)
		err = vcpu_get_reg(vcpu, CORE_REG(regs.pstate), &regs->pstate);
	return err;
}

/* The stub is two instructions long, the call and the store. */
static uint64_t changed(const struct guest_regs *before, const struct guest_regs *after)
{
	uint64_t mask = 0;

	for (unsigned int i = 0; i < GUEST_REGS; i++)
		if (before->x[i] != after->x[i])
			mask |= 1ULL << i;
	if (before->sp != after->sp)
		mask |= GUEST_CHANGED_SP;
	if (before->pc + 8 != after->pc)
		mask |= GUEST_CHANGED_PC;
	if (before->pstate != after->pstate)
		mask |= GUEST_CHANGED_PSTATE;
	return mask;
}

static int start_call(struct vcpu *vcpu, const struct guest_call *call)
{
	uint64_t pc;

	if (guest_stub(vcpu->vm, call, &pc))
		return set_err(vcpu->err, -EINVAL, "no such call: conduit %d, immediate 0x%x",
			       call->conduit, call->imm);
	prepare(vcpu->vm, call, pc, &vcpu->before);
	vcpu->before.pstate = call->from_el0 ? vcpu_el0_pstate(vcpu) : vcpu_initial_pstate(vcpu);
	return write_regs(vcpu, &vcpu->before);
}

int vm_call(struct vm *vm, unsigned int id, const struct guest_call *call, struct guest_regs *regs)
{
	struct vcpu *vcpu = &vm->vcpus[id];
	struct guest_regs after;
	int err;

	if (id >= vm->nr_vcpus)
		return set_err(vm->err, -EINVAL, "there is no vCPU %u", id);
	err = start_call(vcpu, call);
	if (!err)
		err = vcpu_run(vcpu);
	if (!err && vcpu->mmio_addr != GUEST_MMIO_CALL)
		err = set_err(vcpu->err, -EIO, "the guest reported something else than a call");
	if (!err)
		err = read_regs(vcpu, &after);
	if (err)
		return err;

	after.changed = changed(&vcpu->before, &after);
	after.forwarded = vcpu->forwarded;
	after.forward_nr = vcpu->forward_nr;
	after.forward_flags = vcpu->forward_flags;
	*regs = after;
	return 0;
}

struct guest_regs vm_must_call(struct vm *vm, unsigned int vcpu, const struct guest_call *call)
{
	struct guest_regs regs;

	if (!vm_call(vm, vcpu, call, &regs))
		return regs;
	fprintf(stderr, "vCPU %u, call of 0x%llx: %s\n", vcpu, (unsigned long long)call->regs[0],
		vcpu < vm->nr_vcpus ? vm->vcpus[vcpu].err : vm->err);
	abort();
}
