/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bare guest's first instructions: loaded as a kernel's Image, so it begins
 * with that header. A CPU comes with its stack's end in x0, but for the first,
 * which comes with the device tree.
 */
	.section .head, "ax"
	.globl _start
_start:
	b	first
	.long	0
	.quad	0			/* text_offset */
	.quad	_end - _start		/* image_size */
	.quad	0, 0, 0, 0
	.ascii	"ARM\x64"
	.long	0

first:
	ldr	x1, =stacks_end
	mov	sp, x1
	b	guest_main

	/* CPU_ON's entry: x0 is as the call said, all else as after a reset. */
	.globl second
second:
	mrs	x1, CurrentEL
	mrs	x2, daif
	mrs	x3, sctlr_el1
	ldr	x4, =second_stack_end
	mov	sp, x4
	b	second_main

	.ltorg
	.data
	.balign	16
	.space	4096
second_stack_end:
	.space	4096
stacks_end:
	.balign	16
