# shellcheck shell=bash
# What the project's scripts share. Source it; it runs nothing.
# Variables that are not used here are for the scripts that source this.
# shellcheck disable=SC2034

# What is made does not depend on who makes it.
umask 022

# Without it, bash ignores errors in what runs for $(...).
shopt -s inherit_errexit

# Called from a make, ours would be as silent as that one.
unset MAKEFLAGS MFLAGS MAKELEVEL

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# Prefix of the tools that make arm64 programs.
CROSS_COMPILE=aarch64-linux-gnu-
[[ $(uname -m) != aarch64 ]] || CROSS_COMPILE=
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/smccc-bpf

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
	say "$*"
	exit 1
}

# The comment at the head of the calling script is its help text.
usage() {
	sed -n '2,/^[^#]/ { s/^# \{0,1\}//p }' "$0"
}

# have COMMAND...: fails with one line that says what to do about a missing one.
have() {
	local cmd
	for cmd; do
		command -v "$cmd" >/dev/null ||
			die "$cmd is not installed; run scripts/setup"
	done
}

# key ITEM...: 16 hex digits that change with any of the items.
key() {
	printf '%s\0' "$@" | sha256sum | cut -c1-16
}

# publish DIR COMMAND...: lets COMMAND fill DIR, once. The command gets the
# path of a directory beside DIR as its last argument; it becomes DIR only if
# the command succeeds, and two callers do not build the same thing twice.
# What nobody asked for in 30 days leaves the cache when something new comes.
# Do not call it in a condition: bash ignores errors of commands in there.
publish() {
	local dir=$1 parent lock
	shift
	if [[ -d $dir ]]; then
		touch "$dir"
		return
	fi
	parent=$(dirname "$dir")
	mkdir -p "$parent"
	exec {lock}>"$dir.lock"
	flock "$lock"
	if [[ ! -d $dir ]]; then
		rm -rf "$dir".tmp.*
		find "$parent" -mindepth 1 -maxdepth 1 -mtime +30 -exec rm -rf {} +
		(
			unfinished=$dir.tmp.$BASHPID
			trap 'rm -rf "$unfinished"' EXIT
			mkdir "$unfinished"
			"$@" "$unfinished"
			mv "$unfinished" "$dir"
		)
	fi
	exec {lock}>&-
}
