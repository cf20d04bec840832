// SPDX-License-Identifier: GPL-2.0
/* What the loader's commands cost, from its start to its end: libbpf and verifier included. */
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "child.h"

static char attach[] = "attach", detach[] = "detach";
static char vm_fd_option[] = "--vm-fd", name_option[] = "--name", name[] = "bench";

static void measure_command(struct json_object *rows, char *const argv[], int vm_fd)
{
	struct json_object *row = json_object_new_object();
	static struct child_output output;
	uint64_t start = now_ns(), end;
	int ret = child_run(argv, vm_fd, &output);

	end = now_ns();
	if (ret || output.status)
		die("%s: %s", argv[1], ret ? strerror(-ret) : output.err);
	json_object_object_add(row, "command", json_object_new_string(argv[1]));
	json_object_object_add(row, "instructions", json_object_new_double(end - start));
	json_object_array_add(rows, row);
}

/*
 * From an object: the default policy, on a VM that has not run. The loader is in the
 * same folder: in memory, for with --icount time runs on while a file is waited for.
 */
void bench_loader(struct json_object *rows)
{
	char vm_fd[16], loader[4096], policy[4096];
	char *const attach_argv[] = { loader,	   attach, vm_fd_option, vm_fd,
				      name_option, name,   policy,	 NULL };
	char *const detach_argv[] = { loader, detach, name, NULL };
	struct json_object *warm_up = json_object_new_array();
	struct vm vm;

	if (vm_create(&vm, &(struct vm_options){ 0 }))
		die("VM: %s", vm.err);
	snprintf(vm_fd, sizeof(vm_fd), "%d", vm.fd);
	snprintf(loader, sizeof(loader), "%s/smccc_loader", object_dir);
	snprintf(policy, sizeof(policy), "%s/policy.bpf.o", object_dir);
	/* The first time includes reading the programs from the file system. */
	measure_command(warm_up, attach_argv, vm.fd);
	measure_command(warm_up, detach_argv, -1);
	json_object_put(warm_up);
	measure_command(rows, attach_argv, vm.fd);
	measure_command(rows, detach_argv, -1);
	vm_destroy(&vm);
}
