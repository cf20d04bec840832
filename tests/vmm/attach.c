// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vm_private.h"

int vm_attach_policy(struct vm *vm, const char *loader, const char *const args[],
		     struct child_output *output)
{
	char number[16];
	size_t nr = 0;
	char **argv;
	int err;

	while (args && args[nr])
		nr++;
	argv = calloc(nr + 4, sizeof(*argv));
	if (!argv)
		return set_err(vm->err, -ENOMEM, "out of memory");

	snprintf(number, sizeof(number), "%d", vm->fd);
	argv[0] = (char *)loader;
	argv[1] = "--vm-fd";
	argv[2] = number;
	if (nr)
		memcpy(argv + 3, args, nr * sizeof(*argv));
	err = child_run(argv, vm->fd, output);
	free(argv);
	return err ? set_err(vm->err, err, "%s: %s", loader, strerror(-err)) : 0;
}
