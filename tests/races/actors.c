// SPDX-License-Identifier: GPL-2.0
/* The actors, and a round: some of them at once for a while, then everything is undone. */
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "races.h"

const char *const actor_names[ACTORS] = { "attach", "replace", "pin", "vm", "vcpu", "call" };

/* How long a map may wait for RCU before it is free again: a machine may be busy. */
#define FREE_SECONDS 60

/*
 * What each actor does at least in a round, however slow the machine is; and how often
 * one tries until it succeeds for the first time: somebody may have been faster.
 */
#define MIN_STEPS 4
#define MAX_TRIES 1000

void round_fail(struct round *round, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	pthread_mutex_lock(&round->lock);
	if (!round->failure[0])
		vsnprintf(round->failure, sizeof(round->failure), format, args);
	pthread_mutex_unlock(&round->lock);
	va_end(args);
	atomic_store(&round->stop, true);
}

static void wait_a_bit(unsigned int *random)
{
	uint64_t until;

	switch (chance(random, 4)) {
	case 0:
		sched_yield();
		break;
	case 1:
		usleep(chance(random, 2000));
		break;
	case 2:
		until = now() + chance(random, TICKS_PER_SECOND / 10000);
		while (now() < until)
			continue;
		break;
	}
}

static void expect(struct round *round, const char *what, int err, int also, int or_also)
{
	if (err && err != also && err != or_also)
		round_fail(round, "%s: %s", what, strerror(-err));
}

static bool attach_somehow(struct round *round, unsigned int *random)
{
	struct link *link;
	int err = link_create(round, chance(random, RACES_POLICIES), &link);

	expect(round, "BPF_LINK_CREATE", err, -EBUSY, 0);
	if (!err)
		slot_put(round, chance(random, SLOTS), link);
	return !err;
}

/* Also of what others attached, and by what others hold. */
static void detach_somehow(struct round *round, unsigned int *random)
{
	struct link *link = slot_take(round, chance(random, SLOTS));

	if (!link)
		return;
	if (chance(random, 2))
		link_detach(round, link);
	link_put(round, link);
}

static bool attach_and_detach(struct round *round, unsigned int *random)
{
	bool attached = attach_somehow(round, random);

	wait_a_bit(random);
	detach_somehow(round, random);
	return attached;
}

static bool replace(struct round *round, unsigned int *random)
{
	struct link *link = slot_get(round, chance(random, SLOTS));
	int err;

	if (!link)
		return false;
	err = round->mistake == IDLE ? -EBUSY :
				       link_update(round, link, chance(random, RACES_POLICIES));
	expect(round, "BPF_LINK_UPDATE", err, -EBUSY, -ENOLINK);
	link_put(round, link);
	return !err;
}

/* The pin or the fd is the last to go. */
static bool pin_and_unpin(struct round *round, unsigned int *random)
{
	struct link *link = slot_get(round, chance(random, SLOTS));
	unsigned int pin = chance(random, 2);
	bool pin_last = chance(random, 2);
	int err;

	if (!link)
		return false;
	err = link_pin(round, link, pin);
	expect(round, "BPF_OBJ_PIN", err, -EEXIST, 0);
	if (pin_last)
		link_put(round, link);
	wait_a_bit(random);
	expect(round, "unlink of a pin", link_unpin(round, link, pin), -ENOENT, 0);
	if (!pin_last)
		link_put(round, link);
	return !err;
}

static unsigned int vcpus_at_first(const struct round *round)
{
	if (round->plays[VCPU])
		return 1;
	return round->plays[CALL] ? RACES_VCPUS : 2;
}

/* Another VM with a policy; the one before it goes while links and pins still are its. */
static bool other_vm(struct round *round, unsigned int *random)
{
	struct guest *guest, *was;

	if (guest_create(round, vcpus_at_first(round), rand_r(random), &guest))
		return false;
	pthread_mutex_lock(&round->guest_lock);
	was = guest_enter(round, guest);
	round->vms++;
	pthread_mutex_unlock(&round->guest_lock);
	attach_somehow(round, random);
	wait_a_bit(random);
	if (was)
		guest_destroy(was);
	return true;
}

static bool add_vcpu(struct round *round, unsigned int *random)
{
	bool full, added;

	pthread_mutex_lock(&round->guest_lock);
	full = round->guest->vm.nr_vcpus == RACES_VCPUS;
	added = !full && !guest_add_vcpu(round->guest, rand_r(random));
	round->vcpus += added;
	pthread_mutex_unlock(&round->guest_lock);
	if (full)
		other_vm(round, random);
	return added;
}

/* Whether it did what the actor is there for. */
typedef bool (*step_fn)(struct round *round, unsigned int *random);

/* Those that are vCPUs have none. */
static const step_fn steps[ACTORS] = {
	[ATTACH] = attach_and_detach,
	[REPLACE] = replace,
	[PIN] = pin_and_unpin,
	[VM] = other_vm,
	[VCPU] = add_vcpu,
};

struct player {
	pthread_t thread;
	struct round *round;
	unsigned int actor, random;
};

static void *player_main(void *arg)
{
	struct player *player = arg;
	struct round *round = player->round;
	unsigned int tries = 0, done = 0;

	while (tries < MIN_STEPS || (!done && tries < MAX_TRIES) || !atomic_load(&round->stop)) {
		tries++;
		done += steps[player->actor](round, &player->random);
		wait_a_bit(&player->random);
	}
	/* what leaked is in the way of all that comes after it */
	if (!done && round->mistake != LEAK_LINK)
		round_fail(round, "%s: tried %u times, and never done", actor_names[player->actor],
			   tries);
	return NULL;
}

#define MAX_PLAYERS (2 * ACTORS)

static unsigned int start_players(struct round *round, struct player players[MAX_PLAYERS])
{
	unsigned int actor, i, nr = 0;

	for (actor = 0; actor < ACTORS; actor++) {
		for (i = 0; i < round->threads && round->plays[actor] && steps[actor]; i++, nr++) {
			players[nr] = (struct player){ .round = round,
						       .actor = actor,
						       .random = round->seed + nr + 1 };
			if (!pthread_create(&players[nr].thread, NULL, player_main, &players[nr]))
				continue;
			fprintf(stderr, "races: no more threads\n");
			abort();
		}
	}
	return nr;
}

/* Each verdict by some of the policies, in rounds with and without KVM_SMCCC_ALWAYS. */
static void choose_verdicts(struct round *round, unsigned int *random)
{
	unsigned int policy, always = rand_r(random);

	memset(round->policies->asked, 0, RACES_POLICIES * sizeof(*round->policies->asked));
	for (policy = 0; policy < RACES_POLICIES; policy++) {
		unsigned int verdict = (policy + round->seed) % VERDICTS;

		if (verdict != ANSWER && always >> verdict & 1 && chance(random, 2))
			verdict |= ALWAYS;
		round->policies->verdicts[policy] = verdict;
	}
}

static void undo_all(struct round *round)
{
	unsigned int slot;

	for (slot = 0; slot < SLOTS; slot++) {
		struct link *link = slot_take(round, slot);

		if (!link)
			continue;
		if (round->mistake != LEAK_LINK)
			link_detach(round, link);
		link_put(round, link);
	}
}

/* No link is left that has it: it can be attached to another VM. */
static void expect_free(struct round *round, unsigned int policy)
{
	unsigned int tries = round->mistake ? 1 : FREE_SECONDS * 1000;
	struct link *link;
	int err;

	do {
		err = link_create(round, policy, &link);
		if (err == -EBUSY)
			usleep(1000);
	} while (err == -EBUSY && --tries);
	if (err) {
		round_fail(round, "policy %u is still attached, or cannot be: %s", policy,
			   strerror(-err));
		return;
	}
	link_detach(round, link);
	link_put(round, link);
}

static void expect_all_free(struct round *round)
{
	struct guest *guest;
	unsigned int policy;

	if (guest_create(round, 1, 0, &guest))
		return;
	guest_enter(round, guest);
	for (policy = 0; policy < RACES_POLICIES; policy++)
		expect_free(round, policy);
	guest_destroy(guest);
	close(RACES_VM_FD);
}

/*
 * In every other round another VM has a policy all the time: the hook stays on, and it is
 * attached and detached many times faster.
 */
static struct guest *other_attached(struct round *round, unsigned int *random, struct link **link)
{
	struct guest *guest;

	*link = NULL;
	if (chance(random, 2) || guest_create(round, 1, 0, &guest))
		return NULL;
	guest_enter(round, guest);
	expect(round, "BPF_LINK_CREATE", link_create(round, 0, link), 0, 0);
	round->guest = NULL;
	return guest;
}

/* Time is over, but not before the guests called a little meanwhile. */
static bool is_over(struct round *round, uint64_t until, unsigned int batches)
{
	if (atomic_load(&round->stop))
		return true;
	return now() >= until &&
	       (!round->plays[CALL] || atomic_load(&round->batches) - batches >= 2 * RACES_VCPUS);
}

static void let_play(struct round *round, double seconds)
{
	uint64_t until = now() + seconds * TICKS_PER_SECOND;
	struct player players[MAX_PLAYERS];
	unsigned int batches = atomic_load(&round->batches);
	unsigned int i, nr = start_players(round, players);

	while (!is_over(round, until, batches)) {
		if (round->mistake == PEEK)
			guest_peek(round->guest);
		else
			usleep(10 * 1000);
	}
	atomic_store(&round->stop, true);
	for (i = 0; i < nr; i++)
		pthread_join(players[i].thread, NULL);
}

void round_play(struct round *round, double seconds)
{
	unsigned int attached, random = round->seed;
	struct guest *other;
	struct link *link;

	pthread_mutex_init(&round->lock, NULL);
	pthread_mutex_init(&round->guest_lock, NULL);
	choose_verdicts(round, &random);
	other = other_attached(round, &random, &link);
	attached = round->attached;
	other_vm(round, &random);
	if (!round->guest)
		return;
	/* The first choice may be what the other VM has: then there is nothing to replace. */
	while (round->attached == attached && !atomic_load(&round->stop))
		attach_somehow(round, &random);
	let_play(round, seconds);
	undo_all(round);
	if (link)
		link_put(round, link);
	if (other)
		guest_destroy(other);
	guest_destroy(round->guest);
	round->guest = NULL;
	expect_all_free(round);
}

void round_free(struct round *round)
{
	for (size_t i = 0; i < round->nr_links; i++) {
		free(round->links[i]->reigns);
		free(round->links[i]);
	}
	free(round->links);
	free(round->calls);
}
