/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libsmcccpolicy: attach a BPF policy for SMCCC calls to a KVM/arm64 VM, from within
 * the VMM. It is what `smccc_loader attach` does. To link: -lsmcccpolicy and the
 * libraries that `pkg-config --static --libs smcccpolicy` names.
 */
#ifndef SMCCCPOLICY_H
#define SMCCCPOLICY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * enum smccc_policy_error - why there is no attachment
 * @SMCCC_POLICY_FAILED: for another reason than those below, as out of memory, or no
 *	BPF file system for the pins
 * @SMCCC_POLICY_INVALID: the argument is: its size, two policies or none, unknown
 *	flags, a name that cannot be one; or the policy forwards whole ranges, and
 *	%SMCCC_POLICY_FORWARD is not given
 * @SMCCC_POLICY_NO_KERNEL_SUPPORT: this kernel has no CONFIG_KVM_ARM_SMCCC_BPF, no
 *	BTF or no bpf(2)
 * @SMCCC_POLICY_REJECTED: the kernel's verifier rejected the policy
 * @SMCCC_POLICY_VM_BUSY: the VM already has a policy
 * @SMCCC_POLICY_NO_VM: the fd is closed or not a VM's, or the VM is protected
 * @SMCCC_POLICY_BAD_POLICY: the file is missing, not a policy, or does not compile
 * @SMCCC_POLICY_NO_PERMISSION: CAP_BPF, CAP_PERFMON or the right to write into the
 *	folder of the pins is missing
 * @SMCCC_POLICY_NAME_TAKEN: another attachment, or another program's pin, has the name
 *
 * The numbers are the exit statuses of smccc_loader.
 */
enum smccc_policy_error {
	SMCCC_POLICY_FAILED = 1,
	SMCCC_POLICY_INVALID = 2,
	SMCCC_POLICY_NO_KERNEL_SUPPORT = 3,
	SMCCC_POLICY_REJECTED = 4,
	SMCCC_POLICY_VM_BUSY = 5,
	SMCCC_POLICY_NO_VM = 6,
	SMCCC_POLICY_BAD_POLICY = 7,
	SMCCC_POLICY_NO_PERMISSION = 8,
	SMCCC_POLICY_NAME_TAKEN = 9,
};

/* The VMM completes forwarded calls, which it gets as KVM_EXIT_HYPERCALL. */
#define SMCCC_POLICY_FORWARD 1U
/* What would be denied is counted and traced, and handled by KVM. */
#define SMCCC_POLICY_PERMISSIVE 2U

/**
 * struct smccc_policy_attach - what to attach to which VM; zero what is not used
 * @size: sizeof(struct smccc_policy_attach), of the header that the VMM was built with
 * @vm_fd: what KVM_CREATE_VM returned; it stays the caller's. Before the VM's first
 *	run or later
 * @flags: %SMCCC_POLICY_FORWARD, %SMCCC_POLICY_PERMISSIVE, or 0
 * @path: a policy's file: .bpf.o, or .bpf.c, which is compiled with clang ($CLANG) in a
 *	child process. NULL: see @object
 * @object: a compiled policy in memory, which is only read; exactly one of @path and
 *	@object is to be given
 * @object_size: bytes of @object, up to 64 MiB
 * @cookie: a 64-bit number that the policy sees with each call; NULL: the policy's own,
 *	0 unless it has one
 * @name: pins the attachment, so that smccc_loader can list, replace and detach it: 1
 *	to 64 of A-Z a-z 0-9 _ and -, not first. NULL: it is not pinned
 * @pin_dir: where, an absolute path in a BPF file system. NULL: /sys/fs/bpf/smccc
 */
struct smccc_policy_attach {
	size_t size;
	int vm_fd;
	uint32_t flags;
	const char *path;
	const void *object;
	size_t object_size;
	const uint64_t *cookie;
	const char *name;
	const char *pin_dir;
};

/**
 * smccc_policy_attach() - attach a policy to a VM
 * @how: see above
 * @error: gets one line, in English, about what failed and what to do, for the user;
 *	"" on success. May be NULL
 * @error_size: bytes at @error; 512 are enough for all but long paths, and what does
 *	not fit is cut off
 *
 * Takes CAP_BPF and CAP_PERFMON in the initial user namespace, and milliseconds: the
 * verifier runs. May wait for another process that holds the lock of @pin_dir. SIGINT,
 * SIGTERM and SIGHUP are blocked in the calling thread meanwhile. One thread at a time
 * may be in here.
 *
 * Return: a link's fd, close-on-exec. Without @name the policy is attached until the
 * last copy of it is closed, at the latest by the end of the process; with @name, also
 * as long as the pin is there. It never keeps the VM alive. On failure a negative enum
 * smccc_policy_error: then nothing is attached or pinned.
 */
int smccc_policy_attach(const struct smccc_policy_attach *how, char *error, size_t error_size);

#ifdef __cplusplus
}
#endif

#endif
