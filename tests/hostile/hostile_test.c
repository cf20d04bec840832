// SPDX-License-Identifier: GPL-2.0
/*
 * Policies that mean harm (policies/), given to smccc_loader for a VM as any other:
 * refused, with a line that says why, or attached and unable to do it.
 *
 * Usage: hostile_test BUILD-DIRECTORY, in the rig, in the project's folder, as root.
 */
#include <unistd.h>

#include "loader_run.h"
#include "smccc_ids.h"
#include "vm.h"

#define NOT_SUPPORTED	 UINT64_MAX
#define KVM_PSCI_VERSION 0x10001
/* In a range that has no owner: a policy may answer it. */
#define UNKNOWN_SIP 0xc2001234U

static const char *build;

static void run(struct vm *vm, const char *what, const char *name)
{
	char policy[4096], fd[16];

	snprintf(policy, sizeof(policy), "%s/bpf/hostile/%s.bpf.o", build, what);
	snprintf(fd, sizeof(fd), "%d", vm->fd);
	loader_run(NULL, vm->fd,
		   (char *[]){ "attach", "--vm-fd", fd, "--name", (char *)name, policy, NULL });
}

static void detach(const char *name)
{
	expect_success(loader_run(NULL, -1, (char *[]){ "detach", (char *)name, NULL }));
}

#define ONLY_REGS "only regs[] of kvm_smccc_call is writable"

/* What is said of each, words separated by '|': the first line, then the source's line. */
static const struct {
	const char *policy;
	int status;
	const char *says;
} refused[] = {
	{ "write_cookie", REJECTED, "write at off 144 with size 8: " ONLY_REGS "|cookie = 1" },
	{ "write_func_id", REJECTED, "write at off 152 with size 4: " ONLY_REGS "|func_id = " },
	{ "write_vcpu_id", REJECTED, "write at off 156 with size 4: " ONLY_REGS "|vcpu_id = 0" },
	{ "write_flags", REJECTED, "write at off 160 with size 4: " ONLY_REGS "|flags = " },
	{ "write_imm", REJECTED, "write at off 164 with size 2: " ONLY_REGS "|imm = 0" },
	{ "write_a_byte_of_the_cookie", REJECTED, "write at off 151 with size 1: " ONLY_REGS },
	{ "write_across_the_end_of_regs", REJECTED, "write at off 140 with size 8: " ONLY_REGS },
	{ "write_behind_the_call", REJECTED, "write at off 168 with size 8: " ONLY_REGS },
	{ "write_before_the_call", REJECTED, "invalid negative access: off=-8" },
	{ "write_far_behind_the_call", REJECTED, "write at off 32767 with size 8: " ONLY_REGS },
	{ "write_at_an_index", REJECTED, "variable" },
	{ "add_to_the_cookie_atomically", REJECTED,
	  "write at off 144 with size 8: " ONLY_REGS "|fetch_and_add" },
	{ "write_to_the_context", REJECTED, "invalid bpf_context access off=0 size=8" },
	{ "have_a_helper_write_the_call", REJECTED, "may write into memory pointed by R1" },
	{ "write_a_call_of_before", REJECTED, "only read is supported|last->regs[0]" },
	{ "write_what_is_called_a_call", REJECTED, "only read is supported|other->regs[0]" },
	{ "read_behind_the_call", REJECTED, "access beyond struct kvm_smccc_call at off 168" },
	{ "read_any_address", REJECTED, "invalid mem access 'scalar'" },
	{ "write_any_address", REJECTED, "invalid mem access 'scalar'" },
	{ "write_its_constants", REJECTED, "write into map forbidden" },
	{ "write_behind_its_map", REJECTED, "outside of the allowed memory range|value" },
	{ "share_a_map_by_name", BAD_POLICY, "map 'shared'|pinned" },
	{ "have_a_number_called", BAD_POLICY, "has no call program" },
	{ "sleep_in_a_call", REJECTED, "attach to unsupported member call" },
	{ "read_from_user_space", REJECTED, "cannot use helper bpf_copy_from_user" },
	{ "write_the_vmms_memory", REJECTED, "cannot use helper bpf_probe_write_user" },
	{ "kill_the_vmm", REJECTED, "cannot use helper bpf_send_signal" },
	{ "call_kvms_own_function", REJECTED,
	  "calling kernel function kvm_smccc_call_handler is not allowed" },
	{ "never_return", REJECTED, "infinite loop detected" },
	{ "loop_as_long_as_the_guest_says", REJECTED, "too complex" },
	{ "call_itself", REJECTED, "too deep" },
};

static uint64_t call(struct vm *vm, uint64_t func_id, uint64_t x1)
{
	struct guest_call call = GUEST_HVC_CALL(func_id, x1);

	return vm_must_call(vm, 0, &call).x[0];
}

static uint64_t statistic(struct vm *vm, const char *name)
{
	uint64_t value = 0;

	assert_int_equal(vcpu_stat(&vm->vcpus[0], name, &value), 0);
	return value;
}

/* As KVM does it, without a policy to ask. */
static void expect_no_policy(struct vm *vm)
{
	assert_int_equal(call(vm, PSCI_VERSION, 0), KVM_PSCI_VERSION);
	assert_int_equal(statistic(vm, "smccc_policy_calls"), 0);
}

static void policies_that_do_what_no_policy_may(void **state)
{
	struct vm vm;
	size_t i, wrong = 0;

	vm_must_create(&vm, &(struct vm_options){ 0 });
	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		char what[128];

		snprintf(what, sizeof(what), "refused/%s", refused[i].policy);
		run(&vm, what, "hostile");
		print_message("%s: %.*s\n", refused[i].policy, (int)strcspn(output.err, "\n"),
			      output.err);
		expect_no_policy(&vm);
		if (output.status == refused[i].status && says(refused[i].says) && !output.out[0])
			continue;
		print_message("exit status %d, not %d, or not \"%s\": %s\n", output.status,
			      refused[i].status, refused[i].says, output.err);
		wrong++;
	}
	vm_destroy(&vm);
	assert_int_equal(wrong, 0);
	assert_int_equal(access("/sys/fs/bpf/shared", F_OK), -1);
}

/* The names that their source asks for: what is in the build directory may be older. */
static void each_such_policy_is_tried(void **state)
{
	FILE *source = fopen("tests/hostile/policies/refused.bpf.c", "r");
	char line[256], name[256];
	size_t count = 0;

	assert_non_null(source);
	while (fgets(line, sizeof(line), source)) {
		if (sscanf(line, "#ifdef %255s", name) != 1)
			continue;
		assert_true(count < ARRAY_SIZE(refused));
		assert_string_equal(name, refused[count++].policy);
	}
	fclose(source);
	assert_int_equal(count, ARRAY_SIZE(refused));
}

static void attach(struct vm *vm, const char *policy, const char *name)
{
	vm_must_create(vm, &(struct vm_options){ 0 });
	run(vm, policy, name);
	if (output.status != DONE)
		fail_msg("%s: exit status %d: %s", policy, output.status, output.err);
}

/* But for the four, and HANDLE with KVM_SMCCC_ALWAYS and the like, there is one outcome. */
static void a_wild_verdict_denies_and_is_counted(void **state)
{
	static const uint32_t wild[] = {
		0xffffffff,	 4,	     5,		 15,
		19 + 1,		 32,	     16 + 32,	 0x7fffffff,
		0x80000000,	 0x80000001, 0x80000003, 0x100000000ULL >> 1,
		(uint32_t)-4095, 0x00010000, 0x00010001, 0x40000003,
	};
	struct vm vm;
	size_t i;

	attach(&vm, "contained/any_verdict", "wild");
	for (i = 0; i < ARRAY_SIZE(wild); i++) {
		assert_int_equal(call(&vm, UNKNOWN_SIP, wild[i]), NOT_SUPPORTED);
		assert_int_equal(call(&vm, PSCI_VERSION, wild[i]), NOT_SUPPORTED);
		assert_int_equal(statistic(&vm, "smccc_policy_violations"), 2 * i + 2);
	}
	assert_int_equal(call(&vm, PSCI_VERSION, 0), KVM_PSCI_VERSION);
	assert_int_equal(statistic(&vm, "smccc_policy_violations"), 2 * i);
	detach("wild");
	vm_destroy(&vm);
}

/* What is stored is what the guest gets, byte by byte, and nothing else is different. */
static void narrow_and_unaligned_writes_stay_in_regs(void **state)
{
	struct guest_call call = GUEST_HVC_CALL(UNKNOWN_SIP);
	struct guest_regs regs;
	uint64_t want[18];
	struct vm vm;
	int i;

	attach(&vm, "contained/narrow_writes", "narrow");
	for (i = 1; i < 18; i++)
		call.regs[i] = 0xa0a0a0a0a0a0a000ULL + i;
	memcpy(want, call.regs, sizeof(want));
	memset((char *)want, 0x11, 1);
	memset((char *)want + 9, 0x22, 2);
	memset((char *)want + 22, 0x33, 4);
	memset((char *)want + 36, 0x44, 8);
	memset((char *)want + 143, 0x55, 1);
	regs = vm_must_call(&vm, 0, &call);
	for (i = 0; i < 18; i++)
		assert_int_equal(regs.x[i], want[i]);
	detach("narrow");
	vm_destroy(&vm);
}

/* The kernel's limit is 33 of them in a run. */
static void tail_calls_end(void **state)
{
	struct vm vm;

	attach(&vm, "contained/tail_calls_without_end", "tail");
	assert_int_equal(call(&vm, UNKNOWN_SIP, 0), 34);
	assert_int_equal(call(&vm, UNKNOWN_SIP, 0), 68);
	detach("tail");
	vm_destroy(&vm);
}

/* The same object for two VMs, a map of one name in both. */
static void each_load_has_maps_of_its_own(void **state)
{
	struct vm one, other;
	int i;

	attach(&one, "contained/maps_of_its_own", "one");
	for (i = 1; i <= 5; i++)
		assert_int_equal(call(&one, UNKNOWN_SIP, 0), i);
	attach(&other, "contained/maps_of_its_own", "other");
	assert_int_equal(call(&other, UNKNOWN_SIP, 0), 1);
	assert_int_equal(call(&one, UNKNOWN_SIP, 0), 6);
	assert_int_equal(call(&other, UNKNOWN_SIP, 0), 2);
	detach("one");
	detach("other");
	vm_destroy(&one);
	vm_destroy(&other);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(policies_that_do_what_no_policy_may),
	cmocka_unit_test(each_such_policy_is_tried),
	cmocka_unit_test(a_wild_verdict_denies_and_is_counted),
	cmocka_unit_test(narrow_and_unaligned_writes_stay_in_regs),
	cmocka_unit_test(tail_calls_end),
	cmocka_unit_test(each_load_has_maps_of_its_own),
};

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: %s BUILD-DIRECTORY\n", argv[0]);
		return 2;
	}
	build = argv[1];
	loader = in_build(build, "arm64/smccc_loader");
	return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
