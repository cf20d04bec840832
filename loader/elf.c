// SPDX-License-Identifier: GPL-2.0
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <string.h>

#include "elf.h"

#define COMPILE_HINT "give a policy compiled with clang -target bpf, or its .bpf.c"

static const char *machine_name(int machine)
{
	switch (machine) {
	case EM_X86_64:
		return "x86-64";
	case EM_AARCH64:
		return "arm64";
	default:
		return "another machine";
	}
}

static int check(Elf *elf, const char *label, struct err *err)
{
	GElf_Ehdr header;

	if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header))
		return err_set(err, ERR_POLICY_INVALID, COMPILE_HINT, "%s is not an ELF object",
			       label);
	if (header.e_machine != EM_BPF)
		return err_set(err, ERR_POLICY_INVALID, COMPILE_HINT,
			       "%s is an ELF file for %s, not a BPF object", label,
			       machine_name(header.e_machine));
	if (header.e_type != ET_REL)
		return err_set(err, ERR_POLICY_INVALID, COMPILE_HINT,
			       "%s is a BPF file, but not a relocatable object", label);
	return 0;
}

int elf__check(const struct policy_file *file, struct err *err)
{
	Elf *elf;
	int ret;

	elf_version(EV_CURRENT);
	elf = elf_memory(file->data, file->size);
	ret = check(elf, file->label, err);
	elf_end(elf);
	return ret;
}
