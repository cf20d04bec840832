// SPDX-License-Identifier: GPL-2.0
/*
 * usage: vmlinux_h BTF TYPE...
 *
 * Prints the C definitions of some types of a kernel, and of all that they are
 * made of, in the frame that "bpftool btf dump file BTF format c" gives a whole
 * kernel's. BTF is a file with raw BTF or an ELF file. TYPE is "struct NAME",
 * "union NAME", "enum NAME", "typedef NAME", or "enumerator NAME" for the enum,
 * named or not, that has that constant.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct kind {
	const char *prefix;
	__u32 kind;
} kinds[] = {
	{ "struct ", BTF_KIND_STRUCT },
	{ "union ", BTF_KIND_UNION },
	{ "enum ", BTF_KIND_ENUM },
	{ "typedef ", BTF_KIND_TYPEDEF },
};

static const char enumerator_prefix[] = "enumerator ";

static const char head[] =
	"/* Made by \"kernel/build vmlinux-h\" from the patched kernel's BTF. */\n"
	"#ifndef __VMLINUX_H__\n"
	"#define __VMLINUX_H__\n"
	"\n"
	"#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n"
	"#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)\n"
	"#endif\n"
	"\n"
	"#ifndef __ksym\n"
	"#define __ksym __attribute__((section(\".ksyms\")))\n"
	"#endif\n"
	"\n"
	"#ifndef __weak\n"
	"#define __weak __attribute__((weak))\n"
	"#endif\n"
	"\n";

static const char tail[] = "#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n"
			   "#pragma clang attribute pop\n"
			   "#endif\n"
			   "\n"
			   "#endif /* __VMLINUX_H__ */\n";

static bool has_enumerator(const struct btf *btf, const struct btf_type *type, const char *name)
{
	for (int i = 0; i < btf_vlen(type); i++) {
		__u32 offset = btf_is_enum(type) ? btf_enum(type)[i].name_off :
						   btf_enum64(type)[i].name_off;

		if (!strcmp(btf__name_by_offset(btf, offset), name))
			return true;
	}
	return false;
}

static int find_enumerator(const struct btf *btf, const char *name)
{
	for (__u32 id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);

		if (btf_is_any_enum(type) && has_enumerator(btf, type, name))
			return id;
	}
	return -ENOENT;
}

/* The ID of a type, or a negative error. */
static int find_type(const struct btf *btf, const char *type)
{
	size_t length = strlen(enumerator_prefix);

	if (!strncmp(type, enumerator_prefix, length))
		return find_enumerator(btf, type + length);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		length = strlen(kinds[i].prefix);
		if (!strncmp(type, kinds[i].prefix, length))
			return btf__find_by_name_kind(btf, type + length, kinds[i].kind);
	}
	return -EINVAL;
}

static void __attribute__((format(printf, 2, 0)))
print(void *context, const char *format, va_list args)
{
	(void)context;
	vprintf(format, args);
}

static int dump_types(const struct btf *btf, char **types)
{
	struct btf_dump *dump = btf_dump__new(btf, print, NULL, NULL);
	int err = dump ? 0 : -errno;

	for (; !err && *types; types++) {
		int id = find_type(btf, *types);

		err = id < 0 ? id : btf_dump__dump_type(dump, id);
		if (err)
			fprintf(stderr, "vmlinux_h: '%s': %s\n", *types, strerror(-err));
	}
	btf_dump__free(dump);
	return err;
}

int main(int argc, char **argv)
{
	struct btf *btf;
	int err;

	if (argc < 3) {
		fprintf(stderr, "usage: vmlinux_h BTF TYPE...\n");
		return 2;
	}
	btf = btf__parse(argv[1], NULL);
	if (!btf) {
		fprintf(stderr, "vmlinux_h: cannot read BTF from '%s': %s\n", argv[1],
			strerror(errno));
		return 1;
	}
	fputs(head, stdout);
	err = dump_types(btf, argv + 2);
	fputs(tail, stdout);
	btf__free(btf);
	return err || fflush(stdout) ? 1 : 0;
}
