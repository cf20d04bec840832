// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of what smccc_loader leaves when it is killed, interrupted or refused something
 * in the middle: at one system call after the other, and a guest tells whose policy it
 * meets then.
 *
 * Usage: killed [--long] BUILD-DIRECTORY [TEST], in the rig, as root; * in TEST stands
 * for anything.
 *
 * A system call that only reads, or is about the loader's own memory, leaves the world as
 * it found it: to be killed there is to be killed at the next one. And so is what comes
 * before the first call that changes something which outlives the loader: what it loads
 * into the kernel until then goes with its file descriptors. Both are left out, unless
 * --long is given, which runs more tests, too, and takes hours.
 */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <unistd.h>

#include "killed_test.h"
#include "smccc_ids.h"

#define COUNT_FILE "/tmp/killed.count"
#define WHO_AM_I   0xc6000000 /* of other-hypervisor: x1 is the cookie */

char *denying, *talking, *source, *data_dir;
struct child_output output;
enum calls interesting = CALLS_CHANGING;
char vm_fd[16];

static char *loader;
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
	char *argv[32];
	int n = 0, i;

	for (i = 0; prefix[i]; i++)
		argv[n++] = prefix[i];
	argv[n++] = loader;
	for (i = 0; args[i]; i++)
		argv[n++] = args[i];
	argv[n++] = "--pin-dir";
	argv[n++] = PIN_DIR;
	argv[n] = NULL;
	assert_true(n < (int)ARRAY_SIZE(argv));
	assert_int_equal(child_run(argv, vm.fd, &output), 0);
	return output.status;
}

int run(char *const args[])
{
	return run_under((char *[]){ NULL }, args);
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

static int trace_main(char **argv)
{
	struct trace trace = { atoi(argv[0]), atoi(argv[1]), atoi(argv[2]), atoi(argv[3]) };

	return trace_run(&trace, COUNT_FILE, argv + 4);
}

unsigned int traced_calls(void)
{
	FILE *file = fopen(COUNT_FILE, "r");
	unsigned int count = 0;

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%u", &count), 1);
	fclose(file);
	assert_true(count > 0);
	return count;
}

void expect_done(int status)
{
	if (status != DONE)
		fail_msg("exit status %d: %s%s", status, output.err, output.out);
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
	char path[64];
	size_t i;

	if (!k && access(PIN_DIR, F_OK) && errno == ENOENT)
		return;
	expect_names(PIN_DIR, (const char *[]){ "k" }, k);
	if (!k)
		return;
	expect_names(PIN_DIR "/k", parts, ARRAY_SIZE(parts));
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		snprintf(path, sizeof(path), PIN_DIR "/k/%s", parts[i]);
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

/* Programs and maps go a little after their last user. */
int end_vm(void **state)
{
	int tries = 10000;

	vm_destroy(&vm);
	if (!access(PIN_DIR, F_OK) && rmdir(PIN_DIR)) {
		print_error("something is left in " PIN_DIR "\n");
		return system("rm -rf " PIN_DIR) || 1;
	}
	while (objects() && tries--)
		usleep(1000);
	if (tries < 0)
		print_error("%u programs, maps and links are left\n", objects());
	return tries < 0;
}

static char *in_build(const char *build, const char *file)
{
	char *path;

	if (asprintf(&path, "%s/%s", build, file) < 0)
		abort();
	return path;
}

#define RUN(tests, count) _cmocka_run_group_tests(#tests, tests, count, NULL, NULL)

static int run_all(void)
{
	int failed = RUN(signal_tests, nr_signal_tests) + RUN(error_tests, nr_error_tests);

	if (interesting == CALLS_ALL)
		failed += RUN(long_signal_tests, nr_long_signal_tests) +
			  RUN(long_error_tests, nr_long_error_tests);
	return failed > 0;
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

	return run_all();
}
