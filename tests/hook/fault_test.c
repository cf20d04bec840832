// SPDX-License-Identifier: GPL-2.0
/*
 * Each allocation of an attachment made to fail in turn, by the kernel's fault injection
 * (Documentation/fault-injection/fault-injection.rst, /proc/self/fail-nth): a clean error,
 * and everything as before. A replacement makes none.
 */
#include "hook_test.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* More than any of these makes. */
#define MAX_ALLOCATIONS 1000

#define KMEMLEAK "/sys/kernel/debug/kmemleak"

static int fail_nth = -1;

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		fail_msg("%s: %s: the kernel has no fault injection", path, strerror(errno));
	close(fd);
}

/* GFP_KERNEL as well, which is left out by default. */
int fault_setup(void **state)
{
	write_file("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
	write_file("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N");
	write_file("/sys/kernel/debug/fail_page_alloc/min-order", "0");
	/* one line for each fault would be thousands */
	write_file("/sys/kernel/debug/failslab/verbose", "0");
	write_file("/sys/kernel/debug/fail_page_alloc/verbose", "0");
	fail_nth = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
	return fail_nth < 0 ? -1 : 0;
}

static void fail_allocation(unsigned int number)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", number);

	assert_int_equal(pwrite(fail_nth, text, len, 0), len);
}

/* Whether it did fail: there may be fewer. */
static bool has_failed(void)
{
	char left[16] = "";
	bool failed;

	assert_true(pread(fail_nth, left, sizeof(left) - 1, 0) > 0);
	failed = atoi(left) == 0;
	fail_allocation(0);
	return failed;
}

struct scene {
	struct vm vm;
	struct scripted *policy, *other;
};

/* Policies that only wait for a link: their maps have their values. */
static void set_up(struct scene *scene)
{
	struct ops_fields fields = { 0 };

	vm_must_create(&scene->vm, &(struct vm_options){ 0 });
	fields.vm_fd = scene->vm.fd;
	scene->policy = scripted_load(&fields);
	scene->other = scripted_load(&fields);
	scene->policy->script->verdict = DENY;
	scene->other->script->verdict = DENY;
	assert_int_equal(scripted_attach(scene->policy), 0);
	scripted_detach(scene->policy);
	assert_int_equal(scripted_attach(scene->other), 0);
	scripted_detach(scene->other);
}

static void tear_down(struct scene *scene)
{
	scripted_free(scene->policy);
	scripted_free(scene->other);
	vm_destroy(&scene->vm);
}

/* Who decides: by whom the call was seen. */
static void expect_decided_by(struct scene *scene, const struct scripted *by)
{
	__u64 policy = scene->policy->sighting->calls, other = scene->other->sighting->calls;
	uint64_t x0 = guest_hvc(&scene->vm, PSCI_VERSION).x[0];

	assert_int_equal(x0, by ? NOT_SUPPORTED : KVM_PSCI_VERSION);
	assert_int_equal(scene->policy->sighting->calls - policy, by == scene->policy);
	assert_int_equal(scene->other->sighting->calls - other, by == scene->other);
}

/* What failed once can be done again, with the same map. */
static void attach_again(struct bpf_map *ops)
{
	struct bpf_link *link = bpf_map__attach_struct_ops(ops);

	assert_non_null(link);
	bpf_link__destroy(link);
}

/* The value of the struct_ops map, with its trampoline, and the link. */
static void writing_the_map_and_attaching(void **state)
{
	struct bpf_object *object;
	struct bpf_link *link;
	struct bpf_map *ops;
	unsigned int n, faults = 0;
	struct vm vm;
	int error;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	for (n = 1; n < MAX_ALLOCATIONS; n++) {
		struct ops_fields fields = { .vm_fd = vm.fd };

		object = ops_load("scripted", &fields, BPF_F_LINK, &ops);
		fail_allocation(n);
		link = bpf_map__attach_struct_ops(ops);
		error = errno;
		if (!has_failed())
			break;
		if (!link) {
			faults++;
			assert_int_equal(error, ENOMEM);
			attach_again(ops);
		}
		bpf_link__destroy(link);
		bpf_object__close(object);
		assert_int_equal(guest_hvc(&vm, PSCI_VERSION).x[0], KVM_PSCI_VERSION);
	}
	assert_non_null(link);
	assert_true(n < MAX_ALLOCATIONS && faults > 0);
	print_message("# %u of %u faults let it fail\n", faults, n - 1);
	bpf_link__destroy(link);
	bpf_object__close(object);
	vm_destroy(&vm);
}

static void creating_the_link(void **state)
{
	unsigned int n, faults = 0;
	struct scene scene;
	int fd;

	set_up(&scene);
	for (n = 1; n < MAX_ALLOCATIONS; n++) {
		fail_allocation(n);
		fd = bpf_link_create(bpf_map__fd(scene.policy->ops), 0, BPF_STRUCT_OPS, NULL);
		if (!has_failed())
			break;
		faults += fd < 0;
		if (fd < 0)
			assert_int_equal(fd, -ENOMEM);
		expect_decided_by(&scene, fd < 0 ? NULL : scene.policy);
		if (fd < 0)
			continue;
		/* An fd that is closed lets its link go later; this does it now. */
		assert_int_equal(bpf_link_detach(fd), 0);
		close(fd);
	}
	assert_true(n < MAX_ALLOCATIONS && faults > 0);
	print_message("# %u of %u faults let it fail\n", faults, n - 1);
	assert_true(fd >= 0);
	expect_decided_by(&scene, scene.policy);
	close(fd);
	tear_down(&scene);
}

/* There is nothing in it that could fail so: whoever allocates there must test more. */
static void updating_the_link_allocates_nothing(void **state)
{
	struct scene scene;
	int fd, ret;

	set_up(&scene);
	fd = bpf_link_create(bpf_map__fd(scene.policy->ops), 0, BPF_STRUCT_OPS, NULL);
	assert_true(fd >= 0);
	fail_allocation(1);
	ret = bpf_link_update(fd, bpf_map__fd(scene.other->ops), NULL);
	assert_false(has_failed());
	assert_int_equal(ret, 0);
	expect_decided_by(&scene, scene.other);
	close(fd);
	tear_down(&scene);
}

/* Objects younger than 5 s do not count, and what is freed by RCU goes late. */
static void nothing_is_leaked(void **state)
{
	char leaks[2048] = "";
	int i, fd;

	for (i = 0; i < 3; i++) {
		sleep(6);
		write_file(KMEMLEAK, "scan");
	}
	fd = open(KMEMLEAK, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_true(read(fd, leaks, sizeof(leaks) - 1) >= 0);
	close(fd);
	if (leaks[0])
		fail_msg("%s", leaks);
}

const struct CMUnitTest fault_tests[] = {
	cmocka_unit_test(writing_the_map_and_attaching),
	cmocka_unit_test(creating_the_link),
	cmocka_unit_test(updating_the_link_allocates_nothing),
	cmocka_unit_test(nothing_is_leaked),
};
const size_t nr_fault_tests = ARRAY_SIZE(fault_tests);
