// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attachment.h"
#include "record.h"

static int read_link(struct attachment *attachment)
{
	struct bpf_link_info info = {};
	__u32 len = sizeof(info);
	int ret = bpf_link_get_info_by_fd(attachment->link_fd, &info, &len);

	if (ret)
		return ret;
	if (info.type != BPF_LINK_TYPE_STRUCT_OPS)
		return -EINVAL;
	attachment->link_id = info.id;
	attachment->map_id = info.struct_ops.map_id;
	return 0;
}

static int open_fd(struct attachment *attachment, int fd)
{
	int ret;

	if (fd < 0)
		return fd;
	attachment->link_fd = fd;
	ret = read_link(attachment);
	if (ret)
		attachment__close(attachment);
	return ret;
}

int attachment__open_path(struct attachment *attachment, const char *link_path)
{
	memset(attachment, 0, sizeof(*attachment));
	attachment->link_fd = -1;
	snprintf(attachment->link_path, sizeof(attachment->link_path), "%s", link_path);
	return open_fd(attachment, bpf_obj_get(link_path));
}

int attachment__open(struct attachment *attachment, const struct pins *pins, const char *name)
{
	char path[PATH_MAX];
	int ret;

	if (snprintf(path, sizeof(path), "%s/%s/link", pins->dir, name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	ret = attachment__open_path(attachment, path);
	if (ret)
		return ret;
	snprintf(attachment->name, sizeof(attachment->name), "%s", name);
	/* it fits: "info" is as long as "link" */
	strcpy(path + strlen(path) - strlen("link"), "info");
	attachment->record = record__read(path);
	return 0;
}

int attachment__open_id(struct attachment *attachment, __u32 link_id)
{
	memset(attachment, 0, sizeof(*attachment));
	attachment->link_fd = -1;
	return open_fd(attachment, bpf_link_get_fd_by_id(link_id));
}

void attachment__close(struct attachment *attachment)
{
	if (attachment->link_fd >= 0)
		close(attachment->link_fd);
	attachment->link_fd = -1;
	json_object_put(attachment->record);
	attachment->record = NULL;
}

bool attachment__is_ours(const struct attachment *attachment)
{
	return attachment->record != NULL;
}

bool attachment__is_alive(const struct attachment *attachment)
{
	return attachment->map_id != 0;
}

#define FIND_HINT "see smccc_loader list; a link that is not in it can be given with --pin"

static int fail_find(int ret, const char *what, struct err *err)
{
	if (ret == -ENOENT || ret == -ENOTDIR)
		return err_set(err, ERR_NO_SUCH_NAME, "see smccc_loader list",
			       "no policy is attached under the name %s", what);
	if (ret == -EINVAL)
		return err_set(err, ERR_NO_SUCH_NAME, "see smccc_loader list",
			       "%s is not a pinned link of a policy", what);
	return err_set(err, ret == -EPERM || ret == -EACCES ? ERR_NO_PERMISSION : ERR_FAILED,
		       ret == -EPERM || ret == -EACCES ? "run as root" : NULL,
		       "cannot open the link of %s: %s", what, strerror(-ret));
}

/* The path of a link of ours, or of its folder, as that folder's parent and NAME. */
static bool split_pin(const char *pin, struct pins *pins, char *name)
{
	char path[PATH_MAX];
	char *slash;

	strcpy(path, pin);
	slash = strrchr(path, '/');
	if (slash && !strcmp(slash, "/link"))
		*slash = '\0';
	slash = strrchr(path, '/');
	if (!slash || slash == path || strlen(slash + 1) > NAME_LIMIT)
		return false;
	*slash = '\0';
	strcpy(name, slash + 1);
	pins__at(pins, path);
	return pins__owner(pins, name) == PIN_OURS;
}

static int find_pin(struct attachment *attachment, struct pins *pins, const char *pin,
		    struct err *err)
{
	char path[PATH_MAX], name[NAME_LIMIT + 1];
	int ret;

	if (!realpath(pin, path))
		return fail_find(-errno, pin, err);
	if (!bpffs__holds(path))
		return fail_find(-EINVAL, pin, err);
	if (!split_pin(path, pins, name)) {
		ret = attachment__open_path(attachment, path);
		return ret ? fail_find(ret, pin, err) : 0;
	}
	if (pins__lock(pins, err))
		return -1;
	ret = attachment__open(attachment, pins, name);
	return ret ? fail_find(ret, pin, err) : 0;
}

int attachment__find(struct attachment *attachment, struct pins *pins, const char *name,
		     const char *pin, struct err *err)
{
	int ret;

	if (pin)
		return find_pin(attachment, pins, pin, err);
	if (pins__check_name(name, err))
		return -1;
	if (access(pins->dir, F_OK) && errno == ENOENT)
		return fail_find(-ENOENT, name, err);
	if (pins__lock(pins, err))
		return -1;
	if (pins__owner(pins, name) == PIN_OTHERS)
		return pins__fail_others(pins, name, ERR_NO_SUCH_NAME, FIND_HINT, err);
	ret = attachment__open(attachment, pins, name);
	return ret ? fail_find(ret, name, err) : 0;
}

/* NAME~new is either work in progress or, if there is no NAME, what a killed loader left. */
static bool is_hidden(const struct pins *pins, char *name)
{
	char path[PATH_MAX];
	char *suffix = strstr(name, STAGING_SUFFIX);
	bool hidden;

	if (!suffix)
		return name[0] == '.';
	*suffix = '\0';
	hidden = snprintf(path, sizeof(path), "%s/%s", pins->dir, name) >= (int)sizeof(path) ||
		 !access(path, F_OK);
	*suffix = STAGING_SUFFIX[0];
	return hidden;
}

int attachment__for_each(const struct pins *pins, attachment_visitor visit, void *arg)
{
	struct attachment attachment;
	struct dirent **entries;
	int count = scandir(pins->dir, &entries, NULL, alphasort);
	int i, ret = 0;

	if (count < 0)
		return errno == ENOENT ? 0 : -errno;
	for (i = 0; i < count; i++) {
		char *name = entries[i]->d_name;

		if (!ret && strlen(name) < sizeof(attachment.name) && !is_hidden(pins, name) &&
		    !attachment__open(&attachment, pins, name)) {
			attachment.name[strcspn(name, "~")] = '\0';
			if (attachment__is_ours(&attachment))
				ret = visit(&attachment, arg);
			attachment__close(&attachment);
		}
		free(entries[i]);
	}
	free(entries);
	return ret;
}
