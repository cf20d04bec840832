// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "attachment.h"
#include "busy.h"
#include "json_add.h"
#include "record.h"
#include "vm.h"

/*
 * The kernel only says that there is a policy. A record tells who ran its VM;
 * where kcmp(2) can compare that process' fd with ours, the answer is certain,
 * otherwise there may be several candidates.
 */
struct search {
	int vm_fd;
	enum vm_same certainty; /* of what was found; VM_OTHER: nothing */
	int count;		/* how many it may be */
	char names[256];
	char name[NAME_LIMIT + sizeof(STAGING_SUFFIX)]; /* of the last one */
	char what[128];					/* that one's policy and link */
	char other[128];				/* links without a pin of ours, or "" */
};

static void append(char *list, size_t size, const char *item)
{
	size_t len = strlen(list);

	snprintf(list + len, size - len, "%s%s", len ? ", " : "", item);
}

static int look_at(struct attachment *attachment, void *arg)
{
	struct search *search = arg;
	struct vm_owner vmm;
	enum vm_same same;

	if (!attachment__is_alive(attachment))
		return 0;
	record__get_vmm(attachment->record, &vmm);
	same = vm_owner__compare(&vmm, search->vm_fd);
	if (same == VM_OTHER)
		return 0;
	search->certainty = same;
	search->count = same == VM_SAME ? 1 : search->count + 1;
	append(search->names, sizeof(search->names), attachment->name);
	snprintf(search->name, sizeof(search->name), "%s", attachment->name);
	snprintf(search->what, sizeof(search->what), "%s, link %u",
		 record__string(attachment->record, "policy"), attachment->link_id);
	return same == VM_SAME;
}

static int look_at_other(struct attachment *attachment, void *arg)
{
	struct search *search = arg;
	char id[24];

	snprintf(id, sizeof(id), "link %u", attachment->link_id);
	append(search->other, sizeof(search->other), id);
	return 0;
}

static int explain_one(const struct search *search, struct err *err)
{
	err_set(err, ERR_VM_BUSY, NULL, "the VM already has a policy%s%s (%s)",
		search->certainty == VM_SAME ? ": " : ", probably ", search->name, search->what);
	err_hint(err,
		 "swap it with smccc_loader replace %s POLICY, or take it off with "
		 "smccc_loader detach %s",
		 search->name, search->name);
	err->json = json_object_new_object();
	/* without memory programs are told less */
	json_add_string(err->json, "attachment", search->name);
	json_add(err->json, "certain", json_object_new_boolean(search->certainty == VM_SAME));
	return -1;
}

static int explain_other(const struct pins *pins, const struct search *search, struct err *err)
{
	if (search->other[0])
		return err_set(err, ERR_VM_BUSY, "see smccc_loader list and bpftool link",
			       "the VM already has a policy, probably one that is not pinned in "
			       "%s: %s",
			       pins->dir, search->other);
	return err_set(err, ERR_VM_BUSY, "see smccc_loader list",
		       "the VM already has a policy; which one cannot be told from here");
}

int busy__explain(const struct pins *pins, int vm_fd, const struct btf *kernel, struct err *err)
{
	struct search search = { .vm_fd = vm_fd, .certainty = VM_OTHER };

	attachment__for_each(pins, look_at, &search);
	if (search.count == 1)
		return explain_one(&search, err);
	if (search.count)
		return err_set(err, ERR_VM_BUSY, "see smccc_loader list, replace and detach",
			       "the VM already has a policy, probably one of: %s", search.names);
	attachment__for_each_other(pins, kernel, look_at_other, &search);
	return explain_other(pins, &search, err);
}
