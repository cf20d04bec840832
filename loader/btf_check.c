// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>

#include "btf_check.h"

/* libbpf counts a structure's bits in 32. */
#define SIZE_LIMIT (1U << 24)

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

static __u64 member_bits(const struct btf *btf, const struct btf_type *type, int member)
{
	__u32 bits = btf_member_bitfield_size(type, member);
	__s64 size = bits ? 0 : btf__resolve_size(btf, btf_members(type)[member].type);

	return size > 0 ? size * 8 : bits;
}

/* libbpf copies members without a look at the end of the structure. */
static bool is_struct_sane(const struct btf *btf, const struct btf_type *type)
{
	int i;

	for (i = 0; i < btf_vlen(type); i++) {
		__u64 size = member_bits(btf, type, i) / 8;

		if (btf_member_bit_offset(type, i) / 8 + size > type->size ||
		    !is_member_sane(btf, &btf_members(type)[i]))
			return false;
	}
	return type->size < SIZE_LIMIT;
}

static bool is_section_sane(const struct btf_type *type)
{
	int i;

	for (i = 0; i < btf_vlen(type); i++) {
		if (btf_var_secinfos(type)[i].offset >= BTF_OFFSET_LIMIT)
			return false;
	}
	return true;
}

/*
 * What libbpf goes through to declare a type: all that it is made of, and of what it
 * points to as much as has no name. It does so by recursion, without end if a type is
 * part of itself, and each time anew for a type that is used twice.
 */
struct extent {
	__u64 lines; /* one of each type, and the padding; 0: not known */
	__u32 depth;
};

#define LINES_LIMIT (1U << 18)
#define DEPTH_LIMIT 64

struct measuring {
	const struct btf *btf;
	/* of each type, by its number: as a part, and behind a pointer */
	struct extent (*known)[2];
};

static bool measure(struct measuring *m, __u32 id, bool pointed_to, __u32 above);

static bool add(struct measuring *m, struct extent *whole, __u32 id, bool pointed_to, __u32 above)
{
	const struct extent *part;

	if (!measure(m, id, pointed_to, above + 1))
		return false;
	part = &m->known[id][pointed_to];
	whole->lines += part->lines;
	if (whole->depth <= part->depth)
		whole->depth = part->depth + 1;
	return whole->lines < LINES_LIMIT && above + whole->depth < DEPTH_LIMIT;
}

/* libbpf writes a line for every eight bytes of a structure that no member takes. */
static __u64 padding_lines(const struct btf *btf, const struct btf_type *type)
{
	__u64 lines = 0, end = 0;
	int i;

	for (i = 0; i < btf_vlen(type); i++) {
		__u32 begin = btf_member_bit_offset(type, i);

		if (begin > end)
			lines += (begin - end) / 64;
		end = begin + member_bits(btf, type, i);
	}
	if (type->size * 8ULL > end)
		lines += (type->size * 8ULL - end) / 64;
	return btf_is_struct(type) ? lines : 0;
}

static bool add_parts(struct measuring *m, struct extent *whole, const struct btf_type *type,
		      bool pointed_to, __u32 above)
{
	bool sane = true;
	int i;

	switch (btf_kind(type)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		/* behind a pointer the name will do */
		if (pointed_to && type->name_off)
			return true;
		whole->lines += padding_lines(m->btf, type);
		for (i = 0; sane && i < btf_vlen(type); i++)
			sane = add(m, whole, btf_members(type)[i].type, false, above);
		return sane;
	case BTF_KIND_FUNC_PROTO:
		sane = add(m, whole, type->type, pointed_to, above);
		for (i = 0; sane && i < btf_vlen(type); i++)
			sane = add(m, whole, btf_params(type)[i].type, pointed_to, above);
		return sane;
	case BTF_KIND_ARRAY:
		return add(m, whole, btf_array(type)->type, false, above);
	case BTF_KIND_PTR:
		return add(m, whole, type->type, true, above);
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		return add(m, whole, type->type, pointed_to, above);
	default:
		return true;
	}
}

/*
 * above: of how many types, one in the other, this one is part. False: beyond the limits,
 * or there is no such type, which libbpf does not find in each place.
 */
static bool measure(struct measuring *m, __u32 id, bool pointed_to, __u32 above)
{
	const struct btf_type *type = btf__type_by_id(m->btf, id);
	struct extent whole = { .lines = 1 };

	if (!type || above >= DEPTH_LIMIT)
		return false;
	if (m->known[id][pointed_to].lines)
		return true;
	if (!add_parts(m, &whole, type, pointed_to, above))
		return false;
	m->known[id][pointed_to] = whole;
	return true;
}

static bool is_type_sane(struct measuring *m, __u32 id)
{
	const struct btf_type *type = btf__type_by_id(m->btf, id);

	if (btf_is_composite(type) && !is_struct_sane(m->btf, type))
		return false;
	if (btf_is_datasec(type) && !is_section_sane(type))
		return false;
	return measure(m, id, false, 0);
}

int btf_check(const struct btf *btf)
{
	__u32 id, count = btf__type_cnt(btf);
	struct measuring m = { .btf = btf, .known = calloc(count, sizeof(*m.known)) };

	if (!m.known)
		return -ENOMEM;
	for (id = 1; id < count && is_type_sane(&m, id); id++)
		;
	free(m.known);
	return id < count ? -EINVAL : 0;
}
