// SPDX-License-Identifier: GPL-2.0
/* Running a vCPU: exits, forwarded calls, the time limit. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "vm_private.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

#define ESR_EL1 ARM64_SYS_REG(3, 0, 5, 2, 0)
#define FAR_EL1 ARM64_SYS_REG(3, 0, 6, 0, 0)

enum { GO_ON = 1 };

static int complete_forward(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;
	int err = 0;

	vcpu->forwarded++;
	vcpu->forward_nr = vcpu->run->hypercall.nr;
	vcpu->forward_flags = kvm_hypercall_flags(vcpu->run);
	if (vm->forward)
		err = vm->forward(vcpu, vm->forward_arg);
	else
		for (unsigned int i = 0; i < 4 && !err; i++)
			err = vcpu_set_x(vcpu, i, vm->forward_result[i]);
	return err ? err : GO_ON;
}

static int aarch32_exception(struct vcpu *vcpu)
{
	static const char *const names[8] = {
		"reset",
		"undefined instruction",
		"supervisor call",
		"prefetch abort",
		"data abort",
		"unused vector",
		"IRQ",
		"FIQ",
	};
	/* The link register of the mode each vector is taken in. */
	static const unsigned int lr[8] = { 18, 22, 18, 20, 20, 18, 16, 30 };
	unsigned int vector = vcpu->mmio_data & 7;
	uint64_t from = 0;

	vcpu_get_x(vcpu, lr[vector], &from);
	return set_err(vcpu->err, -EFAULT, "the guest took an exception: %s, link register 0x%llx",
		       names[vector], (unsigned long long)from);
}

static int aarch64_exception(struct vcpu *vcpu)
{
	uint64_t esr = 0, elr = 0, far = 0;

	vcpu_get_reg(vcpu, ESR_EL1, &esr);
	vcpu_get_reg(vcpu, FAR_EL1, &far);
	vcpu_get_reg(vcpu, CORE_REG(elr_el1), &elr);
	return set_err(vcpu->err, -EFAULT,
		       "the guest took an exception: vector %u, ESR 0x%llx, ELR 0x%llx, FAR 0x%llx",
		       (unsigned int)vcpu->mmio_data, (unsigned long long)esr,
		       (unsigned long long)elr, (unsigned long long)far);
}

/* KVM moves the PC past the store only when it is entered again: before that, no new PC. */
static int finish_mmio(struct vcpu *vcpu)
{
	int err;

	vcpu->run->immediate_exit = 1;
	err = ioctl(vcpu->fd, KVM_RUN, 0) ? errno : 0;
	vcpu->run->immediate_exit = 0;
	if (err != EINTR)
		return set_err(vcpu->err, -EIO, "KVM_RUN did not end where it was told to");
	return 0;
}

static int mmio_exit(struct vcpu *vcpu)
{
	const struct kvm_run *run = vcpu->run;
	int err;

	vcpu->mmio_addr = run->mmio.phys_addr;
	vcpu->mmio_data = 0;
	if (run->mmio.is_write && run->mmio.len <= sizeof(vcpu->mmio_data))
		memcpy(&vcpu->mmio_data, run->mmio.data, run->mmio.len);
	err = finish_mmio(vcpu);
	if (err)
		return err;

	switch (vcpu->mmio_addr) {
	case GUEST_MMIO_CALL:
	case GUEST_MMIO_LOOP:
		return 0;
	case GUEST_MMIO_EXCEPTION:
		return vcpu->vm->options.aarch32 ? aarch32_exception(vcpu) :
						   aarch64_exception(vcpu);
	default:
		return set_err(vcpu->err, -EIO, "the guest accessed 0x%llx, where nothing is",
			       (unsigned long long)vcpu->mmio_addr);
	}
}

static int handle_exit(struct vcpu *vcpu)
{
	const struct kvm_run *run = vcpu->run;
	struct vm *vm = vcpu->vm;
	int err;

	switch (run->exit_reason) {
	case KVM_EXIT_MMIO:
		if (!vm->mmio)
			return mmio_exit(vcpu);
		err = vm->mmio(vcpu, vm->mmio_arg);
		return err ? err : GO_ON;
	case KVM_EXIT_HYPERCALL:
		return complete_forward(vcpu);
	case KVM_EXIT_SYSTEM_EVENT:
		vcpu->system_event = run->system_event.type;
		return set_err(vcpu->err, -ESHUTDOWN, "the VM was shut down: system event %u",
			       vcpu->system_event);
	case KVM_EXIT_INTERNAL_ERROR:
		return set_err(vcpu->err, -EIO, "KVM internal error, suberror %u",
			       run->internal.suberror);
	default:
		return set_err(vcpu->err, -EIO, "unexpected exit from KVM, reason %u",
			       run->exit_reason);
	}
}

/* KVM_RUN came back with EINTR: our signal, or one that is none of our business? */
static int interrupted(struct vcpu *vcpu)
{
	if (atomic_load(&vcpu->kicked)) {
		atomic_store(&vcpu->kicked, false);
		return set_err(vcpu->err, -ECANCELED, "the run was cancelled");
	}
	if (!vcpu->run->immediate_exit)
		return GO_ON;
	return set_err(vcpu->err, -ETIMEDOUT, "no end after %u ms%s", vcpu->vm->time_limit_ms,
		       vcpu_is_off(vcpu) == 1 ? ": the vCPU is powered off" : "");
}

static int run_once(struct vcpu *vcpu)
{
	if (!ioctl(vcpu->fd, KVM_RUN, 0))
		return handle_exit(vcpu);
	if (errno == EINTR)
		return interrupted(vcpu);
	return set_err(vcpu->err, -errno, "KVM_RUN: %m");
}

/* The timer's signal goes to this very thread, and its handler to this vCPU. */
static int start_timer(struct vcpu *vcpu, timer_t *timer)
{
	unsigned int ms = vcpu->vm->time_limit_ms;
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = VM_SIGNAL,
		.sigev_value.sival_ptr = vcpu->run,
		.sigev_notify_thread_id = gettid(),
	};
	struct itimerspec time = {
		.it_value = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L },
	};

	if (timer_create(CLOCK_MONOTONIC, &event, timer))
		return set_err(vcpu->err, -errno, "timer_create: %m");
	timer_settime(*timer, 0, &time, NULL);
	return 0;
}

int vcpu_run(struct vcpu *vcpu)
{
	timer_t timer;
	int result;

	vcpu->forwarded = 0;
	vcpu->run->immediate_exit = 0;
	/* A kick after this line finds the flag cleared and sets it again. */
	if (atomic_load(&vcpu->kicked))
		return interrupted(vcpu);

	result = start_timer(vcpu, &timer);
	if (result)
		return result;
	atomic_store(&vcpu->runner, gettid());
	do {
		result = run_once(vcpu);
	} while (result == GO_ON);
	atomic_store(&vcpu->runner, 0);
	timer_delete(timer);
	return result;
}

void vcpu_kick(struct vcpu *vcpu)
{
	pid_t runner;

	atomic_store(&vcpu->kicked, true);
	vcpu->run->immediate_exit = 1;
	runner = atomic_load(&vcpu->runner);
	if (runner)
		tgkill(getpid(), runner, VM_SIGNAL);
}
