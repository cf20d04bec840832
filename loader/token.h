/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Maps of our own in a container, which may do by a BPF token (Linux 6.9) what it has no
 * capabilities for. libbpf makes the token, from the BPF file system that the container has
 * on /sys/fs/bpf or that LIBBPF_BPF_TOKEN_PATH names, when it loads an object.
 */
#ifndef SMCCC_TOKEN_H
#define SMCCC_TOKEN_H

#include <bpf/libbpf.h>
#include <linux/bpf.h>

/*
 * A map as attr says, by the token that obj was loaded by, if any; obj may be NULL. Returns
 * its fd or -errno. Not bpf_map_create(): that asks without the token whether maps can have
 * names, and makes one without.
 */
int token__create_map(const struct bpf_object *obj, const char *name, union bpf_attr *attr);

#endif
