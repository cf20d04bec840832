// SPDX-License-Identifier: GPL-2.0
/* KVM's binary statistics (Documentation/virt/kvm/api.rst, KVM_GET_STATS_FD). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vm_private.h"

static int read_at(int fd, void *buffer, size_t size, off_t offset)
{
	ssize_t got = pread(fd, buffer, size, offset);

	if (got < 0)
		return -errno;
	return (size_t)got == size ? 0 : -EIO;
}

/* Where the counter's value is, from the descriptors. */
static int find_counter(int fd, const char *name, off_t *offset)
{
	struct kvm_stats_header header;
	size_t desc_size, i;
	char *descs;
	int err;

	err = read_at(fd, &header, sizeof(header), 0);
	if (err)
		return err;
	desc_size = sizeof(struct kvm_stats_desc) + header.name_size;
	descs = malloc(desc_size * header.num_desc);
	if (!descs)
		return -ENOMEM;

	err = read_at(fd, descs, desc_size * header.num_desc, header.desc_offset);
	for (i = 0; !err && i < header.num_desc; i++) {
		const struct kvm_stats_desc *desc = (void *)(descs + i * desc_size);

		*offset = header.data_offset + desc->offset;
		if (!strcmp(desc->name, name))
			break;
	}
	if (!err && i == header.num_desc)
		err = -ENOENT;
	free(descs);
	return err;
}

int vcpu_stat(struct vcpu *vcpu, const char *name, uint64_t *value)
{
	off_t offset = 0;
	int err;

	if (vcpu->stats_fd < 0)
		vcpu->stats_fd = ioctl(vcpu->fd, KVM_GET_STATS_FD, NULL);
	if (vcpu->stats_fd < 0)
		return set_err(vcpu->err, -errno, "KVM_GET_STATS_FD: %m");

	err = find_counter(vcpu->stats_fd, name, &offset);
	if (!err)
		err = read_at(vcpu->stats_fd, value, sizeof(*value), offset);
	return err ? set_err(vcpu->err, err, "counter %s: %s", name, strerror(-err)) : 0;
}
