// SPDX-License-Identifier: GPL-2.0
#include <bpf/btf.h>
#include <gelf.h>
#include <libelf.h>
#include <stdbool.h>
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

/*
 * Where a struct_ops is in its section, and how long, libbpf adds up in 32 bits, and
 * takes what is there: below this the sum is right.
 */
#define OFFSET_LIMIT (1U << 31)
/* What it declares takes a line for every eight bytes that no member takes: map_types.c. */
#define SIZE_LIMIT (1U << 24)

static bool are_symbols_sane(Elf_Data *data)
{
	GElf_Sym sym;
	int i;

	for (i = 0; gelf_getsym(data, i, &sym); i++) {
		if ((__u32)sym.st_value >= OFFSET_LIMIT)
			return false;
	}
	return true;
}

/* As deep as libbpf goes: BTF can have a type that is its own. */
#define MAX_DEPTH 32

/* libbpf divides by the alignment of a member, so it must be of a type that has one. */
static bool is_member_sane(const struct btf *btf, const struct btf_member *member)
{
	const struct btf_type *type = btf__type_by_id(btf, member->type);
	int depth = 0;

	while (depth++ < MAX_DEPTH &&
	       (btf_is_mod(type) || btf_is_typedef(type) || btf_is_array(type)))
		type = btf__type_by_id(btf,
				       btf_is_array(type) ? btf_array(type)->type : type->type);
	switch (btf_kind(type)) {
	case BTF_KIND_INT:
	case BTF_KIND_FLOAT:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return type->size;
	case BTF_KIND_PTR:
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return true;
	default:
		return false;
	}
}

/* libbpf copies members without a look at the end of the structure. */
static bool is_struct_sane(const struct btf *btf, const struct btf_type *type)
{
	int i;

	for (i = 0; i < btf_vlen(type); i++) {
		__s64 size = btf__resolve_size(btf, btf_members(type)[i].type);

		/* a bit field's is that of its type */
		if (size < 0 || btf_member_bitfield_size(type, i))
			size = 0;
		if (btf_member_bit_offset(type, i) / 8 + size > type->size ||
		    !is_member_sane(btf, &btf_members(type)[i]))
			return false;
	}
	return type->size < SIZE_LIMIT;
}

static bool is_section_type_sane(const struct btf_type *type)
{
	int i;

	for (i = 0; i < btf_vlen(type); i++) {
		if (btf_var_secinfos(type)[i].offset >= OFFSET_LIMIT)
			return false;
	}
	return true;
}

static bool are_types_sane(const Elf_Data *data)
{
	struct btf *btf = btf__new(data->d_buf, data->d_size);
	bool sane = true;
	__u32 id;

	/* if there is none, libbpf says so later */
	for (id = 1; btf && sane && id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);

		if (btf_is_composite(type))
			sane = is_struct_sane(btf, type);
		else if (btf_is_datasec(type))
			sane = is_section_type_sane(type);
	}
	btf__free(btf);
	return sane;
}

static bool is_section_sane(Elf *elf, Elf_Scn *section, size_t names)
{
	GElf_Shdr header;
	Elf_Data *data = elf_getdata(section, NULL);
	const char *name;

	if (!data || !gelf_getshdr(section, &header))
		return true;
	name = elf_strptr(elf, names, header.sh_name);
	if (header.sh_type == SHT_SYMTAB)
		return are_symbols_sane(data);
	return header.sh_type != SHT_PROGBITS || !name || strcmp(name, ".BTF") ||
	       are_types_sane(data);
}

static int check_sections(Elf *elf, const char *label, struct err *err)
{
	Elf_Scn *section = NULL;
	size_t names = 0;

	elf_getshdrstrndx(elf, &names);
	while ((section = elf_nextscn(elf, section))) {
		if (!is_section_sane(elf, section, names))
			return err_set(
				err, ERR_POLICY_INVALID, COMPILE_HINT,
				"%s is damaged: its types or symbols are not where they can be",
				label);
	}
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
