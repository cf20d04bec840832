// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of what smccc_loader does to the guest of a real VM, started as a VMM and
 * as an operator do. loader/test/run tests what it says, and what it pins.
 *
 * Usage: loader_test BUILD-DIRECTORY, in the rig, as root.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "smccc_ids.h"
#include "smcccpolicy.h"
#include "vm.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define NOT_SUPPORTED	 UINT64_MAX
#define KVM_PSCI_VERSION 0x10001
#define KVM_UID		 0xb66fb428
#define OTHER_UID	 0xd0f1a2a3 /* of other-hypervisor */
#define PIN_DIR		 "/sys/fs/bpf/smccc"

/* smccc_loader's, see its --help */
enum {
	DONE,
	FAILED,
	USAGE,
	NO_KERNEL_SUPPORT,
	REJECTED,
	VM_BUSY,
	BAD_VM,
	BAD_POLICY,
	NO_PERMISSION,
	NO_ATTACHMENT
};

static const char *loader, *fault;
static const char *policy, *ratelimit, *to_vmm, *ranges, *other, *two, *none, *rejected;

static struct child_output output;

/* Runs "prefix... loader args...", up to NULL each; the VM's fd is inherited. */
static int run_under(char *const prefix[], int vm_fd, char *const args[])
{
	char *argv[64];
	int n = 0, i;

	for (i = 0; prefix && prefix[i]; i++)
		argv[n++] = prefix[i];
	argv[n++] = (char *)loader;
	for (i = 0; args[i]; i++)
		argv[n++] = args[i];
	argv[n] = NULL;

	assert_int_equal(child_run(argv, vm_fd, &output), 0);
	return output.status;
}

#define run(vm_fd, ...) run_under(NULL, vm_fd, (char *[]){ __VA_ARGS__, NULL })

static void expect_success(int status)
{
	if (status != DONE)
		fail_msg("exit status %d: %s%s", status, output.err, output.out);
}

/* One line on stderr, which has all of the words, separated by '|'. */
static void expect_error(int status, int want, const char *words)
{
	char copy[256], *word;

	snprintf(copy, sizeof(copy), "%s", words);
	print_message("%s", output.err);
	if (status != want)
		fail_msg("exit status %d, expected %d: %s", status, want, output.err);
	for (word = strtok(copy, "|"); word; word = strtok(NULL, "|")) {
		if (!strstr(output.err, word))
			fail_msg("no \"%s\" in: %s", word, output.err);
	}
	assert_int_equal(strncmp(output.err, "smccc_loader: ", 14), 0);
}

static void expect_one_line(void)
{
	assert_ptr_equal(strchr(output.err, '\n'), output.err + strlen(output.err) - 1);
	assert_string_equal(output.out, "");
}

static uint64_t guest_x0(struct vm *vm, uint64_t func_id)
{
	struct guest_call call = GUEST_HVC_CALL(func_id);

	return vm_must_call(vm, 0, &call).x[0];
}

static uint64_t denied(struct vm *vm)
{
	uint64_t value = 0;

	assert_int_equal(vcpu_stat(&vm->vcpus[0], "smccc_policy_denied", &value), 0);
	return value;
}

static int attachments(void)
{
	DIR *dir = opendir(PIN_DIR);
	struct dirent *entry;
	int nr = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir)))
		nr += entry->d_name[0] != '.';
	closedir(dir);
	return nr;
}

/* A VM for the test, and its fd as an argument. */
static struct vm vm;
static char vm_fd[16];

static int make_vm(void **state)
{
	vm_must_create(&vm, &(struct vm_options){ 0 });
	snprintf(vm_fd, sizeof(vm_fd), "%d", vm.fd);
	return 0;
}

/* Whatever a test attached is taken off again, so that the next one starts clean. */
static int end_vm(void **state)
{
	vm_destroy(&vm);
	run_under((char *[]){ "sh", "-c", "rm -rf " PIN_DIR "/*; true", NULL }, -1,
		  (char *[]){ NULL });
	return attachments();
}

static void attach_makes_the_default_policy_effective(void **state)
{
	expect_success(run(vm.fd, "--vm-fd", vm_fd, (char *)policy));
	assert_string_equal(output.err, "");
	assert_non_null(strstr(output.out, "default_policy"));
	assert_non_null(strstr(output.out, PIN_DIR));

	/* The loader has ended, the policy has not. */
	assert_int_equal(guest_x0(&vm, PSCI_VERSION), KVM_PSCI_VERSION);
	assert_int_equal(guest_x0(&vm, TRNG_VERSION), 0x10000);
	assert_int_equal(guest_x0(&vm, VENDOR_HYP_CALL_UID), KVM_UID);
	assert_int_equal(guest_x0(&vm, FFA_VERSION), NOT_SUPPORTED);
	assert_int_equal(denied(&vm), 1);
}

/* The shape that every user knows: no policy named, it is found beside the loader. */
static void attach_finds_the_default_policy(void **state)
{
	expect_success(run(vm.fd, "--vm-fd", vm_fd));
	guest_x0(&vm, FFA_VERSION);
	assert_int_equal(denied(&vm), 1);
}

static void attach_compiles_c(void **state)
{
	expect_success(
		run(vm.fd, "attach", "--vm-fd", vm_fd, "bpf/examples/other-hypervisor.bpf.c"));
	assert_int_equal(guest_x0(&vm, VENDOR_HYP_CALL_UID), OTHER_UID);
}

static void the_cookie_reaches_the_policy(void **state)
{
	struct guest_call who_am_i = GUEST_HVC_CALL(0xc6000000);

	/* other-hypervisor's first function gives it, and keeps it in another mode. */
	expect_success(run(vm.fd, "--vm-fd", vm_fd, "--name", "marked", "--cookie", "0xfeed",
			   (char *)other));
	assert_int_equal(vm_must_call(&vm, 0, &who_am_i).x[1], 0xfeed);
	expect_success(run(-1, "replace", "marked", "--permissive"));
	assert_int_equal(vm_must_call(&vm, 0, &who_am_i).x[1], 0xfeed);
}

static void permissive_and_back(void **state)
{
	expect_success(run(vm.fd, "--vm-fd", vm_fd, "--name", "soft", "--permissive", "--rule",
			   "PSCI_VERSION=deny", (char *)ranges));
	assert_int_equal(guest_x0(&vm, PSCI_VERSION), 0x10001);
	assert_int_equal(denied(&vm), 1);

	/* Other settings, the same policy. */
	expect_success(run(-1, "replace", "soft", "--enforce"));
	assert_int_equal(guest_x0(&vm, PSCI_VERSION), NOT_SUPPORTED);
	assert_int_equal(denied(&vm), 2);
	expect_success(run(-1, "replace", "soft", "--permissive"));
	assert_int_equal(guest_x0(&vm, PSCI_VERSION), 0x10001);
}

static void replace_swaps_and_detach_restores(void **state)
{
	expect_success(run(vm.fd, "--vm-fd", vm_fd, "--name", "swap", (char *)policy));
	assert_int_equal(guest_x0(&vm, VENDOR_HYP_CALL_UID), KVM_UID);
	expect_success(run(-1, "replace", "swap", "--yes", "--no-diff", (char *)other));
	assert_int_equal(guest_x0(&vm, VENDOR_HYP_CALL_UID), OTHER_UID);
	expect_success(run(-1, "replace", "swap", "--yes", "--no-diff", (char *)policy));
	assert_int_equal(guest_x0(&vm, VENDOR_HYP_CALL_UID), KVM_UID);

	expect_success(run(-1, "detach", "swap"));
	assert_int_equal(attachments(), 0);
	guest_x0(&vm, FFA_VERSION);
	assert_int_equal(denied(&vm), 0);
}

static void a_failed_replace_leaves_the_old_policy(void **state)
{
	char *const bad[] = { (char *)rejected, (char *)two, (char *)none, "/no/such/file.bpf.o" };
	static const int status[] = { REJECTED, BAD_POLICY, BAD_POLICY, BAD_POLICY };
	size_t i;

	expect_success(run(vm.fd, "--vm-fd", vm_fd, "--name", "kept", (char *)other));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(run(-1, "replace", "kept", "--yes", "--no-diff", bad[i]),
				 status[i]);
		assert_int_equal(guest_x0(&vm, VENDOR_HYP_CALL_UID), OTHER_UID);
	}
	expect_success(run(-1, "detach", "kept"));
	assert_int_equal(guest_x0(&vm, VENDOR_HYP_CALL_UID), KVM_UID);
}

/* The attacher vouches for the VMM, not the policy: see DESIGN.md, Verdicts. */
static void forward_is_the_attachers_word(void **state)
{
	struct guest_call call = GUEST_HVC_CALL(PSCI_VERSION);
	struct guest_regs regs;

	expect_success(run(vm.fd, "--vm-fd", vm_fd, "--name", "fwd", "--forward", (char *)to_vmm));
	regs = vm_must_call(&vm, 0, &call);
	assert_int_equal(regs.forwarded, 1);
	assert_int_equal(regs.x[0], 0xf0);

	expect_success(run(-1, "replace", "fwd", "--no-forward"));
	regs = vm_must_call(&vm, 0, &call);
	assert_int_equal(regs.forwarded, 0);
	assert_int_equal(regs.x[0], NOT_SUPPORTED);
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
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
	run_under(prefix, vm.fd, args);
	vcpu_stop(&vm.vcpus[0]);
	assert_int_equal(vcpu_join(&vm.vcpus[0]), 0);
	vcpu_loop_read(&vm.vcpus[0], &result);
	assert_true(result.calls > 0);
	assert_int_equal(result.got_a + result.got_b, result.calls);
	assert_int_equal(guest_x0(&vm, VENDOR_HYP_CALL_UID), x0_after);
}

/* SIGKILL right before that system call: see loader/test/fault.c. */
static void kill_under_calls(const char *call, char *const args[], uint64_t x0_after)
{
	char *prefix[] = { "env", NULL, NULL, NULL };

	if (asprintf(&prefix[1], "FAULT=%s:1:-9", call) < 0 ||
	    asprintf(&prefix[2], "LD_PRELOAD=%s", fault) < 0)
		abort();
	run_under_calls(prefix, args, x0_after);
	assert_int_equal(output.status, 128 + SIGKILL);
	free(prefix[1]);
	free(prefix[2]);
}

static void a_killed_loader_leaves_what_the_kernel_has_done(void **state)
{
	char *const attach[] = { "--vm-fd", vm_fd, "--name", "k", (char *)other, NULL };
	char *const replace[] = { "replace", "k", "--yes", "--no-diff", (char *)policy, NULL };
	char *const detach[] = { "detach", "k", NULL };

	kill_under_calls("link_create", attach, KVM_UID);
	kill_under_calls("rename", attach, OTHER_UID);
	kill_under_calls("link_update", replace, OTHER_UID);
	kill_under_calls("rename", replace, KVM_UID);
	guest_x0(&vm, FFA_VERSION);
	assert_int_equal(denied(&vm), 1);
	run_under_calls(NULL, detach, KVM_UID);
	assert_int_equal(output.status, DONE);
	assert_int_equal(attachments(), 0);
	guest_x0(&vm, FFA_VERSION);
	assert_int_equal(denied(&vm), 1);
}

/* 10,000 rules and no C: the deployment that compiles nothing. */
static void rules_come_from_options_and_files(void **state)
{
	FILE *file = fopen("/tmp/rules", "w");
	int i;

	assert_non_null(file);
	for (i = 0; i < 10000; i++)
		fprintf(file, "%#x=%s # rule %d\n", 0x82000000 + 2 * i, i % 2 ? "deny" : "handle",
			i);
	fclose(file);

	expect_success(run(vm.fd, "--vm-fd", vm_fd, "--name", "ruled", "--rules", "/tmp/rules",
			   "--rule", "PSCI_VERSION=deny", (char *)ranges));
	assert_int_equal(guest_x0(&vm, PSCI_VERSION), NOT_SUPPORTED);
	assert_int_equal(guest_x0(&vm, TRNG_VERSION), 0x10000);
	assert_int_equal(denied(&vm), 1);
	guest_x0(&vm, 0x82000000 + 2 * 9999);
	assert_int_equal(denied(&vm), 2);
	guest_x0(&vm, 0x82000000 + 2 * 9998);
	assert_int_equal(denied(&vm), 2);

	/* The same policy goes on with the same rules, or comes once more with them, or not. */
	expect_success(run(-1, "replace", "ruled", "--cookie", "1"));
	assert_int_equal(guest_x0(&vm, PSCI_VERSION), NOT_SUPPORTED);
	guest_x0(&vm, 0x82000000 + 2 * 9999);
	assert_int_equal(denied(&vm), 4);
	write_text("/tmp/rules", "0x82000000=deny\n");
	expect_success(run(-1, "replace", "ruled", "--cookie", "2"));
	assert_int_equal(guest_x0(&vm, PSCI_VERSION), NOT_SUPPORTED);
	expect_error(run(-1, "replace", "ruled", "--fresh"), BAD_POLICY,
		     "/tmp/rules is not what is attached");
	expect_error(run(-1, "replace", "ruled", "--rules", "/tmp/rules"), USAGE, "--yes");
	expect_success(run(-1, "replace", "ruled", "--yes", "--no-diff", "--rules", "/tmp/rules"));
	assert_int_equal(guest_x0(&vm, PSCI_VERSION), KVM_PSCI_VERSION);
	guest_x0(&vm, 0x82000000);
	assert_int_equal(denied(&vm), 6);
}

static void expect_untouched(void)
{
	assert_int_equal(guest_x0(&vm, PSCI_VERSION), KVM_PSCI_VERSION);
	assert_int_equal(attachments(), 0);
}

static void bad_rules_are_told_apart(void **state)
{
	static const struct {
		char *rule;
		const char *says;
	} bad[] = {
		{ "PSCI_VERSION", "no verdict" },
		{ "PSCI_VERSION=answer", "no verdict" },
		{ "NO_SUCH_CALL=deny", "not a function ID" },
		{ "0x84000001-0x84000000=deny", "ends before it begins" },
		{ "0x184000000=deny", "not a function ID" },
		{ "0x84010000=deny", "bit 16" },
		{ "0x84000000-0x8400001f=deny", "two rules for 0x84000003" },
		{ "PSCI_CPU_OFF=forward", "--forward" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		expect_error(run(vm.fd, "--vm-fd", vm_fd, "--rule", "PSCI_CPU_ON=handle", "--rule",
				 bad[i].rule, (char *)ranges),
			     USAGE, bad[i].says);
		expect_one_line();
	}
	write_text("/tmp/bad.rules", "# fine\nPSCI_VERSION=deny\n\nnonsense\n");
	expect_error(run(vm.fd, "--vm-fd", vm_fd, "--rules", "/tmp/bad.rules", (char *)ranges),
		     USAGE, "/tmp/bad.rules:4");
	expect_error(run(vm.fd, "--vm-fd", vm_fd, "--rules", "/tmp/no.rules", (char *)ranges),
		     USAGE, "/tmp/no.rules");
	expect_error(run(vm.fd, "--vm-fd", vm_fd, "--rule", "PSCI_VERSION=deny", (char *)policy),
		     BAD_POLICY, "takes no rules");
	expect_untouched();
}

static void *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "r");
	char *data = malloc(1 << 20);

	assert_true(file && data);
	*size = fread(data, 1, 1 << 20, file);
	fclose(file);
	return data;
}

static char own_pid[16];

/* An operator attaches, this process runs the VM: before its first run, and while it runs. */
static void a_running_vm_is_found_by_pid(void **state)
{
	snprintf(own_pid, sizeof(own_pid), "%d", getpid());
	expect_success(run(-1, "attach", "--pid", own_pid, "--name", "found", (char *)other));
	assert_int_equal(guest_x0(&vm, VENDOR_HYP_CALL_UID), OTHER_UID);
	expect_success(run(-1, "detach", "found"));
	assert_int_equal(guest_x0(&vm, VENDOR_HYP_CALL_UID), KVM_UID);
	run_under_calls(NULL, (char *[]){ "attach", "--pid", own_pid, (char *)other, NULL },
			OTHER_UID);
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
	status = run(-1, "attach", "--pid", own_tid, (char *)other);
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
	expect_success(run(-1, "attach", "--all", (char *)ratelimit));
	assert_int_equal(attachments(), 2);
	assert_int_equal(vcpu_loop(&vm.vcpus[0], &loop, &result), 0);
	assert_true(result.got_a > 0);
	assert_int_equal(vm_must_call(&second, 0, &call).x[0], 0);
	vm_destroy(&second);
}

/* libsmcccpolicy: what a VMM does without a loader; until it closes the link. */
static void a_vmm_attaches_by_itself(void **state)
{
	int link = vm_attach_here(&vm, other);

	if (link < 0)
		fail_msg("%d: %s", link, vm.err);
	assert_int_equal(guest_x0(&vm, VENDOR_HYP_CALL_UID), OTHER_UID);
	assert_int_equal(attachments(), 0);
	assert_int_equal(vm_attach_here(&vm, policy), -SMCCC_POLICY_VM_BUSY);
	assert_non_null(strstr(vm.err, "the VM already has a policy"));
	close(link);
	/* the kernel frees a link a little later */
	while (guest_x0(&vm, VENDOR_HYP_CALL_UID) == OTHER_UID)
		usleep(1000);
	assert_int_equal(guest_x0(&vm, VENDOR_HYP_CALL_UID), KVM_UID);
}

static atomic_int child_signals, children_taken;

static void count_signal(int number)
{
	child_signals++;
}

/* As the main loop of a VMM may: whatever child ends is its own. */
static void *take_children(void *stop)
{
	while (!*(atomic_bool *)stop) {
		if (waitpid(-1, NULL, WNOHANG) > 0)
			children_taken++;
		usleep(100);
	}
	return NULL;
}

static void expect_compiled(void)
{
	int link = vm_attach_here(&vm, "bpf/examples/other-hypervisor.bpf.c");

	if (link < 0)
		fail_msg("%d: %s", link, vm.err);
	close(link);
	/* the kernel frees a link a little later */
	while (guest_x0(&vm, VENDOR_HYP_CALL_UID) == OTHER_UID)
		usleep(1000);
}

/* The library's compiler is nobody's child, whatever the VMM does about children. */
static void a_vmm_may_do_as_it_likes_about_children(void **state)
{
	struct sigaction handler = { .sa_handler = count_signal }, before;
	atomic_bool stop = false;
	pthread_t thread;

	sigaction(SIGCHLD, &(struct sigaction){ .sa_handler = SIG_IGN }, &before);
	expect_compiled();
	sigaction(SIGCHLD, &handler, NULL);
	assert_int_equal(pthread_create(&thread, NULL, take_children, &stop), 0);
	expect_compiled();
	stop = true;
	pthread_join(thread, NULL);
	sigaction(SIGCHLD, &before, NULL);
	assert_int_equal(child_signals, 0);
	assert_int_equal(children_taken, 0);
}

/* Two VMs in one call, or neither. */
static void the_library_attaches_to_many(void **state)
{
	uint64_t cookies[] = { 0xa, 0xb };
	struct guest_call who_am_i = GUEST_HVC_CALL(0xc6000000);
	struct smccc_policy_vm vms[2] = {};
	struct smccc_policy_attach how = {
		.size = sizeof(how), .path = other, .vms = vms, .vm_count = 2
	};
	char error[512];
	struct vm second;
	int i;

	vm_must_create(&second, &(struct vm_options){ 0 });
	vms[0] = (struct smccc_policy_vm){ .vm_fd = vm.fd, .cookie = &cookies[0] };
	vms[1] = (struct smccc_policy_vm){ .vm_fd = vm.vcpus[0].fd, .cookie = &cookies[1] };
	assert_int_equal(smccc_policy_attach(&how, error, sizeof(error)), -SMCCC_POLICY_NO_VM);
	assert_int_equal(vms[0].link, -1);
	vms[1].vm_fd = vm.fd;
	assert_int_equal(smccc_policy_attach(&how, error, sizeof(error)), -SMCCC_POLICY_VM_BUSY);
	assert_int_equal(vms[0].link, -1);
	expect_untouched();
	vms[1].vm_fd = second.fd;
	if (smccc_policy_attach(&how, error, sizeof(error)))
		fail_msg("%s", error);
	assert_int_equal(vm_must_call(&vm, 0, &who_am_i).x[1], 0xa);
	assert_int_equal(vm_must_call(&second, 0, &who_am_i).x[1], 0xb);
	assert_int_equal(attachments(), 0);
	for (i = 0; i < 2; i++) {
		assert_int_equal(fcntl(vms[i].link, F_GETFD), FD_CLOEXEC);
		assert_string_equal(vms[i].pinned_as, "");
		close(vms[i].link);
	}
	vm_destroy(&second);
}

/* From memory, with a cookie and a name: then the loader knows it like its own. */
static void the_library_pins_as_the_loader_does(void **state)
{
	struct guest_call who_am_i = GUEST_HVC_CALL(0xc6000000);
	struct smccc_policy_attach how = { .size = sizeof(how), .vm_fd = vm.fd, .name = "mine" };
	uint64_t cookie = 0xc0de;
	char error[512];
	int link;

	how.object = read_file(other, &how.object_size);
	how.cookie = &cookie;
	link = smccc_policy_attach(&how, error, sizeof(error));
	free((void *)how.object);
	if (link < 0)
		fail_msg("%d: %s", link, error);
	assert_string_equal(error, "");
	assert_int_equal(fcntl(link, F_GETFD), FD_CLOEXEC);
	close(link);
	assert_int_equal(vm_must_call(&vm, 0, &who_am_i).x[1], cookie);
	expect_success(run(-1, "list"));
	assert_non_null(strstr(output.out, "mine"));
	/* an object in memory has no file that it could be read from again */
	expect_success(run(-1, "replace", "mine", "--permissive"));
	expect_error(run(-1, "replace", "mine", "--fresh"), USAGE, "not recorded");
	expect_success(
		run(-1, "replace", "mine", "--enforce", "--yes", "--no-diff", (char *)policy));
	assert_int_equal(guest_x0(&vm, VENDOR_HYP_CALL_UID), KVM_UID);
	expect_success(run(-1, "detach", "mine"));
}

static void the_library_tells_what_is_wrong(void **state)
{
	const struct smccc_policy_attach good = { sizeof(good), vm.fd, 0, .path = policy };
	struct {
		struct smccc_policy_attach how;
		int error;
		const char *says;
	} bad[] = {
		{ good, SMCCC_POLICY_INVALID, "size is" },
		{ good, SMCCC_POLICY_INVALID, "unknown flags 0x20" },
		{ good, SMCCC_POLICY_INVALID, "no policy" },
		{ good, SMCCC_POLICY_INVALID, "two policies" },
		{ good, SMCCC_POLICY_INVALID, "cannot be the name" },
		{ good, SMCCC_POLICY_INVALID, "not an absolute path" },
		{ good, SMCCC_POLICY_NO_VM, "fd 999 is not open" },
		{ good, SMCCC_POLICY_NO_VM, "not a KVM VM" },
		{ good, SMCCC_POLICY_BAD_POLICY, "does not exist" },
		{ good, SMCCC_POLICY_BAD_POLICY, "not an ELF object" },
		{ good, SMCCC_POLICY_REJECTED, "rejected" },
		{ good, SMCCC_POLICY_FAILED, "not on a BPF file system" },
	};
	char error[512];
	size_t i;

	bad[0].how.size--;
	bad[1].how.flags = 0x21;
	bad[2].how.path = NULL;
	bad[3].how.object = "x";
	bad[4].how.name = "a/b";
	bad[5].how.name = "a", bad[5].how.pin_dir = "x";
	bad[6].how.vm_fd = 999;
	bad[7].how.vm_fd = vm.vcpus[0].fd;
	bad[8].how.path = "/nowhere";
	bad[9].how.path = NULL, bad[9].how.object = "text", bad[9].how.object_size = 4;
	bad[10].how.path = rejected;
	bad[11].how.name = "a", bad[11].how.pin_dir = "/tmp";
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		int ret = smccc_policy_attach(&bad[i].how, error, sizeof(error));

		print_message("%s\n", error);
		if (ret != -bad[i].error || !strstr(error, bad[i].says))
			fail_msg("%d, not -%d with \"%s\"", ret, bad[i].error, bad[i].says);
		assert_null(strchr(error, '\n'));
		assert_int_equal(smccc_policy_attach(&bad[i].how, NULL, 0), ret);
	}
	expect_untouched();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_vm, end_vm)

static const struct CMUnitTest tests[] = {
	TEST(attach_makes_the_default_policy_effective),
	TEST(attach_finds_the_default_policy),
	TEST(attach_compiles_c),
	TEST(the_cookie_reaches_the_policy),
	TEST(permissive_and_back),
	TEST(replace_swaps_and_detach_restores),
	TEST(a_failed_replace_leaves_the_old_policy),
	TEST(forward_is_the_attachers_word),
	TEST(a_killed_loader_leaves_what_the_kernel_has_done),
	TEST(rules_come_from_options_and_files),
	TEST(bad_rules_are_told_apart),
	TEST(a_running_vm_is_found_by_pid),
	TEST(a_thread_is_no_process),
	TEST(state_by_cookie_is_state_by_vm),
	TEST(a_vmm_attaches_by_itself),
	TEST(a_vmm_may_do_as_it_likes_about_children),
	TEST(the_library_attaches_to_many),
	TEST(the_library_pins_as_the_loader_does),
	TEST(the_library_tells_what_is_wrong),
};

static const char *in_build(const char *build, const char *file)
{
	char *path;

	if (asprintf(&path, "%s/%s", build, file) < 0)
		abort();
	return path;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: %s BUILD-DIRECTORY\n", argv[0]);
		return 2;
	}

	loader = in_build(argv[1], "arm64/smccc_loader");
	fault = in_build(argv[1], "arm64/loader.test/fault.so");
	policy = in_build(argv[1], "bpf/policy.bpf.o");
	other = in_build(argv[1], "bpf/other-hypervisor.bpf.o");
	ratelimit = in_build(argv[1], "bpf/trng-ratelimit.bpf.o");
	to_vmm = in_build(argv[1], "bpf/psci-to-vmm.bpf.o");
	ranges = in_build(argv[1], "bpf/ranges.bpf.o");
	two = in_build(argv[1], "bpf/two.bpf.o");
	none = in_build(argv[1], "bpf/none.bpf.o");
	rejected = in_build(argv[1], "bpf/rejected.bpf.o");

	return cmocka_run_group_tests_name("loader", tests, NULL, NULL);
}
