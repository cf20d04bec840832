# shellcheck shell=bash
# For the tests that make the loader's allocations fail; see fail_nth.c. They set $TMP.

# fail_nth N LIBRARY PROGRAM ARGUMENT...: returns its exit status, with $TMP/out and
# $TMP/err; $TMP/failed is there if there were N
fail_nth() {
	local n=$1 library=$2
	shift 2
	rm -f "$TMP"/failed
	env FAIL_NTH="$n" FAIL_LOG="$TMP"/failed LD_PRELOAD="$library" "$@" \
		>"$TMP"/out 2>"$TMP"/err </dev/null
}

# allocations LIBRARY PROGRAM ARGUMENT...: how many it makes, in its process that makes most,
# and which to let fail
allocations() {
	fail_nth 0 "$@" || true
	sort -n "$TMP"/failed | tail -n 1
}
