// SPDX-License-Identifier: GPL-2.0
/* libsmcccpolicy: what a VMM does without a loader. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loader_test.h"
#include "smcccpolicy.h"

static void *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "r");
	char *data = malloc(1 << 20);

	assert_true(file && data);
	*size = fread(data, 1, 1 << 20, file);
	fclose(file);
	return data;
}

/* libsmcccpolicy: what a VMM does without a loader; until it closes the link. */
static void a_vmm_attaches_by_itself(void **state)
{
	int link = vm_attach_here(&vm, other);

	if (link < 0)
		fail_msg("%d: %s", link, vm.err);
	assert_int_equal(guest_x0(VENDOR_HYP_CALL_UID), OTHER_UID);
	assert_int_equal(attachments(), 0);
	assert_int_equal(vm_attach_here(&vm, policy), -SMCCC_POLICY_VM_BUSY);
	assert_non_null(strstr(vm.err, "the VM already has a policy"));
	close(link);
	/* the kernel frees a link a little later */
	while (guest_x0(VENDOR_HYP_CALL_UID) == OTHER_UID)
		usleep(1000);
	assert_int_equal(guest_x0(VENDOR_HYP_CALL_UID), KVM_UID);
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
	while (guest_x0(VENDOR_HYP_CALL_UID) == OTHER_UID)
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
	expect_success(run(-1, "replace", "mine", "--enforce", "--yes", "--no-diff", policy));
	assert_int_equal(guest_x0(VENDOR_HYP_CALL_UID), KVM_UID);
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

const struct CMUnitTest library_tests[] = {
	TEST(a_vmm_attaches_by_itself),	       TEST(a_vmm_may_do_as_it_likes_about_children),
	TEST(the_library_attaches_to_many),    TEST(the_library_pins_as_the_loader_does),
	TEST(the_library_tells_what_is_wrong),
};
const size_t nr_library_tests = ARRAY_SIZE(library_tests);
