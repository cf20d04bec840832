// SPDX-License-Identifier: GPL-2.0
/*
 * A machine's CPUs, each a thread. A CPU that is off is a thread that waits here
 * and does not enter KVM: the vCPU keeps no state that matters, as it is reset
 * before it starts.
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "machine.h"
#include "vm_private.h"

void machine_end(struct cpu *cpu, enum machine_end end)
{
	struct machine *machine = cpu->machine;

	if (machine->end != MACHINE_RUNS)
		return;
	machine->end = end;
	machine->ended_by = cpu->vcpu->id;
	pthread_cond_broadcast(&machine->changed);
	for (unsigned int i = 0; i < machine->vm.nr_vcpus; i++)
		if (machine->cpus[i].vcpu != cpu->vcpu)
			vcpu_kick(machine->cpus[i].vcpu);
}

/* Until the CPU is to run; false: the machine has ended. */
static bool wait_until_on(struct cpu *cpu)
{
	struct machine *machine = cpu->machine;
	bool runs;

	pthread_mutex_lock(&machine->lock);
	while (machine->end == MACHINE_RUNS && cpu->state == CPU_IS_OFF)
		pthread_cond_wait(&machine->changed, &machine->lock);
	runs = machine->end == MACHINE_RUNS;
	pthread_mutex_unlock(&machine->lock);
	return runs;
}

/* What PSCI says of a CPU that starts: reset, with one argument. */
static int start(struct cpu *cpu)
{
	int err = vcpu_reset(cpu->vcpu);

	if (!err)
		err = vcpu_set_reg(cpu->vcpu, CORE_REG(regs.pc), cpu->entry);
	if (!err)
		err = vcpu_set_x(cpu->vcpu, 0, cpu->context);
	if (err)
		return err;

	pthread_mutex_lock(&cpu->machine->lock);
	cpu->state = CPU_IS_ON;
	pthread_mutex_unlock(&cpu->machine->lock);
	return 0;
}

/* CPU_SUSPEND is over. */
static int wake_up(struct cpu *cpu)
{
	struct kvm_mp_state state = { .mp_state = KVM_MP_STATE_RUNNABLE };

	pthread_mutex_lock(&cpu->machine->lock);
	cpu->machine->wakeups++;
	pthread_mutex_unlock(&cpu->machine->lock);
	if (ioctl(cpu->vcpu->fd, KVM_SET_MP_STATE, &state))
		return set_err(cpu->vcpu->err, -errno, "KVM_SET_MP_STATE: %m");
	return 0;
}

static int run(struct cpu *cpu)
{
	int err = 0;

	if (cpu->state == CPU_IS_PENDING)
		err = start(cpu);
	while (!err) {
		err = vcpu_run(cpu->vcpu);
		if (err == -ESHUTDOWN && cpu->vcpu->system_event == KVM_SYSTEM_EVENT_WAKEUP) {
			cpu->vcpu->system_event = 0;
			err = wake_up(cpu);
		}
	}
	return err;
}

static enum machine_end what_ended(const struct cpu *cpu, int err)
{
	if (err != -ESHUTDOWN)
		return MACHINE_FAILED;
	switch (cpu->vcpu->system_event) {
	case KVM_SYSTEM_EVENT_SHUTDOWN:
		return MACHINE_OFF;
	case KVM_SYSTEM_EVENT_RESET:
		return MACHINE_RESET;
	default:
		return MACHINE_FAILED;
	}
}

static void *cpu_main(void *arg)
{
	struct cpu *cpu = arg;
	struct machine *machine = cpu->machine;

	while (wait_until_on(cpu)) {
		int err = run(cpu);

		if (err == PSCI_STOPS_CPU)
			continue;
		pthread_mutex_lock(&machine->lock);
		if (machine->end == MACHINE_RUNS)
			memcpy(machine->why, cpu->vcpu->err, sizeof(machine->why));
		machine_end(cpu, what_ended(cpu, err));
		pthread_mutex_unlock(&machine->lock);
	}
	return NULL;
}

int machine_start(struct machine *machine)
{
	for (unsigned int i = 0; i < machine->vm.nr_vcpus; i++) {
		struct cpu *cpu = &machine->cpus[i];
		int err = pthread_create(&cpu->thread, NULL, cpu_main, cpu);

		if (err)
			return set_err(machine->vm.err, -err, "pthread_create: %s", strerror(err));
	}
	return 0;
}

void machine_join(struct machine *machine)
{
	for (unsigned int i = 0; i < machine->vm.nr_vcpus; i++)
		pthread_join(machine->cpus[i].thread, NULL);
}
