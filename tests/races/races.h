/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Everything that happens to a policy, at once: while actors attach, replace, detach and
 * pin, make and destroy VMs and add vCPUs, guests call and note when, and what they got.
 * Afterwards each call must have got a verdict that was in force during it, and all
 * counts must add up.
 *
 *	links.c		what the actors did to links, and when
 *	guests.c	VMs and their calling vCPUs
 *	actors.c	the actors, and a round of them
 *	check.c		whether each call's verdict was in force
 *	memory.c	attach, replace, detach and VM destroy again and again: nothing stays
 *
 * All times are of the counter that host and guest read: see now().
 */
#ifndef RACES_H
#define RACES_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "policies/races.h"
#include "vm.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define NEVER	      UINT64_MAX

/* Where the links that actors share are; few, so that they meet. */
#define SLOTS 2

enum verdict { HANDLE, DENY, FORWARD, ANSWER, VERDICTS, ALWAYS = 16 };

/*
 * There is nothing to detach without attaching, to unpin without pinning, nor a VM to destroy
 * without creating one: each of these two is one actor, and meets all others in both steps.
 */
enum actor { ATTACH, REPLACE, PIN, VM, VCPU, CALL, ACTORS };

/* What to do wrong, to see that it is noticed. */
enum mistake {
	NO_MISTAKE,
	COUNT_TWICE,
	FORGET,
	SLIP,
	LEAK_LINK,
	LEAK_MAP,
	LEAK_FILE,
	PEEK,
	IDLE,
	MISTAKES
};

/* --- the policies: main.c */

struct policies {
	int map[RACES_POLICIES]; /* struct_ops maps, ready to be attached */
	uint32_t *verdicts;
	uint64_t (*asked)[RACES_VCPUS];
};

/* --- links.c */

/* A policy that came into force on a link: by its creation, or by an update. */
struct reign {
	unsigned int policy;
	uint64_t begin, done; /* of the system call */
};

struct link {
	int fd;
	unsigned int users;	   /* of the fd, round.lock */
	atomic_uint refs;	   /* the fd and the pins: without any the link goes */
	unsigned int number;	   /* of its pins' names */
	unsigned int vm, vm_after; /* that of RACES_VM_FD before and after: either, if it changed */
	uint64_t release;	   /* before this it was certainly attached */
	uint64_t gone;		   /* after this it certainly was not */
	struct reign *reigns;	   /* round.lock */
	size_t nr_reigns;
};

struct round;

/* Attach to the VM that has RACES_VM_FD: a link with one user, or -errno. */
int link_create(struct round *round, unsigned int policy, struct link **link);
int link_update(struct round *round, struct link *link, unsigned int policy);
void link_detach(struct round *round, struct link *link);
int link_pin(struct round *round, struct link *link, unsigned int pin);
int link_unpin(struct round *round, struct link *link, unsigned int pin);
void link_put(struct round *round, struct link *link);

/* A slot's link, or NULL: used once more, or taken out of it. */
struct link *slot_get(struct round *round, unsigned int slot);
struct link *slot_take(struct round *round, unsigned int slot);
void slot_put(struct round *round, unsigned int slot, struct link *link);

/* --- guests.c */

/* A call as the guest saw it. */
struct call {
	uint64_t begin, end;
	uint32_t vm;
	uint16_t verdict; /* what became of it: HANDLE, if KVM answered */
	uint16_t policy;  /* of an ANSWER */
};

struct caller {
	struct guest *guest;
	struct vcpu *vcpu;
	pthread_t thread;
	unsigned int random;
	struct call *calls;
	size_t nr, room;
};

struct guest {
	struct vm vm;
	struct round *round;
	unsigned int number;
	atomic_bool stop;
	struct caller callers[RACES_VCPUS];
};

/* 0 or -errno; why is told. */
int guest_create(struct round *round, unsigned int nr_vcpus, unsigned int random,
		 struct guest **guest);
int guest_add_vcpu(struct guest *guest, unsigned int random);
/* The calls go to the round, after they were compared with the VM's statistics. */
void guest_destroy(struct guest *guest);
/* The VM becomes that which attachments go to; returns the one that was it, or NULL. */
struct guest *guest_enter(struct round *round, struct guest *guest);
/* Read the statistics of all vCPUs, which may run: KVM counts without marking it. */
void guest_peek(struct guest *guest);

/* --- actors.c */

struct round {
	const struct policies *policies;
	unsigned int number, seed;
	bool plays[ACTORS];
	unsigned int threads; /* of each that plays */
	enum mistake mistake;

	atomic_bool stop;
	atomic_uint batches; /* of calls, done */
	pthread_mutex_t lock;
	char failure[256]; /* the first, lock */

	struct link *slots[SLOTS]; /* lock */
	struct link **links;	   /* all that ever were, lock */
	size_t nr_links;

	pthread_mutex_t guest_lock; /* of the next three, for writing; before lock */
	struct guest *guest;
	atomic_uint vm_next, vm_now; /* before and after RACES_VM_FD changes */
	unsigned int nr_guests;

	struct call *calls; /* lock, as the rest */
	size_t nr_calls, room_calls;
	uint64_t got[VERDICTS][RACES_VCPUS]; /* what became of the calls, by policies only */
	uint64_t without;		     /* calls that KVM answered without a policy */
	uint64_t answered[RACES_POLICIES][RACES_VCPUS];
	unsigned int attached, replaced, detached, pinned, vms, vcpus;
};

extern const char *const actor_names[ACTORS];

/* The round fails, unless it has already. */
void round_fail(struct round *round, const char *format, ...) __attribute__((format(printf, 2, 3)));
void round_play(struct round *round, double seconds);
void round_free(struct round *round);

/* --- check.c */

void check_verdicts(struct round *round);
void check_counts(struct round *round);

/* --- memory.c */

/* Of attach, replace and detach; each VM has so many of them and goes with the last. */
struct cycles {
	unsigned int nr, per_vm;
};

/* Not 0 after telling what stayed. */
int memory_cycles(const struct policies *policies, const struct cycles *cycles,
		  enum mistake mistake);
/* How many links, maps and programs there are. */
struct bpf_objects {
	unsigned int links, maps, programs;
};
struct bpf_objects bpf_objects_count(void);
/* Fewer there can be: what libbpf tried out before may go late. */
bool bpf_objects_more(const struct bpf_objects *before, const struct bpf_objects *after);

/* --- time and chance */

static inline uint64_t now(void)
{
	uint64_t ticks;

	asm volatile("isb; mrs %0, cntvct_el0; isb" : "=r"(ticks)::"memory");
	return ticks;
}

/* About that: it is for delays only. */
#define TICKS_PER_SECOND 62500000

/* 0 to below - 1 */
static inline unsigned int chance(unsigned int *random, unsigned int below)
{
	return rand_r(random) % below;
}

#endif
