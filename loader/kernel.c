// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "kernel.h"

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"

bool kernel__has_capability(int capability)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};

	if (syscall(SYS_capget, &header, data))
		return false;
	return data[CAP_TO_INDEX(capability)].effective & CAP_TO_MASK(capability);
}

void kernel__missing_capabilities(char *text, size_t size)
{
	/* the kernel takes CAP_SYS_ADMIN for both, as before 5.8 */
	bool admin = kernel__has_capability(CAP_SYS_ADMIN);
	bool bpf = admin || kernel__has_capability(CAP_BPF);
	bool perfmon = admin || kernel__has_capability(CAP_PERFMON);

	snprintf(text, size, "%s%s%s", bpf ? "" : "CAP_BPF", bpf || perfmon ? "" : " and ",
		 perfmon ? "" : "CAP_PERFMON");
}

static bool bpf_is_there(void)
{
	__u32 id;

	/* any answer but ENOSYS comes from bpf(2) */
	return !bpf_prog_get_next_id(0, &id) || errno != ENOSYS;
}

void kernel__probe(struct kernel_support *support, struct btf **btf)
{
	struct btf *kernel = NULL;

	*support = (struct kernel_support){ .bpf = bpf_is_there() };
	/* libbpf also looks for vmlinux files on the disk, but the verifier does not */
	if (!access(KERNEL_BTF, R_OK))
		kernel = btf__load_vmlinux_btf();
	support->no_memory = !kernel && errno == ENOMEM;
	if (kernel) {
		support->btf = true;
		support->links =
			btf__find_by_name_kind(kernel, "bpf_struct_ops_link", BTF_KIND_STRUCT) > 0;
		support->hook = btf__find_by_name_kind(kernel, OPS_NAME, BTF_KIND_STRUCT) > 0;
	}
	if (btf)
		*btf = kernel;
	else
		btf__free(kernel);
}

static int require_support(const struct kernel_support *support, struct err *err)
{
	struct utsname uts = {};

	uname(&uts);
	if (!support->bpf)
		return err_set(err, ERR_NO_BPF, "run a kernel with CONFIG_BPF_SYSCALL",
			       "this kernel (%s) has no bpf(2)", uts.release);
	if (support->no_memory)
		return err_no_memory(err);
	if (!support->btf)
		return err_set(err, ERR_NO_BTF, "run a kernel with CONFIG_DEBUG_INFO_BTF",
			       "this kernel (%s) has no BTF: %s is missing", uts.release,
			       KERNEL_BTF);
	if (!support->hook)
		return err_set(err, ERR_NO_HOOK, PATCH_HINT,
			       "this kernel (%s, %s) has no struct " OPS_NAME
			       ": it cannot ask a policy",
			       uts.release, uts.machine);
	if (!support->links)
		return err_set(err, ERR_NO_HOOK, "run Linux 6.4 or later",
			       "this kernel (%s) has no links for struct_ops", uts.release);
	return 0;
}

int kernel__require(struct btf **btf, struct err *err)
{
	struct kernel_support support;
	char missing[64];

	kernel__probe(&support, btf);
	if (require_support(&support, err))
		return -1;
	kernel__missing_capabilities(missing, sizeof(missing));
	if (missing[0])
		return err_set(err, ERR_NO_PERMISSION,
			       "run as root, or grant CAP_BPF and CAP_PERFMON" GRANT_HOW,
			       "attaching a policy needs %s", missing);
	return 0;
}
