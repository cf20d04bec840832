/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The AArch32 (A32) guest program, the same as payload64.S: exception vectors
 * that report to the host, and the loop that issues one call again and again.
 */
#include "layout.h"

	/* r12 is lost; each exception mode has its own sp and lr. */
	.macro	report number
vector_\number:
	ldr	sp, =GUEST_MMIO_EXCEPTION
	mov	r12, #\number
	str	r12, [sp]
	b	.
	.endm

	.macro	count offset
	ldr	r1, [sp, #\offset]
	add	r1, r1, #1
	str	r1, [sp, #\offset]
	.endm

	.macro	read_ticks offset
	isb
	mrrc	p15, 1, r0, r1, c14		@ CNTVCT
	isb
	str	r0, [sp, #\offset]
	str	r1, [sp, #\offset + 4]
	.endm

	.arch	armv7-a
	.arm
	.text
	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7
	b	vector_\number
	.endr
	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7
	report	\number
	.endr
	.ltorg

	/*
	 * On entry sp is this vCPU's table. A policy's answer may change
	 * x0-x17, which are r0-r12 and the banked registers of other modes:
	 * only sp and lr of this mode (x19, x18) survive, so the tallies are in
	 * the table. Only the low words of its members are used.
	 */
	.balign	0x800
loop:
	read_ticks LOOP_START

1:	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
	ldr	r\number, [sp, #LOOP_REGS + 8 * \number]
	.endr
	ldr	lr, [sp, #LOOP_THUNK]
	blx	lr

	ldr	r1, [sp, #LOOP_EXPECT_A]
	cmp	r0, r1
	bne	2f
	count	LOOP_GOT_A
	b	4f
2:	ldr	r1, [sp, #LOOP_EXPECT_B]
	cmp	r0, r1
	bne	3f
	count	LOOP_GOT_B
	b	4f
3:	str	r0, [sp, #LOOP_ODD]
	count	LOOP_OTHER

4:	count	LOOP_CALLS			@ leaves the new count in r1
	ldr	r0, [sp, #LOOP_STOP]
	cmp	r0, #0
	bne	5f
	ldr	r0, [sp, #LOOP_LIMIT]
	cmp	r0, r1				@ a limit of 0 is never met
	bne	1b

5:	read_ticks LOOP_END
	dsb	sy
	ldr	r2, =GUEST_MMIO_LOOP
	str	r0, [r2]
	b	.
	.ltorg

	/* On entry sp is this vCPU's batch; again only sp and lr survive a call. */
	.balign	0x400
batch:
1:	ldr	lr, [sp, #BATCH_NEXT]
	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
	ldr	r\number, [lr, #BATCH_REGS + 8 * \number]
	.endr
	ldr	lr, [lr, #BATCH_THUNK]
	blx	lr

	ldr	lr, [sp, #BATCH_NEXT]
	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
	str	r\number, [lr, #BATCH_RESULTS + 8 * \number]
	.endr
	add	lr, lr, #BATCH_CALL_SIZE
	str	lr, [sp, #BATCH_NEXT]
	ldr	r0, [sp, #BATCH_LEFT]
	subs	r0, r0, #1
	str	r0, [sp, #BATCH_LEFT]
	bne	1b

	dsb	sy
	ldr	r2, =GUEST_MMIO_LOOP
	str	r0, [r2]
	b	.
	.ltorg
