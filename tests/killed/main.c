// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of what smccc_loader leaves when it is killed, interrupted or refused something
 * in the middle: at one system call after the other, and a guest tells whose policy it
 * meets then.
 *
 * Usage: killed [--long] BUILD-DIRECTORY [TEST], in the rig, as root; * in TEST stands
 * for anything.
 *
 * Where a system call changes nothing, to be killed at it is to be killed at the next one
 * that does; and what the loader has loaded into the kernel goes with its file descriptors
 * until it pins or attaches something, or makes a folder. All these calls are left out,
 * unless --long is given, which takes each call, runs more tests, and takes hours.
 */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "killed_test.h"
#include "smccc_ids.h"

#define WHO_AM_I 0xc6000000 /* of other-hypervisor: x1 is the cookie */

char *denying, *talking, *source, *data_dir;
enum calls interesting = CALLS_CHANGING;
char vm_fd[16], pin_dir[64];

static struct vm vm;

enum in_force guest_says(void)
{
	struct guest_call uid = GUEST_HVC_CALL(VENDOR_HYP_CALL_UID);
	struct guest_call who = GUEST_HVC_CALL(WHO_AM_I);

	switch (vm_must_call(&vm, 0, &uid).x[0]) {
	case 0xb66fb428: /* KVM's own */
		return NOTHING;
	case 0xd0f1a2a3: /* other-hypervisor's */
		return vm_must_call(&vm, 0, &who).x[1] == 2 ? TALKING_2 : TALKING;
	default:
		return DENYING;
	}
}

static int run_under(char *const prefix[], char *const args[])
{
	char *with_pins[32] = { NULL };
	int n;

	for (n = 0; args[n]; n++)
		with_pins[n] = args[n];
	with_pins[n++] = "--pin-dir";
	with_pins[n] = pin_dir;
	return loader_run(prefix, vm.fd, with_pins);
}

int run(char *const args[])
{
	return run_under(NULL, args);
}

int run_traced(const struct trace *trace, char *const args[])
{
	char number[4][16];
	char *prefix[] = { "/proc/self/exe", "--trace", number[0], number[1],
			   number[2],	     number[3], NULL };

	snprintf(number[0], sizeof(number[0]), "%d", trace->calls);
	snprintf(number[1], sizeof(number[1]), "%u", trace->nth);
	snprintf(number[2], sizeof(number[2]), "%d", trace->signal);
	snprintf(number[3], sizeof(number[3]), "%d", trace->error);
	return run_under(prefix, args);
}

/* Of the process that wants to know. */
static const char *count_file(pid_t pid)
{
	static char path[64];

	snprintf(path, sizeof(path), "/tmp/killed.count.%d", pid);
	return path;
}

static int trace_main(char **argv)
{
	struct trace trace = { atoi(argv[0]), atoi(argv[1]), atoi(argv[2]), atoi(argv[3]) };

	return trace_run(&trace, count_file(getppid()), argv + 4);
}

unsigned int traced_calls(void)
{
	FILE *file = fopen(count_file(getpid()), "r");
	unsigned int count = 0;

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%u", &count), 1);
	fclose(file);
	assert_true(count > 0);
	return count;
}

void expect_one_line_of_error(int status)
{
	const char *end = strchr(output.err, '\n');

	if (status > LAST_STATUS || strncmp(output.err, "smccc_loader: ", 14) || !end || end[1])
		fail_msg("exit status %d, and the error is: %s", status, output.err);
}

static void expect_names(const char *path, const char *const *names, int count)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int i;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		for (i = 0; i < count && strcmp(entry->d_name, names[i]); i++)
			;
		if (i == count)
			fail_msg("there is %s/%s", path, entry->d_name);
	}
	closedir(dir);
}

void expect_pinned(bool k)
{
	static const char *const parts[] = { "link", "info", "maps" };
	char path[128];
	size_t i;

	if (!k && access(pin_dir, F_OK) && errno == ENOENT)
		return;
	expect_names(pin_dir, (const char *[]){ "k" }, k);
	if (!k)
		return;
	snprintf(path, sizeof(path), "%s/k", pin_dir);
	expect_names(path, parts, ARRAY_SIZE(parts));
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		snprintf(path, sizeof(path), "%s/k/%s", pin_dir, parts[i]);
		assert_int_equal(access(path, F_OK), 0);
	}
}

static unsigned int objects(void)
{
	unsigned int id, count = 0;

	for (id = 0; !bpf_prog_get_next_id(id, &id);)
		count++;
	for (id = 0; !bpf_map_get_next_id(id, &id);)
		count++;
	for (id = 0; !bpf_link_get_next_id(id, &id);)
		count++;
	return count;
}

int make_vm(void **state)
{
	vm_must_create(&vm, &(struct vm_options){ 0 });
	snprintf(vm_fd, sizeof(vm_fd), "%d", vm.fd);
	return 0;
}

int end_vm(void **state)
{
	char command[128];

	vm_destroy(&vm);
	if (access(pin_dir, F_OK) || !rmdir(pin_dir))
		return 0;
	print_error("something is left in %s\n", pin_dir);
	snprintf(command, sizeof(command), "rm -rf %s", pin_dir);
	return system(command) || 1;
}

/* Programs and maps go a little after their last user. */
static void nothing_is_left_in_the_kernel(void **state)
{
	int tries = 10000;

	while (objects() && tries--)
		usleep(1000);
	assert_int_equal(objects(), 0);
}

static const struct CMUnitTest after_tests[] = {
	cmocka_unit_test(nothing_is_left_in_the_kernel),
};

static int run_group(const char *name, struct tests tests)
{
	return _cmocka_run_group_tests(name, tests.list, tests.count, NULL, NULL);
}

static int run_half(enum half half)
{
	int failed = 0;

	for (int more = 0; more <= (interesting == CALLS_ALL); more++)
		failed += run_group("signals", signal_tests[half][more]) +
			  run_group("errors", error_tests[half][more]);
	return failed;
}

/* The loader needs one CPU, of two. */
static pid_t start(enum half half)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	snprintf(pin_dir, sizeof(pin_dir), "/sys/fs/bpf/killed-%d", getpid());
	_exit(run_half(half) > 0);
}

static int run_all(void)
{
	pid_t halves[] = { start(ATTACH_HALF), start(REPLACE_HALF) };
	int status, failed = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(halves); i++)
		failed += halves[i] < 0 || waitpid(halves[i], &status, 0) < 0 || status;
	return failed + run_group("after", (struct tests)TESTS(after_tests)) > 0;
}

int main(int argc, char **argv)
{
	char *build;

	if (argc > 6 && !strcmp(argv[1], "--trace"))
		return trace_main(argv + 2);
	if (argc > 1 && !strcmp(argv[1], "--long")) {
		interesting = CALLS_ALL;
		argv++;
		argc--;
	}
	if (argc < 2) {
		fprintf(stderr, "usage: killed [--long] BUILD-DIRECTORY [TEST]\n");
		return 2;
	}
	if (argc > 2)
		cmocka_set_test_filter(argv[2]);
	build = realpath(argv[1], NULL);
	loader = in_build(build, "arm64/smccc_loader");
	denying = in_build(build, "arm64/loader.test/second.bpf.o");
	talking = in_build(build, "bpf/other-hypervisor.bpf.o");
	source = in_build(build, "../loader/test/policies/second.bpf.c");
	data_dir = in_build(build, "../bpf");

	/* whole lines of both halves */
	setvbuf(stdout, NULL, _IOLBF, 0);
	return run_all();
}
