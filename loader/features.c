// SPDX-License-Identifier: GPL-2.0
/* smccc_loader features: what this kernel and this process can do, and what to do about the rest. */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "command.h"
#include "compile.h"
#include "kernel.h"
#include "output.h"
#include "pins.h"

struct features_args {
	struct common_args common;
};

static const struct option_def features_options[] = {
	PIN_DIR_OPTION,
	{},
};

/* How much a feature matters to `attach`. */
enum need {
	NEED_KERNEL, /* without it: no kernel support */
	NEED_RIGHT,  /* without it: no permission */
	NEED_NOT,    /* attaching can do without */
};

struct finding {
	bool ok;
	char fact[160];
	const char *advice; /* where it is not ok */
};

struct host {
	struct kernel_support support;
	const char *pin_dir;
};

static void check_machine(const struct host *host, struct finding *f)
{
	struct utsname uts = {};

	(void)host;
	uname(&uts);
	f->ok = !strcmp(uts.machine, "aarch64");
	snprintf(f->fact, sizeof(f->fact), "Linux %s on %s", uts.release, uts.machine);
	f->advice = "the hypercalls of arm64 VMs are decided on arm64 hosts only";
}

static void check_bpf(const struct host *host, struct finding *f)
{
	f->ok = host->support.bpf;
	snprintf(f->fact, sizeof(f->fact), f->ok ? "there" : "not in this kernel");
	f->advice = "run a kernel with CONFIG_BPF_SYSCALL and CONFIG_BPF_JIT";
}

static void check_btf(const struct host *host, struct finding *f)
{
	f->ok = host->support.btf;
	snprintf(f->fact, sizeof(f->fact), "/sys/kernel/btf/vmlinux is %s",
		 f->ok ? "there" : "missing or not readable");
	f->advice = "run a kernel with CONFIG_DEBUG_INFO_BTF";
}

static void check_links(const struct host *host, struct finding *f)
{
	f->ok = host->support.links;
	snprintf(f->fact, sizeof(f->fact), "%s",
		 f->ok		   ? "there" :
		 host->support.btf ? "not in the kernel's BTF" :
				     "cannot be told without BTF");
	f->advice = "run Linux 6.4 or later with CONFIG_BPF_JIT, CONFIG_MODULES and BTF";
}

static void check_hook(const struct host *host, struct finding *f)
{
	f->ok = host->support.hook;
	snprintf(f->fact, sizeof(f->fact), "%s",
		 f->ok		   ? "struct " OPS_NAME " is in the kernel's BTF" :
		 host->support.btf ? "struct " OPS_NAME " is not in the kernel's BTF" :
				     "cannot be told without BTF");
	f->advice = PATCH_HINT;
}

static void check_capabilities(const struct host *host, struct finding *f)
{
	char missing[64];

	(void)host;
	kernel__missing_capabilities(missing, sizeof(missing));
	f->ok = !missing[0];
	snprintf(f->fact, sizeof(f->fact), f->ok ? "CAP_BPF and CAP_PERFMON" : "%s missing",
		 missing);
	f->advice = "run as root, or grant CAP_BPF and CAP_PERFMON";
}

static void check_ptrace(const struct host *host, struct finding *f)
{
	(void)host;
	f->ok = kernel__has_capability(CAP_SYS_PTRACE);
	snprintf(f->fact, sizeof(f->fact), f->ok ? "CAP_SYS_PTRACE" : "CAP_SYS_PTRACE missing");
	f->advice = "grant it to find VMs of other users' processes (--pid, --all); a VMM that "
		    "starts the loader needs no such right";
}

/* As they would be used: what is missing is made in the last one that exists. */
static bool may_pin(const char *dir)
{
	char path[PATH_MAX];
	char *slash;

	snprintf(path, sizeof(path), "%s", dir);
	while (access(path, F_OK) && errno == ENOENT && (slash = strrchr(path, '/')) &&
	       slash != path)
		*slash = '\0';
	return !access(path, W_OK | X_OK);
}

static void check_bpffs(const struct host *host, struct finding *f)
{
	bool there = bpffs__holds(host->pin_dir);
	bool can_mount = kernel__has_capability(CAP_SYS_ADMIN) && !access(BPFFS, F_OK) &&
			 !strncmp(host->pin_dir, BPFFS "/", strlen(BPFFS) + 1);

	bool writable = !there || may_pin(host->pin_dir);

	f->ok = (there && writable) || can_mount;
	snprintf(f->fact, sizeof(f->fact), "%s: %s", host->pin_dir,
		 !writable ? "not writable for this user" :
		 there	   ? "on a BPF file system" :
		 can_mount ? "BPF file system not mounted, attach will mount it" :
			     "not on a BPF file system");
	f->advice = writable ? "mount it as root: mount -t bpf bpf " BPFFS :
			       "run as root, or give a folder of your own with --pin-dir";
}

static void check_jit(const struct host *host, struct finding *f)
{
	static const char path[] = "/proc/sys/net/core/bpf_jit_enable";
	FILE *file = fopen(path, "re");
	int value = 1;

	(void)host;
	if (file) {
		if (fscanf(file, "%d", &value) != 1)
			value = 1;
		fclose(file);
	}
	f->ok = value > 0;
	snprintf(f->fact, sizeof(f->fact),
		 f->ok ? "policies run as machine code" : "switched off: policies are interpreted");
	f->advice = "sysctl net.core.bpf_jit_enable=1";
}

static void check_kvm(const struct host *host, struct finding *f)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	(void)host;
	f->ok = fd >= 0;
	snprintf(f->fact, sizeof(f->fact), f->ok ? "/dev/kvm can be opened" : "/dev/kvm: %s",
		 strerror(errno));
	f->advice = "the VMM needs it, the loader does not: load KVM, check the CPU and the rights";
	if (fd >= 0)
		close(fd);
}

static void check_clang(const struct host *host, struct finding *f)
{
	(void)host;
	f->ok = !compile__version(f->fact, sizeof(f->fact));
	if (!f->ok)
		snprintf(f->fact, sizeof(f->fact), "'%s' cannot be run", compile__clang());
	f->advice = "install package 'clang' to use policies in source (.bpf.c)";
}

static const struct {
	const char *name;
	const char *title;
	enum need need;
	void (*check)(const struct host *host, struct finding *finding);
} features[] = {
	{ "machine", "machine", NEED_KERNEL, check_machine },
	{ "bpf", "bpf(2)", NEED_KERNEL, check_bpf },
	{ "btf", "BTF", NEED_KERNEL, check_btf },
	{ "struct_ops_links", "struct_ops links", NEED_KERNEL, check_links },
	{ "hook", "SMCCC hook", NEED_KERNEL, check_hook },
	{ "capabilities", "capabilities", NEED_RIGHT, check_capabilities },
	{ "bpffs", "pins", NEED_RIGHT, check_bpffs },
	{ "ptrace", "VMs by pid", NEED_NOT, check_ptrace },
	{ "jit", "BPF JIT", NEED_NOT, check_jit },
	{ "kvm", "KVM", NEED_NOT, check_kvm },
	{ "clang", "compiler", NEED_NOT, check_clang },
};
#define FEATURES (sizeof(features) / sizeof(features[0]))

static char *show_title(struct json_object *row)
{
	return strdup(output__text(row, "title"));
}

static char *show_ok(struct json_object *row)
{
	if (json_object_get_boolean(output__get(row, "ok")))
		return strdup("yes");
	return strdup(json_object_get_boolean(output__get(row, "needed")) ? "NO" : "no");
}

static char *show_fact(struct json_object *row)
{
	const char *advice = output__text(row, "advice");
	char *text;

	if (asprintf(&text, "%s%s%s", output__text(row, "fact"), advice[0] ? "; " : "", advice) < 0)
		return NULL;
	return text;
}

static const struct output_column columns[] = {
	{ "FEATURE", show_title },
	{ "OK", show_ok },
	{ "FACT", show_fact },
	{},
};

static struct json_object *check_all(const struct host *host, enum exit_code *exit)
{
	struct json_object *rows = json_object_new_array();
	size_t i;

	*exit = EXIT_DONE;
	for (i = 0; i < FEATURES; i++) {
		struct json_object *row = json_object_new_object();
		struct finding finding = {};

		features[i].check(host, &finding);
		json_object_object_add(row, "feature", json_object_new_string(features[i].name));
		json_object_object_add(row, "title", json_object_new_string(features[i].title));
		json_object_object_add(row, "ok", json_object_new_boolean(finding.ok));
		json_object_object_add(row, "needed",
				       json_object_new_boolean(features[i].need != NEED_NOT));
		json_object_object_add(row, "fact", json_object_new_string(finding.fact));
		if (!finding.ok)
			json_object_object_add(row, "advice",
					       json_object_new_string(finding.advice));
		json_object_array_add(rows, row);
		if (!finding.ok && features[i].need == NEED_KERNEL)
			*exit = EXIT_NO_KERNEL_SUPPORT;
		if (!finding.ok && features[i].need == NEED_RIGHT && *exit == EXIT_DONE)
			*exit = EXIT_NO_PERMISSION;
	}
	return rows;
}

static void report(struct json_object *rows, enum exit_code exit, bool json)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "can_attach", json_object_new_boolean(exit == EXIT_DONE));
	json_object_object_add(object, "exit", json_object_new_int(exit));
	json_object_object_add(object, "features", json_object_get(rows));
	if (json) {
		output__json(object);
	} else {
		output__table(rows, columns);
		printf("\n%s\n", exit == EXIT_DONE ?
					 "policies can be attached to VMs" :
					 "policies cannot be attached: see the rows with NO");
	}
	json_object_put(object);
}

static int run_features(const void *arg, struct err *err)
{
	const struct features_args *args = arg;
	struct host host = { .pin_dir = args->common.pin_dir ? args->common.pin_dir : PIN_DIR };
	struct json_object *rows;
	enum exit_code exit;

	if (args->common.count)
		return err_set(err, ERR_USAGE, "see smccc_loader features --help",
			       "features takes no argument: '%s'", args->common.word[0]);
	kernel__probe(&host.support, NULL);
	rows = check_all(&host, &exit);
	report(rows, exit, args->common.json);
	json_object_put(rows);
	return exit;
}

const struct command features_command = {
	.name = "features",
	.usage = "[OPTION]...",
	.summary = "Say what this kernel can do, and what is missing for attaching policies",
	.text = "Ends with 0 if a policy can be attached here, else with the status that attach\n"
		"would end with.\n",
	.options = features_options,
	.args_size = sizeof(struct features_args),
	.run = run_features,
};
