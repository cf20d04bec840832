/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The AArch64 guest program: exception vectors that report to the host, and
 * the loop that issues one call again and again and tallies what came back.
 */
#include "layout.h"

	/* x29 and x30 are lost: whoever gets here is beyond repair. */
	.macro	vector number
	.balign	0x80
	mov	x29, #(GUEST_MMIO_EXCEPTION & 0xffff0000)
	movk	x29, #(GUEST_MMIO_EXCEPTION & 0xffff)
	mov	w30, #\number
	str	w30, [x29]
	b	.
	.endm

	/* x0-x17, to or from an array in the call that x21 points to */
	.macro	all_args insn, array
	\insn	x0, x1, [x21, #(\array + 0)]
	\insn	x2, x3, [x21, #(\array + 16)]
	\insn	x4, x5, [x21, #(\array + 32)]
	\insn	x6, x7, [x21, #(\array + 48)]
	\insn	x8, x9, [x21, #(\array + 64)]
	\insn	x10, x11, [x21, #(\array + 80)]
	\insn	x12, x13, [x21, #(\array + 96)]
	\insn	x14, x15, [x21, #(\array + 112)]
	\insn	x16, x17, [x21, #(\array + 128)]
	.endm

	.macro	read_ticks reg
	isb
	mrs	\reg, cntvct_el0
	isb
	.endm

	.text
	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vector	\number
	.endr

	/*
	 * On entry x19 is this vCPU's table. A policy's answer may change
	 * x0-x17 and the thunk's return address is in x30, so everything that
	 * has to survive a call is in x19-x28.
	 */
	.balign	0x800
loop:
	ldr	x20, [x19, #LOOP_THUNK]
	ldr	x21, [x19, #LOOP_LIMIT]
	ldr	x22, [x19, #LOOP_EXPECT_A]
	ldr	x23, [x19, #LOOP_EXPECT_B]
	mov	x24, #0				// calls
	mov	x25, #0				// came back as A
	mov	x26, #0				// came back as B
	mov	x27, #0				// came back as neither
	read_ticks x28
	str	x28, [x19, #LOOP_START]

1:	ldp	x0, x1, [x19, #LOOP_REGS]
	ldp	x2, x3, [x19, #LOOP_REGS + 16]
	ldp	x4, x5, [x19, #LOOP_REGS + 32]
	ldp	x6, x7, [x19, #LOOP_REGS + 48]
	ldp	x8, x9, [x19, #LOOP_REGS + 64]
	ldp	x10, x11, [x19, #LOOP_REGS + 80]
	ldp	x12, x13, [x19, #LOOP_REGS + 96]
	ldp	x14, x15, [x19, #LOOP_REGS + 112]
	ldp	x16, x17, [x19, #LOOP_REGS + 128]
	blr	x20

	cmp	x0, x22
	b.ne	2f
	add	x25, x25, #1
	b	4f
2:	cmp	x0, x23
	b.ne	3f
	add	x26, x26, #1
	b	4f
3:	add	x27, x27, #1
	str	x0, [x19, #LOOP_ODD]

4:	add	x24, x24, #1
	str	x24, [x19, #LOOP_CALLS]
	ldr	x0, [x19, #LOOP_STOP]
	cbnz	x0, 5f
	cmp	x24, x21			// a limit of 0 is never met
	b.ne	1b

5:	read_ticks x28
	str	x28, [x19, #LOOP_END]
	str	x25, [x19, #LOOP_GOT_A]
	str	x26, [x19, #LOOP_GOT_B]
	str	x27, [x19, #LOOP_OTHER]
	dsb	sy
	mov	x0, #(GUEST_MMIO_LOOP & 0xffff0000)
	movk	x0, #(GUEST_MMIO_LOOP & 0xffff)
	str	wzr, [x0]
	b	.

	/* On entry x19 is this vCPU's batch; again only x19-x28 survive a call. */
	.balign	0x400
batch:
	ldr	x20, [x19, #BATCH_LEFT]
	ldr	x21, [x19, #BATCH_NEXT]

1:	ldr	x22, [x21, #BATCH_THUNK]
	read_ticks x23
	str	x23, [x21, #BATCH_BEGIN]
	all_args ldp, BATCH_REGS
	blr	x22
	all_args stp, BATCH_RESULTS
	read_ticks x23
	str	x23, [x21, #BATCH_END]
	add	x21, x21, #BATCH_CALL_SIZE
	subs	x20, x20, #1
	b.ne	1b

	str	x20, [x19, #BATCH_LEFT]
	dsb	sy
	mov	x0, #(GUEST_MMIO_LOOP & 0xffff0000)
	movk	x0, #(GUEST_MMIO_LOOP & 0xffff)
	str	wzr, [x0]
	b	.
