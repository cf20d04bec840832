// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "case_lexer.h"
#include "cases.h"
#include "fate.h"
#include "names.h"

#define MAX_TIMES    1000000
#define AARCH32_REGS 8
#define VERDICTS     "HANDLE, DENY, FORWARD or ANSWER"

/* A call that is being read. */
struct reading {
	struct lexer *lexer;
	struct step *step;
	struct word function, conduit, aarch32, vcpu, cookie, imm;
	/* where the registers are: arguments, and what is expected */
	struct word arg[RUNNER_REGS], want[RUNNER_REGS];
};

bool step__is_narrow(const struct kvm_smccc_call *call)
{
	return !(call->func_id & SMCCC_64) || call->flags & CALL_F_AARCH32;
}

/* Whether it was one, right or wrong: *TIMES, once in a line. */
static bool read_times(struct reading *r, const struct word *word)
{
	struct word number = { word->text + 1, word->len - 1 };

	if (word->text[0] != '*' || word->len < 2)
		return false;
	if (r->step->times)
		lexer__mistake(r->lexer, word, "a second *TIMES");
	if (lexer__number(r->lexer, &number, MAX_TIMES, &r->step->times) && !r->step->times)
		lexer__mistake(r->lexer, word, "no call at all: give *1 or more");
	r->step->times = r->step->times ? r->step->times : 1;
	return true;
}

/* Notes where something is that may be there once. */
static void take_place(struct reading *r, struct word *place, const struct word *word)
{
	if (place->len)
		lexer__mistake(r->lexer, word, "%.*s is given twice", (int)word->len, word->text);
	*place = *word;
}

/* A number, or a function's name, for calls that ask for functions. */
static void read_value(struct reading *r, const struct word *word, __u64 *value)
{
	__u32 id;

	if (names__find(word->text, word->len, &id))
		*value = id;
	else
		lexer__signed(r->lexer, word, value);
}

static void read_argument(struct reading *r, const struct word *key, unsigned int reg,
			  const struct word *value)
{
	if (!reg)
		lexer__mistake(r->lexer, key, "x0 is the function ID: arguments are x1 to x17");
	else
		read_value(r, value, &r->step->call.regs[reg]);
	take_place(r, &r->arg[reg], key);
}

static void read_setting(struct reading *r, const struct word *key, const struct word *value)
{
	struct kvm_smccc_call *call = &r->step->call;
	unsigned int reg;
	__u64 number = 0;

	if (word__is_register(key, &reg)) {
		read_argument(r, key, reg, value);
	} else if (word__is(key, "vcpu")) {
		lexer__number(r->lexer, value, 0xffffffff, &number);
		call->vcpu_id = number;
		take_place(r, &r->vcpu, key);
	} else if (word__is(key, "cookie")) {
		lexer__signed(r->lexer, value, &call->cookie);
		r->step->set_cookie = true;
		take_place(r, &r->cookie, key);
	} else if (word__is(key, "imm")) {
		lexer__number(r->lexer, value, 0xffff, &number);
		call->imm = number;
		take_place(r, &r->imm, key);
	} else {
		lexer__mistake(r->lexer, key, "'%.*s' is none of vcpu, cookie, imm, x1 to x17",
			       (int)key->len, key->text);
	}
}

static void read_function(struct reading *r, const struct word *word)
{
	__u64 number = 0;
	__u32 id = 0;

	if (r->function.len) {
		lexer__mistake(r->lexer, word, "'%.*s' behind the function '%.*s'", (int)word->len,
			       word->text, (int)r->function.len, r->function.text);
		return;
	}
	r->function = *word;
	if (strchr("0123456789", word->text[0])) {
		if (lexer__number(r->lexer, word, 0xffffffff, &number))
			id = number;
	} else if (!names__find(word->text, word->len, &id)) {
		lexer__mistake(r->lexer, word, "no function '%.*s' in smccc_ids.h", (int)word->len,
			       word->text);
	}
	r->step->call.func_id = id;
	r->step->call.regs[0] = id;
}

static void read_call_word(struct reading *r, const struct word *word)
{
	struct kvm_smccc_call *call = &r->step->call;
	struct word key, value;

	if (word__is(word, "hvc") || word__is(word, "smc")) {
		if (r->conduit.len)
			lexer__mistake(r->lexer, word, "a second conduit");
		r->conduit = *word;
		call->flags |= word__is(word, "smc") ? CALL_F_SMC : 0;
	} else if (word__is(word, "aarch32")) {
		call->flags |= CALL_F_AARCH32;
		take_place(r, &r->aarch32, word);
	} else if (word__split(word, &key, &value)) {
		read_setting(r, &key, &value);
	} else if (!read_times(r, word)) {
		read_function(r, word);
	}
}

static void read_wanted(struct reading *r, const struct word *word)
{
	struct step *step = r->step;
	struct word key, value;
	unsigned int reg;

	if (read_times(r, word))
		return;
	if (!word__split(word, &key, &value) || !word__is_register(&key, &reg)) {
		lexer__mistake(r->lexer, word, "'%.*s' is not xN=VALUE, x0 to x17", (int)word->len,
			       word->text);
		return;
	}
	if (step->verdict != FATE_ANSWER)
		lexer__mistake(r->lexer, word, "only ANSWER has registers");
	take_place(r, &r->want[reg], &key);
	if (word__is(&value, "*"))
		return;
	step->compare |= 1 << reg;
	read_value(r, &value, &step->want[reg]);
}

static void read_expectation(struct reading *r)
{
	struct word word = lexer__next(r->lexer);
	char name[16];

	snprintf(name, sizeof(name), "%.*s", (int)word.len, word.text);
	if (!fate__verdict_find(name, &r->step->verdict)) {
		lexer__mistake(r->lexer, &word,
			       word.len ? "'%.*s' is not a verdict: " VERDICTS :
					  "%.*sno verdict: " VERDICTS,
			       (int)word.len, word.text);
		/* what follows may be right */
		r->step->verdict = FATE_ANSWER;
	}
	for (word = lexer__next(r->lexer); word.len; word = lexer__next(r->lexer))
		read_wanted(r, &word);
}

/* A register of 32 bits: a negative number is as wide as that. */
static bool narrow(__u64 *value)
{
	if ((__s64)*value < 0 && (__s64)*value >= -(1LL << 31))
		*value = (__u32)*value;
	return !(*value >> 32);
}

/* What no guest can do. An SMC32 argument may have something in its upper half. */
static void check_argument(struct reading *r, int reg)
{
	struct kvm_smccc_call *call = &r->step->call;

	if (!r->arg[reg].len)
		return;
	if (step__is_narrow(call) && !narrow(&call->regs[reg]) && call->flags & CALL_F_AARCH32)
		lexer__mistake(r->lexer, &r->arg[reg], "AArch32 has registers of 32 bits");
	if (call->flags & CALL_F_AARCH32 && reg >= AARCH32_REGS)
		lexer__mistake(r->lexer, &r->arg[reg], "AArch32 has r0 to r7");
}

/* What no guest can see, so that a case that expects it would say nothing. */
static void check_want(struct reading *r, int reg)
{
	struct kvm_smccc_call *call = &r->step->call;

	if (!r->want[reg].len)
		return;
	if (call->flags & CALL_F_AARCH32 && reg >= AARCH32_REGS)
		lexer__mistake(r->lexer, &r->want[reg], "AArch32 has r0 to r7");
	else if (step__is_narrow(call) && !narrow(&r->step->want[reg]))
		lexer__mistake(r->lexer, &r->want[reg], "the caller sees 32 bits of x%d", reg);
}

static void check_call(struct reading *r)
{
	struct kvm_smccc_call *call = &r->step->call;
	int i;

	if (r->imm.len && call->imm && call->flags & CALL_F_SMC)
		lexer__mistake(r->lexer, &r->imm, "an SMC with an immediate reaches no policy");
	for (i = 0; i < RUNNER_REGS; i++) {
		if (i)
			check_argument(r, i);
		check_want(r, i);
	}
}

static void read_call(struct lexer *lexer, struct step *step)
{
	struct reading r = { .lexer = lexer, .step = step };
	struct word word;

	for (word = lexer__next(lexer); word.len && !word__is(&word, "->");
	     word = lexer__next(lexer))
		read_call_word(&r, &word);
	if (!r.function.len)
		lexer__mistake(lexer, &word, "no function");
	if (word.len)
		read_expectation(&r);
	else
		lexer__mistake(lexer, &word, "no '-> VERDICT'");
	if (r.function.len)
		check_call(&r);
	step->times = step->times ? step->times : 1;
}

static void read_advance(struct lexer *lexer, struct step *step)
{
	static const struct {
		const char *name;
		__u64 ns;
	} units[] = { { "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 } };
	struct word word, number;
	__u64 count = 0;
	size_t i;

	word = number = lexer__next(lexer);
	number.len = strspn(word.text, "0123456789");
	number.len = number.len < word.len ? number.len : word.len;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		struct word unit = { word.text + number.len, word.len - number.len };

		if (!word__is(&unit, units[i].name))
			continue;
		if (lexer__number(lexer, &number, (1ULL << 62) / units[i].ns, &count))
			step->ns = count * units[i].ns;
		return;
	}
	lexer__mistake(lexer, &word, "'%.*s' is not a duration: 10ns, 10us, 10ms or 10s",
		       (int)word.len, word.text);
}

static void read_repeat(struct lexer *lexer, struct step *step)
{
	struct word word = lexer__next(lexer);

	if (lexer__number(lexer, &word, MAX_TIMES, &step->times) && !step->times)
		lexer__mistake(lexer, &word, "no round at all: give 1 or more");
}

static void read_line_end(struct lexer *lexer)
{
	struct word word = lexer__next(lexer);

	if (word.len)
		lexer__mistake(lexer, &word, "'%.*s' behind the end", (int)word.len, word.text);
}

void step__read(struct step *step, struct lexer *lexer)
{
	static const char *const words[] = { [STEP_ADVANCE] = "advance",
					     [STEP_RESET] = "reset",
					     [STEP_REPEAT] = "repeat",
					     [STEP_END] = "end" };
	struct word first = lexer__peek(lexer);

	step->line = lexer->number;
	for (step->kind = STEP_END; step->kind != STEP_CALL; step->kind--) {
		if (word__is(&first, words[step->kind]))
			break;
	}
	if (step->kind == STEP_CALL) {
		read_call(lexer, step);
		return;
	}
	lexer__next(lexer);
	if (step->kind == STEP_ADVANCE)
		read_advance(lexer, step);
	if (step->kind == STEP_REPEAT)
		read_repeat(lexer, step);
	read_line_end(lexer);
}
