// SPDX-License-Identifier: GPL-2.0
/* Attaches BPF policies for SMCCC calls to KVM/arm64 VMs: the sub-commands, and main(). */
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf_log.h"
#include "command.h"
#include "memory.h"
#include "output.h"
#include "privileges.h"

static const struct command *const commands[] = {
	&attach_command,   &apply_command,   &replace_command, &detach_command,	 &list_command,
	&show_command,	   &monitor_command, &top_command,     &metrics_command, &clean_command,
	&features_command, &test_command,    &explain_command, &lint_command,	 &diff_command,
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++) {
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	}
	return NULL;
}

static void print_exit_codes(void)
{
	int code;

	printf("\nExit status:\n");
	for (code = 0; code < EXIT_CODES; code++)
		printf("  %2d  %s\n", code, exit_meaning(code));
}

static void print_usage(void)
{
	size_t i;

	printf("usage: smccc_loader --vm-fd N [POLICY] [OPTION]...   (the same as: attach)\n"
	       "       smccc_loader COMMAND [OPTION]...\n"
	       "\n"
	       "Attaches BPF policies that decide the hypercalls (SMCCC) of KVM/arm64 VMs.\n"
	       "\n"
	       "Commands:\n");
	for (i = 0; i < COMMANDS; i++)
		printf("  %-10s  %s\n", commands[i]->name, commands[i]->summary);
	printf("\nOptions of every command:\n");
	options__print(common_options, stdout);
	printf("      --version         print the versions of the loader and of libbpf\n"
	       "\n`smccc_loader COMMAND --help` tells more about one.\n");
	print_exit_codes();
}

static void print_command_help(const struct command *command)
{
	printf("usage: smccc_loader %s%s%s\n\n%s.\n", command->name, command->usage[0] ? " " : "",
	       command->usage, command->summary);
	if (command->text)
		printf("\n%s", command->text);
	printf("\nOptions:\n");
	options__print(command->options, stdout);
	options__print(common_options, stdout);
	print_exit_codes();
}

static int run_command(const struct command *command, int argc, char **argv, struct err *err)
{
	struct common_args *args = calloc(1, command->args_size);
	int ret;

	if (!args)
		return err_no_memory(err);
	ret = options__parse(command->options, args, argc, argv, err);
	if (!ret && args->help) {
		print_command_help(command);
	} else if (!ret) {
		bpf_log__init(args->verbose);
		ret = privileges__drop(err);
		if (!ret)
			ret = command->run(args, err);
	}
	free(args);
	return ret;
}

/* A failure to parse must be told as JSON, too. */
static bool wants_json(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		if (!strcmp(argv[i], "--json") || !strcmp(argv[i], "-j"))
			return true;
	}
	return false;
}

/* `--json list` is as good as `list --json`: moves leading flags behind the command's name. */
static int find_word(int argc, char **argv)
{
	int i = 1;

	while (i < argc && (!strcmp(argv[i], "--json") || !strcmp(argv[i], "-j") ||
			    !strcmp(argv[i], "--verbose") || !strcmp(argv[i], "-v")))
		i++;
	return i;
}

static int dispatch(int argc, char **argv, const char **name, struct err *err)
{
	int at = find_word(argc, argv);
	const struct command *command = &attach_command;

	if (at == argc)
		return err_set(err, ERR_USAGE, "see smccc_loader --help", "no command given");
	if (!strcmp(argv[at], "--help") || !strcmp(argv[at], "-h") || !strcmp(argv[at], "help")) {
		print_usage();
		return 0;
	}
	if (!strcmp(argv[at], "--version")) {
		printf("smccc_loader %s, libbpf %s\n", LOADER_VERSION, libbpf_version_string() + 1);
		return 0;
	}
	if (argv[at][0] != '-') {
		command = find_command(argv[at]);
		if (!command)
			return err_set(err, ERR_USAGE, "see smccc_loader --help",
				       "unknown command '%s'", argv[at]);
		/* the flags before it take its place, argv[0] being free */
		memmove(argv + 1, argv, at * sizeof(*argv));
		argv++;
		argc--;
	}
	*name = command->name;
	return run_command(command, argc - 1, argv + 1, err);
}

/* Else the first files that we open would be taken for stdin, stdout and stderr. */
static void open_standard_fds(void)
{
	int fd = open("/dev/null", O_RDWR);

	while (fd >= 0 && fd <= STDERR_FILENO)
		fd = dup(fd);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	bool json = wants_json(argc, argv);
	const char *name = NULL;
	struct err err = {};
	int ret;

	memory__init(json);
	open_standard_fds();
	/* a reader that goes away must not stop an attachment half-way */
	signal(SIGPIPE, SIG_IGN);
	/* children that are ignored cannot be waited for */
	signal(SIGCHLD, SIG_DFL);
	ret = dispatch(argc, argv, &name, &err);
	if (ret < 0) {
		output__error(name, &err, json);
		ret = err_exit_code(&err);
	}
	err_clear(&err);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "smccc_loader: %scannot write the output: %s\n",
			ret ? "" : "done, but ", strerror(errno));
		ret = ret ? ret : EXIT_FAILED;
	}
	return ret;
}
