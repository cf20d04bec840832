/* SPDX-License-Identifier: GPL-2.0 */
/* libbpf's messages: kept for our own sentence, shown with --verbose. */
#ifndef SMCCC_BPF_LOG_H
#define SMCCC_BPF_LOG_H

#include <stdbool.h>

void bpf_log__init(bool verbose);
/* The first warning since the last call of bpf_log__reset(), or "". */
const char *bpf_log__warning(void);
void bpf_log__reset(void);

#endif
