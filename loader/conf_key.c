// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "conf_key.h"
#include "trust.h"

enum conf_type {
	CONF_USER,
	CONF_GLOB,
	CONF_PATH_GLOB,
	CONF_POLICY,
	CONF_FILE,
	CONF_DIRS,
	CONF_TEXTS,
	CONF_YES_NO,
	CONF_NUMBER,
	CONF_NAME,
};

static const struct conf_key {
	const char *name;
	enum conf_type type;
	bool matches, repeats;
	size_t offset; /* of the member in struct conf_section */
} keys[] = {
	{ "user", CONF_USER, true, false, offsetof(struct conf_section, uid) },
	{ "executable", CONF_PATH_GLOB, true, false, offsetof(struct conf_section, executable) },
	{ "vm", CONF_GLOB, true, false, offsetof(struct conf_section, vm) },
	{ "command", CONF_GLOB, true, false, offsetof(struct conf_section, command) },
	{ "policy", CONF_POLICY, false, false, offsetof(struct conf_section, policy) },
	{ "rules", CONF_FILE, false, false, offsetof(struct conf_section, rules) },
	{ "rule", CONF_TEXTS, false, true, offsetof(struct conf_section, rule) },
	{ "include", CONF_DIRS, false, true, offsetof(struct conf_section, include) },
	{ "permissive", CONF_YES_NO, false, false, offsetof(struct conf_section, permissive) },
	{ "forward", CONF_YES_NO, false, false, offsetof(struct conf_section, forward) },
	{ "cookie", CONF_NUMBER, false, false, offsetof(struct conf_section, cookie) },
	{ "name", CONF_NAME, false, false, offsetof(struct conf_section, name) },
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))

/* What reads a value. */
struct reading {
	const struct policies_conf *conf;
	struct conf_section *section;
	struct lexer *lexer;
	const struct word *value;
	struct err *err;
};

#define MISTAKE(r, ...) lexer__mistake((r)->lexer, (r)->value, __VA_ARGS__)

bool conf_key__given(const struct conf_section *section, const char *name)
{
	size_t i;

	for (i = 0; i < KEYS; i++) {
		if (!strcmp(keys[i].name, name))
			return section->given & 1u << i;
	}
	return false;
}

bool conf_key__matches(const struct conf_section *section)
{
	size_t i;

	for (i = 0; i < KEYS; i++) {
		if (keys[i].matches && section->given & 1u << i)
			return true;
	}
	return false;
}

static int copy(const struct reading *r, char **to)
{
	free(*to);
	*to = strndup(r->value->text, r->value->len);
	return *to ? 0 : err_no_memory(r->err);
}

static int read_user(const struct reading *r, __u64 *uid)
{
	struct passwd *user;
	char *name = NULL;

	if (copy(r, &name))
		return -1;
	user = getpwnam(name);
	if (user)
		*uid = user->pw_uid;
	else if (parse_number(name, uid) || *uid >= (uid_t)-1)
		MISTAKE(r, "there is no user '%s'", name);
	free(name);
	return 0;
}

/* The end of "[...]", or NULL; "[z-a]", which matches nothing, has none either. */
static const char *bracket_end(const char *at)
{
	at += at[1] == '!' || at[1] == '^' ? 2 : 1;
	if (*at == ']')
		at++;
	for (; *at && *at != ']'; at++) {
		if (*at == '/')
			return NULL;
		if (*at == '[' && at[1] && strchr(":.=", at[1])) {
			char end[] = { at[1], ']', '\0' };

			at = strstr(at + 2, end);
			if (!at)
				return NULL;
			at++;
		} else if (at[1] == '-' && at[2] && at[2] != ']') {
			if (at[0] > at[2])
				return NULL;
			at += 2;
		}
	}
	return *at ? at : NULL;
}

/* fnmatch(3) knows no errors: such a pattern would just never match. */
static void check_glob(const struct reading *r, const char *glob)
{
	const char *at, *end;

	for (at = glob; *at; at++) {
		struct word word = { r->value->text + (at - glob), 1 };

		end = *at == '[' ? bracket_end(at) : *at == '\\' ? at + 1 : at;
		if (!end || !*end) {
			lexer__mistake(r->lexer, &word,
				       end ? "nothing behind this \\" : "this [ has no fitting ]");
			return;
		}
		at = end;
	}
}

static int read_glob(const struct reading *r, char **glob, bool path)
{
	if (copy(r, glob))
		return -1;
	if (path && **glob != '/')
		MISTAKE(r, "a path from the root on, /..., is expected");
	check_glob(r, *glob);
	return 0;
}

/* There, of that kind, and nobody else's to change. */
static void check_path(const struct reading *r, const char *path, mode_t kind)
{
	char why[PATH_MAX + 128];
	struct stat st;

	if (stat(path, &st))
		MISTAKE(r, "%s: %s", path, strerror(errno));
	else if ((st.st_mode & S_IFMT) != kind)
		MISTAKE(r, "%s is not a %s", path, kind == S_IFDIR ? "folder" : "regular file");
	else if (!trust__holds(path, why, sizeof(why)))
		MISTAKE(r, "%s", why);
}

/* Relative to the folder of the file that names it. */
static int read_path(const struct reading *r, char **path, mode_t kind)
{
	const char *slash = strrchr(r->conf->path, '/');
	bool absolute = r->value->text[0] == '/';

	free(*path);
	if (asprintf(path, "%.*s%.*s", absolute ? 0 : (int)(slash + 1 - r->conf->path),
		     r->conf->path, (int)r->value->len, r->value->text) < 0) {
		*path = NULL;
		return err_no_memory(r->err);
	}
	check_path(r, *path, kind);
	return 0;
}

static int read_policy(const struct reading *r, char **policy)
{
	r->section->policy_at =
		(struct conf_place){ r->lexer->number, r->value->text - r->lexer->line + 1 };
	r->section->leave_alone = word__is(r->value, "none");
	if (r->section->leave_alone || word__is(r->value, "default"))
		return 0;
	return read_path(r, policy, S_IFREG);
}

static int read_item(const struct reading *r, struct opt_list *list, bool dirs)
{
	char *item = NULL;

	if (list->count == MAX_LIST) {
		MISTAKE(r, "more than %d of them", MAX_LIST);
		return 0;
	}
	if (dirs ? read_path(r, &item, S_IFDIR) : copy(r, &item))
		return -1;
	list->item[list->count++] = item;
	return 0;
}

static int read_yes_no(const struct reading *r, bool *flag)
{
	*flag = word__is(r->value, "yes");
	if (!*flag && !word__is(r->value, "no"))
		MISTAKE(r, "'%.*s' is neither yes nor no", (int)r->value->len, r->value->text);
	return 0;
}

static int read_number(const struct reading *r, struct opt_number *number)
{
	number->given = lexer__number(r->lexer, r->value, ~0ULL, &number->value);
	return 0;
}

/* Without its %n and %p it must do as a name; without any it can be that of one VM only. */
static int read_name(const struct reading *r, char **name)
{
	size_t i;
	char *at;

	if (copy(r, name))
		return -1;
	for (at = *name; *at; at++) {
		if (*at == '%' && at[1] != 'n' && at[1] != 'p')
			MISTAKE(r, "%%n and %%p may be in a name, not %%%c", at[1] ? at[1] : ' ');
		if (*at == '%' && at[1])
			at++;
		else if (*at != '%' && !pins__is_name_char(*at))
			break;
	}
	if (*at || **name == '-' || strlen(*name) > NAME_LIMIT)
		MISTAKE(r,
			"a name has 1 to %d letters, digits, '_' and '-', and does not begin "
			"with '-'",
			NAME_LIMIT);
	for (i = 0; i + 1 < r->conf->count && !strchr(*name, '%'); i++) {
		const struct conf_section *other = &r->conf->section[i];

		if (other->name && !strcmp(other->name, *name))
			MISTAKE(r, "[%s] has this name already", other->title);
	}
	return 0;
}

static int read_value(const struct reading *r, const struct conf_key *key)
{
	void *to = (char *)r->section + key->offset;

	switch (key->type) {
	case CONF_USER:
		return read_user(r, to);
	case CONF_GLOB:
	case CONF_PATH_GLOB:
		return read_glob(r, to, key->type == CONF_PATH_GLOB);
	case CONF_POLICY:
		return read_policy(r, to);
	case CONF_FILE:
		return read_path(r, to, S_IFREG);
	case CONF_DIRS:
	case CONF_TEXTS:
		return read_item(r, to, key->type == CONF_DIRS);
	case CONF_YES_NO:
		return read_yes_no(r, to);
	case CONF_NUMBER:
		return read_number(r, to);
	case CONF_NAME:
		return read_name(r, to);
	}
	return 0;
}

int conf_key__read(struct policies_conf *conf, struct lexer *lexer, const struct word *key,
		   const struct word *value, struct err *err)
{
	struct conf_section *section = &conf->section[conf->count - 1];
	struct reading reading = { conf, section, lexer, value, err };
	size_t i;

	for (i = 0; i < KEYS && !word__is(key, keys[i].name); i++)
		;
	if (i == KEYS) {
		lexer__mistake(lexer, key, "there is no key '%.*s'", (int)key->len, key->text);
		return 0;
	}
	if (section->given & 1u << i && !keys[i].repeats)
		lexer__mistake(lexer, key, "[%s] has '%s' twice", section->title, keys[i].name);
	section->given |= 1u << i;
	if (!value->len) {
		lexer__mistake(lexer, value, "'%s' has no value", keys[i].name);
		return 0;
	}
	return read_value(&reading, &keys[i]);
}
