/* SPDX-License-Identifier: GPL-2.0 */
/* The two guest programs, as they go into guest memory. */
	.section .rodata
	.global	payload64, payload64_end, payload32, payload32_end
	.balign	8
payload64:
	.incbin	"payload64.bin"
payload64_end:
	.balign	8
payload32:
	.incbin	"payload32.bin"
payload32_end:

	.section .note.GNU-stack, "", %progbits
