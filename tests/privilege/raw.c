// SPDX-License-Identifier: GPL-2.0
/*
 * usage: raw POLICY.bpf.o NAME VM-FD
 *
 * Attaches policy NAME to a VM, for as long as it runs, without a look at what it may:
 * so that it is the kernel that refuses. The exit status is then 8, as the loader's.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf_global.h"

static int fail(const char *what)
{
	int ret = errno;

	fprintf(stderr, "raw: %s: %s\n", what, strerror(ret));
	return ret == EPERM || ret == EACCES ? 8 : 1;
}

int main(int argc, char **argv)
{
	struct bpf_object *object = argc == 4 ? bpf_object__open_file(argv[1], NULL) : NULL;
	struct bpf_program *prog;
	struct bpf_map *ops;
	int *vm_fd;

	libbpf_set_print(NULL);
	ops = object ? bpf_object__find_map_by_name(object, argv[2]) : NULL;
	vm_fd = ops ? bpf_ops_member(object, ops, "vm_fd") : NULL;
	if (!vm_fd)
		return fail("no such policy");
	*vm_fd = atoi(argv[3]);
	bpf_object__for_each_program(prog, object)
		bpf_program__set_autoload(prog,
					  bpf_program__type(prog) == BPF_PROG_TYPE_STRUCT_OPS);
	bpf_map__set_autocreate(bpf_object__find_map_by_name(object, ".bss.sweep"), false);
	if (bpf_object__load(object))
		return fail("cannot load it");
	if (!bpf_map__attach_struct_ops(ops))
		return fail("cannot attach it");
	puts("attached");
	return 0;
}
