# shellcheck shell=bash
# QEMUs with a Linux guest each, by name. Source it; it runs nothing.
#
#   make_initrd FILE        the guest's root: busybox, and tests/qemu/guest-init
#   start NAME [OPTION...]  QEMU with the kernel of this machine as the guest's;
#                           its pid is in ${QEMU[NAME]} then
#   booted NAME             waits until the guest takes commands
#   guest NAME COMMAND      runs it in the guest: its output, its status
#   tell NAME COMMAND       the same without waiting: reboot -f, say
#   qmp NAME COMMAND [ARGUMENTS]
#                           a command of QEMU's monitor: what it returns
#   ended NAME              waits until QEMU has ended; what its monitor still said
#
# What waits waits for words, not for a time, and fails if QEMU ends instead. Needs $TMP.

declare -A QEMU CONSOLE_IN CONSOLE_OUT QMP_IN QMP_OUT

make_initrd() {
	local root=$TMP/root
	mkdir -p "$root"/bin
	cp /bin/busybox "$root"/bin
	ln -s busybox "$root"/bin/sh
	cp "${BASH_SOURCE[0]%/*}"/guest-init "$root"/init
	chmod +x "$root"/init
	(cd "$root" && find . | busybox cpio --quiet -o -H newc) >"$1"
}

start() {
	local name=$1 dir=$TMP/$1 hold hold_qmp in out qmp_in qmp_out qmp_end
	shift
	mkdir "$dir"
	mkfifo "$dir"/{console.in,console.out,qmp.in,qmp.out}
	# Opened for reading and writing first, so that no end waits for the other.
	# shellcheck disable=SC2094  # that is what fifos are for
	exec {in}<>"$dir"/console.in {hold}<>"$dir"/console.out {out}<"$dir"/console.out
	exec {qmp_in}<>"$dir"/qmp.in {hold_qmp}<>"$dir"/qmp.out
	# shellcheck disable=SC2094
	exec {qmp_out}<"$dir"/qmp.out {qmp_end}>"$dir"/qmp.out {hold_qmp}>&-
	qemu-system-aarch64 -name "$name" -machine virt,gic-version=3 -cpu host -accel kvm \
		-smp 2 -m 192 -nodefaults -nic none -display none \
		-kernel /boot/Image -initrd "$TMP"/initrd -append "console=ttyAMA0 quiet panic=-1" \
		-chardev "pipe,id=console,path=$dir/console" -serial chardev:console \
		-qmp stdio "$@" <&"$qmp_in" >&"$qmp_end" 2>"$dir"/errors &
	QEMU[$name]=$!
	disown $! # so that nothing is said of its end
	CONSOLE_IN[$name]=$in CONSOLE_OUT[$name]=$out
	QMP_IN[$name]=$qmp_in QMP_OUT[$name]=$qmp_out
	# QEMU has opened the console when it answers. From then on it alone can write to
	# us, so that its end is the end of what we read.
	exec {qmp_end}>&-
	qmp "$name" qmp_capabilities >/dev/null
	exec {hold}>&-
}

# What a read has come to when QEMU has ended.
has_ended() {
	echo "QEMU '$1' has ended; it said:" >&2
	cat "$TMP/$1"/errors >&2
	return 1
}

qmp() {
	local name=$1 command=$2 arguments=${3-} line
	echo "{\"execute\": \"$command\"${arguments:+, \"arguments\": $arguments}}" \
		>&"${QMP_IN[$name]}"
	while IFS= read -r line <&"${QMP_OUT[$name]}"; do
		case $line in
		'{"return"'*) jq -c .return <<<"$line"; return ;;
		'{"error"'*) echo "$line" >&2; return 1 ;;
		esac
	done
	has_ended "$name"
}

booted() {
	local line
	while IFS= read -r line <&"${CONSOLE_OUT[$1]}"; do
		[[ $line != '<ready>' ]] || return 0
	done
	has_ended "$1"
}

tell() {
	echo "$2" >&"${CONSOLE_IN[$1]}"
}

guest() {
	local name=$1 line
	tell "$@"
	while IFS= read -r line <&"${CONSOLE_OUT[$name]}"; do
		if [[ $line =~ ^(.*)\<([0-9]+)\>$ ]]; then
			printf '%s' "${BASH_REMATCH[1]}"
			return "${BASH_REMATCH[2]}"
		fi
		printf '%s\n' "$line"
	done
	has_ended "$name"
}

ended() {
	cat <&"${QMP_OUT[$1]}"
	tail --pid="${QEMU[$1]}" -s 0.1 -f /dev/null
}
