// SPDX-License-Identifier: GPL-2.0
/*
 * The console: of a PL011 what prints. Its output buffer is never full, so no
 * driver waits for an interrupt, and there is none.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "machine.h"
#include "vm_private.h"

#define UART_SIZE 0x1000
#define UART_DR	  0x00 /* data */
#define UART_FR	  0x18 /* flags */

#define FR_TXFE (1 << 7) /* nothing left to send, */
#define FR_RXFE (1 << 4) /* nothing received */

static void print(uint8_t c)
{
	if (c != '\r')
		putchar(c);
	/* What was printed is seen, however the machine ends. */
	if (c == '\n')
		fflush(stdout);
}

int console_access(struct vcpu *vcpu, void *machine)
{
	struct kvm_run *run = vcpu->run;
	uint64_t offset = run->mmio.phys_addr - MACHINE_UART;
	uint32_t value = offset == UART_FR ? FR_TXFE | FR_RXFE : 0;

	(void)machine;
	if (offset >= UART_SIZE || run->mmio.len > sizeof(value))
		return set_err(vcpu->err, -EIO, "the guest accessed 0x%llx, where nothing is",
			       (unsigned long long)run->mmio.phys_addr);
	if (!run->mmio.is_write)
		memcpy(run->mmio.data, &value, run->mmio.len);
	else if (offset == UART_DR)
		print(run->mmio.data[0]);
	return 0;
}
