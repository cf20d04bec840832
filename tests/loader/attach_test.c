// SPDX-License-Identifier: GPL-2.0
/* Attach, replace and detach, and who decides the guest's calls then. */
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "loader_test.h"

static void attach_makes_the_default_policy_effective(void **state)
{
	expect_success(run(vm.fd, "--vm-fd", vm_fd, policy));
	assert_string_equal(output.err, "");
	assert_non_null(strstr(output.out, "default_policy"));
	assert_non_null(strstr(output.out, PIN_DIR));

	/* The loader has ended, the policy has not. */
	assert_int_equal(guest_x0(PSCI_VERSION), KVM_PSCI_VERSION);
	assert_int_equal(guest_x0(TRNG_VERSION), 0x10000);
	assert_int_equal(guest_x0(VENDOR_HYP_CALL_UID), KVM_UID);
	assert_int_equal(guest_x0(FFA_VERSION), NOT_SUPPORTED);
	assert_int_equal(denied(), 1);
}

/* The shape that every user knows: no policy named, it is found beside the loader. */
static void attach_finds_the_default_policy(void **state)
{
	expect_success(run(vm.fd, "--vm-fd", vm_fd));
	guest_x0(FFA_VERSION);
	assert_int_equal(denied(), 1);
}

static void attach_compiles_c(void **state)
{
	expect_success(
		run(vm.fd, "attach", "--vm-fd", vm_fd, "bpf/examples/other-hypervisor.bpf.c"));
	assert_int_equal(guest_x0(VENDOR_HYP_CALL_UID), OTHER_UID);
}

static void the_cookie_reaches_the_policy(void **state)
{
	struct guest_call who_am_i = GUEST_HVC_CALL(0xc6000000);

	/* other-hypervisor's first function gives it, and keeps it in another mode. */
	expect_success(
		run(vm.fd, "--vm-fd", vm_fd, "--name", "marked", "--cookie", "0xfeed", other));
	assert_int_equal(vm_must_call(&vm, 0, &who_am_i).x[1], 0xfeed);
	expect_success(run(-1, "replace", "marked", "--permissive"));
	assert_int_equal(vm_must_call(&vm, 0, &who_am_i).x[1], 0xfeed);
}

static void permissive_and_back(void **state)
{
	expect_success(run(vm.fd, "--vm-fd", vm_fd, "--name", "soft", "--permissive", "--rule",
			   "PSCI_VERSION=deny", ranges));
	assert_int_equal(guest_x0(PSCI_VERSION), 0x10001);
	assert_int_equal(denied(), 1);

	/* Other settings, the same policy. */
	expect_success(run(-1, "replace", "soft", "--enforce"));
	assert_int_equal(guest_x0(PSCI_VERSION), NOT_SUPPORTED);
	assert_int_equal(denied(), 2);
	expect_success(run(-1, "replace", "soft", "--permissive"));
	assert_int_equal(guest_x0(PSCI_VERSION), 0x10001);
}

static void replace_swaps_and_detach_restores(void **state)
{
	expect_success(run(vm.fd, "--vm-fd", vm_fd, "--name", "swap", policy));
	assert_int_equal(guest_x0(VENDOR_HYP_CALL_UID), KVM_UID);
	expect_success(run(-1, "replace", "swap", "--yes", "--no-diff", other));
	assert_int_equal(guest_x0(VENDOR_HYP_CALL_UID), OTHER_UID);
	expect_success(run(-1, "replace", "swap", "--yes", "--no-diff", policy));
	assert_int_equal(guest_x0(VENDOR_HYP_CALL_UID), KVM_UID);

	expect_success(run(-1, "detach", "swap"));
	assert_int_equal(attachments(), 0);
	guest_x0(FFA_VERSION);
	assert_int_equal(denied(), 0);
}

static void a_failed_replace_leaves_the_old_policy(void **state)
{
	char *const bad[] = { rejected, two, none, "/no/such/file.bpf.o" };
	static const int status[] = { REJECTED, BAD_POLICY, BAD_POLICY, BAD_POLICY };
	size_t i;

	expect_success(run(vm.fd, "--vm-fd", vm_fd, "--name", "kept", other));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(run(-1, "replace", "kept", "--yes", "--no-diff", bad[i]),
				 status[i]);
		assert_int_equal(guest_x0(VENDOR_HYP_CALL_UID), OTHER_UID);
	}
	expect_success(run(-1, "detach", "kept"));
	assert_int_equal(guest_x0(VENDOR_HYP_CALL_UID), KVM_UID);
}

/* The attacher vouches for the VMM, not the policy: see DESIGN.md, Verdicts. */
static void forward_is_the_attachers_word(void **state)
{
	struct guest_call call = GUEST_HVC_CALL(PSCI_VERSION);
	struct guest_regs regs;

	expect_success(run(vm.fd, "--vm-fd", vm_fd, "--name", "fwd", "--forward", to_vmm));
	regs = vm_must_call(&vm, 0, &call);
	assert_int_equal(regs.forwarded, 1);
	assert_int_equal(regs.x[0], 0xf0);

	expect_success(run(-1, "replace", "fwd", "--no-forward"));
	regs = vm_must_call(&vm, 0, &call);
	assert_int_equal(regs.forwarded, 0);
	assert_int_equal(regs.x[0], NOT_SUPPORTED);
}

/* Runs the loader while the guest calls: each call is decided by a policy or none, a or b. */
static void run_under_calls(char *const prefix[], char *const args[], uint64_t x0_after)
{
	struct loop_options loop = { .call = GUEST_HVC_CALL(VENDOR_HYP_CALL_UID),
				     .expect_a = KVM_UID,
				     .expect_b = OTHER_UID };
	struct loop_result result;

	assert_int_equal(vcpu_loop_setup(&vm.vcpus[0], &loop), 0);
	assert_int_equal(vcpu_start(&vm.vcpus[0]), 0);
	loader_run(prefix, vm.fd, args);
	vcpu_stop(&vm.vcpus[0]);
	assert_int_equal(vcpu_join(&vm.vcpus[0]), 0);
	vcpu_loop_read(&vm.vcpus[0], &result);
	assert_true(result.calls > 0);
	assert_int_equal(result.got_a + result.got_b, result.calls);
	assert_int_equal(guest_x0(VENDOR_HYP_CALL_UID), x0_after);
}

/* SIGKILL right before that system call. */
static void kill_under_calls(const char *call, char *const args[], uint64_t x0_after)
{
	char what[64];

	snprintf(what, sizeof(what), "%s:1:-%d", call, SIGKILL);
	run_under_calls(with_fault(what), args, x0_after);
	assert_int_equal(output.status, 128 + SIGKILL);
}

static void a_killed_loader_leaves_what_the_kernel_has_done(void **state)
{
	char *const attach[] = { "--vm-fd", vm_fd, "--name", "k", other, NULL };
	char *const replace[] = { "replace", "k", "--yes", "--no-diff", policy, NULL };
	char *const detach[] = { "detach", "k", NULL };

	kill_under_calls("link_create", attach, KVM_UID);
	kill_under_calls("rename", attach, OTHER_UID);
	kill_under_calls("link_update", replace, OTHER_UID);
	kill_under_calls("rename", replace, KVM_UID);
	guest_x0(FFA_VERSION);
	assert_int_equal(denied(), 1);
	run_under_calls(NULL, detach, KVM_UID);
	assert_int_equal(output.status, DONE);
	assert_int_equal(attachments(), 0);
	guest_x0(FFA_VERSION);
	assert_int_equal(denied(), 1);
}

static char own_pid[16];

/* An operator attaches, this process runs the VM: before its first run, and while it runs. */
static void a_running_vm_is_found_by_pid(void **state)
{
	snprintf(own_pid, sizeof(own_pid), "%d", getpid());
	expect_success(run(-1, "attach", "--pid", own_pid, "--name", "found", other));
	assert_int_equal(guest_x0(VENDOR_HYP_CALL_UID), OTHER_UID);
	expect_success(run(-1, "detach", "found"));
	assert_int_equal(guest_x0(VENDOR_HYP_CALL_UID), KVM_UID);
	run_under_calls(NULL, (char *[]){ "attach", "--pid", own_pid, other, NULL }, OTHER_UID);
	expect_success(output.status);
}

static pthread_barrier_t barrier;
static char own_tid[16];

static void *be_a_thread(void *arg)
{
	snprintf(own_tid, sizeof(own_tid), "%d", gettid());
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	return NULL;
}

static void a_thread_is_no_process(void **state)
{
	pthread_t thread;
	int status;

	pthread_barrier_init(&barrier, NULL, 2);
	assert_int_equal(pthread_create(&thread, NULL, be_a_thread, NULL), 0);
	pthread_barrier_wait(&barrier);
	status = run(-1, "attach", "--pid", own_tid, other);
	pthread_barrier_wait(&barrier);
	pthread_join(thread, NULL);
	expect_error(status, BAD_VM, "is not a process, but a thread of process|give --pid");
}

/* trng-ratelimit on two VMs, once: each has a bucket of its own, by its cookie. */
static void state_by_cookie_is_state_by_vm(void **state)
{
	struct loop_options loop = { .call = GUEST_HVC_CALL(TRNG_RND_64, 64),
				     .limit = 5000,
				     .expect_a = (uint64_t)-3 };
	struct guest_call call = GUEST_HVC_CALL(TRNG_RND_64, 64);
	struct loop_result result;
	struct vm second;

	vm_must_create(&second, &(struct vm_options){ 0 });
	expect_success(run(-1, "attach", "--all", ratelimit));
	assert_int_equal(attachments(), 2);
	assert_int_equal(vcpu_loop(&vm.vcpus[0], &loop, &result), 0);
	assert_true(result.got_a > 0);
	assert_int_equal(vm_must_call(&second, 0, &call).x[0], 0);
	vm_destroy(&second);
}

const struct CMUnitTest attach_tests[] = {
	TEST(attach_makes_the_default_policy_effective),
	TEST(attach_finds_the_default_policy),
	TEST(attach_compiles_c),
	TEST(the_cookie_reaches_the_policy),
	TEST(permissive_and_back),
	TEST(replace_swaps_and_detach_restores),
	TEST(a_failed_replace_leaves_the_old_policy),
	TEST(forward_is_the_attachers_word),
	TEST(a_killed_loader_leaves_what_the_kernel_has_done),
	TEST(a_running_vm_is_found_by_pid),
	TEST(a_thread_is_no_process),
	TEST(state_by_cookie_is_state_by_vm),
};
const size_t nr_attach_tests = ARRAY_SIZE(attach_tests);
