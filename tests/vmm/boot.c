// SPDX-License-Identifier: GPL-2.0
/*
 * Everything up to a machine's first instruction: RAM with the kernel and its
 * initrd in it, the devices (Documentation/arch/arm64/booting.rst).
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "machine.h"
#include "vm_private.h"

#define IMAGE_MAGIC 0x644d5241 /* "ARM\x64" */

/* The head of an arm64 kernel's Image. */
struct image {
	uint32_t code[2];
	uint64_t text_offset, image_size, flags, reserved[3];
	uint32_t magic, pe_header;
};

bool machine_has_ram(const struct machine *machine, uint64_t addr, uint64_t size)
{
	uint64_t ram_size = machine->vm.ram_size;

	return addr >= MACHINE_RAM && size <= ram_size && addr - MACHINE_RAM <= ram_size - size;
}

static int read_file(struct machine *machine, int fd, const char *path, uint64_t addr,
		     uint64_t size)
{
	uint8_t *to = guest_to_host(&machine->vm, addr);
	ssize_t got;

	for (uint64_t at = 0; at < size; at += got) {
		got = pread(fd, to + at, size - at, at);
		if (got <= 0)
			return set_err(machine->vm.err, -EIO, "cannot read %s: %s", path,
				       got ? strerror(errno) : "it became shorter");
	}
	return 0;
}

/* The whole file to addr in RAM. */
static int load(struct machine *machine, const char *path, uint64_t addr, uint64_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;
	int err;

	if (fd < 0 || fstat(fd, &stat)) {
		err = set_err(machine->vm.err, -errno, "cannot open %s: %m", path);
	} else if (!machine_has_ram(machine, addr, stat.st_size)) {
		err = set_err(machine->vm.err, -ENOSPC, "no room for %s; give the machine more RAM",
			      path);
	} else {
		*size = stat.st_size;
		err = read_file(machine, fd, path, addr, *size);
	}
	if (fd >= 0)
		close(fd);
	return err;
}

/* entry: where it begins; end: what is behind it and its BSS. */
static int load_kernel(struct machine *machine, const char *path, uint64_t *entry, uint64_t *end)
{
	const struct image *image = guest_to_host(&machine->vm, MACHINE_KERNEL);
	uint64_t size = 0;
	int err = load(machine, path, MACHINE_KERNEL, &size);

	if (err)
		return err;
	if (size < sizeof(*image) || image->magic != IMAGE_MAGIC || image->text_offset)
		return set_err(machine->vm.err, -ENOEXEC, "%s is no kernel Image for arm64", path);
	if (!machine_has_ram(machine, MACHINE_KERNEL, image->image_size))
		return set_err(machine->vm.err, -ENOSPC,
			       "no room for %s; give the machine more RAM", path);
	*entry = MACHINE_KERNEL;
	*end = MACHINE_KERNEL + (image->image_size > size ? image->image_size : size);
	return 0;
}

static int load_files(struct machine *machine, const struct machine_options *options)
{
	uint64_t end = 0;
	int err;

	err = load_kernel(machine, options->kernel, &machine->cpus[0].entry, &end);
	if (err || !options->initrd)
		return err;
	machine->initrd = (end + 0xffff) & ~0xffffULL;
	return load(machine, options->initrd, machine->initrd, &machine->initrd_size);
}

/*
 * The first CPU is to be started. The others wait for CPU_ON: in their threads, or
 * where PSCI is KVM's, in KVM.
 */
static void create_cpus(struct machine *machine)
{
	for (unsigned int i = 0; i < machine->vm.nr_vcpus; i++) {
		struct cpu *cpu = &machine->cpus[i];

		cpu->machine = machine;
		cpu->vcpu = &machine->vm.vcpus[i];
		cpu->state = machine->serve_psci ? CPU_IS_OFF : CPU_IS_ON;
	}
	machine->cpus[0].state = CPU_IS_PENDING;
	machine->cpus[0].context = MACHINE_RAM; /* of the device tree */
}

int machine_create(struct machine *machine, const struct machine_options *options)
{
	struct vm_options vm_options = {
		.nr_vcpus = options->nr_cpus,
		.ram_size = options->ram_size,
		.secondaries_off = !options->serve_psci,
	};
	int err;

	*machine = (struct machine){ .serve_psci = options->serve_psci };
	pthread_mutex_init(&machine->lock, NULL);
	pthread_cond_init(&machine->changed, NULL);

	err = vm_create(&machine->vm, &vm_options);
	if (err)
		return err;
	machine->vm.time_limit_ms = 0;
	machine->vm.mmio = console_access;
	machine->vm.mmio_arg = machine;
	machine->vm.forward = psci_serve;
	machine->vm.forward_arg = machine;
	create_cpus(machine);

	err = gic_create(machine);
	if (!err)
		err = load_files(machine, options);
	if (!err)
		err = machine_describe(machine, options->append);
	if (err)
		vm_destroy(&machine->vm);
	return err;
}

void machine_destroy(struct machine *machine)
{
	vm_destroy(&machine->vm);
}
