/* SPDX-License-Identifier: GPL-2.0 */
/* policies.conf of smccc_loader apply: which VMs get which policy. */
#ifndef SMCCC_POLICIES_CONF_H
#define SMCCC_POLICIES_CONF_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "options.h"
#include "pins.h"
#include "vmm.h"

#define POLICIES_CONF "/etc/smccc/policies.conf"

#define POLICIES_CONF_FORMAT                                                                      \
	"A section matches VMs and names their policy; a VM is treated by the first that\n"       \
	"matches it, and left alone if none does:\n"                                              \
	"  [TITLE]            any, once\n"                                                        \
	"  user = USER        the VMM runs as this user (name or number)\n"                       \
	"  executable = GLOB  the VMM's program, from the root on; * stops at /\n"                \
	"  vm = GLOB          the VM's name: -name of QEMU's, which is libvirt's; \"\" if none\n" \
	"  command = GLOB     the VMM's command, as `list` shows it\n"                            \
	"  policy = FILE      a .bpf.o or .bpf.c; default: the default policy; none: no\n"        \
	"                     policy, the VM is left alone\n"                                     \
	"  permissive, forward = yes|no\n"                                                        \
	"  cookie = N\n"                                                                          \
	"  rules = FILE, rule = ID[-ID]=VERDICT, include = DIR    (the last two repeatedly)\n"    \
	"  name = NAME        of the attachment: %n is the VM's name, %p the VMM's pid\n"         \
	"All matches of a section must hold, and there must be one (vm = * is for all VMs).\n"    \
	"Paths are relative to the file's folder. A line that begins with # is a comment.\n"

struct conf_place {
	unsigned int line, column;
};

struct conf_section {
	char *title;
	unsigned int line;
	unsigned int given; /* which keys, by their place in the table */
	/* what it matches; NULL: anything */
	__u64 uid;
	char *executable, *vm, *command;
	/* what it says */
	bool leave_alone; /* policy = none */
	char *policy;	  /* NULL: the default one */
	struct conf_place policy_at;
	char *rules;
	struct opt_list rule, include; /* own their strings */
	bool permissive, forward;
	struct opt_number cookie;
	char *name;
};

struct policies_conf {
	char *path; /* absolute */
	struct conf_section *section;
	size_t count, room;
};

/*
 * Either all of it, or an error that names every mistake by line and column; also
 * a file that it names which is not there, or that others may write to.
 * policies_conf__free() in any case.
 */
int policies_conf__read(struct policies_conf *conf, const char *path, struct err *err);
void policies_conf__free(struct policies_conf *conf);

/* The first section that matches; NULL: none. */
const struct conf_section *policies_conf__match(const struct policies_conf *conf,
						const struct vmm *vmm);
/* The name of the attachment, after the section's; "": none is given. */
int conf_section__name(const struct conf_section *section, const struct vmm *vmm, pid_t pid,
		       char name[NAME_LIMIT + 1], struct err *err);

#endif
