// SPDX-License-Identifier: GPL-2.0
/* The interrupt controller: KVM's GICv3 (Documentation/virt/kvm/devices/arm-vgic-v3.rst). */
#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "machine.h"
#include "vm_private.h"

#define NR_IRQS 64 /* those of a CPU, and as many of the machine's */

static int set_attr(struct vm *vm, int gic, uint32_t group, uint64_t attr, const void *value)
{
	struct kvm_device_attr device_attr = {
		.group = group,
		.attr = attr,
		.addr = (uintptr_t)value,
	};

	if (ioctl(gic, KVM_SET_DEVICE_ATTR, &device_attr))
		return set_err(vm->err, -errno, "GICv3, attribute %u of group %u: %m",
			       (unsigned int)attr, group);
	return 0;
}

int gic_create(struct machine *machine)
{
	struct kvm_create_device device = { .type = KVM_DEV_TYPE_ARM_VGIC_V3 };
	const uint64_t dist = MACHINE_GIC_DIST, redist = MACHINE_GIC_REDIST;
	const uint32_t nr_irqs = NR_IRQS;
	struct vm *vm = &machine->vm;
	int gic, err;

	if (ioctl(vm->fd, KVM_CREATE_DEVICE, &device))
		return set_err(vm->err, -errno, "KVM_CREATE_DEVICE, a GICv3: %m");
	gic = device.fd;
	err = set_attr(vm, gic, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST, &dist);
	if (!err)
		err = set_attr(vm, gic, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST,
			       &redist);
	if (!err)
		err = set_attr(vm, gic, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &nr_irqs);
	if (!err)
		err = set_attr(vm, gic, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT,
			       NULL);
	/* The VM holds the device. */
	close(gic);
	return err;
}
