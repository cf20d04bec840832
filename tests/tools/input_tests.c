// SPDX-License-Identifier: GPL-2.0
/* Policies that cannot be run, rights that are missing, interruptions. */
#include <bpf/bpf.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools_test.h"

/* Each of the four tools says the same of a policy that cannot be run. */
static void expect_from_all(const char *policy, int status, const char *words)
{
	char *file = object(policy), *good = object("lint-unused");
	char *cases = write_file("input.cases", "0x84000001 -> HANDLE\n");

	expect_error(run("explain", file), status, words);
	expect_error(run("lint", file), status, words);
	expect_error(run("diff", good, file), status, words);
	expect_error(run("test", file, cases), status, words);
}

static void policies_without_test_entry(void **state)
{
	expect_from_all("tools-no-entry", BAD_POLICY, "no program 'no_entry_test'|SMCCC_POLICY()");
	expect_one_line();
}

static void policies_that_the_verifier_rejects(void **state)
{
	expect_from_all("tools-rejected", REJECTED,
			"invalid mem access|tools-rejected.bpf.c|return *number;");
}

/* The test entry's context may be written as a whole; that of an attached policy not. */
static void policies_that_write_too_much(void **state)
{
	expect_from_all("rejected", REJECTED, "regs[]");
	expect_one_line();
}

static void files_that_are_no_policies(void **state)
{
	expect_from_all("none", BAD_POLICY, "no policy");
	expect_from_all("two", BAD_POLICY, "first|second");
	expect_error(run("explain", "/no/such.bpf.c"), BAD_POLICY, "/no/such.bpf.c");
	expect_one_line();
}

static void policies_that_are_too_slow(void **state)
{
	expect_error(run("explain", object("tools-slow")), BAD_POLICY, "takes|vCPU");
	expect_one_line();
}

/* The kernel cannot stop it, so this costs a CPU some more seconds: not emulated ones. */
static void policies_that_do_not_return(void **state)
{
	char *cases = write_file("stuck.cases", "PSCI_VERSION -> HANDLE\nFFA_VERSION -> HANDLE\n");
	time_t start = time(NULL);

	expect_error(run("test", object("tools-stuck"), cases), BAD_POLICY,
		     "does not return|FFA_VERSION|10 s|process");
	expect_one_line();
	assert_in_range(time(NULL) - start, 9, 20);
}

static void policies_in_source(void **state)
{
	char *file = write_file("source.bpf.c", "#include \"smccc_policy.h\"\n"
						"SMCCC_POLICY(source) { return call->cookie; }\n");
	char *cases = write_file("source.cases", "0 -> HANDLE\n0 cookie=1 -> DENY\n");
	char *broken = write_file("broken.bpf.c", "int x = NONSENSE;\n");

	json_object_put(json(DONE, "test", file, cases, "-I", "bpf"));
	expect_error(run("lint", broken), BAD_POLICY, "broken.bpf.c:1|NONSENSE");
}

/* Whoever starts the loader may ignore SIGCHLD, and hand that on. */
static void ended_children_are_seen(void **state)
{
	char *const ignoring[] = { "env", "--ignore-signal=CHLD", NULL };

	if (loader_run(ignoring, -1, (char *[]){ "lint", "bpf/policy.bpf.c", NULL }) != DONE)
		fail_msg("%s", output.err);
}

static void missing_rights_are_named(void **state)
{
	static char *const no_bpf[] = { "setpriv", "--bounding-set=-bpf,-sys_admin", NULL };
	static char *const no_perfmon[] = { "setpriv", "--bounding-set=-perfmon,-sys_admin", NULL };
	char *ratelimit = object("trng-ratelimit");
	char *cases = write_file("rights.cases", "PSCI_VERSION -> HANDLE\n");
	char *const explain[] = { "explain", object("policy"), NULL };
	char *const commands[][4] = { { "explain", ratelimit },
				      { "lint", ratelimit },
				      { "test", ratelimit, cases },
				      { "diff", ratelimit, ratelimit } };
	struct json_object *result;
	size_t i;

	expect_error(loader_run(no_bpf, -1, explain), NO_PERMISSION, "root|CAP_BPF");
	expect_one_line();
	/* enough for some policies, and this one's verifier would tell something else */
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		expect_error(loader_run(no_perfmon, -1, commands[i]), NO_PERMISSION,
			     "root|needs CAP_PERFMON");
		expect_one_line();
	}
	/* what needs no kernel needs no rights */
	loader_run(no_bpf, -1, (char *[]){ "lint", "--list", "--json", NULL });
	result = json_tokener_parse(output.out);
	assert_non_null(result);
	json_object_put(result);
}

static void wrong_usage_is_named(void **state)
{
	expect_error(run("explain", "a", "b"), USAGE, "more than one policy");
	expect_error(run("lint", "a", "b"), USAGE, "more than one policy");
	expect_error(run("explain", "--no-such-option"), USAGE, "--no-such-option");
	assert_int_equal(run("test", "--help"), DONE);
	assert_non_null(strstr(output.out, "advance 500ms"));
	/* columns, and nothing of what it does not do */
	assert_non_null(strstr(output.out,
			       "\n      --rule ID[-ID]=VERDICT\n                        "
			       "a rule"));
	assert_null(strstr(output.out, "--pin-dir"));
	expect_error(run("test", "a", "b", "--pin-dir", "/sys/fs/bpf/x"), USAGE, "--pin-dir");
}

/* Programs in the kernel by the name of tools.bpf.c's. */
static int programs_left(void)
{
	struct bpf_prog_info info;
	__u32 id = 0, len;
	int fd, left = 0;

	while (!bpf_prog_get_next_id(id, &id)) {
		fd = bpf_prog_get_fd_by_id(id);
		if (fd < 0)
			continue;
		memset(&info, 0, sizeof(info));
		len = sizeof(info);
		if (!bpf_prog_get_info_by_fd(fd, &info, &len))
			left += !strcmp(info.name, "tools_test") ||
				!strcmp(info.name, "tools_sweep");
		close(fd);
	}
	return left;
}

static void wait_until(bool programs)
{
	int i;

	for (i = 0; i < 1500 && !!programs_left() != programs; i++)
		usleep(20000);
	assert_int_equal(!!programs_left(), programs);
}

/* As a terminal does it: the signal goes to the process group. */
static void an_interruption_leaves_nothing_behind(void **state)
{
	char *file = object("tools");
	int status;
	pid_t pid;

	wait_until(false);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		setpgid(0, 0);
		signal(SIGINT, SIG_DFL); /* ours may be ignored, as of a job in the background */
		dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
		execl(loader, loader, "explain", file, NULL);
		_exit(127);
	}
	wait_until(true);
	kill(-pid, SIGINT);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
	wait_until(false);
}

const struct CMUnitTest input_tests[] = {
	cmocka_unit_test(policies_without_test_entry),
	cmocka_unit_test(policies_that_the_verifier_rejects),
	cmocka_unit_test(policies_that_write_too_much),
	cmocka_unit_test(files_that_are_no_policies),
	cmocka_unit_test(policies_that_are_too_slow),
	cmocka_unit_test(policies_in_source),
	cmocka_unit_test(ended_children_are_seen),
	cmocka_unit_test(missing_rights_are_named),
	cmocka_unit_test(wrong_usage_is_named),
	cmocka_unit_test(an_interruption_leaves_nothing_behind),
};
const size_t nr_input_tests = ARRAY_SIZE(input_tests);

/* Not in the rig. */
const struct CMUnitTest host_tests[] = {
	cmocka_unit_test(policies_that_do_not_return),
};
const size_t nr_host_tests = ARRAY_SIZE(host_tests);
