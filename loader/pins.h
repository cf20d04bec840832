/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where attachments outlive the loader: a folder of a BPF file system with, for
 * each attachment NAME,
 *
 *	NAME/link	the attachment itself
 *	NAME/info	what `list` tells about it (a map, see record.h)
 *	NAME/maps/	the policy's maps, for readers of its counters and events
 *
 * NAME appears and is replaced whole, by rename(2), after having been built as
 * NAME~new. A NAME~new that is found later is of a loader that was killed: see
 * recover.h.
 *
 * The folder may be shared with other programs: what has no info that we can read
 * is not ours, and stays, unless it is an empty NAME~new. info is the first to be made
 * and the last to go, and by then NAME is NAME~new again.
 */
#ifndef SMCCC_PINS_H
#define SMCCC_PINS_H

#include <bpf/libbpf.h>
#include <limits.h>
#include <stdbool.h>

#include "bpffs.h"
#include "error.h"

#define PIN_DIR	       BPFFS "/smccc"
#define NAME_LIMIT     64
#define STAGING_SUFFIX "~new"

struct json_object;

struct pins {
	char dir[PATH_MAX];
	int lock; /* held while attachments are made, replaced or removed; -1: not held */
};

/* For reading only: nothing is made, nothing is locked. */
void pins__at(struct pins *pins, const char *dir);
/* Mounts the BPF file system if that is possible, and makes the folder, for its owner only. */
int pins__make(const struct pins *pins, struct err *err);
/*
 * Waits for other loaders that are at work there, and repairs what a killed one
 * left. Fails if the folder is not on a BPF file system: nothing of ours is there.
 */
int pins__lock(struct pins *pins, struct err *err);
/* The same, but what a killed one left is there to be looked at. */
int pins__lock_unrepaired(struct pins *pins, struct err *err);
void pins__close(struct pins *pins);

int pins__fail_read(const struct pins *pins, int ret, struct err *err);

/* One of the names that were given, or any if none was. */
bool pins__is_among(const char *const *names, int count, const char *name);
bool pins__is_name_char(char c);
int pins__check_name(const char *name, struct err *err);
/* path gets DIR/NAME/FILE; file may be NULL. Fails if that is too long. */
int pins__path(const struct pins *pins, const char *name, const char *file, char *path,
	       struct err *err);

enum pin_owner {
	PIN_NOBODYS, /* there is none, or an empty folder */
	PIN_OURS,
	PIN_OTHERS,
};

enum pin_owner pins__owner(const struct pins *pins, const char *name);
/* An error if NAME, which is ours, holds what we did not pin there. */
int pins__check_content(const struct pins *pins, const char *name, enum err_code code,
			struct err *err);
int pins__fail_others(const struct pins *pins, const char *name, enum err_code code,
		      const char *hint, struct err *err);

/* Under which name a map is pinned; false if it is not for readers. */
bool pins__map_name(const struct bpf_map *map, char *name, size_t size);
/*
 * NAME~new with the maps of obj, or with those that NAME has if obj is NULL, and the
 * record, still without a link.
 */
int pins__stage(const struct pins *pins, const char *name, const struct bpf_object *obj,
		struct json_object *record, struct err *err);
/* NAME~new becomes NAME; what NAME was before is removed. */
int pins__commit(const struct pins *pins, const char *name, struct err *err);
/*
 * Removes NAME with what we pin there and nothing else, which is an error then; a
 * missing NAME is none.
 */
int pins__remove(const struct pins *pins, const char *name, struct err *err);
int pins__remove_staged(const struct pins *pins, const char *name, struct err *err);

#endif
