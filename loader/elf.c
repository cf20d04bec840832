// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <gelf.h>
#include <libelf.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "btf_check.h"
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

static bool are_symbols_sane(Elf_Data *data)
{
	GElf_Sym sym;
	int i;

	for (i = 0; gelf_getsym(data, i, &sym); i++) {
		if ((__u32)sym.st_value >= BTF_OFFSET_LIMIT)
			return false;
	}
	return true;
}

static int check_types(const Elf_Data *data)
{
	struct btf *btf = btf__new(data->d_buf, data->d_size);
	/* if there are none, libbpf says so later */
	int ret = btf ? btf_check(btf) : 0;

	btf__free(btf);
	return ret;
}

/* -EINVAL, -ENOMEM */
static int check_section(Elf *elf, Elf_Scn *section, size_t names)
{
	GElf_Shdr header;
	Elf_Data *data = elf_getdata(section, NULL);
	const char *name;

	if (!data || !gelf_getshdr(section, &header))
		return 0;
	name = elf_strptr(elf, names, header.sh_name);
	if (header.sh_type == SHT_SYMTAB)
		return are_symbols_sane(data) ? 0 : -EINVAL;
	if (header.sh_type != SHT_PROGBITS || !name || strcmp(name, ".BTF"))
		return 0;
	return check_types(data);
}

static int check_sections(Elf *elf, const char *label, struct err *err)
{
	Elf_Scn *section = NULL;
	size_t names = 0;
	int ret = 0;

	elf_getshdrstrndx(elf, &names);
	while (!ret && (section = elf_nextscn(elf, section)))
		ret = check_section(elf, section, names);
	if (ret == -ENOMEM)
		return err_no_memory(err);
	if (ret)
		return err_set(err, ERR_POLICY_INVALID, COMPILE_HINT,
			       "%s is damaged: its types or symbols are not as they can be", label);
	return 0;
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
	return check_sections(elf, label, err);
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
