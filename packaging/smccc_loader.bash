# shellcheck shell=bash
# Completion for smccc_loader. It asks the program, whose commands and options
# are in its help.

# The lines of `smccc_loader [COMMAND] --help`.
_smccc_loader_help() {
	"$program" "$@" --help 2>/dev/null
}

_smccc_loader_commands() {
	_smccc_loader_help | sed -n '/^Commands:/,/^$/ s/^  \([a-z]*\)  .*/\1/p'
}

# The options of a command, each as "NAME ARGUMENT", or "NAME" if it takes none.
_smccc_loader_options() {
	_smccc_loader_help "$@" | sed -nE '/^Options/,/^$/ {
		h
		s/^  (-., |    )(--[a-z-]+)( ([^ ]+))?(  .*)?$/\2 \4/p
		g
		s/^  (-.), --[a-z-]+( ([^ ]+))?(  .*)?$/\1 \3/p
	}'
}

_smccc_loader_names() {
	"$program" list --json 2>/dev/null | sed -n 's/^ *"name": *"\([^"]*\)",\{0,1\}$/\1/p'
}

# What the value of an option may be, by what the help calls it.
_smccc_loader_value() {
	case $1 in
	*FILE*) compgen -f -- "$cur" ;;
	*DIR* | *PATH*) compgen -d -- "$cur" ;;
	PID) compgen -W "$(cd /proc && compgen -G '[1-9]*')" -- "$cur" ;;
	esac
}

# What may stand alone behind a command, by its usage.
_smccc_loader_word() {
	local usage
	usage=$(_smccc_loader_help "$1" | sed -n '1s/^usage: //p')
	[[ $usage != *NAME* ]] || mapfile -t COMPREPLY < <(compgen -W "$(_smccc_loader_names)" -- "$cur")
	[[ $usage != *@(POLICY|CASES|OLD|FILE)* ]] ||
		mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$cur")
}

_smccc_loader() {
	local program=$1 cur=${COMP_WORDS[COMP_CWORD]} word command='' option argument i
	local -A takes=()
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		[[ $word == -* ]] || command=$word
		[[ $word != --vm-fd ]] || command=attach
		[[ -z $command ]] || break
	done
	if [[ -z $command && $cur != -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_smccc_loader_commands)" -- "$cur")
		return
	fi
	while read -r option argument; do
		takes[$option]=$argument
	done < <(_smccc_loader_options ${command:+"$command"})
	if ((COMP_CWORD > 1)) && [[ -n ${takes[${COMP_WORDS[COMP_CWORD - 1]}]-} ]]; then
		mapfile -t COMPREPLY < <(_smccc_loader_value "${takes[${COMP_WORDS[COMP_CWORD - 1]}]}")
	elif [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "${!takes[*]}" -- "$cur")
	else
		_smccc_loader_word "$command"
	fi
}

complete -o filenames -F _smccc_loader smccc_loader
