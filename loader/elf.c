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

static void copy_license(Elf *elf, char *license, size_t size)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;

	if (elf_getshdrstrndx(elf, &names))
		return;
	while ((section = elf_nextscn(elf, section))) {
		const char *name;
		Elf_Data *data;

		if (!gelf_getshdr(section, &header))
			continue;
		name = elf_strptr(elf, names, header.sh_name);
		if (!name || strcmp(name, "license"))
			continue;
		data = elf_getdata(section, NULL);
		if (data && data->d_buf)
			snprintf(license, size, "%.*s", (int)data->d_size,
				 (const char *)data->d_buf);
		return;
	}
}

void elf__license(const struct policy_file *file, char *license, size_t size)
{
	Elf *elf;

	license[0] = '\0';
	elf_version(EV_CURRENT);
	elf = elf_memory(file->data, file->size);
	if (elf)
		copy_license(elf, license, size);
	elf_end(elf);
}
