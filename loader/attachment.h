/* SPDX-License-Identifier: GPL-2.0 */
/* A policy on a VM, as its pinned link shows it. */
#ifndef SMCCC_ATTACHMENT_H
#define SMCCC_ATTACHMENT_H

#include <bpf/btf.h>
#include <linux/types.h>
#include <stdbool.h>

#include "error.h"
#include "ops.h"
#include "pins.h"

struct json_object;

struct attachment {
	char name[NAME_LIMIT + sizeof(STAGING_SUFFIX)]; /* of its folder; "": opened without */
	char link_path[PATH_MAX];			/* "": not pinned where we look */
	int link_fd;
	__u32 link_id;
	__u32 map_id; /* of the policy in force; 0: the link is released, as when the VM went */
	struct json_object *record; /* NULL: not one of ours */
};

/* -ENOENT: no such link; -EINVAL: the pin is not of a policy's link; or another errno. */
int attachment__open_path(struct attachment *attachment, const char *link_path);
int attachment__open(struct attachment *attachment, const struct pins *pins, const char *name);
int attachment__open_id(struct attachment *attachment, __u32 link_id);
void attachment__close(struct attachment *attachment);

/*
 * The one that the user means: by name, or by the path of its link or folder.
 * If it is one of ours, pins gets its folder and the lock.
 */
int attachment__find(struct attachment *attachment, struct pins *pins, const char *name,
		     const char *pin, struct err *err);
/* A pin of ours, with its record beside it, rather than any link that somebody pinned. */
bool attachment__is_ours(const struct attachment *attachment);
bool attachment__is_alive(const struct attachment *attachment);
/* After an update by other hands the record tells of an older policy. */
bool attachment__is_current(const struct attachment *attachment);

/* Whether a struct_ops link is one of a policy, by the map it holds; needs CAP_SYS_ADMIN. */
bool attachment__is_policy(const struct attachment *attachment, const struct btf *kernel);

typedef int (*attachment_visitor)(struct attachment *attachment, void *arg);
/* Visits until the visitor returns non-zero, and returns that; -errno if it cannot look. */
int attachment__for_each(const struct pins *pins, attachment_visitor visit, void *arg);
/* Links of policies that are not pinned in pins; needs CAP_SYS_ADMIN, else there are none. */
int attachment__for_each_other(const struct pins *pins, const struct btf *kernel,
			       attachment_visitor visit, void *arg);

/* The settings in force; false if they cannot be had. */
bool attachment__values(const struct attachment *attachment, const struct btf *kernel,
			struct ops_values *values);
/* The row that every command prints; kernel may be NULL: then the record must do. */
struct json_object *attachment__row(const struct attachment *attachment, const struct btf *kernel);

#endif
