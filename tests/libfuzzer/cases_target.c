// SPDX-License-Identifier: GPL-2.0
/* Case files of smccc_loader test. */
#include <string.h>

#include "cases.h"
#include "target.h"

static void check_step(const struct step *step)
{
	MUST(step->kind <= STEP_END && step->line && step->rounds);
	/* it is shown on terminals */
	MUST(step->text[0] && !strpbrk(step->text, "\n\033"));
	if (step->kind == STEP_CALL)
		MUST(step->times && !(step->compare >> RUNNER_REGS) &&
		     step->call.regs[0] == step->call.func_id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cases cases = {};
	struct err err = {};
	int ret = cases__read(&cases, input_file(data, size), &err);
	size_t i;

	for (i = 0; !ret && i < cases.count; i++)
		check_step(&cases.step[i]);
	cases__free(&cases);
	check_outcome(ret, &err);
	return 0;
}
