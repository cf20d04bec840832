// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fnmatch.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case_lexer.h"
#include "conf_key.h"
#include "file.h"
#include "output.h"
#include "policies_conf.h"
#include "trust.h"

static struct conf_section *last(const struct policies_conf *conf)
{
	return conf->count ? &conf->section[conf->count - 1] : NULL;
}

/* Blanks at the ends are no part of a value. */
static struct word trim(const char *text, const char *end)
{
	while (text < end && strchr(" \t", *text))
		text++;
	while (end > text && strchr(" \t\r", end[-1]))
		end--;
	return (struct word){ text, end - text };
}

static bool is_text(struct lexer *lexer, const struct word *line)
{
	struct word at = { line->text, 1 };

	for (; at.text < line->text + line->len; at.text++) {
		unsigned char c = *at.text;

		if (c == '\t' || (c >= ' ' && c != 0x7f))
			continue;
		lexer__mistake(lexer, &at, "byte 0x%02x is not text", c);
		return false;
	}
	return true;
}

/* What is missing in a section shows when the next one begins, or at the end. */
static void end_section(const struct policies_conf *conf, struct lexer *lexer)
{
	const struct conf_section *section = last(conf);
	struct lexer head = *lexer;
	struct word start = { head.line, 1 };

	if (!section)
		return;
	head.number = section->line;
	if (!conf_key__given(section, "policy"))
		lexer__mistake(&head, &start,
			       "[%s] has no policy: give policy = FILE, default or "
			       "none",
			       section->title);
	if (!conf_key__matches(section))
		lexer__mistake(&head, &start,
			       "[%s] matches nothing: give user, executable, vm or "
			       "command; vm = * is for all VMs",
			       section->title);
}

static int begin_section(struct policies_conf *conf, struct lexer *lexer, const struct word *line,
			 struct err *err)
{
	struct word title = *line;
	size_t i;

	end_section(conf, lexer);
	if (line->len > 2 && line->text[line->len - 1] == ']')
		title = trim(line->text + 1, line->text + line->len - 1);
	if (title.text == line->text || !title.len)
		lexer__mistake(lexer, line, "a section is [TITLE], in a line of its own");
	for (i = 0; i < conf->count; i++) {
		if (word__is(&title, conf->section[i].title))
			lexer__mistake(lexer, &title, "[%s] is there already, in line %u",
				       conf->section[i].title, conf->section[i].line);
	}
	if (conf->count == conf->room) {
		size_t room = conf->room ? 2 * conf->room : 16;
		struct conf_section *more = reallocarray(conf->section, room, sizeof(*more));

		if (!more)
			return err_no_memory(err);
		conf->section = more;
		conf->room = room;
	}
	conf->section[conf->count] = (struct conf_section){ .line = lexer->number };
	conf->section[conf->count].title = strndup(title.text, title.len);
	return conf->section[conf->count++].title ? 0 : err_no_memory(err);
}

static int read_line(struct policies_conf *conf, struct lexer *lexer, struct err *err)
{
	struct word line = trim(lexer->line, lexer->end), key, value;

	if (!line.len || line.text[0] == '#' || !is_text(lexer, &line))
		return 0;
	if (line.text[0] == '[')
		return begin_section(conf, lexer, &line, err);
	if (!word__split(&line, &key, &value)) {
		lexer__mistake(lexer, &line, "neither KEY = VALUE nor [TITLE]");
		return 0;
	}
	key = trim(key.text, key.text + key.len);
	value = trim(value.text, value.text + value.len);
	if (!conf->count) {
		lexer__mistake(lexer, &key, "no [TITLE] before '%.*s'", (int)key.len, key.text);
		return 0;
	}
	return conf_key__read(conf, lexer, &key, &value, err);
}

static int by_place(const void *a, const void *b)
{
	struct json_object *one = *(struct json_object **)a, *other = *(struct json_object **)b;
	int lines = atoi(output__text(one, "line")) - atoi(output__text(other, "line"));

	return lines ? lines :
		       atoi(output__text(one, "column")) - atoi(output__text(other, "column"));
}

static int read_lines(struct policies_conf *conf, const char *label, const char *text,
		      struct err *err)
{
	struct lexer lexer = { .mistakes = json_object_new_array() };
	int ret = 0;

	while (!ret && *text) {
		size_t len = strcspn(text, "\n");

		lexer.line = lexer.at = text;
		lexer.end = text + len;
		lexer.number++;
		ret = read_line(conf, &lexer, err);
		text += len + !!text[len];
	}
	end_section(conf, &lexer);
	json_object_array_sort(lexer.mistakes, by_place);
	if (!ret && json_object_array_length(lexer.mistakes))
		ret = lexer__fail(lexer.mistakes, label, ERR_BAD_CONFIG, "nothing was applied",
				  err);
	json_object_put(lexer.mistakes);
	return ret;
}

#define NOT_THERE "write it, or name another with --config"

static int check_file(struct policies_conf *conf, const char *label, struct err *err)
{
	char why[PATH_MAX + 128];

	conf->path = realpath(label, NULL);
	if (!conf->path)
		return err_set(err, errno == EACCES ? ERR_NO_PERMISSION : ERR_BAD_CONFIG, NOT_THERE,
			       "%s: %s", label, strerror(errno));
	if (!trust__holds(label, why, sizeof(why)))
		return err_set(err, ERR_BAD_CONFIG, "nothing was applied",
			       "others can change what %s says: %s", label, why);
	return 0;
}

int policies_conf__read(struct policies_conf *conf, const char *label, struct err *err)
{
	void *text;
	size_t size;
	int ret;

	if (check_file(conf, label, err))
		return -1;
	ret = file__read(conf->path, FILE_LIMIT, &text, &size);
	if (ret)
		return err_set(err, ret == -EACCES ? ERR_NO_PERMISSION : ERR_BAD_CONFIG, NOT_THERE,
			       "%s: %s", label,
			       ret == -EINVAL ? "not a regular file" : strerror(-ret));
	if (memchr(text, '\0', size))
		ret = err_set(err, ERR_BAD_CONFIG, NOT_THERE, "%s is not text", label);
	else
		ret = read_lines(conf, label, text, err);
	free(text);
	return ret;
}

static void free_list(struct opt_list *list)
{
	while (list->count)
		free((char *)list->item[--list->count]);
}

void policies_conf__free(struct policies_conf *conf)
{
	while (conf->count) {
		struct conf_section *section = &conf->section[--conf->count];

		free(section->title);
		free(section->executable);
		free(section->vm);
		free(section->command);
		free(section->policy);
		free(section->rules);
		free(section->name);
		free_list(&section->rule);
		free_list(&section->include);
	}
	free(conf->section);
	free(conf->path);
	memset(conf, 0, sizeof(*conf));
}

static bool matches(const char *glob, const char *text, int flags)
{
	return !glob || !fnmatch(glob, text, flags);
}

const struct conf_section *policies_conf__match(const struct policies_conf *conf,
						const struct vmm *vmm)
{
	size_t i;

	for (i = 0; i < conf->count; i++) {
		const struct conf_section *section = &conf->section[i];

		if ((!conf_key__given(section, "user") || section->uid == vmm->uid) &&
		    matches(section->executable, vmm->exe, FNM_PATHNAME) &&
		    matches(section->vm, vmm->name, 0) &&
		    matches(section->command, vmm->command, 0))
			return section;
	}
	return NULL;
}

/* Other characters than those of names become '_'. */
static void append_name(char *name, size_t room, const char *text)
{
	size_t len = strlen(name);

	for (; *text && len < room - 1; text++)
		name[len++] = pins__is_name_char(*text) ? *text : '_';
	name[len] = '\0';
}

int conf_section__name(const struct conf_section *section, const struct vmm *vmm, pid_t pid,
		       char name[NAME_LIMIT + 1], struct err *err)
{
	char whole[2 * NAME_LIMIT] = "", number[16];
	const char *at = section->name;

	name[0] = '\0';
	if (!at)
		return 0;
	snprintf(number, sizeof(number), "%d", pid);
	for (; *at; at++) {
		if (*at == '%')
			append_name(whole, sizeof(whole), *++at == 'n' ? vmm->name : number);
		else
			append_name(whole, sizeof(whole), (char[]){ *at, '\0' });
	}
	if (pins__check_name(whole, err))
		return -1;
	memcpy(name, whole, strlen(whole) + 1);
	return 0;
}
