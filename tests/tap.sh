# shellcheck shell=bash
# For test scripts whose tests are functions. Source it; it runs nothing.

# run_tests TEST...: TAP on stdout; what a test prints is shown if it fails. 1: one did.
run_tests() {
	local test number=0 failed=0 status log
	log=$(mktemp)
	echo "1..$#"
	for test; do
		number=$((number + 1)) status=0
		# a shell of its own: in a condition bash would ignore errors within
		(set -e; "$test") >"$log" 2>&1 &
		wait $! || status=$?
		if ((status == 0)); then
			echo "ok $number - $test"
		else
			echo "not ok $number - $test"
			sed 's/^/# /' "$log"
			failed=1
		fi
	done
	rm -f "$log"
	return "$failed"
}
