// SPDX-License-Identifier: GPL-2.0
/* VMs, and their vCPUs, which call as fast as they can and note what became of it. */
#include <errno.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "races.h"
#include "smccc_ids.h"

#define BATCH		 32
#define CALM_US		 20000	 /* between two batches of a vCPU that is to leave time to others */
#define KVM_PSCI_VERSION 0x10001 /* KVM's PSCI 1.1 */

/* x<n> before a call */
#define BEFORE(n) (0xb0000000 + (n))

/* x0 to x3 after a call that no policy answered; the others must be as before. */
static const uint64_t results[VERDICTS][4] = {
	[HANDLE] = { KVM_PSCI_VERSION },
	[DENY] = { UINT64_MAX }, /* SMCCC_RET_NOT_SUPPORTED */
	[FORWARD] = { 0xf0, 0xf1, 0xf2, 0xf3 },
};

static bool is_answer(const uint64_t x[CALL_REGS], struct call *call)
{
	unsigned int policy = x[0] >> 8 & 0xff, i;

	for (i = 0; i < CALL_REGS; i++) {
		if (policy >= RACES_POLICIES || x[i] != RACES_ANSWER((uint64_t)policy, i))
			return false;
	}
	call->verdict = ANSWER;
	call->policy = policy;
	return true;
}

static bool is_result(const uint64_t x[CALL_REGS], unsigned int verdict)
{
	unsigned int i;

	if (memcmp(x, results[verdict], sizeof(results[verdict])))
		return false;
	for (i = 4; i < CALL_REGS; i++) {
		if (x[i] != BEFORE(i))
			return false;
	}
	return true;
}

/* What became of it, by all registers: nothing of one verdict and something of another. */
static bool recognize(const uint64_t x[CALL_REGS], struct call *call)
{
	unsigned int verdict;

	if (is_answer(x, call))
		return true;
	for (verdict = HANDLE; verdict < ANSWER; verdict++) {
		if (is_result(x, verdict)) {
			call->verdict = verdict;
			return true;
		}
	}
	return false;
}

static void note(struct caller *caller, const uint64_t x[CALL_REGS], struct batch_time time)
{
	struct guest *guest = caller->guest;
	struct call call = { .begin = time.begin, .end = time.end, .vm = guest->number };

	if (!recognize(x, &call)) {
		round_fail(guest->round, "a call got what no verdict gives: x0 0x%llx, x1 0x%llx",
			   (unsigned long long)x[0], (unsigned long long)x[1]);
		return;
	}
	if (caller->nr == caller->room) {
		caller->room = 2 * caller->room + BATCH;
		caller->calls = realloc(caller->calls, caller->room * sizeof(call));
	}
	caller->calls[caller->nr++] = call;
}

static void make_calls(struct caller *caller, struct batch_call calls[BATCH])
{
	unsigned int i, n;

	for (i = 0; i < BATCH; i++) {
		calls[i] = (struct batch_call){
			.call.conduit = chance(&caller->random, 2) ? GUEST_HVC : GUEST_SMC,
			.call.regs[0] = PSCI_VERSION,
		};
		for (n = 1; n < CALL_REGS; n++)
			calls[i].call.regs[n] = BEFORE(n);
	}
}

static void *caller_main(void *arg)
{
	struct caller *caller = arg;
	struct guest *guest = caller->guest;
	uint64_t registers[BATCH][CALL_REGS];
	struct batch_call calls[BATCH];
	struct batch_time times[BATCH];
	struct vcpu *vcpu = caller->vcpu;
	unsigned int i;

	/* Eight that never sleep would leave the actors no time. */
	setpriority(PRIO_PROCESS, gettid(), 10);
	make_calls(caller, calls);
	do {
		if (vcpu_batch_setup(vcpu, calls, BATCH) || vcpu_run(vcpu)) {
			round_fail(guest->round, "vCPU %u: %s", vcpu->id, vcpu->err);
			break;
		}
		vcpu_batch_read(vcpu, registers, BATCH);
		vcpu_batch_times(vcpu, times, BATCH);
		for (i = 0; i < BATCH; i++)
			note(caller, registers[i], times[i]);
		atomic_fetch_add(&guest->round->batches, 1);
		/* in each round there is something to compare, also if calls are not its theme */
		if (!guest->round->plays[CALL])
			usleep(CALM_US);
	} while (!atomic_load(&guest->stop));
	return NULL;
}

static void start_caller(struct guest *guest, unsigned int id, unsigned int random)
{
	struct caller *caller = &guest->callers[id];

	caller->guest = guest;
	caller->vcpu = &guest->vm.vcpus[id];
	caller->random = random + id;
	if (pthread_create(&caller->thread, NULL, caller_main, caller)) {
		fprintf(stderr, "races: no more threads\n");
		abort();
	}
}

/* The guest's counter is to be the host's. */
static int share_counter(struct vm *vm)
{
	struct kvm_arm_counter_offset offset = { .counter_offset = 0 };

	return ioctl(vm->fd, KVM_ARM_SET_COUNTER_OFFSET, &offset) ? -errno : 0;
}

int guest_create(struct round *round, unsigned int nr_vcpus, unsigned int random,
		 struct guest **made)
{
	struct vm_options options = { .nr_vcpus = nr_vcpus };
	struct guest *guest = calloc(1, sizeof(*guest));
	int err = vm_create(&guest->vm, &options);

	if (err) {
		round_fail(round, "no VM: %s", guest->vm.err);
		free(guest);
		return err;
	}
	err = share_counter(&guest->vm);
	if (err)
		round_fail(round, "KVM_ARM_SET_COUNTER_OFFSET: %s", strerror(-err));
	/* On a machine as busy as it may be. */
	guest->vm.time_limit_ms = 15 * 60 * 1000;
	guest->round = round;
	pthread_mutex_lock(&round->lock);
	guest->number = ++round->nr_guests;
	pthread_mutex_unlock(&round->lock);
	for (unsigned int i = 0; i < nr_vcpus; i++)
		start_caller(guest, i, random);
	*made = guest;
	return 0;
}

int guest_add_vcpu(struct guest *guest, unsigned int random)
{
	int err = vm_add_vcpu(&guest->vm);

	if (err) {
		round_fail(guest->round, "no vCPU: %s", guest->vm.err);
		return err;
	}
	start_caller(guest, guest->vm.nr_vcpus - 1, random);
	return 0;
}

struct guest *guest_enter(struct round *round, struct guest *guest)
{
	struct guest *was = round->guest;

	atomic_store(&round->vm_next, guest->number);
	if (dup2(guest->vm.fd, RACES_VM_FD) < 0)
		round_fail(round, "dup2: %s", strerror(errno));
	atomic_store(&round->vm_now, guest->number);
	round->guest = guest;
	return was;
}

static uint64_t statistic(struct caller *caller, const char *name)
{
	uint64_t value = 0;

	if (vcpu_stat(caller->vcpu, name, &value))
		round_fail(caller->guest->round, "%s: %s", name, caller->vcpu->err);
	return value;
}

void guest_peek(struct guest *guest)
{
	for (unsigned int i = 0; i < guest->vm.nr_vcpus; i++)
		statistic(&guest->callers[i], "smccc_policy_calls");
}

static void expect_statistic(struct caller *caller, const char *name, uint64_t seen)
{
	uint64_t value = statistic(caller, name);

	if (value != seen)
		round_fail(caller->guest->round, "vCPU %u counts %llu in %s, the guest saw %llu",
			   caller->vcpu->id, (unsigned long long)value, name,
			   (unsigned long long)seen);
}

/* What the guest saw against what KVM counted; the sums to the round, whose lock is held. */
static void add_up(struct caller *caller, const uint64_t seen[VERDICTS], uint64_t decided)
{
	struct round *round = caller->guest->round;
	unsigned int id = caller->vcpu->id;
	uint64_t handled = decided - seen[DENY] - seen[FORWARD] - seen[ANSWER];

	round->without += seen[HANDLE] - handled;
	round->got[HANDLE][id] += handled;
	round->got[DENY][id] += seen[DENY];
	round->got[FORWARD][id] += seen[FORWARD];
	round->got[ANSWER][id] += seen[ANSWER];
	for (size_t i = 0; i < caller->nr; i++) {
		if (caller->calls[i].verdict == ANSWER)
			round->answered[caller->calls[i].policy][id]++;
	}
}

static void keep_calls(struct round *round, const struct caller *caller)
{
	size_t nr = round->nr_calls + caller->nr;

	if (nr > round->room_calls) {
		round->room_calls = 2 * nr;
		round->calls = realloc(round->calls, round->room_calls * sizeof(*round->calls));
	}
	memcpy(round->calls + round->nr_calls, caller->calls, caller->nr * sizeof(*caller->calls));
	round->nr_calls = nr;
}

static void finish_caller(struct caller *caller)
{
	struct round *round = caller->guest->round;
	uint64_t seen[VERDICTS] = { 0 }, decided;

	pthread_join(caller->thread, NULL);
	for (size_t i = 0; i < caller->nr; i++)
		seen[caller->calls[i].verdict]++;
	if (round->mistake == COUNT_TWICE)
		seen[DENY]++;
	expect_statistic(caller, "smccc_policy_denied", seen[DENY]);
	expect_statistic(caller, "smccc_policy_forwarded", seen[FORWARD]);
	expect_statistic(caller, "smccc_policy_answered", seen[ANSWER]);
	expect_statistic(caller, "smccc_policy_violations", 0);
	decided = statistic(caller, "smccc_policy_calls");
	if (decided > caller->nr || decided < seen[DENY] + seen[FORWARD] + seen[ANSWER])
		round_fail(round, "vCPU %u: of %zu calls policies decided %llu", caller->vcpu->id,
			   caller->nr, (unsigned long long)decided);
	pthread_mutex_lock(&round->lock);
	add_up(caller, seen, decided);
	keep_calls(round, caller);
	pthread_mutex_unlock(&round->lock);
	free(caller->calls);
}

void guest_destroy(struct guest *guest)
{
	atomic_store(&guest->stop, true);
	for (unsigned int i = 0; i < guest->vm.nr_vcpus; i++)
		finish_caller(&guest->callers[i]);
	/* The VM's end would be its links'. */
	if (guest->round->mistake == LEAK_LINK && dup(guest->vm.fd) < 0)
		perror("races: cannot even leak");
	vm_destroy(&guest->vm);
	free(guest);
}
