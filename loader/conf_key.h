/* SPDX-License-Identifier: GPL-2.0 */
/* The keys of policies.conf: a table of what each takes. */
#ifndef SMCCC_CONF_KEY_H
#define SMCCC_CONF_KEY_H

#include "case_lexer.h"
#include "policies_conf.h"

/* One line of the last section; mistakes go to the lexer. */
int conf_key__read(struct policies_conf *conf, struct lexer *lexer, const struct word *key,
		   const struct word *value, struct err *err);

bool conf_key__given(const struct conf_section *section, const char *name);
/* Whether the section says which VMs it is for. */
bool conf_key__matches(const struct conf_section *section);

#endif
