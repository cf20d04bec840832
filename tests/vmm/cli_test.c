// SPDX-License-Identifier: GPL-2.0
/* Child processes, and the command line tool as a user meets it. */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vmm_test.h"

static struct child_output output;

static int shell(const char *script, int inherit_fd)
{
	char *argv[] = { "sh", "-c", (char *)script, NULL };

	return child_run(argv, inherit_fd, &output);
}

static void child_status_and_output(void **state)
{
	char *missing[] = { "no-such-program", NULL };

	assert_int_equal(shell("echo out; echo err >&2; exit 7", -1), 0);
	assert_int_equal(output.status, 7);
	assert_string_equal(output.out, "out\n");
	assert_string_equal(output.err, "err\n");
	assert_false(output.truncated);
	assert_int_equal(shell("kill -9 $$", -1), 0);
	assert_int_equal(output.status, 128 + SIGKILL);
	assert_int_equal(child_run(missing, -1, &output), -ENOENT);
}

static void child_output_is_cut_not_lost(void **state)
{
	assert_int_equal(shell("head -c 100000 /dev/zero | tr '\\0' x; exit 3", -1), 0);
	assert_int_equal(output.status, 3);
	assert_true(output.truncated);
	assert_int_equal(strlen(output.out), CHILD_OUTPUT_SIZE - 1);
}

static void child_inherits_the_vm_when_asked(void **state)
{
	const char *const args[] = { "some.bpf.o", "--flag", NULL };
	char script[64], expected[64];
	struct vm vm;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	snprintf(script, sizeof(script), "readlink /proc/self/fd/%d", vm.fd);
	assert_int_equal(shell(script, vm.fd), 0);
	assert_string_equal(output.out, "anon_inode:kvm-vm\n");
	assert_int_equal(shell(script, -1), 0);
	assert_string_equal(output.out, "");

	assert_int_equal(vm_attach_policy(&vm, "echo", args, &output), 0);
	snprintf(expected, sizeof(expected), "--vm-fd %d some.bpf.o --flag\n", vm.fd);
	assert_string_equal(output.out, expected);
	assert_int_equal(vm_attach_policy(&vm, "no-such-loader", NULL, &output), -ENOENT);
	vm_destroy(&vm);
}

/* Up to 11 words. */
static int vmm(const char *words)
{
	static char buffer[512];
	char *argv[13] = { (char *)vmm_path };
	int nr = 1;

	snprintf(buffer, sizeof(buffer), "%s", words);
	for (char *word = strtok(buffer, " "); word && nr < 12; word = strtok(NULL, " "))
		argv[nr++] = word;
	assert_int_equal(child_run(argv, -1, &output), 0);
	return output.status;
}

static void help_names_every_option(void **state)
{
	static const char *const options[] = {
		"--vcpus",	"--aarch32", "--smc",	 "--loader",	 "--policy",
		"--loader-arg", "--attach",  "--filter", "--time-limit", "--all",
		"--json",	"--wait",    "--help",	 "Exit status",
	};

	assert_int_equal(vmm("--help"), 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(options); i++)
		assert_non_null(strstr(output.out, options[i]));
	assert_string_equal(output.err, "");
}

static void wrong_usage(void **state)
{
	static const char *const wrong[] = {
		/* options */
		"",
		"--nonsense 0x84000000",
		"--vcpus",
		"--vcpus 0 1",
		"--vcpus 17 1",
		"--vcpus 1x 1",
		"--json=1 1",
		"--filter 0x1 1",
		"--filter 2-1=deny 1",
		"--filter 1=allow 1",
		"--filter 0-0xffffffff=deny 1",
		/* numbers and names */
		"-1",
		"0x",
		"0x10000000000000000",
		"abc",
		"psci_version",
		"1,PSCI_VERSION",
		"1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19",
		/* the other parts of a call */
		"hvc:",
		"hvc:1,",
		"hvc:1,,2",
		"svc:1",
		"hvc#0x10000:1",
		"hvc@1:1",
		"1*0",
		"1*",
		"=1",
		"--aarch32 smc#16:1",
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++) {
		if (vmm(wrong[i]) != 2)
			fail_msg("\"%s\": exit status %d", wrong[i], output.status);
		assert_string_equal(output.out, "");
		assert_int_equal(strncmp(output.err, "vmm: ", 5), 0);
		assert_ptr_equal(strchr(output.err, '\n'), output.err + strlen(output.err) - 1);
	}
}

static void calls_as_json(void **state)
{
	static const char first[] =
		"{\"call\":\"version\",\"vcpu\":0,\"conduit\":\"hvc\",\"imm\":0,"
		"\"function\":\"0x84000000\",\"x\":[\"0x10001\",\"0x0\",\"0x0\",\"0x0\"],"
		"\"changed\":\"0x1\",\"forwarded\":0,\"policy\":";

	assert_int_equal(vmm("--json --vcpus 2 version=PSCI_VERSION smc#1@1:0x84000000*2"), 0);
	assert_int_equal(strncmp(output.out, first, strlen(first)), 0);
	assert_non_null(strstr(output.out, "\"vcpu\":1,\"conduit\":\"smc\",\"imm\":1,"));
	assert_non_null(strstr(output.out, "\"x\":[\"0xffffffffffffffff\","));
	assert_string_equal(output.err, "");
}

static void filters_and_forwarding(void **state)
{
	assert_int_equal(vmm("--json --aarch32 --smc --filter 0x84000000=deny "
			     "--filter=0x82000000-0x8200ffff=forward 0x84000000 0x82001234"),
			 0);
	assert_non_null(strstr(output.out, "\"x\":[\"0xffffffff\",\"0x0\",\"0x0\",\"0x0\"]"));
	assert_non_null(strstr(output.out, "\"x\":[\"0xf0\",\"0xf1\",\"0xf2\",\"0xf3\"],"
					   "\"changed\":\"0xf\",\"forwarded\":1"));
	assert_int_equal(vmm("--filter 0x80000000=deny 0x84000000"), 3);
	assert_non_null(strstr(output.err, "File exists"));
}

static void failed_call_does_not_end_the_list(void **state)
{
	assert_int_equal(vmm("--json 0x84000008 0x84000000"), 1);
	assert_non_null(strstr(output.out, "\"error\":\"the VM was shut down: system event 1\"}"));
	assert_non_null(strstr(output.out, "\"x\":[\"0x10001\""));
}

static void loader_is_started_first(void **state)
{
	assert_int_equal(vmm("--loader echo --loader-arg --permissive --policy p.bpf.o 1"), 0);
	assert_non_null(strstr(output.err, "--vm-fd "));
	assert_non_null(strstr(output.err, " --permissive p.bpf.o\n"));
	assert_int_equal(vmm("--loader false 0x84000000"), 4);
	assert_string_equal(output.err, "vmm: the loader failed: exit status 1\n");
	assert_string_equal(output.out, "");
	assert_int_equal(vmm("--json --loader /no/such/loader 0x84000000"), 4);
	assert_string_equal(output.out, "{\"error\":\"cannot run the loader: /no/such/loader: "
					"No such file or directory\"}\n");
}

static pid_t spawn_waiting(FILE **from)
{
	char *argv[] = { (char *)vmm_path, "--wait", "0x84000000", NULL };
	posix_spawn_file_actions_t actions;
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
	assert_int_equal(posix_spawn(&pid, vmm_path, &actions, NULL, argv, environ), 0);
	posix_spawn_file_actions_destroy(&actions);
	close(fds[1]);
	*from = fdopen(fds[0], "r");
	assert_non_null(*from);
	return pid;
}

static void wait_keeps_the_vm_until_sigterm(void **state)
{
	char line[256], link[64], target[64];
	int pid_told = 0, vm_fd = 0, status = 0;
	FILE *from;
	pid_t pid = spawn_waiting(&from);

	while (fgets(line, sizeof(line), from))
		if (sscanf(line, "ready pid=%d vm_fd=%d", &pid_told, &vm_fd) == 2)
			break;
	assert_int_equal(pid_told, pid);
	snprintf(link, sizeof(link), "/proc/%d/fd/%d", pid, vm_fd);
	memset(target, 0, sizeof(target));
	assert_true(readlink(link, target, sizeof(target) - 1) > 0);
	assert_string_equal(target, "anon_inode:kvm-vm");

	kill(pid, SIGUSR1);
	assert_non_null(fgets(line, sizeof(line), from));
	assert_non_null(fgets(line, sizeof(line), from));
	assert_non_null(strstr(line, "0x10001"));
	kill(pid, SIGTERM);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	fclose(from);
}

int run_cli_tests(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(child_status_and_output),
		cmocka_unit_test(child_output_is_cut_not_lost),
		cmocka_unit_test(child_inherits_the_vm_when_asked),
		cmocka_unit_test(help_names_every_option),
		cmocka_unit_test(wrong_usage),
		cmocka_unit_test(calls_as_json),
		cmocka_unit_test(filters_and_forwarding),
		cmocka_unit_test(failed_call_does_not_end_the_list),
		cmocka_unit_test(loader_is_started_first),
		cmocka_unit_test(wait_keeps_the_vm_until_sigterm),
	};

	return cmocka_run_group_tests_name("command line", tests, NULL, NULL);
}
