/* SPDX-License-Identifier: GPL-2.0 */
/* Case files of smccc_loader test: calls, and what a policy is to decide. */
#ifndef SMCCC_CASES_H
#define SMCCC_CASES_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "runner.h"

#define CASES_FORMAT                                                                               \
	"A case file has a call a line, and what the policy is to say to it:\n"                    \
	"  [hvc|smc] [aarch32] [vcpu=N] [cookie=N] [imm=N] FUNCTION [xN=VALUE]... [*TIMES]\n"      \
	"      -> HANDLE|DENY|FORWARD|ANSWER [xN=VALUE]...      (in the same line)\n"              \
	"FUNCTION is a name of smccc_ids.h or a number; a VALUE also a negative one, or * for\n"   \
	"any. Other lines: `advance 500ms` (or s, us, ns) lets the policy's time pass, which\n"    \
	"stands still otherwise; `reset` starts over with fresh maps; the lines from `repeat N`\n" \
	"to `end` come N times; # begins a comment.\n"

enum step_kind {
	STEP_CALL,
	STEP_ADVANCE,
	STEP_RESET,
	STEP_REPEAT, /* the steps up to STEP_END */
	STEP_END,
};

struct step {
	enum step_kind kind;
	unsigned int line;
	char *text; /* as it is in the file, without comment */
	/* STEP_CALL */
	struct kvm_smccc_call call;
	bool set_cookie;
	__u64 times;   /* STEP_REPEAT: how many rounds */
	__u64 rounds;  /* of the group that it is in, or 1 */
	__u32 verdict; /* enum fate_verdict */
	__u32 compare; /* bits of the registers that are to be as in want */
	__u64 want[RUNNER_REGS];
	/* STEP_ADVANCE */
	__u64 ns;
};

struct lexer;
/* One line that is not empty; mistakes go to the lexer. */
void step__read(struct step *step, struct lexer *lexer);
/* Whether a call's registers have 32 bits. */
bool step__is_narrow(const struct kvm_smccc_call *call);

struct cases {
	struct step *step;
	size_t count, room;
};

/* Either all lines, or an error that names every mistake. cases__free() in any case. */
int cases__read(struct cases *cases, const char *path, struct err *err);
void cases__free(struct cases *cases);

#endif
