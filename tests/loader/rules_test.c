// SPDX-License-Identifier: GPL-2.0
/* Rules for a policy that takes some, from options and files. */
#include <fcntl.h>
#include <unistd.h>

#include "loader_test.h"

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
			   "--rule", "PSCI_VERSION=deny", ranges));
	assert_int_equal(guest_x0(PSCI_VERSION), NOT_SUPPORTED);
	assert_int_equal(guest_x0(TRNG_VERSION), 0x10000);
	assert_int_equal(denied(), 1);
	guest_x0(0x82000000 + 2 * 9999);
	assert_int_equal(denied(), 2);
	guest_x0(0x82000000 + 2 * 9998);
	assert_int_equal(denied(), 2);

	/* The same policy goes on with the same rules, or comes once more with them, or not. */
	expect_success(run(-1, "replace", "ruled", "--cookie", "1"));
	assert_int_equal(guest_x0(PSCI_VERSION), NOT_SUPPORTED);
	guest_x0(0x82000000 + 2 * 9999);
	assert_int_equal(denied(), 4);
	write_text("/tmp/rules", "0x82000000=deny\n");
	expect_success(run(-1, "replace", "ruled", "--cookie", "2"));
	assert_int_equal(guest_x0(PSCI_VERSION), NOT_SUPPORTED);
	expect_error(run(-1, "replace", "ruled", "--fresh"), BAD_POLICY,
		     "/tmp/rules is not what is attached");
	expect_error(run(-1, "replace", "ruled", "--rules", "/tmp/rules"), USAGE, "--yes");
	expect_success(run(-1, "replace", "ruled", "--yes", "--no-diff", "--rules", "/tmp/rules"));
	assert_int_equal(guest_x0(PSCI_VERSION), KVM_PSCI_VERSION);
	guest_x0(0x82000000);
	assert_int_equal(denied(), 6);
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
				 bad[i].rule, ranges),
			     USAGE, bad[i].says);
		expect_one_line();
	}
	write_text("/tmp/bad.rules", "# fine\nPSCI_VERSION=deny\n\nnonsense\n");
	expect_error(run(vm.fd, "--vm-fd", vm_fd, "--rules", "/tmp/bad.rules", ranges), USAGE,
		     "/tmp/bad.rules:4");
	expect_error(run(vm.fd, "--vm-fd", vm_fd, "--rules", "/tmp/no.rules", ranges), USAGE,
		     "/tmp/no.rules");
	expect_error(run(vm.fd, "--vm-fd", vm_fd, "--rule", "PSCI_VERSION=deny", policy),
		     BAD_POLICY, "takes no rules");
	expect_untouched();
}

const struct CMUnitTest rules_tests[] = {
	TEST(rules_come_from_options_and_files),
	TEST(bad_rules_are_told_apart),
};
const size_t nr_rules_tests = ARRAY_SIZE(rules_tests);
