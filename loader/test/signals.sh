# shellcheck shell=bash
# A signal at any point of attach and replace: all is done, or nothing. Sourced by run.

# signalled NUMBER SIGNAL ARGUMENT...: before the loader's bpf(2) number NUMBER; the exit
# status is in $status.
signalled() {
	status=0
	FAULT=bpf:$1:-$2 LD_PRELOAD=$FILES/fault.so "$LOADER" "${@:3}" >"$TMP"/out 2>"$TMP"/err </dev/null ||
		status=$?
} 2>/dev/null

# At every third bpf(2), or, with STEP=1 (make soak), at each.
readonly STEP=${STEP:-3}
# Once the loader has begun to change something, it goes on to its end: as many in a row.
readonly UNTIL_DONE=$((12 / STEP))

# sweep WHAT DONE NOTHING SIGNAL...: signals before these bpf(2), in turn, until the loader
# is past them. "before" readies it, "arguments" are its own; the functions DONE and
# NOTHING say whether it has done all, or nothing.
sweep() {
	local what=$1 done=$2 nothing=$3 n status row=0 wrong=() signal ended=0
	local -a signals=("${@:4}")
	for ((n = 1; row < UNTIL_DONE && n < 500; n += STEP)); do
		signal=${signals[n / STEP % ${#signals[@]}]}
		before
		signalled "$n" "$signal" "${arguments[@]}"
		if ((status == 0)); then
			row=$((row + 1))
			"$done" || wrong+=("$n: not done")
		elif ((status == 128 + signal)); then
			row=0
			ended=$((ended + 1))
			"$nothing" || wrong+=("$n: not as before")
		else
			wrong+=("$n: status $status")
		fi
	done
	printf '%s\n' "${wrong[@]}" >"$TMP"/out
	echo "# $what: $ended signals ended it, $row it was past"
	check "$what: before or after" test ${#wrong[@]} = 0
	check "$what: both" test "$ended" -gt 0 -a "$row" = "$UNTIL_DONE"
}

has_policy() {
	"$LOADER" list --json | grep -q "\"policy\": \"$1\""
}

is_attached() {
	[[ $(pins) == "./s ./s/info ./s/link ./s/maps ./s/maps/counters " ]] && has_policy second
}

# If a policy were in force that is not pinned, the next one would be told that the VM has one.
is_not_attached() {
	[[ -z $(pins) ]]
}

# The new pins are made before the new policy is in force: they would be here, too.
is_not_replaced() {
	[[ $(pins) == "./s ./s/info ./s/link ./s/maps " ]]
}

test_signals() {
	local arguments=(--vm-fd "$VM" --name s "$FILES"/second.bpf.o)
	before() {
		[[ -z $(pins) ]] || detach_all
	}
	sweep "attach" is_attached is_not_attached 2 15 1
	arguments=(replace "${YES[@]}" s "$FILES"/second.bpf.o)
	before() {
		is_not_replaced && return
		detach_all
		"$LOADER" --vm-fd "$VM" --name s "$FILES"/first.bpf.o >/dev/null
	}
	sweep "replace" is_attached is_not_replaced 15 1 2
	detach_all
}
