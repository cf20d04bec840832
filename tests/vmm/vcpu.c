// SPDX-License-Identifier: GPL-2.0
/* A vCPU: creation and registers. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vm_private.h"

#define VBAR_EL1 ARM64_SYS_REG(3, 0, 12, 0, 0)

/* EL1h or Supervisor mode, exceptions masked, and N and C set to see them preserved. */
#define PSTATE_AARCH64 0xa00003c5
#define PSTATE_AARCH32 0xa00001d3
/* The same, without privilege. */
#define PSTATE_EL0	    0xa00003c0
#define PSTATE_AARCH32_USER 0xa00001d0

int vcpu_get_reg(struct vcpu *vcpu, uint64_t id, uint64_t *value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)value };

	if (ioctl(vcpu->fd, KVM_GET_ONE_REG, &reg))
		return set_err(vcpu->err, -errno, "get register 0x%llx: %m", reg.id);
	return 0;
}

int vcpu_set_reg(struct vcpu *vcpu, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	if (ioctl(vcpu->fd, KVM_SET_ONE_REG, &reg))
		return set_err(vcpu->err, -errno, "set register 0x%llx: %m", reg.id);
	return 0;
}

int vcpu_get_x(struct vcpu *vcpu, unsigned int number, uint64_t *value)
{
	if (number >= GUEST_REGS)
		return set_err(vcpu->err, -EINVAL, "there is no register x%u", number);
	return vcpu_get_reg(vcpu, X_REG(number), value);
}

int vcpu_set_x(struct vcpu *vcpu, unsigned int number, uint64_t value)
{
	if (number >= GUEST_REGS)
		return set_err(vcpu->err, -EINVAL, "there is no register x%u", number);
	return vcpu_set_reg(vcpu, X_REG(number), value);
}

uint64_t vcpu_initial_pstate(const struct vcpu *vcpu)
{
	return vcpu->vm->options.aarch32 ? PSTATE_AARCH32 : PSTATE_AARCH64;
}

uint64_t vcpu_el0_pstate(const struct vcpu *vcpu)
{
	return vcpu->vm->options.aarch32 ? PSTATE_AARCH32_USER : PSTATE_EL0;
}

int vcpu_set_start(struct vcpu *vcpu, uint64_t pc, uint64_t pstate)
{
	int err = vcpu_set_reg(vcpu, CORE_REG(regs.pc), pc);

	if (!err)
		err = vcpu_set_reg(vcpu, CORE_REG(regs.pstate), pstate);
	if (!err)
		err = vcpu_set_reg(vcpu, VBAR_EL1, GUEST_VECTORS);
	return err;
}

int vcpu_init(struct vcpu *vcpu, bool powered_off)
{
	const struct vm_options *options = &vcpu->vm->options;
	struct kvm_vcpu_init init;

	if (ioctl(vcpu->vm->fd, KVM_ARM_PREFERRED_TARGET, &init))
		return set_err(vcpu->err, -errno, "KVM_ARM_PREFERRED_TARGET: %m");
	if (!options->psci_0_1)
		init.features[0] |= 1U << KVM_ARM_VCPU_PSCI_0_2;
	if (options->aarch32)
		init.features[0] |= 1U << KVM_ARM_VCPU_EL1_32BIT;
	if (powered_off)
		init.features[0] |= 1U << KVM_ARM_VCPU_POWER_OFF;
	if (ioctl(vcpu->fd, KVM_ARM_VCPU_INIT, &init))
		return set_err(vcpu->err, -errno, "KVM_ARM_VCPU_INIT: %m");
	return 0;
}

int vcpu_reset(struct vcpu *vcpu)
{
	return vcpu_init(vcpu, false);
}

int vcpu_is_off(struct vcpu *vcpu)
{
	struct kvm_mp_state state;

	if (ioctl(vcpu->fd, KVM_GET_MP_STATE, &state))
		return set_err(vcpu->err, -errno, "KVM_GET_MP_STATE: %m");
	return state.mp_state == KVM_MP_STATE_STOPPED;
}

static int map_run(struct vm *vm, struct vcpu *vcpu)
{
	void *run = mmap(NULL, sizeof(*vcpu->run), PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);

	if (run == MAP_FAILED)
		return set_err(vm->err, -errno, "mapping vCPU %u: %m", vcpu->id);
	vcpu->run = run;
	return 0;
}

int vcpu_create(struct vm *vm, unsigned int id)
{
	struct vcpu *vcpu = &vm->vcpus[id];
	int err;

	vcpu->vm = vm;
	vcpu->id = id;
	vcpu->stats_fd = -1;
	vcpu->fd = ioctl(vm->fd, KVM_CREATE_VCPU, (unsigned long)id);
	if (vcpu->fd < 0)
		return set_err(vm->err, -errno, "KVM_CREATE_VCPU %u: %m", id);

	err = map_run(vm, vcpu);
	if (!err) {
		err = vcpu_init(vcpu, id && vm->options.secondaries_off);
		if (err)
			set_err(vm->err, err, "vCPU %u: %s", id, vcpu->err);
	}
	if (err)
		vcpu_destroy(vcpu);
	return err;
}

void vcpu_destroy(struct vcpu *vcpu)
{
	if (vcpu->started) {
		vcpu_kick(vcpu);
		vcpu_join(vcpu);
	}
	if (vcpu->run)
		munmap(vcpu->run, sizeof(*vcpu->run));
	vcpu->run = NULL;
	if (vcpu->stats_fd >= 0)
		close(vcpu->stats_fd);
	if (vcpu->fd >= 0)
		close(vcpu->fd);
	vcpu->fd = vcpu->stats_fd = -1;
}
