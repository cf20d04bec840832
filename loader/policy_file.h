/* SPDX-License-Identifier: GPL-2.0 */
/* A policy as a file: found, read, and compiled if it is source. */
#ifndef SMCCC_POLICY_FILE_H
#define SMCCC_POLICY_FILE_H

#include <sha256.h>

#include "error.h"
#include "options.h"
#include "rules.h"

struct policy_source {
	const char *path;   /* NULL: the default policy */
	const void *object; /* not NULL: a compiled policy in memory, instead */
	size_t object_size;
	const char *data_dir; /* NULL: the environment, then the usual places */
	const struct opt_list *include_dirs;
	const struct opt_list *rule; /* NULL: none */
	const char *rules;	     /* a file of rules, or NULL */
	bool rules_optional;	     /* a policy that takes none does without */
	bool trusted;		     /* refuse a policy, or header, that others can change */
};

struct policy_file {
	char *path;  /* absolute, of what the user named; "": it is in memory */
	char *label; /* how messages call it: as the user did */
	void *data;  /* the BPF object */
	size_t size;
	/* of the file as it was read, before it was compiled */
	char sha256[SHA256_DIGEST_STRING_LENGTH];
	const char *data_dir; /* the one that was named, or NULL */
	struct rules rules;
};

int policy_file__read(const struct policy_source *source, struct policy_file *file,
		      struct err *err);
void policy_file__free(struct policy_file *file);

#endif
