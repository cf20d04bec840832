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
/* The default policy, from where it is installed, instead of @path or @object. */
#define SMCCC_POLICY_DEFAULT 4U
/* Attachments without a name are pinned, too: as vm-PID-FD, of the VM's process. */
#define SMCCC_POLICY_PIN 8U
/* libbpf's messages go to stderr, and all of the verifier's log to @detail. */
#define SMCCC_POLICY_VERBOSE 16U

#define SMCCC_POLICY_NAME_SIZE 65

/**
 * struct smccc_policy_vm - one VM of several
 * @vm_fd: the VM, as in struct smccc_policy_attach
 * @pid: the process that runs it, if that is another than this one; -1: not known
 * @pid_fd: which of that process' fds the VM is; without @pid it is @vm_fd
 * @cookie: as in struct smccc_policy_attach
 * @name: as in struct smccc_policy_attach
 * @link: gets the link's fd, which is then the caller's; -1 on failure
 * @pinned_as: gets the name of the pins; "" if there are none
 */
struct smccc_policy_vm {
	int vm_fd;
	int pid;
	int pid_fd;
	const uint64_t *cookie;
	const char *name;
	int link;
	char pinned_as[SMCCC_POLICY_NAME_SIZE];
};

/**
 * struct smccc_policy_attach - what to attach to which VM; zero what is not used
 * @size: sizeof(struct smccc_policy_attach), of the header that the VMM was built with
 * @vm_fd: what KVM_CREATE_VM returned; it stays the caller's. Before the VM's first
 *	run or later
 * @flags: %SMCCC_POLICY_FORWARD and so on, or 0
 * @path: a policy's file: .bpf.o, or .bpf.c, which is compiled with clang ($CLANG) in a
 *	child process. NULL: see @object
 * @object: a compiled policy in memory, which is only read; exactly one of @path,
 *	@object and %SMCCC_POLICY_DEFAULT is to be given
 * @object_size: bytes of @object, up to 64 MiB
 * @cookie: a 64-bit number that the policy sees with each call; NULL: the policy's own,
 *	0 unless it has one
 * @name: pins the attachment, so that smccc_loader can list, replace and detach it: 1
 *	to 64 of A-Z a-z 0-9 _ and -, not first. NULL: see %SMCCC_POLICY_PIN
 * @pin_dir: where, an absolute path in a BPF file system. NULL: /sys/fs/bpf/smccc
 * @vms: several VMs, instead of @vm_fd, @cookie and @name. The policy is loaded once,
 *	and attached to all of them or to none. Either all of them are pinned or none
 * @vm_count: how many
 * @include_dirs: where else to look for headers of a .bpf.c, up to 16, then NULL
 * @data_dir: where the default policy and smccc_policy.h are; NULL: $SMCCC_BPF_DIR, or
 *	the usual places
 * @rule: rules for a policy that decides by them, up to 16, then NULL: "ID[-ID]=VERDICT"
 * @rules: a file of such rules, one a line
 * @done: called with all of it attached, and pinned, or else undone, while the signals
 *	are still blocked, and the lock of @pin_dir is held; with what
 *	smccc_policy_attach() will return. Not called if it does not come that far
 * @arg: for @done
 * @json: on failure gets what `smccc_loader --json` says, an object with the members code,
 *	exit, message, hint, and more that depends on the code; NULL if there is no memory
 *	for it. For the caller to free()
 * @detail: on failure gets what the compiler or the verifier said, or NULL. For the
 *	caller to free()
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
	struct smccc_policy_vm *vms;
	size_t vm_count;
	const char *const *include_dirs;
	const char *data_dir;
	const char *const *rule;
	const char *rules;
	void (*done)(int ret, void *arg);
	void *arg;
	char **json;
	char **detail;
};

/**
 * smccc_policy_attach() - attach a policy to a VM, or to several
 * @how: see above
 * @error: gets one line, in English, about what failed and what to do, for the user;
 *	"" on success. May be NULL
 * @error_size: bytes at @error; 512 are enough for all but long paths, and what does
 *	not fit is cut off
 *
 * Takes CAP_BPF and CAP_PERFMON in the initial user namespace, and milliseconds: the
 * verifier runs. May wait for another process that holds the lock of @pin_dir. SIGINT,
 * SIGTERM and SIGHUP are blocked in the calling thread while VMs get their policy; with
 * more than one VM, such a signal is then a failure. One thread at a time may be in here.
 *
 * A .bpf.c takes a second, and a child process. That child is not the caller's business:
 * it is no child of the caller's, sends no SIGCHLD and cannot be taken by the caller's
 * wait(2), whatever the caller does with SIGCHLD and whichever thread waits for children.
 * It starts with default signal handling and an empty signal mask.
 *
 * Return: a link's fd, close-on-exec; with @vms 0. Without @name the policy is attached
 * until the last copy of the link is closed, at the latest by the end of the process;
 * with @name, also as long as the pin is there. It never keeps the VM alive. On failure a
 * negative enum smccc_policy_error: then nothing is attached or pinned.
 */
int smccc_policy_attach(const struct smccc_policy_attach *how, char *error, size_t error_size);

#ifdef __cplusplus
}
#endif

#endif
