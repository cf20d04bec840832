/* SPDX-License-Identifier: GPL-2.0 */
/* The policy in force gives way to another one, or to itself under other settings. */
#ifndef SMCCC_SWAP_H
#define SMCCC_SWAP_H

#include <bpf/libbpf.h>

#include "attachment.h"

struct swap {
	const struct pins *pins;
	const struct attachment *old;
	int old_map_fd;		      /* what we expect to replace; -1 if we may not have it */
	int map_fd;		      /* of the new one, not yet attached */
	const struct bpf_object *obj; /* whose maps get pinned; NULL: those that are */
	struct json_object *record;
};

/*
 * With the lock held, if the attachment is ours. No call ever meets no policy; if
 * this fails, the old one is in force with its maps, but where the hint says else.
 */
int swap__policies(const struct swap *swap, struct err *err);

#endif
