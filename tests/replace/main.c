// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of smccc_loader replace: what it shows and asks, what becomes of the
 * policy's maps, and that there is never anything between two policies.
 *
 * Usage: replace_test BUILD-DIRECTORY [TEST], in the rig, as root; * in TEST stands
 * for anything.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "replace_test.h"

char *loader, *fault, *policy, *other, *carry_old, *carry_new, *no_entry;
struct vm vm;
char vm_fd[16];
struct child_output output;

int run_under(char *const prefix[], char *const args[])
{
	char *argv[64];
	int n = 0, i;

	for (i = 0; prefix && prefix[i]; i++)
		argv[n++] = prefix[i];
	argv[n++] = loader;
	for (i = 0; args[i]; i++)
		argv[n++] = args[i];
	argv[n] = NULL;
	assert_int_equal(child_run(argv, vm.fd, &output), 0);
	return output.status;
}

int run_with_fault(const char *what, char *const args[])
{
	char *prefix[] = { "env", NULL, NULL, NULL };
	int status;

	if (asprintf(&prefix[1], "FAULT=%s", what) < 0 ||
	    asprintf(&prefix[2], "LD_PRELOAD=%s", fault) < 0)
		abort();
	status = run_under(prefix, args);
	free(prefix[1]);
	free(prefix[2]);
	return status;
}

int run_with_few_rights(char *const args[])
{
	return run_under((char *[]){ "setpriv", "--inh-caps=-all",
				     "--bounding-set=-all,+bpf,+perfmon", NULL },
			 args);
}

void attach(char *file)
{
	expect_success(run("--vm-fd", vm_fd, "--name", "r", file));
}

void expect_success(int status)
{
	if (status != DONE)
		fail_msg("exit status %d: %s%s", status, output.err, output.out);
}

void expect_words(const char *words)
{
	char copy[512], *word;

	snprintf(copy, sizeof(copy), "%s", words);
	for (word = strtok(copy, "|"); word; word = strtok(NULL, "|")) {
		if (!strstr(output.out, word) && !strstr(output.err, word))
			fail_msg("no \"%s\" in: %s%s", word, output.out, output.err);
	}
}

void expect_status(int status, int want, const char *words)
{
	if (status != want)
		fail_msg("exit status %d, expected %d: %s%s", status, want, output.out, output.err);
	expect_words(words);
}

uint64_t guest_x0(uint64_t func_id)
{
	struct guest_call call = GUEST_HVC_CALL(func_id);

	return vm_must_call(&vm, 0, &call).x[0];
}

uint64_t counted(uint32_t func_id, uint32_t verdict)
{
	uint64_t value[64] = {}, sum = 0;
	uint32_t key[2] = { func_id, verdict };
	int fd = bpf_obj_get(PIN_DIR "/r/maps/counters"), cpu;

	assert_true(fd >= 0);
	assert_true(libbpf_num_possible_cpus() <= (int)ARRAY_SIZE(value));
	if (!bpf_map_lookup_elem(fd, key, value)) {
		for (cpu = 0; cpu < libbpf_num_possible_cpus(); cpu++)
			sum += value[cpu];
	}
	close(fd);
	return sum;
}

uint32_t pinned_id(const char *map)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	char path[256];
	int fd;

	snprintf(path, sizeof(path), PIN_DIR "/r/maps/%s", map);
	fd = bpf_obj_get(path);
	assert_true(fd >= 0);
	assert_int_equal(bpf_map_get_info_by_fd(fd, &info, &len), 0);
	close(fd);
	return info.id;
}

void expect_only_r(void)
{
	DIR *dir = opendir(PIN_DIR);
	struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] != '.')
			assert_string_equal(entry->d_name, "r");
	}
	closedir(dir);
	assert_int_equal(access(PIN_DIR "/r/link", F_OK), 0);
	assert_int_equal(access(PIN_DIR "/r/info", F_OK), 0);
}

void copy_file(const char *from, const char *to)
{
	char command[512];

	snprintf(command, sizeof(command), "cp '%s' '%s'", from, to);
	assert_int_equal(system(command), 0);
}

int make_vm(void **state)
{
	vm_must_create(&vm, &(struct vm_options){ 0 });
	snprintf(vm_fd, sizeof(vm_fd), "%d", vm.fd);
	return 0;
}

int end_vm(void **state)
{
	vm_destroy(&vm);
	return system("rm -rf " PIN_DIR "/*");
}

static char *in_build(const char *build, const char *file)
{
	char *path;

	if (asprintf(&path, "%s/%s", build, file) < 0)
		abort();
	return path;
}

int main(int argc, char **argv)
{
	char *build;

	if (argc < 2) {
		fprintf(stderr, "usage: %s BUILD-DIRECTORY [TEST]\n", argv[0]);
		return 2;
	}
	if (argc > 2)
		cmocka_set_test_filter(argv[2]);
	build = realpath(argv[1], NULL);
	loader = in_build(build, "arm64/smccc_loader");
	fault = in_build(build, "arm64/loader.test/fault.so");
	policy = in_build(build, "bpf/policy.bpf.o");
	other = in_build(build, "bpf/other-hypervisor.bpf.o");
	carry_old = in_build(build, "bpf/carry-old.bpf.o");
	carry_new = in_build(build, "bpf/carry-new.bpf.o");
	no_entry = in_build(build, "bpf/tools-no-entry.bpf.o");

	return _cmocka_run_group_tests("question", question_tests, nr_question_tests, NULL, NULL) |
	       _cmocka_run_group_tests("maps", maps_tests, nr_maps_tests, NULL, NULL) |
	       _cmocka_run_group_tests("gap", gap_tests, nr_gap_tests, NULL, NULL);
}
