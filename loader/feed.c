// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "attachment.h"
#include "feed.h"
#include "record.h"

/* A vCPU may be in a policy that was replaced just now: two looks later it is not. */
#define LOOKS_UNTIL_UNUSED 2

static void note(const struct feeds *feeds, enum feed_note note, const struct feed_vm *vm,
		 __u64 number)
{
	feeds->handler.note(feeds->handler.arg, note, vm, number);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* --- ring buffers */

/* One of the wanted VMs whose calls are in a ring buffer. */
static struct feed_vm *user_of(const struct feeds *feeds, const struct feed_ring *ring)
{
	struct feed_vm *vm;

	for (vm = feeds->vms; vm; vm = vm->next) {
		if (vm->ring == ring && vm->wanted)
			return vm;
	}
	return NULL;
}

/* Whose call it is: the only one's, or that of the one with this cookie. */
static const struct feed_vm *caller(const struct feeds *feeds, const struct feed_ring *ring,
				    __u64 cookie)
{
	const struct feed_vm *vm, *match = NULL, *any = NULL;
	int users = 0, matches = 0;

	for (vm = feeds->vms; vm; vm = vm->next) {
		if (vm->ring != ring)
			continue;
		any = vm;
		users++;
		if (vm->cookie != cookie)
			continue;
		match = vm;
		matches++;
	}
	if (users == 1)
		return any;
	return matches == 1 ? match : NULL;
}

static int take_event(void *arg, void *data, size_t size)
{
	struct feed_ring *ring = arg;
	const struct feeds *feeds = ring->owner;
	const struct smccc_event *event = data;
	const struct feed_vm *vm;

	if (size < sizeof(*event)) {
		if (!ring->odd)
			note(feeds, FEED_ODD, user_of(feeds, ring), size);
		ring->odd = true;
		return 0;
	}
	vm = caller(feeds, ring, event->cookie);
	if (!vm || vm->wanted)
		feeds->handler.event(feeds->handler.arg, vm, event);
	return 0;
}

static void count_lost(struct feeds *feeds, struct feed_ring *ring)
{
	__u64 lost = ring->reader ? feed_ring__read_lost(ring) : ring->lost;

	if (lost != ring->lost)
		note(feeds, ring->noted ? FEED_LOST : FEED_LOST_BEFORE, user_of(feeds, ring),
		     lost - ring->lost);
	if (ring->noted)
		feeds->lost += lost - ring->lost;
	ring->lost = lost;
	ring->noted = true;
}

/* --- VMs */

static char *quote(const char *text)
{
	struct json_object *string = json_object_new_string(text);
	const char *json = json_object_to_json_string_ext(string, JSON_C_TO_STRING_NOSLASHESCAPE);
	char *copy = json ? strdup(json) : NULL;

	json_object_put(string);
	return copy;
}

static void free_vm(struct feed_vm *vm)
{
	close_fd(&vm->link_fd);
	close_fd(&vm->lock_fd);
	free(vm->name);
	free(vm->quoted);
	free(vm->policy);
	free(vm);
}

static struct feed_vm *add_vm(struct feeds *feeds, const char *name, bool wanted)
{
	struct feed_vm *vm = calloc(1, sizeof(*vm)), **end = &feeds->vms;

	if (!vm)
		return NULL;
	*vm = (struct feed_vm){ .name = strdup(name),
				.quoted = quote(name),
				.policy = strdup(""),
				.link_fd = -1,
				.lock_fd = -1,
				.wanted = wanted,
				.seen = true };
	if (!vm->name || !vm->quoted || !vm->policy) {
		free_vm(vm);
		return NULL;
	}
	while (*end)
		end = &(*end)->next;
	*end = vm;
	return vm;
}

static void maps_path(const struct feeds *feeds, const struct feed_vm *vm, char *path)
{
	if (!vm->link_id)
		snprintf(path, PATH_MAX, "%s", vm->name);
	else if (snprintf(path, PATH_MAX, "%s/%s/maps", feeds->pins.dir, vm->name) >= PATH_MAX)
		path[0] = '\0';
}

static bool lock_vm(const struct feeds *feeds, struct feed_vm *vm)
{
	char path[PATH_MAX];

	if (vm->lock_fd >= 0)
		return true;
	maps_path(feeds, vm, path);
	vm->lock_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (vm->lock_fd >= 0 && !flock(vm->lock_fd, LOCK_EX | LOCK_NB))
		return true;
	close_fd(&vm->lock_fd);
	return false;
}

/* All that share it: another reader may have come by another name. */
static bool lock_ring(struct feeds *feeds, struct feed_ring *ring)
{
	struct feed_vm *vm;

	for (vm = feeds->vms; vm; vm = vm->next) {
		if (vm->ring == ring && !vm->ended && !lock_vm(feeds, vm))
			break;
	}
	if (!vm)
		return true;
	for (vm = feeds->vms; vm; vm = vm->next) {
		if (vm->ring == ring)
			close_fd(&vm->lock_fd);
	}
	return false;
}

static int start_ring(struct feeds *feeds, struct feed_ring *ring, struct err *err)
{
	struct feed_vm *vm = user_of(feeds, ring);
	int ret;

	if (ring->reader || !vm)
		return 0;
	if (!lock_ring(feeds, ring)) {
		feeds->look = true;
		if (!ring->busy)
			note(feeds, FEED_BUSY, vm, 0);
		ring->busy = true;
		return 0;
	}
	ring->busy = false;
	ring->owner = feeds;
	ret = feed_ring__start(ring, take_event, feeds->epoll);
	if (ret)
		return err_set(err, ERR_FAILED, NULL, "cannot read the events of %s: %s", vm->name,
			       strerror(-ret));
	for (vm = feeds->vms; vm; vm = vm->next) {
		if (vm->ring == ring && vm->wanted && !vm->ended)
			note(feeds, FEED_WATCHING, vm, 0);
	}
	if (ring->counters_fd < 0)
		feeds->lost_unknown = true;
	count_lost(feeds, ring);
	return 0;
}

/* A VM, not ended, whose calls are in it; a wanted one, if there is one. */
static const struct feed_vm *live_user_of(const struct feeds *feeds, const struct feed_ring *ring)
{
	const struct feed_vm *vm, *user = NULL;

	for (vm = feeds->vms; vm; vm = vm->next) {
		if (vm->ring == ring && !vm->ended && (!user || vm->wanted))
			user = vm;
	}
	return user;
}

static void drop_ring(struct feeds *feeds, struct feed_ring *ring)
{
	struct feed_vm *vm;

	feed_ring__read(ring);
	count_lost(feeds, ring);
	for (vm = feeds->vms; vm; vm = vm->next) {
		if (vm->ring == ring)
			vm->ring = NULL;
	}
	feed_ring__close(ring);
}

/* Those that no VM has any more, once whoever was still in the policy is out of it. */
static void drop_rings(struct feeds *feeds)
{
	struct feed_ring **at = &feeds->rings, *ring;
	const struct feed_vm *user;

	while ((ring = *at)) {
		user = live_user_of(feeds, ring);
		/* what is left there is for others to read */
		if (user && !user->wanted && ring->reader)
			feed_ring__stop(ring, feeds->epoll);
		ring->unused = user ? 0 : ring->unused + 1;
		if (ring->unused)
			feeds->look = true;
		if (ring->unused > LOOKS_UNTIL_UNUSED) {
			*at = ring->next;
			drop_ring(feeds, ring);
		} else {
			at = &ring->next;
		}
	}
}

/* --- looking at the pins */

/* Its last events come before the note. */
static void end_vm(struct feeds *feeds, struct feed_vm *vm, enum feed_note why)
{
	if (vm->ring) {
		feed_ring__read(vm->ring);
		count_lost(feeds, vm->ring);
	}
	vm->ended = true;
	close_fd(&vm->link_fd);
	close_fd(&vm->lock_fd);
	if (vm->wanted)
		note(feeds, why, vm, 0);
}

static enum feed_note why_released(const struct attachment *attachment)
{
	struct vm_owner owner;

	record__get_vmm(attachment->record, &owner);
	return vm_owner__holds_vm(&owner) ? FEED_DETACHED : FEED_ENDED;
}

/* The policy in force has this ring buffer; one that took another's place may have the same. */
static void set_ring(struct feeds *feeds, struct feed_vm *vm, struct feed_ring *ring, __u32 map_id)
{
	bool new = !vm->map_id;

	if (vm->map_id == map_id && vm->ring == ring)
		return;
	vm->map_id = map_id;
	if (!new && vm->wanted) {
		if (vm->ring) {
			feed_ring__read(vm->ring);
			count_lost(feeds, vm->ring);
		}
		note(feeds, FEED_REPLACED, vm, 0);
	}
	vm->ring = ring;
	close_fd(&vm->lock_fd);
	if (!vm->wanted)
		return;
	if (!ring)
		note(feeds, FEED_NO_EVENTS, vm, 0);
	else if (ring->reader && lock_vm(feeds, vm))
		note(feeds, FEED_WATCHING, vm, 0);
}

/*
 * Policies that came and went since the last look: a ring buffer that one of them had of
 * its own went with it.
 */
static void count_missed(struct feeds *feeds, struct feed_vm *vm, const struct feed_ring *ring,
			 __u64 loads)
{
	__u64 missed = vm->map_id && loads > vm->loads + 1 ? loads - vm->loads - 1 : 0;

	vm->loads = loads;
	if (!missed || !vm->wanted || ring == vm->ring)
		return;
	feeds->lost_unknown = true;
	note(feeds, FEED_MISSED, vm, missed);
}

static struct feed_vm *find_vm(const struct feeds *feeds, const struct attachment *attachment)
{
	struct feed_vm *vm;

	for (vm = feeds->vms; vm; vm = vm->next) {
		if (vm->link_id == attachment->link_id && !strcmp(vm->name, attachment->name))
			return vm;
	}
	return NULL;
}

/* EPOLLHUP: the VM has gone, or the link was detached. */
static void watch_link(const struct feeds *feeds, struct feed_vm *vm, int link_fd)
{
	struct epoll_event event = { .data.u32 = FEED_EPOLL_LINK };

	vm->link_fd = fcntl(link_fd, F_DUPFD_CLOEXEC, 0);
	if (vm->link_fd >= 0)
		epoll_ctl(feeds->epoll, EPOLL_CTL_ADD, vm->link_fd, &event);
}

/*
 * A policy that was replaced just now is in force before its maps are pinned: then the
 * next look is soon enough. Where another tool replaced it, they never will be.
 */
static bool is_half_replaced(struct feeds *feeds, struct feed_vm *vm,
			     const struct attachment *attachment)
{
	bool before = vm->half_replaced;

	vm->half_replaced = !attachment__is_current(attachment);
	if (!vm->half_replaced || before)
		return false;
	feeds->soon = true;
	return true;
}

/* Of the policy in force, or of the last one, which may have come after the last look. */
static void find_ring(struct feeds *feeds, struct feed_vm *vm, const struct attachment *attachment)
{
	bool alive = attachment__is_alive(attachment);
	struct feed_ring *ring;
	char path[PATH_MAX];

	maps_path(feeds, vm, path);
	ring = feed_ring__get(&feeds->rings, path);
	/* of one that was detached just now the maps may be gone already */
	if (vm->map_id && !alive && (!ring || ring == vm->ring))
		return;
	count_missed(feeds, vm, ring, record__number(attachment->record, "loads"));
	set_ring(feeds, vm, ring,
		 alive ? attachment->map_id : record__number(attachment->record, "map_id"));
}

static int visit(struct attachment *attachment, void *arg)
{
	struct feeds *feeds = arg;
	struct feed_vm *vm = find_vm(feeds, attachment);
	bool alive = attachment__is_alive(attachment);
	char *policy;

	/* what had ended when we began is told only if it is asked for */
	if (!vm && !alive && !feeds->count && !feeds->looked)
		return 0;
	if (!vm)
		vm = add_vm(feeds, attachment->name,
			    pins__is_among(feeds->names, feeds->count, attachment->name));
	if (!vm)
		return -ENOMEM;
	vm->seen = true;
	if (vm->ended || (vm->map_id && is_half_replaced(feeds, vm, attachment)))
		return 0;
	vm->link_id = attachment->link_id;
	vm->cookie = record__number(attachment->record, "cookie");
	policy = strdup(record__string(attachment->record, "policy"));
	if (!policy)
		return -ENOMEM;
	free(vm->policy);
	vm->policy = policy;
	find_ring(feeds, vm, attachment);
	if (!alive)
		vm->over = why_released(attachment);
	else if (vm->link_fd < 0)
		watch_link(feeds, vm, attachment->link_fd);
	return 0;
}

/* Says which have ended: the kernel says so, or they are not pinned any more. */
static void end_vms(struct feeds *feeds)
{
	struct feed_vm *vm;

	for (vm = feeds->vms; vm; vm = vm->next) {
		if (!vm->ended && (vm->over || (!vm->seen && vm->link_id)))
			end_vm(feeds, vm, vm->over ? vm->over : FEED_DETACHED);
	}
}

/* What is not pinned any more */
static void drop_vms(struct feeds *feeds)
{
	struct feed_vm **at = &feeds->vms, *vm;

	while ((vm = *at)) {
		if (vm->seen || !vm->link_id) {
			at = &vm->next;
			continue;
		}
		/* it names the events in its ring buffer as long as that is there */
		if (vm->ring) {
			at = &vm->next;
			continue;
		}
		*at = vm->next;
		free_vm(vm);
	}
}

/* Whether there is something new: names come and go in the folder, whatever else happens. */
static bool has_changed(struct feeds *feeds)
{
	struct timespec now;
	struct stat st;
	bool changed;

	if (stat(feeds->pins.dir, &st))
		st.st_mtim = (struct timespec){};
	clock_gettime(CLOCK_REALTIME, &now);
	changed = st.st_mtim.tv_sec != feeds->changed.tv_sec ||
		  st.st_mtim.tv_nsec != feeds->changed.tv_nsec;
	/* the file system's clock ticks slowly: it may change again at the same time */
	feeds->changed = now.tv_sec - st.st_mtim.tv_sec < 2 ? (struct timespec){} : st.st_mtim;
	return changed;
}

int feeds__look(struct feeds *feeds, struct err *err)
{
	struct feed_ring *ring;
	struct feed_vm *vm;
	int ret;

	if (!has_changed(feeds) && !feeds->look && !feeds->soon)
		return 0;
	feeds->look = feeds->soon = false;
	for (vm = feeds->vms; vm; vm = vm->next)
		vm->seen = false;
	ret = attachment__for_each(&feeds->pins, visit, feeds);
	if (ret)
		return pins__fail_read(&feeds->pins, ret, err);
	for (ring = feeds->rings; ring; ring = ring->next) {
		if (start_ring(feeds, ring, err))
			return -1;
	}
	end_vms(feeds);
	drop_vms(feeds);
	drop_rings(feeds);
	feeds->looked = true;
	return 0;
}

/* --- the rest */

int feeds__add_folder(struct feeds *feeds, const char *dir, struct err *err)
{
	struct feed_ring *ring = feed_ring__get(&feeds->rings, dir);
	struct feed_vm *vm;

	if (!ring)
		return err_set(
			err, errno == EPERM || errno == EACCES ? ERR_NO_PERMISSION : ERR_NO_EVENTS,
			"give the folder where a policy's maps are pinned",
			"there is no ring buffer to read at %s/events: %s", dir, strerror(errno));
	vm = add_vm(feeds, dir, true);
	if (!vm)
		return err_no_memory(err);
	vm->ring = ring;
	return start_ring(feeds, ring, err);
}

void feeds__read(struct feeds *feeds)
{
	struct feed_ring *ring;

	for (ring = feeds->rings; ring; ring = ring->next)
		feed_ring__read(ring);
}

void feeds__count_lost(struct feeds *feeds)
{
	struct feed_ring *ring;

	for (ring = feeds->rings; ring; ring = ring->next)
		count_lost(feeds, ring);
}

bool feeds__has_vm(const struct feeds *feeds)
{
	const struct feed_vm *vm;

	for (vm = feeds->vms; vm; vm = vm->next) {
		if (vm->wanted && !vm->ended)
			return true;
	}
	return false;
}

void feeds__close(struct feeds *feeds)
{
	struct feed_ring *ring;
	struct feed_vm *vm;

	while ((ring = feeds->rings)) {
		feeds->rings = ring->next;
		feed_ring__close(ring);
	}
	while ((vm = feeds->vms)) {
		feeds->vms = vm->next;
		free_vm(vm);
	}
}
