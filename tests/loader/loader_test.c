// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of smccc_loader through its command line, as a VMM and as an operator
 * use it: exit status, output, and what the guest of a real VM then gets.
 *
 * Usage: loader_test BUILD-DIRECTORY [stock], in the rig, as root. "stock": on
 * a kernel without the hook, where the loader can only say what is missing.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <json.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "smccc_ids.h"
#include "vm.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define NOT_SUPPORTED	 UINT64_MAX
#define KVM_PSCI_VERSION 0x10001
#define UNKNOWN_SIP	 0x82001234U
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

static const char *loader;
static const char *policy, *to_vmm, *ranges, *other, *two, *none, *other_ops, *rejected;

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

static struct json_object *parse_output(void)
{
	struct json_object *json = json_tokener_parse(output.out);

	if (!json)
		fail_msg("not JSON: %s", output.out);
	return json;
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
	assert_int_equal(guest_x0(&vm, VENDOR_HYP_CALL_UID), 0xb66fb428);
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
	assert_int_equal(guest_x0(&vm, VENDOR_HYP_CALL_UID), 0xd0f1a2a3);
}

static void attach_options_reach_the_kernel(void **state)
{
	struct guest_call who_am_i = GUEST_HVC_CALL(0xc6000000);

	expect_success(run(vm.fd, "--vm-fd", vm_fd, "--name", "soft", "--permissive", "--cookie",
			   "0xfeed", (char *)other));
	/* other-hypervisor's first function gives the cookie. */
	assert_int_equal(vm_must_call(&vm, 0, &who_am_i).x[1], 0xfeed);
	assert_int_equal(guest_x0(&vm, KVM_FEATURES), 3);
	assert_int_equal(denied(&vm), 1);

	/* Other settings, the same policy. */
	expect_success(run(-1, "replace", "soft", "--enforce"));
	assert_int_equal(guest_x0(&vm, KVM_FEATURES), NOT_SUPPORTED);
	assert_int_equal(denied(&vm), 2);
	assert_int_equal(vm_must_call(&vm, 0, &who_am_i).x[1], 0xfeed);
	expect_success(run(-1, "replace", "soft", "--permissive"));
	assert_int_equal(guest_x0(&vm, KVM_FEATURES), 3);
	assert_int_equal(vm_must_call(&vm, 0, &who_am_i).x[1], 0xfeed);
}

static void list_shows_what_is_attached(void **state)
{
	struct json_object *json;
	const char *text;

	expect_success(run(-1, "list"));
	expect_success(
		run(vm.fd, "--vm-fd", vm_fd, "--name", "shown", "--cookie", "77", (char *)policy));
	expect_success(run(-1, "list"));
	assert_non_null(strstr(output.out, "shown"));
	expect_success(run(-1, "list", "--json"));
	json = parse_output();
	text = json_object_to_json_string(json);
	assert_non_null(strstr(text, "\"shown\""));
	assert_non_null(strstr(text, "default_policy"));
	json_object_put(json);
}

static void list_tells_that_a_vm_is_gone(void **state)
{
	struct vm other_vm;
	char fd[16];

	vm_must_create(&other_vm, &(struct vm_options){ 0 });
	snprintf(fd, sizeof(fd), "%d", other_vm.fd);
	expect_success(run(other_vm.fd, "--vm-fd", fd, "--name", "mortal", (char *)policy));
	vm_destroy(&other_vm);

	expect_success(run(-1, "list"));
	assert_non_null(strstr(output.out, "mortal"));
	assert_non_null(strstr(output.out, "gone"));
	expect_error(run(-1, "replace", "mortal", (char *)other), BAD_VM, "mortal|ended|detach");
	expect_success(run(-1, "detach", "mortal"));
	assert_int_equal(attachments(), 0);
}

static void replace_swaps_and_detach_restores(void **state)
{
	expect_success(run(vm.fd, "--vm-fd", vm_fd, "--name", "swap", (char *)policy));
	assert_int_equal(guest_x0(&vm, VENDOR_HYP_CALL_UID), 0xb66fb428);
	expect_success(run(-1, "replace", "swap", (char *)other));
	assert_int_equal(guest_x0(&vm, VENDOR_HYP_CALL_UID), 0xd0f1a2a3);
	expect_success(run(-1, "replace", "swap", (char *)policy));
	assert_int_equal(guest_x0(&vm, VENDOR_HYP_CALL_UID), 0xb66fb428);

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
		assert_int_equal(run(-1, "replace", "kept", bad[i]), status[i]);
		assert_int_equal(guest_x0(&vm, VENDOR_HYP_CALL_UID), 0xd0f1a2a3);
	}
	expect_success(run(-1, "detach", "kept"));
	assert_int_equal(guest_x0(&vm, VENDOR_HYP_CALL_UID), 0xb66fb428);
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

	expect_success(run(-1, "replace", "fwd", "--no-forward", (char *)to_vmm));
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

	/* The same policy once more comes with the same rules, or not at all. */
	expect_success(run(-1, "replace", "ruled", "--cookie", "1"));
	assert_int_equal(guest_x0(&vm, PSCI_VERSION), NOT_SUPPORTED);
	guest_x0(&vm, 0x82000000 + 2 * 9999);
	assert_int_equal(denied(&vm), 4);
	write_text("/tmp/rules", "0x82000000=deny\n");
	expect_error(run(-1, "replace", "ruled", "--cookie", "2"), BAD_POLICY,
		     "/tmp/rules is not what is attached");
	expect_success(run(-1, "replace", "ruled", "--rules", "/tmp/rules"));
	assert_int_equal(guest_x0(&vm, PSCI_VERSION), KVM_PSCI_VERSION);
	guest_x0(&vm, 0x82000000);
	assert_int_equal(denied(&vm), 5);
}

static void expect_untouched(void)
{
	assert_int_equal(guest_x0(&vm, PSCI_VERSION), KVM_PSCI_VERSION);
	assert_int_equal(attachments(), 0);
}

static void bad_vm_fds_are_told_apart(void **state)
{
	char vcpu_fd[16], file_fd[16], kvm_fd[16];
	int file = open("/proc/self/exe", O_RDONLY);

	snprintf(vcpu_fd, sizeof(vcpu_fd), "%d", vm.vcpus[0].fd);
	snprintf(kvm_fd, sizeof(kvm_fd), "%d", vm.kvm_fd);
	snprintf(file_fd, sizeof(file_fd), "%d", file);

	expect_error(run(-1, "--vm-fd", "900", (char *)policy), BAD_VM, "900|not open");
	expect_one_line();
	expect_error(run(vm.vcpus[0].fd, "--vm-fd", vcpu_fd, (char *)policy), BAD_VM, "vcpu");
	expect_one_line();
	expect_error(run(vm.kvm_fd, "--vm-fd", kvm_fd, (char *)policy), BAD_VM, "/dev/kvm");
	expect_one_line();
	expect_error(run(file, "--vm-fd", file_fd, (char *)policy), BAD_VM, "loader_test");
	expect_one_line();
	close(file);
	expect_untouched();
}

static void numbers_are_strict(void **state)
{
	static char *const bad[] = {
		"", "abc", "3abc", "0x", " 3", "-1", "99999999999999999999", "0x12g"
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		expect_error(run(vm.fd, "--vm-fd", bad[i], (char *)policy), USAGE, "--vm-fd");
		expect_one_line();
	}
	expect_error(run(vm.fd, "--vm-fd", "4294967296", (char *)policy), BAD_VM, "4294967296");
	expect_untouched();
}

static void wrong_usage_is_named(void **state)
{
	expect_error(run(-1, "no-such-command"), USAGE, "no-such-command");
	expect_error(run(-1, "attach", (char *)policy), USAGE, "--vm-fd");
	expect_error(run(-1, "list", "--no-such-option"), USAGE, "--no-such-option");
	expect_error(run(-1, "replace"), USAGE, "name");
	expect_error(run(-1, "detach", "nobody"), NO_ATTACHMENT, "nobody");
	expect_error(run(-1, "replace", "nobody", (char *)policy), NO_ATTACHMENT, "nobody");
	expect_success(run(-1, "--help"));
	expect_success(run(-1, "--version"));
}

static void a_second_policy_is_refused_and_the_first_named(void **state)
{
	expect_success(run(vm.fd, "--vm-fd", vm_fd, "--name", "first", (char *)other));
	expect_error(run(vm.fd, "--vm-fd", vm_fd, "--name", "second", (char *)policy), VM_BUSY,
		     "first|other_hypervisor|replace");
	expect_one_line();
	assert_int_equal(attachments(), 1);
	assert_int_equal(guest_x0(&vm, VENDOR_HYP_CALL_UID), 0xd0f1a2a3);

	expect_error(run(vm.fd, "--vm-fd", vm_fd, "--name", "first", (char *)policy), NO_ATTACHMENT,
		     "first");
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

static void bad_policy_files_are_told_apart(void **state)
{
	write_text("/tmp/empty.bpf.o", "");
	write_text("/tmp/text.bpf.o", "not an object\n");

#define ATTACH(file) run(vm.fd, "--vm-fd", vm_fd, (char *)(file))
	expect_error(ATTACH("/tmp/missing.bpf.o"), BAD_POLICY, "/tmp/missing.bpf.o");
	expect_one_line();
	expect_error(ATTACH("/tmp/missing.bpf.c"), BAD_POLICY, "/tmp/missing.bpf.c");
	expect_one_line();
	expect_error(ATTACH("/tmp/empty.bpf.o"), BAD_POLICY, "empty");
	expect_one_line();
	expect_error(ATTACH("/tmp/text.bpf.o"), BAD_POLICY, "ELF");
	expect_one_line();
	expect_error(ATTACH("/bin/sh"), BAD_POLICY, "/bin/sh");
	expect_one_line();
	expect_error(ATTACH("/tmp"), BAD_POLICY, "directory");
	expect_one_line();
	expect_error(ATTACH(none), BAD_POLICY, "no policy");
	expect_one_line();
	expect_error(ATTACH(two), BAD_POLICY, "first|second");
	expect_one_line();
	expect_error(ATTACH(other_ops), BAD_POLICY, "bpf_dummy_ops");
	expect_one_line();
	expect_untouched();
}

static int lines(const char *text)
{
	int nr = 0;

	while ((text = strchr(text, '\n'))) {
		nr++;
		text++;
	}
	return nr;
}

static void a_rejected_policy_shows_the_line(void **state)
{
	expect_error(ATTACH(rejected), REJECTED, "rejected.bpf.c:7|call->func_id|only regs[]");
	assert_in_range(lines(output.err), 2, 20);
	expect_untouched();
}

static void a_compiler_error_is_shown(void **state)
{
	write_text("/tmp/broken.bpf.c",
		   "#include \"smccc_policy.h\"\nSMCCC_POLICY(broken)\n{\n\treturn NONSENSE;\n}\n");
	expect_error(ATTACH("/tmp/broken.bpf.c"), BAD_POLICY, "broken.bpf.c:4|NONSENSE");
	expect_untouched();
}

static void a_missing_compiler_is_named(void **state)
{
	static char *const without[] = { "env", "PATH=/nowhere", "CLANG=", NULL };
	static char *const wrong[] = { "env", "CLANG=/no/such/clang", NULL };
	char *const args[] = { "--vm-fd", vm_fd, "bpf/policy.bpf.c", NULL };

	expect_error(run_under(without, vm.fd, args), BAD_POLICY, "clang|install");
	expect_one_line();
	expect_error(run_under(wrong, vm.fd, args), BAD_POLICY, "/no/such/clang");
	expect_one_line();
	expect_untouched();
}

static void missing_capabilities_are_named(void **state)
{
	static char *const no_bpf[] = { "setpriv", "--bounding-set=-bpf,-sys_admin", NULL };
	static char *const no_perfmon[] = { "setpriv", "--bounding-set=-perfmon,-sys_admin", NULL };
	char *const args[] = { "--vm-fd", vm_fd, (char *)policy, NULL };

	expect_error(run_under(no_bpf, vm.fd, args), NO_PERMISSION, "CAP_BPF");
	expect_one_line();
	expect_error(run_under(no_perfmon, vm.fd, args), NO_PERMISSION, "CAP_PERFMON");
	expect_one_line();
	expect_untouched();
}

/* The commands run by the shells below: "$@" is the loader with its arguments. */
#define IN_MOUNT_NAMESPACE(script)                              \
	{                                                       \
		"unshare", "-m", "sh", "-c", script, "sh", NULL \
	}

static void bpffs_is_mounted_where_it_may_be(void **state)
{
	static char *const unmounted[] =
		IN_MOUNT_NAMESPACE("umount /sys/fs/bpf && \"$@\" && ls " PIN_DIR "/mounted/link");
	static char *const not_allowed[] = IN_MOUNT_NAMESPACE(
		"umount /sys/fs/bpf && exec setpriv --bounding-set=-sys_admin \"$@\"");
	char *const args[] = { "--vm-fd", vm_fd, "--name", "mounted", (char *)policy, NULL };

	expect_success(run_under(unmounted, vm.fd, args));
	/* That mount is gone with its namespace, and so are the pins. */
	expect_error(run_under(not_allowed, vm.fd, args), NO_PERMISSION, "mount -t bpf");
	expect_one_line();
	expect_untouched();
}

static void a_kernel_without_btf_is_named(void **state)
{
	static char *const no_btf[] =
		IN_MOUNT_NAMESPACE("mount -t tmpfs none /sys/kernel/btf && exec \"$@\"");
	char *const args[] = { "--vm-fd", vm_fd, (char *)policy, NULL };
	char *const features[] = { "features", NULL };

	expect_error(run_under(no_btf, vm.fd, args), NO_KERNEL_SUPPORT, "CONFIG_DEBUG_INFO_BTF");
	expect_one_line();
	assert_int_equal(run_under(no_btf, -1, features), NO_KERNEL_SUPPORT);
	assert_non_null(strstr(output.out, "CONFIG_DEBUG_INFO_BTF"));
	expect_untouched();
}

static void errors_are_json_too(void **state)
{
	struct json_object *json, *error, *member;

	assert_int_equal(run(-1, "--json", "--vm-fd", "900", (char *)policy), BAD_VM);
	json = parse_output();
	assert_true(json_object_object_get_ex(json, "error", &error));
	assert_true(json_object_object_get_ex(error, "exit", &member));
	assert_int_equal(json_object_get_int(member), BAD_VM);
	assert_true(json_object_object_get_ex(error, "message", &member));
	assert_non_null(strstr(json_object_get_string(member), "900"));
	json_object_put(json);
}

static void features_are_complete(void **state)
{
	struct json_object *json;

	expect_success(run(-1, "features"));
	assert_null(strstr(output.out, "NO"));
	expect_success(run(-1, "features", "--json"));
	json = parse_output();
	json_object_put(json);
}

/* On a kernel without the hook. */

static void stock_features_name_what_is_missing(void **state)
{
	assert_int_equal(run(-1, "features"), NO_KERNEL_SUPPORT);
	assert_non_null(strstr(output.out, "CONFIG_KVM_ARM_SMCCC_BPF"));
	assert_non_null(strstr(output.out, "bpf_smccc_hook.patch"));
}

static void stock_attach_says_where_to_get_it(void **state)
{
	expect_error(ATTACH(policy), NO_KERNEL_SUPPORT,
		     "CONFIG_KVM_ARM_SMCCC_BPF|bpf_smccc_hook.patch");
	expect_one_line();
	expect_untouched();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_vm, end_vm)

static const struct CMUnitTest stock_tests[] = {
	TEST(stock_features_name_what_is_missing),
	TEST(stock_attach_says_where_to_get_it),
};

static const struct CMUnitTest tests[] = {
	TEST(attach_makes_the_default_policy_effective),
	TEST(attach_finds_the_default_policy),
	TEST(attach_compiles_c),
	TEST(attach_options_reach_the_kernel),
	TEST(list_shows_what_is_attached),
	TEST(list_tells_that_a_vm_is_gone),
	TEST(replace_swaps_and_detach_restores),
	TEST(a_failed_replace_leaves_the_old_policy),
	TEST(forward_is_the_attachers_word),
	TEST(rules_come_from_options_and_files),
	TEST(bad_vm_fds_are_told_apart),
	TEST(numbers_are_strict),
	TEST(wrong_usage_is_named),
	TEST(a_second_policy_is_refused_and_the_first_named),
	TEST(bad_rules_are_told_apart),
	TEST(bad_policy_files_are_told_apart),
	TEST(a_rejected_policy_shows_the_line),
	TEST(a_compiler_error_is_shown),
	TEST(a_missing_compiler_is_named),
	TEST(missing_capabilities_are_named),
	TEST(bpffs_is_mounted_where_it_may_be),
	TEST(a_kernel_without_btf_is_named),
	TEST(errors_are_json_too),
	TEST(features_are_complete),
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
		fprintf(stderr, "usage: %s BUILD-DIRECTORY [stock]\n", argv[0]);
		return 2;
	}

	loader = in_build(argv[1], "arm64/smccc_loader");
	policy = in_build(argv[1], "bpf/policy.bpf.o");
	other = in_build(argv[1], "bpf/other-hypervisor.bpf.o");
	to_vmm = in_build(argv[1], "bpf/psci-to-vmm.bpf.o");
	ranges = in_build(argv[1], "bpf/ranges.bpf.o");
	two = in_build(argv[1], "bpf/two.bpf.o");
	none = in_build(argv[1], "bpf/none.bpf.o");
	other_ops = in_build(argv[1], "bpf/other-ops.bpf.o");
	rejected = in_build(argv[1], "bpf/rejected.bpf.o");

	if (argc > 2)
		return cmocka_run_group_tests_name("loader-stock", stock_tests, NULL, NULL);
	return cmocka_run_group_tests_name("loader", tests, NULL, NULL);
}
