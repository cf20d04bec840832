/* SPDX-License-Identifier: GPL-2.0 */
/* Function IDs as people call them: the function's name, and the service it belongs to. */
#ifndef SMCCC_NAMES_H
#define SMCCC_NAMES_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "smccc_ids.h"

/* Bits that no function of SMCCC has: 23:17 must be zero, 16 is the SVE hint. */
#define NAMES_RESERVED_BITS 0x00ff0000U

struct named_function {
	const char *name;
	__u32 id;
};

/* All of SMCCC's that smccc_ids.h names, in its order. */
extern const struct named_function named_functions[];
extern const size_t named_functions_count;

/*
 * Fast calls of the owners first_owner to last_owner, functions first to last.
 * One that is not "named" is what is left of an owner beside its named services.
 */
struct service {
	const char *name;
	__u8 first_owner, last_owner;
	__u16 first, last;
	bool rest;
};

extern const struct service services[];
extern const size_t services_count;

/* Of these and of PSCI 0.1: the name, or NULL; the ID. */
const char *names__function(__u32 id);
bool names__find(const char *name, size_t len, __u32 *id);
/* The ID of the same function in the other convention: of the same name but for "_64". */
bool names__twin(__u32 id, __u32 *twin);

/* "PSCI_CPU_ON (0x84000003)", or the number alone; into text, which is returned. */
#define NAMES_CALL_SIZE 64
const char *names__call(__u32 id, char text[NAMES_CALL_SIZE]);

static inline unsigned int names__owner(__u32 id)
{
	return id >> SMCCC_OWNER_SHIFT & SMCCC_OWNER_MASK;
}

#endif
