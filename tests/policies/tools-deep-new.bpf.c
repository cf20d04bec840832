// SPDX-License-Identifier: GPL-2.0
/* For tests: tools-deep.bpf.c with other numbers, and the same verdicts. */
#define DEEP(old, new) new
#include "tools-deep.bpf.c"
