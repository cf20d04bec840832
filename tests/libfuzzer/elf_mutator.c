// SPDX-License-Identifier: GPL-2.0
/*
 * New objects from old ones. Bytes that are added or taken away move all that follows
 * them, and libelf refuses the file: so most of the time some bytes of one section
 * are changed where they are, a section as likely as any other, however small.
 */
#include <elf.h>
#include <string.h>

#include "target.h"

#define WINDOW 16
#define ANYHOW 8 /* one of so many is libFuzzer's own */

static unsigned int next(unsigned int *state)
{
	*state = *state * 1103515245 + 12345;
	return *state >> 8;
}

static const Elf64_Shdr *pick_section(const uint8_t *data, size_t size, unsigned int *state)
{
	const Elf64_Ehdr *header = (const void *)data;
	const Elf64_Shdr *section;

	if (size < sizeof(*header) || header->e_shoff >= size || header->e_shoff % 8 ||
	    !header->e_shnum || size - header->e_shoff < (size_t)header->e_shnum * sizeof(*section))
		return NULL;
	section = (const void *)(data + header->e_shoff);
	section += next(state) % header->e_shnum;
	if (section->sh_type == SHT_NOBITS || !section->sh_size || section->sh_offset >= size ||
	    section->sh_size > size - section->sh_offset)
		return NULL;
	return section;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	unsigned int state = seed;
	const Elf64_Shdr *section;
	size_t at, len;

	section = next(&state) % ANYHOW ? pick_section(data, size, &state) : NULL;
	if (!section)
		return LLVMFuzzerMutate(data, size, max_size);
	at = next(&state) % section->sh_size;
	len = section->sh_size - at;
	len = len < WINDOW ? len : 1 + next(&state) % WINDOW;
	/* it may make fewer of them: the rest stays */
	LLVMFuzzerMutate(data + section->sh_offset + at, len, len);
	return size;
}
