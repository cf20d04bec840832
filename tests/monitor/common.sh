# shellcheck shell=bash
# What the tests of monitor and top share. Source it with $loader set; TAP on stdout.
# What is set here is also for the scripts that source this.
# shellcheck disable=SC2034
: "${loader:?}"
TMP=$(mktemp -d)
count=0 failed=0
pids=()

clean_up() {
	local pid
	for pid in "${pids[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
	done
	rm -rf "$TMP"
}

# check WHAT COMMAND...
check() {
	local what=$1
	shift
	count=$((count + 1))
	if "$@" >"$TMP"/check 2>&1; then
		echo "ok $count - $what"
	else
		echo "not ok $count - $what"
		sed 's/^/# /' "$TMP"/check
		failed=1
	fi
}

# soon COMMAND...: it succeeds before half a minute is over.
soon() {
	local end=$((SECONDS + 30))
	until "$@"; do
		((SECONDS < end)) || {
			echo "not in time: $*"
			return 1
		}
		sleep 0.1
	done
}

# start NAME ARGUMENT...: the loader, in the background; its pid is in ${pid[NAME]}.
declare -A pid
start() {
	local name=$1
	shift
	"$loader" "$@" >"$TMP/$name.out" 2>"$TMP/$name.err" </dev/null &
	pid[$name]=$!
	pids+=($!)
}

# said NAME TEXT: a line of what it has printed, on stdout or stderr, has the text.
said() {
	grep -qF -- "$2" "$TMP/$1.out" "$TMP/$1.err" || {
		echo "$1 has not said: $2"
		tail -n 5 "$TMP/$1.out" "$TMP/$1.err" | cut -c -200
		return 1
	}
}

soon_said() {
	soon said "$@" 2>/dev/null >/dev/null || said "$@"
}

# ended NAME STATUS: it ends by itself, with that status.
ended() {
	local status=0
	soon not_running "${pid[$1]}" || return 1
	wait "${pid[$1]}" || status=$?
	((status == $2)) || {
		echo "$1: exit status $status, not $2"
		return 1
	}
}

not_running() {
	! kill -0 "$1" 2>/dev/null || [[ $(ps -o stat= -p "$1") == Z* ]]
}

# ends NAME SIGNAL: it ends by that, with 0.
ends() {
	kill -"$2" "${pid[$1]}"
	ended "$1" 0
}

# printed NAME LINE...: its output, from the vCPU on, is these lines.
printed() {
	local name=$1
	shift
	diff <(printf '%s\n' "$@") <(sed -E 's/^[0-9-]{10} [0-9:]{8}\.[0-9]{6} //' "$TMP/$name.out")
}

# fails STATUS TEXT ARGUMENT...: the loader says so in one line on stderr.
fails() {
	local status=0 want=$1 text=$2
	shift 2
	timeout 60 "$loader" "$@" >"$TMP"/fails.out 2>"$TMP"/fails.err </dev/null || status=$?
	echo "status $status, expected $want with: $text"
	cat "$TMP"/fails.err "$TMP"/fails.out
	((status == want && $(wc -l <"$TMP"/fails.err) == 1)) &&
		[[ ! -s $TMP/fails.out ]] && grep -qF -- "$text" "$TMP"/fails.err
}
