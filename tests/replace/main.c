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

char *policy, *other, *carry_old, *carry_new, *no_entry, *ranges;

int run_with_few_rights(char *const args[])
{
	return loader_run((char *[]){ "setpriv", "--inh-caps=-all",
				      "--bounding-set=-all,+bpf,+perfmon", NULL },
			  vm.fd, args);
}

void attach(char *file)
{
	expect_success(run("--vm-fd", vm_fd, "--name", "r", file));
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
	ranges = in_build(build, "bpf/ranges.bpf.o");

	return _cmocka_run_group_tests("question", question_tests, nr_question_tests, NULL, NULL) |
	       _cmocka_run_group_tests("maps", maps_tests, nr_maps_tests, NULL, NULL) |
	       _cmocka_run_group_tests("gap", gap_tests, nr_gap_tests, NULL, NULL);
}
