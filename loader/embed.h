/* SPDX-License-Identifier: GPL-2.0 */
/* A compiled BPF program in the loader itself: it needs no file beside it, and fits it. */
#ifndef SMCCC_EMBED_H
#define SMCCC_EMBED_H

/* Declares name[] and name_end[]; hidden: not to be looked for among other objects' symbols. */
#define EMBED(name, file)                                               \
	__asm__(".pushsection .rodata\n"                                \
		".balign 16\n" #name ":\n"                              \
		".incbin \"" file "\"\n" #name "_end:\n"                \
		".popsection\n");                                       \
	extern const char name[] __attribute__((visibility("hidden"))); \
	extern const char name##_end[] __attribute__((visibility("hidden")))

#endif
