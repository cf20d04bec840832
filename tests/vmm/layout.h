/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where things are in a test guest's physical address space, and the layout
 * of the table that a looping guest and the host share. Plain numbers only:
 * the guest programs (payload64.S, payload32.S) include this file too.
 *
 * The guest runs with its MMU off. It reports by storing to an address that
 * no memory slot backs, which KVM hands to the VMM as KVM_EXIT_MMIO.
 */
#ifndef VMM_LAYOUT_H
#define VMM_LAYOUT_H

#define GUEST_MMIO_CALL	     0x09000000 /* one call has returned */
#define GUEST_MMIO_LOOP	     0x09000010 /* the loop has ended */
#define GUEST_MMIO_EXCEPTION 0x09000020 /* the guest took an exception: the vector's number */

#define GUEST_RAM	 0x40000000
#define GUEST_RAM_SIZE	 0x00400000
#define GUEST_VECTORS	 0x40000000 /* the payload: its vectors, then the loop */
#define GUEST_LOOP	 0x40000800
#define GUEST_BATCH	 0x40000c00
#define GUEST_TABLES	 0x40010000 /* one struct guest_loop for each vCPU */
#define GUEST_TABLE_SIZE 0x00000100
#define GUEST_BATCHES	 0x40020000 /* one struct guest_batch for each vCPU */
#define GUEST_BATCH_SIZE 0x00013900
#define GUEST_EDGE	 0x400f1000 /* the page behind the one whose last instruction is HVC */
#define GUEST_EDGE_SIZE	 0x00002000 /* from there to the one behind that with SMC */
#define GUEST_STUBS	 0x40100000 /* one for each conduit and immediate */
#define GUEST_STUB_SIZE	 16
#define GUEST_THUNK	 8 /* offset of the loop's half of a stub */

/* struct guest_loop (loop.c), every member 64 bits wide. */
#define LOOP_REGS     0
#define LOOP_THUNK    144
#define LOOP_LIMIT    152
#define LOOP_STOP     160
#define LOOP_EXPECT_A 168
#define LOOP_EXPECT_B 176
#define LOOP_CALLS    184
#define LOOP_GOT_A    192
#define LOOP_GOT_B    200
#define LOOP_OTHER    208
#define LOOP_ODD      216
#define LOOP_START    224
#define LOOP_END      232

/* struct guest_batch (batch.c), likewise: its head, and one of its calls. */
#define BATCH_LEFT	0
#define BATCH_NEXT	8 /* address of the next call */
#define BATCH_CALLS	16
#define BATCH_THUNK	0
#define BATCH_REGS	8
#define BATCH_RESULTS	152
#define BATCH_BEGIN	296 /* AArch64 only: cntvct_el0 before the call */
#define BATCH_END	304 /* and after it */
#define BATCH_CALL_SIZE 312

#endif /* VMM_LAYOUT_H */
