/* SPDX-License-Identifier: GPL-2.0 */
/* What races.bpf.c and tests/races share. */
#ifndef RACES_POLICY_H
#define RACES_POLICY_H

#define RACES_POLICIES 16
#define RACES_VCPUS    8

/* The policies are attached to the VM that has this file descriptor then. */
#define RACES_VM_FD 500

/* x<n> of an answer tells whose it is; no register has such a value before the call. */
#define RACES_ANSWER(policy, n) (0xa000000000000000ULL | (policy) << 8 | (n))

#endif
