// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compile.h"
#include "file.h"
#include "inputs.h"
#include "policy_file.h"
#include "trust.h"

#define DATA_DIR_ENV "SMCCC_BPF_DIR"

/* The Makefile tells where things get installed, and where libbpf's headers were. */
#ifndef DATA_DIR
#define DATA_DIR "/usr/share/smccc-bpf"
#endif
#ifndef LIBBPF_INCLUDE
#define LIBBPF_INCLUDE ""
#endif

/* A list of directories that owns its strings and ends with NULL. */
struct dirs {
	char *dir[COMPILE_MAX_DIRS + 1];
	int count;
	bool no_memory; /* one is missing: others must not take its place */
};

/* From the root on: what is made of the files in it must not depend on where we run. */
static void dirs__add(struct dirs *dirs, const char *fmt, const char *arg)
{
	char *dir, *real;

	if (dirs->count == COMPILE_MAX_DIRS)
		return;
	if (asprintf(&dir, fmt, arg) < 0) {
		dirs->no_memory = true;
		return;
	}
	real = realpath(dir, NULL);
	dirs->no_memory |= !real && errno == ENOMEM;
	if (real && !access(real, X_OK))
		dirs->dir[dirs->count++] = real;
	else
		free(real);
	free(dir);
}

static void dirs__free(struct dirs *dirs)
{
	while (dirs->count)
		free(dirs->dir[--dirs->count]);
}

static void dirs__add_beside_binary(struct dirs *dirs)
{
	char exe[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;

	if (len < 0)
		return;
	exe[len] = '\0';
	slash = strrchr(exe, '/');
	if (!slash)
		return;
	*slash = '\0';
	dirs__add(dirs, "%s/../share/smccc-bpf", exe);
	dirs__add(dirs, "%s", exe);
	dirs__add(dirs, "%s/../bpf", exe);
	dirs__add(dirs, "%s/../../bpf", exe);
}

/* The one place to look for data, if the user names one. */
static const char *choose_data_dir(const struct policy_source *source)
{
	const char *env = getenv(DATA_DIR_ENV);

	if (source->data_dir)
		return source->data_dir;
	return env && env[0] ? env : NULL;
}

/* Where the default policy and smccc_policy.h are looked for, in this order. */
static void dirs__add_data(struct dirs *dirs, const char *data_dir)
{
	if (data_dir) {
		dirs__add(dirs, "%s", data_dir);
		return;
	}
	/* the files of another installation may be of another version */
	dirs__add_beside_binary(dirs);
	dirs__add(dirs, "%s", DATA_DIR);
}

static bool has_suffix(const char *path, const char *suffix)
{
	size_t len = strlen(path), end = strlen(suffix);

	return len > end && !strcmp(path + len - end, suffix);
}

static int fail_default(const char *data_dir, struct err *err)
{
	const char *hint =
		"name a policy (.bpf.o or .bpf.c), or give its folder with --data-dir or "
		"$" DATA_DIR_ENV;

	if (data_dir)
		return err_set(err, ERR_POLICY_NOT_FOUND, hint,
			       "the default policy (policy.bpf.o or policy.bpf.c) is not in %s",
			       data_dir);
	return err_set(err, ERR_POLICY_NOT_FOUND, hint,
		       "the default policy (policy.bpf.o or policy.bpf.c) is neither beside the "
		       "loader nor in " DATA_DIR);
}

static char *find_default(const struct dirs *dirs, const char *data_dir, struct err *err)
{
	static const char *const names[] = { "policy.bpf.o", "policy.bpf.c" };
	char *path;
	int i, n;

	for (i = 0; i < dirs->count; i++) {
		for (n = 0; n < 2; n++) {
			if (asprintf(&path, "%s/%s", dirs->dir[i], names[n]) < 0) {
				err_no_memory(err);
				return NULL;
			}
			if (!access(path, F_OK))
				return path;
			free(path);
		}
	}
	fail_default(data_dir, err);
	return NULL;
}

static int fail_to_read(const char *label, int ret, struct err *err)
{
	if (ret == -ENOMEM)
		return err_no_memory(err);
	if (ret == -ENOENT || ret == -ENOTDIR)
		return err_set(err, ERR_POLICY_NOT_FOUND, "check the path", "%s does not exist",
			       label);
	if (ret == -EISDIR)
		return err_set(err, ERR_POLICY_INVALID, "name a file in it", "%s is a directory",
			       label);
	if (ret == -EINVAL)
		return err_set(err, ERR_POLICY_INVALID, "give a .bpf.o or a .bpf.c",
			       "%s is not a regular file", label);
	if (ret == -EACCES)
		return err_set(err, ERR_NO_PERMISSION, "make it readable", "%s: %s", label,
			       strerror(-ret));
	return err_set(err, ERR_POLICY_INVALID, "give a .bpf.o or a .bpf.c",
		       "%s cannot be read: %s", label, strerror(-ret));
}

static int check_content(struct policy_file *file, struct err *err)
{
	if (!file->size)
		return err_set(err, ERR_POLICY_INVALID, "compile it again, or name another",
			       "%s is empty", file->label);
	return 0;
}

static int fail_trust(const struct policy_file *file, const char *why, struct err *err)
{
	return err_set(err, ERR_POLICY_INVALID, NULL, "others can change %s: %s", file->label, why);
}

static int check_trust(const struct policy_file *file, const char *path, struct err *err)
{
	char why[PATH_MAX + 128];

	return trust__holds(path, why, sizeof(why)) ? 0 : fail_trust(file, why, err);
}

/* Afterwards: before, it is not known what the compiler will find where. */
static int check_inputs(const struct policy_file *file, char *inputs, struct err *err)
{
	char why[PATH_MAX + 128];

	return inputs__trusted(inputs, why, sizeof(why)) ? 0 : fail_trust(file, why, err);
}

static int compile(struct policy_file *file, const struct policy_source *source,
		   const struct dirs *data, struct err *err)
{
	char *own = strdup(file->path), *inputs = NULL;
	struct dirs dirs = {};
	int i, ret;

	if (!own)
		return err_no_memory(err);
	*strrchr(own, '/') = '\0';
	dirs__add(&dirs, "%s", own[0] ? own : "/");
	free(own);
	for (i = 0; source->include_dirs && i < source->include_dirs->count; i++)
		dirs__add(&dirs, "%s", source->include_dirs->item[i]);
	for (i = 0; i < data->count; i++) {
		dirs__add(&dirs, "%s", data->dir[i]);
		dirs__add(&dirs, "%s/include", data->dir[i]);
	}
	dirs__add(&dirs, "%s", LIBBPF_INCLUDE);
	free(file->data);
	file->data = NULL;
	ret = dirs.no_memory ? err_no_memory(err) :
			       compile__policy(file->path, file->label,
					       (const char *const *)dirs.dir, &file->data,
					       &file->size, source->trusted ? &inputs : NULL, err);
	if (!ret && source->trusted)
		ret = check_inputs(file, inputs, err);
	free(inputs);
	dirs__free(&dirs);
	return ret;
}

static int name_file(const struct policy_source *source, const struct dirs *data,
		     struct policy_file *file, struct err *err)
{
	file->label = source->path ? strdup(source->path) :
				     find_default(data, choose_data_dir(source), err);
	if (!file->label)
		return err_no_memory(err); /* unless find_default() said more */
	if (!file->label[0])
		return err_set(err, ERR_USAGE, "leave it out for the default policy",
			       "the policy's name is empty");
	file->path = realpath(file->label, NULL);
	return file->path ? 0 : fail_to_read(file->label, -errno, err);
}

static int copy_object(const struct policy_source *source, struct policy_file *file,
		       struct err *err)
{
	file->path = strdup("");
	file->label = strdup("the policy");
	file->data = malloc(source->object_size + 1);
	if (!file->path || !file->label || !file->data)
		return err_no_memory(err);
	memcpy(file->data, source->object, source->object_size);
	file->size = source->object_size;
	return check_content(file, err);
}

static int read_file(const struct policy_source *source, struct policy_file *file, struct err *err)
{
	struct dirs data = {};
	int ret;

	file->data_dir = choose_data_dir(source);
	dirs__add_data(&data, file->data_dir);
	ret = data.no_memory ? err_no_memory(err) : name_file(source, &data, file, err);
	if (!ret && source->trusted)
		ret = check_trust(file, file->label, err);
	if (!ret) {
		ret = file__read(file->path, FILE_LIMIT, &file->data, &file->size);
		if (ret)
			ret = fail_to_read(file->label, ret, err);
	}
	if (!ret)
		ret = check_content(file, err);
	if (!ret)
		SHA256Data(file->data, file->size, file->sha256);
	if (!ret && source->trusted && file->data_dir && has_suffix(file->label, ".c"))
		ret = check_trust(file, file->data_dir, err);
	if (!ret && has_suffix(file->label, ".c"))
		ret = compile(file, source, &data, err);
	dirs__free(&data);
	return ret;
}

int policy_file__read(const struct policy_source *source, struct policy_file *file, struct err *err)
{
	int ret = source->object ? copy_object(source, file, err) : read_file(source, file, err);

	if (!ret)
		ret = rules__read(&file->rules, source->rule, source->rules, err);
	file->rules.optional = source->rules_optional;
	return ret;
}

void policy_file__free(struct policy_file *file)
{
	free(file->path);
	free(file->label);
	free(file->data);
	rules__free(&file->rules);
	memset(file, 0, sizeof(*file));
}
