// SPDX-License-Identifier: GPL-2.0
/* policies.conf of smccc_loader apply: its sections, which VMs they match, how they name them. */
#include <string.h>

#include "policies_conf.h"
#include "target.h"

static const struct vmm vmms[] = {
	{ .uid = 0, .exe = "/usr/bin/qemu-system-aarch64", .command = "qemu-system-aar" },
	{ .uid = 1000, .exe = "/opt/vmm", .name = "guest 1/\\[x]", .command = "vmm" },
};

static void match(const struct policies_conf *conf, const struct vmm *vmm)
{
	const struct conf_section *section = policies_conf__match(conf, vmm);
	char name[NAME_LIMIT + 1];
	struct err err = {};

	if (!section)
		return;
	MUST(section >= conf->section && section < conf->section + conf->count);
	check_outcome(conf_section__name(section, vmm, 12345, name, &err), &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct policies_conf conf = {};
	struct err err = {};
	int ret = policies_conf__read(&conf, input_file(data, size), &err);
	size_t i;

	for (i = 0; !ret && i < sizeof(vmms) / sizeof(vmms[0]); i++)
		match(&conf, &vmms[i]);
	policies_conf__free(&conf);
	check_outcome(ret, &err);
	return 0;
}
