// SPDX-License-Identifier: GPL-2.0
/* The device tree, which tells Linux of the machine. */
#include <errno.h>
#include <libfdt.h>
#include <stdio.h>

#include "machine.h"
#include "vm_private.h"

enum { PHANDLE_GIC = 1, PHANDLE_CLOCK = 2 };
enum { GIC_SPI = 0, GIC_PPI = 1, IRQ_HIGH = 4 };

/* After the first error of libfdt's, nothing more is written. */
struct tree {
	void *fdt;
	int err;
};

#define TREE(tree, call) ((tree)->err ? 0 : ((tree)->err = (call)))

static void begin(struct tree *tree, const char *name)
{
	TREE(tree, fdt_begin_node(tree->fdt, name));
}

static void end(struct tree *tree)
{
	TREE(tree, fdt_end_node(tree->fdt));
}

static void string(struct tree *tree, const char *name, const char *value)
{
	TREE(tree, fdt_property_string(tree->fdt, name, value));
}

static void number(struct tree *tree, const char *name, uint32_t value)
{
	TREE(tree, fdt_property_u32(tree->fdt, name, value));
}

static void numbers32(struct tree *tree, const char *name, const uint32_t *values, size_t nr)
{
	fdt32_t *to = NULL;

	TREE(tree, fdt_property_placeholder(tree->fdt, name, nr * sizeof(*to), (void **)&to));
	for (size_t i = 0; to && i < nr; i++)
		to[i] = cpu_to_fdt32(values[i]);
}

static void numbers64(struct tree *tree, const char *name, const uint64_t *values, size_t nr)
{
	fdt64_t *to = NULL;

	TREE(tree, fdt_property_placeholder(tree->fdt, name, nr * sizeof(*to), (void **)&to));
	for (size_t i = 0; to && i < nr; i++)
		to[i] = cpu_to_fdt64(values[i]);
}

#define NUMBERS(function, tree, name, type, ...)            \
	function(tree, name, (const type[]){ __VA_ARGS__ }, \
		 sizeof((const type[]){ __VA_ARGS__ }) / sizeof(type))
#define CELLS(tree, name, ...)	NUMBERS(numbers32, tree, name, uint32_t, __VA_ARGS__)
#define RANGES(tree, name, ...) NUMBERS(numbers64, tree, name, uint64_t, __VA_ARGS__)

static void add_chosen(struct tree *tree, const struct machine *machine, const char *append)
{
	begin(tree, "chosen");
	string(tree, "stdout-path", "/pl011");
	string(tree, "bootargs", append);
	if (machine->initrd_size) {
		RANGES(tree, "linux,initrd-start", machine->initrd);
		RANGES(tree, "linux,initrd-end", machine->initrd + machine->initrd_size);
	}
	end(tree);

	begin(tree, "memory");
	string(tree, "device_type", "memory");
	RANGES(tree, "reg", MACHINE_RAM, machine->vm.ram_size);
	end(tree);
}

static void add_cpus(struct tree *tree, const struct machine *machine)
{
	char name[16];

	begin(tree, "cpus");
	number(tree, "#address-cells", 1);
	number(tree, "#size-cells", 0);
	for (unsigned int i = 0; i < machine->vm.nr_vcpus; i++) {
		snprintf(name, sizeof(name), "cpu@%x", i);
		begin(tree, name);
		string(tree, "device_type", "cpu");
		string(tree, "compatible", "arm,armv8");
		string(tree, "enable-method", "psci");
		number(tree, "reg", i);
		end(tree);
	}
	end(tree);

	begin(tree, "psci");
	string(tree, "compatible", "arm,psci-1.0");
	string(tree, "method", "hvc");
	end(tree);
}

static void add_interrupts(struct tree *tree, const struct machine *machine)
{
	begin(tree, "gic");
	string(tree, "compatible", "arm,gic-v3");
	number(tree, "#interrupt-cells", 3);
	TREE(tree, fdt_property(tree->fdt, "interrupt-controller", NULL, 0));
	RANGES(tree, "reg", MACHINE_GIC_DIST, MACHINE_GIC_DIST_SIZE, MACHINE_GIC_REDIST,
	       MACHINE_GIC_REDIST_SIZE * machine->vm.nr_vcpus);
	number(tree, "phandle", PHANDLE_GIC);
	end(tree);

	/* Secure, non-secure, virtual and hypervisor's: KVM's numbers. */
	begin(tree, "timer");
	string(tree, "compatible", "arm,armv8-timer");
	CELLS(tree, "interrupts", GIC_PPI, 13, IRQ_HIGH, GIC_PPI, 14, IRQ_HIGH, GIC_PPI, 11,
	      IRQ_HIGH, GIC_PPI, 10, IRQ_HIGH);
	end(tree);
}

static void add_console(struct tree *tree)
{
	static const char compatible[] = "arm,pl011\0arm,primecell";
	static const char clock_names[] = "uartclk\0apb_pclk";

	begin(tree, "clock");
	string(tree, "compatible", "fixed-clock");
	number(tree, "#clock-cells", 0);
	number(tree, "clock-frequency", 24000000);
	number(tree, "phandle", PHANDLE_CLOCK);
	end(tree);

	begin(tree, "pl011");
	TREE(tree, fdt_property(tree->fdt, "compatible", compatible, sizeof(compatible)));
	/* In place of the device's own identification registers. */
	number(tree, "arm,primecell-periphid", 0x00041011);
	RANGES(tree, "reg", MACHINE_UART, 0x1000);
	CELLS(tree, "interrupts", GIC_SPI, MACHINE_UART_SPI, IRQ_HIGH);
	CELLS(tree, "clocks", PHANDLE_CLOCK, PHANDLE_CLOCK);
	TREE(tree, fdt_property(tree->fdt, "clock-names", clock_names, sizeof(clock_names)));
	end(tree);
}

int machine_describe(struct machine *machine, const char *append)
{
	struct tree tree = { .fdt = guest_to_host(&machine->vm, MACHINE_RAM) };

	TREE(&tree, fdt_create_with_flags(tree.fdt, MACHINE_FDT_SIZE, 0));
	TREE(&tree, fdt_finish_reservemap(tree.fdt));
	begin(&tree, "");
	number(&tree, "#address-cells", 2);
	number(&tree, "#size-cells", 2);
	string(&tree, "compatible", "linux,dummy-virt");
	number(&tree, "interrupt-parent", PHANDLE_GIC);
	add_chosen(&tree, machine, append ? append : "");
	add_cpus(&tree, machine);
	add_interrupts(&tree, machine);
	add_console(&tree);
	end(&tree);
	TREE(&tree, fdt_finish(tree.fdt));
	if (tree.err)
		return set_err(machine->vm.err, -EINVAL, "the device tree: %s",
			       fdt_strerror(tree.err));
	return 0;
}
