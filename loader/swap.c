// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "prepare.h"
#include "swap.h"

static int fail_update(int ret, struct err *err)
{
	switch (-ret) {
	case ENOLINK:
		return err_set(err, ERR_VM_GONE, "remove what is left with smccc_loader detach",
			       "the VM has ended");
	case EPERM:
		return err_set(err, ERR_FAILED, "look at smccc_loader list, and try again",
			       "the policy was replaced by somebody else at the same time; theirs "
			       "stays in force");
	default:
		return err_set(err, ERR_FAILED, NULL, "the kernel does not replace the policy: %s",
			       strerror(-ret));
	}
}

static int update_link(const struct swap *s, struct err *err)
{
	LIBBPF_OPTS(bpf_link_update_opts, opts);
	int ret;

	if (s->old_map_fd >= 0) {
		opts.flags = BPF_F_REPLACE;
		opts.old_map_fd = s->old_map_fd;
	}
	ret = bpf_link_update(s->old->link_fd, s->map_fd, &opts);
	return ret ? fail_update(ret, err) : 0;
}

/* The staged folder takes the place of the old one, with the same link in it. */
static int stage(const struct swap *s, struct err *err)
{
	char staging[sizeof(s->old->name) + sizeof(STAGING_SUFFIX)], path[PATH_MAX];
	int ret;

	if (pins__check_content(s->pins, s->old->name, ERR_NAME_TAKEN, err) ||
	    pins__stage(s->pins, s->old->name, s->obj, s->record, err))
		return -1;
	snprintf(staging, sizeof(staging), "%s" STAGING_SUFFIX, s->old->name);
	if (pins__path(s->pins, staging, "link", path, err))
		return -1;
	ret = bpf_obj_pin(s->old->link_fd, path);
	if (ret)
		return err_set(err, ERR_FAILED, NULL, "cannot pin %s: %s", path, strerror(-ret));
	return 0;
}

int swap__policies(const struct swap *s, struct err *err)
{
	struct err ignored = {};
	bool ours = attachment__is_ours(s->old);

	critical__enter();
	if ((ours && stage(s, err)) || update_link(s, err)) {
		if (ours)
			pins__remove_staged(s->pins, s->old->name, &ignored);
		err_clear(&ignored);
		if (!err->hint[0])
			err_hint(err, "the old policy stays in force");
		return -1;
	}
	if (!ours || !pins__commit(s->pins, s->old->name, err))
		return 0;
	err_hint(err, "the new policy is in force; smccc_loader clean finishes what is half done");
	return -1;
}
