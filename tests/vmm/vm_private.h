/* SPDX-License-Identifier: GPL-2.0 */
/* What the library's files share among themselves. */
#ifndef VMM_VM_PRIVATE_H
#define VMM_VM_PRIVATE_H

#include <stddef.h>

#include "layout.h"
#include "vm.h"

#define CORE_REG(field) \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(field))
#define X_REG(n)   (CORE_REG(regs.regs[0]) + 2 * (n))
#define AARCH32_SP 19 /* SP_svc as an AArch64 register */

/* Write the message and return the error. */
int set_err(char *err, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

int vcpu_create(struct vm *vm, unsigned int id);
void vcpu_destroy(struct vcpu *vcpu);

/* PC, processor state and vectors of a guest that is about to start at pc. */
int vcpu_set_start(struct vcpu *vcpu, uint64_t pc, uint64_t pstate);
uint64_t vcpu_initial_pstate(const struct vcpu *vcpu);
/* EL0t, or User mode */
uint64_t vcpu_el0_pstate(const struct vcpu *vcpu);
int vcpu_init(struct vcpu *vcpu, bool powered_off);

/*
 * The guest's data accesses bypass the caches while its MMU is off, the host's
 * do not: clean and invalidate the host's lines after writing, before reading.
 */
void guest_sync(const void *host, size_t size);
void *guest_to_host(const struct vm *vm, uint64_t addr);
/* The address of the instruction for this call in guest memory. -EINVAL: there is none. */
int guest_stub(struct vm *vm, const struct guest_call *call, uint64_t *addr);

/* The same for HVC or SMC #0 as the last instruction of its page, for blr (A32: blx) only. */
uint64_t guest_stub_at_page_end(struct vm *vm, enum guest_conduit conduit);

extern const char payload64[], payload64_end[], payload32[], payload32_end[];

#endif /* VMM_VM_PRIVATE_H */
