// SPDX-License-Identifier: GPL-2.0
/*
 * KVM's counters of the vCPUs of all VMs that have a policy, with the link of that
 * policy: an iterator over the open files of all processes.
 *
 * The statistics fds of KVM can only be made by the VMM itself; KVM's debugfs names VMs
 * by the thread that made them and its fd then, which may be another VM's by now, and
 * takes root. This looks at the VM that holds the link, whoever has its files.
 */
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "stats_record.h"

#define ANON_INODE_FS_MAGIC 0x09041934
#define TRIES		    8

/* What of the kernel's types is looked at, wherever this kernel has it. */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct super_block {
	unsigned long s_magic;
};

struct inode {
	struct super_block *i_sb;
};

struct qstr {
	const unsigned char *name;
};

struct dentry {
	struct qstr d_name;
};

struct path {
	struct dentry *dentry;
};

struct file {
	struct inode *f_inode;
	struct path f_path;
	void *private_data;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct file *file;
};

struct bpf_link {
	u32 id;
};

typedef struct {
	int counter;
} atomic_t;

struct kvm_arch {
	struct kvm_smccc_ops *smccc_ops;
};

struct kvm {
	atomic_t online_vcpus;
	struct kvm_arch arch;
};

struct kvm_vcpu_stat {
	u64 smccc_policy_calls;
	u64 smccc_policy_answered;
	u64 smccc_policy_forwarded;
	u64 smccc_policy_denied;
	u64 smccc_policy_violations;
};

struct kvm_vcpu {
	struct kvm *kvm;
	struct kvm_vcpu_stat stat;
};

#pragma clang attribute pop

/* Files of these names are KVM's only: no user can give a name to an anonymous inode. */
static const char vm_name[] = "kvm-vm";
static const char vcpu_name[] = "kvm-vcpu:";

static bool is_anonymous(struct file *file)
{
	return BPF_CORE_READ(file, f_inode, i_sb, s_magic) == ANON_INODE_FS_MAGIC;
}

static void read_counters(struct kvm_vcpu_stat *stat, u64 *counter)
{
	counter[STATS_CALLS] = BPF_CORE_READ(stat, smccc_policy_calls);
	counter[STATS_ANSWERED] = BPF_CORE_READ(stat, smccc_policy_answered);
	counter[STATS_FORWARDED] = BPF_CORE_READ(stat, smccc_policy_forwarded);
	counter[STATS_DENIED] = BPF_CORE_READ(stat, smccc_policy_denied);
	counter[STATS_VIOLATIONS] = BPF_CORE_READ(stat, smccc_policy_violations);
}

/* Of a vCPU that runs they change meanwhile, and would not fit: until they stay the same. */
static void read_vcpu(struct kvm_vcpu *vcpu, struct stats_record *record)
{
	u64 again[STATS_COUNTERS], changed = 1;
	int tries, i;

	record->vcpu = (u64)vcpu;
	read_counters(&vcpu->stat, again);
	for (tries = 0; tries < TRIES && changed; tries++) {
		for (i = 0; i < STATS_COUNTERS; i++)
			record->counter[i] = again[i];
		read_counters(&vcpu->stat, again);
		/* one branch for all: the verifier follows each */
		for (i = 0, changed = 0; i < STATS_COUNTERS; i++)
			changed |= record->counter[i] ^ again[i];
	}
}

SEC("iter/task_file")
int read_stats(struct bpf_iter__task_file *ctx)
{
	struct stats_record record = {};
	struct file *file = ctx->file;
	struct kvm_smccc_ops *ops;
	struct kvm_vcpu *vcpu;
	struct kvm *kvm;
	char name[16] = {};

	if (!file || !is_anonymous(file))
		return 0;
	bpf_probe_read_kernel_str(name, sizeof(name),
				  BPF_CORE_READ(file, f_path.dentry, d_name.name));
	if (!bpf_strncmp(name, sizeof(vm_name), vm_name)) {
		vcpu = NULL;
		kvm = BPF_CORE_READ(file, private_data);
	} else if (!bpf_strncmp(name, sizeof(vcpu_name) - 1, vcpu_name)) {
		vcpu = BPF_CORE_READ(file, private_data);
		kvm = BPF_CORE_READ(vcpu, kvm);
	} else {
		return 0;
	}
	ops = BPF_CORE_READ(kvm, arch.smccc_ops);
	if (!ops)
		return 0;
	record.link_id = BPF_CORE_READ(ops, link, id);
	record.vcpus = BPF_CORE_READ(kvm, online_vcpus.counter);
	if (vcpu)
		read_vcpu(vcpu, &record);
	bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
	return 0;
}

char _license[] SEC("license") = "GPL";
