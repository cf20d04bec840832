// SPDX-License-Identifier: GPL-2.0
/*
 * Attach, replace, detach and the deaths of all concerned, under guests that
 * call at full speed.
 */
#include "hook_test.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NR_VCPUS 4
#define PIN_DIR	 "/sys/fs/bpf/hook_test"

/* Four vCPUs that ask for PSCI_VERSION without a pause and tell a from b. */
static void start_loops(struct vm *vm, uint64_t a, uint64_t b)
{
	struct loop_options loop = { .call = GUEST_HVC_CALL(PSCI_VERSION),
				     .expect_a = a,
				     .expect_b = b };
	int i;

	/* As long as the test takes, on a machine as busy as it may be. */
	vm->time_limit_ms = 15 * 60 * 1000;
	for (i = 0; i < NR_VCPUS; i++) {
		assert_int_equal(vcpu_loop_setup(&vm->vcpus[i], &loop), 0);
		assert_int_equal(vcpu_start(&vm->vcpus[i]), 0);
	}
}

static void wait_for_calls(struct vm *vm, uint64_t more)
{
	int i;

	for (i = 0; i < NR_VCPUS; i++) {
		uint64_t until = vcpu_loop_calls(&vm->vcpus[i]) + more;

		while (vcpu_loop_calls(&vm->vcpus[i]) < until) {
			usleep(1000);
			if (vm->vcpus[i].err[0])
				fail_msg("vCPU %d: %s", i, vm->vcpus[i].err);
		}
	}
}

static struct loop_result stop_loops(struct vm *vm)
{
	struct loop_result sum = { 0 }, one;
	int i;

	for (i = 0; i < NR_VCPUS; i++)
		vcpu_stop(&vm->vcpus[i]);
	for (i = 0; i < NR_VCPUS; i++) {
		assert_int_equal(vcpu_join(&vm->vcpus[i]), 0);
		vcpu_loop_read(&vm->vcpus[i], &one);
		sum.calls += one.calls;
		sum.got_a += one.got_a;
		sum.got_b += one.got_b;
		sum.other += one.other;
	}
	return sum;
}

static uint64_t sum_stat(struct vm *vm, const char *name)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < NR_VCPUS; i++)
		sum += counter(&vm->vcpus[i], name);
	return sum;
}

static void attach_and_detach_on_a_running_vm(void **state)
{
	struct scripted *policy;
	struct loop_result sum;
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ .nr_vcpus = NR_VCPUS });
	start_loops(&vm, KVM_PSCI_VERSION, NOT_SUPPORTED);
	wait_for_calls(&vm, 100);
	policy = scripted_attached(vm.fd, 0, DENY);
	wait_for_calls(&vm, 100);
	assert_true(policy->sighting->calls > 0);
	scripted_detach(policy);
	wait_for_calls(&vm, 100);

	sum = stop_loops(&vm);
	assert_int_equal(sum.other, 0);
	assert_int_equal(sum.got_b, policy->sighting->calls);
	assert_int_equal(sum.got_b, sum_stat(&vm, "smccc_policy_denied"));
	assert_in_range(sum.got_b, NR_VCPUS * 99, sum.calls - NR_VCPUS * 199);

	scripted_free(policy);
	vm_destroy(&vm);
}

/*
 * The first attachment turns the hook on under vCPUs that run through it, the last
 * detachment off: each for every call that begins afterwards, every time.
 */
static void each_attachment_takes_effect(void **state)
{
	enum { ROUNDS = 150 };
	struct scripted *policy;
	uint64_t calls;
	struct vm vm;
	int i;

	vm_must_create(&vm, &(struct vm_options){ .nr_vcpus = NR_VCPUS });
	policy = scripted_load(&(struct ops_fields){ .vm_fd = vm.fd });
	policy->script->verdict = DENY;
	start_loops(&vm, KVM_PSCI_VERSION, NOT_SUPPORTED);
	for (i = 0; i < ROUNDS; i++) {
		calls = policy->sighting->calls;
		assert_int_equal(scripted_attach(policy), 0);
		/* A vCPU's first call from here on may have begun before. */
		wait_for_calls(&vm, 2);
		if (policy->sighting->calls < calls + NR_VCPUS)
			fail_msg("attachment %d: not in force", i);
		scripted_detach(policy);
		calls = policy->sighting->calls;
		wait_for_calls(&vm, 2);
		if (policy->sighting->calls != calls)
			fail_msg("detachment %d: still in force", i);
	}
	stop_loops(&vm);

	scripted_free(policy);
	vm_destroy(&vm);
}

/* No call may get KVM's own answer: at each instant one of the two is in force. */
static void no_call_slips_through_1000_swaps(void **state)
{
	struct scripted *a, *b, *policy;
	struct loop_result sum;
	struct vm vm;
	int i;

	vm_must_create(&vm, &(struct vm_options){ .nr_vcpus = NR_VCPUS });
	a = scripted_attached(vm.fd, 0, ANSWER);
	b = scripted_load(&(struct ops_fields){ .vm_fd = -1 });
	a->script->answer[0] = 0xaaaa;
	b->script->answer[0] = 0xbbbb;
	b->script->verdict = ANSWER;

	start_loops(&vm, 0xaaaa, 0xbbbb);
	wait_for_calls(&vm, 10);
	for (i = 0; i < 1000; i++) {
		policy = i % 2 ? b : a;
		assert_int_equal(scripted_replace(policy, i % 2 ? a : b), 0);
		/* Swaps are fast and guests slow: see to it that both get calls. */
		if (i % 100 < 2)
			wait_for_calls(&vm, 1);
	}
	wait_for_calls(&vm, 10);
	sum = stop_loops(&vm);

	print_message("%llu calls during 1000 swaps\n", (unsigned long long)sum.calls);
	assert_int_equal(sum.other, 0);
	assert_int_equal(sum.got_a, a->sighting->calls);
	assert_int_equal(sum.got_b, b->sighting->calls);
	assert_true(sum.got_a > 0 && sum.got_b > 0);

	scripted_free(a);
	scripted_free(b);
	vm_destroy(&vm);
}

static void replace_brings_its_own_fields(void **state)
{
	struct ops_fields fields = { .vm_fd = -1, .cookie = 42, .flags = F_PERMISSIVE };
	struct scripted *old, *new;
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	old = scripted_attached(vm.fd, 0, DENY);
	new = scripted_load(&fields);
	new->script->verdict = DENY;

	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], NOT_SUPPORTED);
	assert_int_equal(scripted_replace(old, new), 0);
	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], KVM_PSCI_VERSION);
	assert_int_equal(new->sighting->cookie, 42);
	assert_int_equal(old->sighting->calls, 1);

	scripted_free(new);
	scripted_free(old);
	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], KVM_PSCI_VERSION);
	vm_destroy(&vm);
}

static void a_failed_replace_leaves_the_old_policy(void **state)
{
	struct scripted *old, *bad, *busy;
	struct vm vm, other;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	vm_must_create(&other, &(struct vm_options){ 0 });
	old = scripted_attached(vm.fd, 0, DENY);
	busy = scripted_attached(other.fd, 0, ANSWER);
	bad = scripted_load(&(struct ops_fields){ .answer_ranges = RANGE(0) });

	assert_int_equal(scripted_replace(old, bad), -EINVAL);
	assert_int_equal(scripted_replace(old, busy), -EBUSY);
	assert_int_equal(scripted_replace(old, old), -EBUSY);

	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], NOT_SUPPORTED);
	assert_int_equal(guest_hvc(&other, PSCI_VERSION).x[0], 0);
	assert_int_equal(old->sighting->calls, 1);
	assert_int_equal(busy->sighting->calls, 1);

	scripted_free(bad);
	scripted_free(busy);
	scripted_free(old);
	vm_destroy(&vm);
	vm_destroy(&other);
}

/* BPF_LINK_DETACH: the link stays, inert; its map is free to be attached again. */
static void a_detached_link_is_inert(void **state)
{
	struct scripted *policy, *other;
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	policy = scripted_attached(vm.fd, 0, DENY);
	other = scripted_load(&(struct ops_fields){ .vm_fd = -1 });
	assert_int_equal(bpf_link__detach(policy->link), 0);

	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], KVM_PSCI_VERSION);
	assert_int_equal(scripted_replace(policy, other), -ENOLINK);
	assert_int_equal(bpf_link__destroy(policy->link), 0);
	assert_int_equal(scripted_attach(policy), 0);
	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], NOT_SUPPORTED);

	scripted_free(other);
	scripted_free(policy);
	vm_destroy(&vm);
}

static __u32 link_map_id(struct bpf_link *link)
{
	struct bpf_link_info info = { 0 };
	__u32 size = sizeof(info);

	assert_int_equal(bpf_link_get_info_by_fd(bpf_link__fd(link), &info, &size), 0);
	return info.struct_ops.map_id;
}

static bool is_gone_soon(__u32 map_id)
{
	int fd, i;

	/* A struct_ops map waits for RCU and for RCU-tasks before it goes. */
	for (i = 0; i < 100; i++) {
		fd = bpf_map_get_fd_by_id(map_id);
		if (fd < 0)
			return errno == ENOENT;
		close(fd);
		usleep(100 * 1000);
	}
	return false;
}

/* VMs that KVM has not destroyed: one directory each. */
static int living_vms(void)
{
	DIR *dir = opendir("/sys/kernel/debug/kvm");
	struct dirent *entry;
	int vms = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)))
		vms += entry->d_type == DT_DIR && entry->d_name[0] != '.';
	closedir(dir);
	return vms;
}

static void when_the_vm_goes_the_link_is_detached(void **state)
{
	struct scripted *policy, *other;
	struct pollfd poll_link = { .events = 0 };
	struct bpf_link *link;
	struct vm vm;
	__u32 map_id;
	int vms;

	vms = living_vms();
	vm_must_create(&vm, &(struct vm_options){ 0 });
	policy = scripted_attached(vm.fd, 0, DENY);
	other = scripted_load(&(struct ops_fields){ .vm_fd = -1 });
	map_id = link_map_id(policy->link);
	assert_true(map_id > 0);
	poll_link.fd = bpf_link__fd(policy->link);
	assert_int_equal(poll(&poll_link, 1, 0), 0);

	vm_destroy(&vm);
	assert_int_equal(living_vms(), vms);
	assert_int_equal(poll(&poll_link, 1, 0), 1);
	assert_true(poll_link.revents & POLLHUP);
	assert_int_equal(link_map_id(policy->link), 0);
	assert_int_equal(scripted_replace(policy, other), -ENOLINK);

	/* The link alone does not keep the policy. */
	link = policy->link;
	policy->link = NULL;
	scripted_free(policy);
	assert_true(is_gone_soon(map_id));

	assert_int_equal(bpf_link__destroy(link), 0);
	scripted_free(other);
}

static long available_kb(void)
{
	FILE *file = fopen("/proc/meminfo", "r");
	char line[128];
	long kb = -1;

	assert_non_null(file);
	while (kb < 0 && fgets(line, sizeof(line), file))
		sscanf(line, "MemAvailable: %ld kB", &kb);
	fclose(file);
	assert_true(kb > 0);
	return kb;
}

/*
 * What so many dead VMs, some 100 KiB each, had is available again. Maps and
 * programs are freed a while after their last reference, and other things in the
 * host come and go by some MiB.
 */
static void expect_memory_back(long before, int vms)
{
	enum { SLACK_KB = 10 * 1024 };
	long after = 0;
	int i;

	assert_true(vms * 100 > 2 * SLACK_KB);
	for (i = 0; i < 300; i++) {
		after = available_kb();
		if (before - after < SLACK_KB)
			break;
		usleep(100 * 1000);
	}
	print_message("%d dead VMs hold %ld KiB\n", vms, before - after);
	assert_true(before - after < SLACK_KB);
}

/* Attach to a VM, pin the link, and let the VM die: the pin stays. The ID of the map. */
static __u32 pin_and_kill(int round)
{
	struct scripted *policy;
	char path[64];
	struct vm vm;
	__u32 map_id;

	vm_must_create(&vm, &(struct vm_options){ .nr_vcpus = 2 });
	policy = scripted_attached(vm.fd, 0, DENY);
	map_id = link_map_id(policy->link);
	snprintf(path, sizeof(path), PIN_DIR "/%d", round);
	assert_int_equal(bpf_link__pin(policy->link, path), 0);
	guest_hvc(&vm, PSCI_VERSION);
	vm_destroy(&vm);
	scripted_free(policy);
	return map_id;
}

static void a_pin_keeps_neither_vm_nor_policy(void **state)
{
	enum { ROUNDS = 40 };
	int i, vms = living_vms();
	__u32 map_ids[ROUNDS];
	char path[64];

	mkdir(PIN_DIR, 0700);
	for (i = 0; i < ROUNDS; i++)
		map_ids[i] = pin_and_kill(i);
	assert_int_equal(living_vms(), vms);
	for (i = 0; i < ROUNDS; i++) {
		assert_true(map_ids[i] > 0);
		assert_true(is_gone_soon(map_ids[i]));
	}

	for (i = 0; i < ROUNDS; i++) {
		snprintf(path, sizeof(path), PIN_DIR "/%d", i);
		assert_int_equal(unlink(path), 0);
	}
	rmdir(PIN_DIR);
}

struct release {
	struct bpf_link *link;
	pthread_barrier_t *start;
	uint64_t delay_ns; /* from the start to the release */
	bool vm_was_first;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static void *release_link(void *arg)
{
	struct release *release = arg;
	struct pollfd detached = { .fd = bpf_link__fd(release->link) };
	uint64_t until;

	pthread_barrier_wait(release->start);
	until = now_ns() + release->delay_ns;
	while (now_ns() < until)
		continue;
	release->vm_was_first = poll(&detached, 1, 0) == 1;
	bpf_link__destroy(release->link);
	return NULL;
}

/*
 * A VM takes some time to come to its policy: the delay of the release follows
 * that, up after a round in which the link was first, down after one in which the
 * VM was. So the two meet, from both sides.
 */
static void vm_and_link_go_at_the_same_instant(void **state)
{
	enum { ROUNDS = 1000, VM_FD = 500, STEP_NS = 50 * 1000 };
	struct scripted *policy = scripted_load(&(struct ops_fields){ .vm_fd = VM_FD });
	struct release release = { 0 };
	int i, vm_first = 0, vms = living_vms();
	pthread_barrier_t start;
	long before = 0;

	pthread_barrier_init(&start, NULL, 2);
	release.start = &start;
	for (i = 0; i < ROUNDS; i++) {
		pthread_t thread;
		struct vm vm;

		if (i == 100)
			before = available_kb();
		vm_must_create(&vm, &(struct vm_options){ 0 });
		assert_int_equal(dup2(vm.fd, VM_FD), VM_FD);
		assert_int_equal(scripted_attach(policy), 0);
		release.link = policy->link;
		policy->link = NULL;
		close(VM_FD);

		assert_int_equal(pthread_create(&thread, NULL, release_link, &release), 0);
		pthread_barrier_wait(&start);
		vm_destroy(&vm);
		assert_int_equal(pthread_join(thread, NULL), 0);
		vm_first += release.vm_was_first;
		if (!release.vm_was_first)
			release.delay_ns += STEP_NS;
		else if (release.delay_ns >= STEP_NS)
			release.delay_ns -= STEP_NS;
	}
	assert_int_equal(living_vms(), vms);
	expect_memory_back(before, ROUNDS - 100);
	print_message("the VM was first in %d of %d rounds\n", vm_first, ROUNDS);
	assert_in_range(vm_first, ROUNDS / 10, ROUNDS - ROUNDS / 10);

	pthread_barrier_destroy(&start);
	scripted_free(policy);
}

/* Attach again and again, until the policy's VM is dead and its map free. */
static void *attach_when_free(void *arg)
{
	struct scripted *policy = arg;
	int err;

	do {
		err = scripted_attach(policy);
	} while (err == -EBUSY);
	return (void *)(long)err;
}

/*
 * A map that is attached to its next VM while the last one dies: what is left of
 * the old link must not take the policy off the new VM.
 */
static void a_map_moves_on_while_its_vm_dies(void **state)
{
	enum { ROUNDS = 100, VM_FD = 500 };
	struct scripted *policy = scripted_load(&(struct ops_fields){ .vm_fd = VM_FD });
	struct vm dying, next;
	struct bpf_link *old;
	pthread_t thread;
	void *err;
	int i;

	policy->script->verdict = DENY;
	for (i = 0; i < ROUNDS; i++) {
		vm_must_create(&dying, &(struct vm_options){ 0 });
		vm_must_create(&next, &(struct vm_options){ 0 });
		assert_int_equal(dup2(dying.fd, VM_FD), VM_FD);
		assert_int_equal(scripted_attach(policy), 0);
		old = policy->link;
		assert_int_equal(dup2(next.fd, VM_FD), VM_FD);

		assert_int_equal(pthread_create(&thread, NULL, attach_when_free, policy), 0);
		vm_destroy(&dying);
		assert_int_equal(pthread_join(thread, &err), 0);
		assert_null(err);
		assert_int_equal(link_map_id(old), 0);
		assert_int_equal(bpf_link__destroy(old), 0);
		assert_int_equal(guest_hvc(&next, PSCI_VERSION).x[0], NOT_SUPPORTED);

		scripted_detach(policy);
		close(VM_FD);
		vm_destroy(&next);
	}

	scripted_free(policy);
}

/* The whole VMM is killed, guests calling, the link pinned. */
static void a_killed_vmm_leaves_no_vm(void **state)
{
	int ready[2], status, i, vms = living_vms();
	pid_t child;
	char c;

	mkdir(PIN_DIR, 0700);
	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (!child) {
		struct scripted *policy;
		struct vm vm;

		vm_must_create(&vm, &(struct vm_options){ .nr_vcpus = NR_VCPUS });
		policy = scripted_attached(vm.fd, 0, DENY);
		if (bpf_link__pin(policy->link, PIN_DIR "/vmm"))
			_exit(1);
		start_loops(&vm, KVM_PSCI_VERSION, NOT_SUPPORTED);
		wait_for_calls(&vm, 10);
		if (write(ready[1], "r", 1) != 1)
			_exit(1);
		pause();
	}
	assert_true(child > 0);
	close(ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(living_vms(), vms + 1);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);

	for (i = 0; i < 100 && living_vms() > vms; i++)
		usleep(100 * 1000);
	assert_int_equal(living_vms(), vms);
	assert_int_equal(unlink(PIN_DIR "/vmm"), 0);
	close(ready[0]);
	rmdir(PIN_DIR);
}

/* The last reference of a pin goes by RCU and a work item, some time after unlink(). */
static bool is_detached_soon(struct vm *vm)
{
	int i;

	for (i = 0; i < 100; i++) {
		if (guest_hvc(vm, PSCI_VERSION).x[0] == KVM_PSCI_VERSION)
			return true;
		usleep(100 * 1000);
	}
	return false;
}

/* A child attaches, pins and is killed; the VM is the parent's. */
static void the_pinned_policy_outlives_its_loader(void **state)
{
	int ready[2], status;
	struct vm vm;
	pid_t child;
	char c;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	mkdir(PIN_DIR, 0700);
	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (!child) {
		struct scripted *policy = scripted_attached(vm.fd, 0, DENY);

		if (bpf_link__pin(policy->link, PIN_DIR "/child") || write(ready[1], "r", 1) != 1)
			_exit(1);
		pause();
	}
	assert_true(child > 0);
	close(ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);

	assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], NOT_SUPPORTED);
	assert_int_equal(unlink(PIN_DIR "/child"), 0);
	assert_true(is_detached_soon(&vm));

	close(ready[0]);
	rmdir(PIN_DIR);
	vm_destroy(&vm);
}

const struct CMUnitTest lifecycle_tests[] = {
	cmocka_unit_test(attach_and_detach_on_a_running_vm),
	cmocka_unit_test(each_attachment_takes_effect),
	cmocka_unit_test(no_call_slips_through_1000_swaps),
	cmocka_unit_test(replace_brings_its_own_fields),
	cmocka_unit_test(a_failed_replace_leaves_the_old_policy),
	cmocka_unit_test(a_detached_link_is_inert),
	cmocka_unit_test(when_the_vm_goes_the_link_is_detached),
	cmocka_unit_test(a_pin_keeps_neither_vm_nor_policy),
	cmocka_unit_test(vm_and_link_go_at_the_same_instant),
	cmocka_unit_test(a_map_moves_on_while_its_vm_dies),
	cmocka_unit_test(a_killed_vmm_leaves_no_vm),
	cmocka_unit_test(the_pinned_policy_outlives_its_loader),
};

const size_t nr_lifecycle_tests = ARRAY_SIZE(lifecycle_tests);
