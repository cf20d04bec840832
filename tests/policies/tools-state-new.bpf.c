// SPDX-License-Identifier: GPL-2.0
/* For tests: tools-state.bpf.c with other limits. */
#define STATE(old, new) new
#include "tools-state.bpf.c"
