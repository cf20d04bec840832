# shellcheck shell=bash
# shellcheck disable=SC2016  # columns are for awk to expand
# Tests of attach --pid and --all, for loader/test/run, whose functions it uses.
# vm_fds, under which that runs, holds two VMs more.

# start_vms COUNT [PREFIX...]: another process with COUNT VMs, $VMS, from fd $VMS_FD on.
start_vms() {
	coproc VMS_PROCESS {
		exec "${@:2}" "$FILES"/vms "$1" sh -c 'echo $VMS $VMS_FD; exec cat' \
			60>&- 61>&- 62>&- 63>&- 64>&-
	}
	read -r VMS VMS_FD <&"${VMS_PROCESS[0]}"
}

end_vms() {
	local fd=${VMS_PROCESS[1]} pid=$VMS_PROCESS_PID
	exec {fd}>&-
	wait "$pid" || true
}

no_pins() {
	rm -rf "${PINS:?}"/*
}

# How often `list` has which values, in the words of jq.
listed() {
	"$LOADER" list --json | jq -r ".attachments[] | $1" | sort | uniq -c | tr -s ' \n' ' '
}

# listed_are VALUES COUNTS-AND-VALUES
listed_are() {
	local now
	now=$(listed "$1")
	check "in the list:$2" test "$now" = "$2"
}

test_pid() {
	local name
	start_vms 3
	name=vm-$VMS-$((VMS_FD + 1))
	expect "which of three?" 2 "process $VMS (vms) has 3 VMs: its fds $VMS_FD, $((VMS_FD + 1)), $((VMS_FD + 2));" \
		--pid "$VMS"
	expect "as JSON" 2 '"code": "several_vms"' attach --pid "$VMS" --json
	expect "that one" 0 "attached to the VM of fd $((VMS_FD + 1)) of vms[$VMS]:" \
		attach --pid "$VMS" --vm-fd $((VMS_FD + 1)) "$FILES"/second.bpf.o
	list_has name "$name"
	json_is pid "$VMS"
	json_is command vms
	json_is cookie 34
	expect "it is busy" 5 "the VM already has a policy: $name" -p "$VMS" --vm-fd $((VMS_FD + 1)) "$FILES"/first.bpf.o
	expect "replace" 0 "replaced" replace "${YES[@]}" "$name" "$FILES"/first.bpf.o
	expect "detach" 0 "detached" detach "$name"
	expect "a second fd of the first" 0 "attached" -p "$VMS" --vm-fd $((VMS_FD + 3)) --name x "$FILES"/first.bpf.o
	expect "it is the same VM" 5 "the VM already has a policy: x" -p "$VMS" --vm-fd "$VMS_FD" "$FILES"/first.bpf.o
	detach_all
	end_vms
	pins_are ""
	start_vms 1
	expect "one is enough said" 0 "attached to the VM of fd $VMS_FD of vms[$VMS]:" --pid "$VMS" "$FILES"/first.bpf.o
	end_vms
	list_has state vm_gone
	detach_all
	start_vms 1 unshare -U
	expect "in a user namespace below" 0 "attached" --pid "$VMS" "$FILES"/first.bpf.o
	end_vms
	detach_all
}

test_bad_pid() {
	local pid text state=''
	start_vms 1
	for text in x '' -1 1x; do
		expect "--pid '$text'" 2 "is not a number" "--pid=$text"
	done
	for text in 0 4194305 4294967296; do
		expect "--pid $text" 6 "no process has pid $text" --pid $text
	done
	true &
	pid=$!
	wait $pid
	expect "a dead one" 6 "no process has pid $pid" --pid $pid
	expect "as JSON" 6 '"code": "no_process"' --pid $pid --json
	expect "one without a VM" 6 "process 1 (init) has no KVM VM" --pid 1
	expect "as JSON" 6 '"code": "no_vm"' --pid 1 --json
	expect "a kernel thread" 6 "process 2 (kthreadd) has no KVM VM" --pid 2
	expect "a closed fd" 6 "fd 99 is not open in process $VMS" --pid "$VMS" --vm-fd 99
	expect "another fd" 6 "fd $((VMS_FD - 1)) of process $VMS is KVM itself (/dev/kvm), not" --pid "$VMS" \
		--vm-fd $((VMS_FD - 1))
	expect "no fd at all" 6 "is not a file descriptor" --pid "$VMS" --vm-fd 4294967296
	expect "--all and --pid" 2 "--all leaves no choice" --all --pid "$VMS"
	expect "--all and --vm-fd" 2 "--all leaves no choice" --all --vm-fd "$VMS_FD"
	expect "--vm-fd and two" 2 "--vm-fd is for one --pid, not for 2" --pid "$VMS" --pid 1 --vm-fd "$VMS_FD"
	expect "--name and two" 2 "--name is for one VM" --pid "$VMS" --pid 1 --name a
	expect "--name and all" 2 "--name is for one VM" --all --name a
	expect "one of two is bad" 6 "process 1 (init) has no KVM VM" --pid "$VMS" --pid 1
	expect_fault pidfd_open:1:38 "no pidfd_open(2)" 3 "this kernel has no pidfd_open(2)" --pid "$VMS"
	expect_fault pidfd_getfd:1:38 "no pidfd_getfd(2)" 3 "this kernel has no pidfd_getfd(2)" --pid "$VMS"
	with "unshare -U --map-root-user" expect "from a user namespace below" 8 \
		"CAP_SYS_PTRACE of this user namespace does not reach process $VMS" --pid "$VMS"
	# it ends, and its pid may be another's, when it has been looked at
	FAULT=pidfd_getfd:1:-19 LD_PRELOAD=$FILES/fault.so "$LOADER" --pid "$VMS" >"$TMP"/out 2>"$TMP"/err &
	pid=$!
	until [[ $state == [TZ] ]]; do
		sleep 0.1
		read -r _ _ state _ <"/proc/$pid/stat"
	done
	end_vms
	kill -CONT $pid
	wait $pid || state=$?
	check "one that ends meanwhile" test "$state" = 6
	check "is told as such" grep -q "no process has pid $VMS" "$TMP"/err
	pins_are ""
}

test_many() {
	local outer
	start_vms 1 "$FILES"/vms 1
	read -r _ _ _ outer _ <"/proc/$VMS/stat"
	expect "two processes" 0 "attached to 2 VMs:" --pid "$VMS" --pid "$outer" "$FILES"/second.bpf.o
	listed_are '"\(.name) \(.program.tag)"' " 1 vm-$outer-$VMS_FD $(tag) 1 vm-$VMS-$VMS_FD $(tag) "
	check "one program" test "$(listed .program.id | wc -w)" = 2
	list_has cookie $((outer << 32 | VMS_FD))
	list_has pid "$outer"
	expect "replace one" 0 "replaced" replace "${YES[@]}" "vm-$outer-$VMS_FD" "$FILES"/first.bpf.o
	expect "detach the other" 0 "detached" detach "vm-$VMS-$VMS_FD"
	pins_are "./vm-$outer-$VMS_FD ./vm-$outer-$VMS_FD/info ./vm-$outer-$VMS_FD/link ./vm-$outer-$VMS_FD/maps "
	expect "one of two is busy" 5 "fd $VMS_FD of vms[$outer]: the VM already has a policy: vm-$outer-$VMS_FD" \
		--pid "$VMS" --pid "$outer" "$FILES"/first.bpf.o
	listed_are .name " 1 vm-$outer-$VMS_FD "
	expect "the other is free, and one VM if named twice" 0 "attached to 1 VM:" --pid "$VMS" --pid "$VMS" \
		"$FILES"/first.bpf.o
	detach_all
	expect "one cookie for all" 0 " 0x7 " --all "$FILES"/first.bpf.o --cookie 7
	# with those of vm_fds, each held by several processes
	listed_are .state " 4 attached "
	listed_are .cookie " 4 7 "
	detach_all
	end_vms
}

tag() {
	listed .program.tag | awk '{ print $2; exit }'
}

# Whatever fails at whatever VM: none has the policy.
test_many_undone() {
	local fault signal
	start_vms 1
	# three VMs: their infos, two maps each, and the links
	for fault in obj_pin:{1,5,9,10,12}:28 link_create:{1,3}:12 rename:{1,3}:5; do
		expect_fault "$fault" "$fault" 1 "; no VM got the policy" --all "$FILES"/second.bpf.o
		pins_are ""
	done
	for fault in link_create:2 obj_pin:11 rename:1 rename:3; do
		for signal in 2 15; do
			expect_fault "$fault:-$signal" "signal $signal at $fault" 1 "interrupted by a signal; no VM" \
				--all "$FILES"/second.bpf.o
			pins_are ""
		done
	done
	expect "all of them are free" 0 "attached to 3 VMs" --all "$FILES"/second.bpf.o
	detach_all
	end_vms
}

# SIGKILL: the next loader that changes something takes all back, or makes all good.
test_many_killed() {
	local at
	start_vms 1
	for at in link_create:1 link_create:3 obj_pin:10 obj_pin:11 obj_pin:12; do
		(FAULT=$at:-9 LD_PRELOAD=$FILES/fault.so "$LOADER" --all "$FILES"/second.bpf.o >/dev/null || true) 2>/dev/null
		expect "killed at $at" 9 "under the name nobody" detach nobody
		pins_are ""
		expect "all VMs are free" 0 "attached to 3 VMs" --all "$FILES"/first.bpf.o
		detach_all
	done
	for at in rename:1 rename:3; do
		(FAULT=$at:-9 LD_PRELOAD=$FILES/fault.so "$LOADER" --all "$FILES"/second.bpf.o >/dev/null || true) 2>/dev/null
		expect "killed at $at" 9 "under the name nobody" detach nobody
		listed_are '"\(.state) \(.policy)"' " 3 attached second "
		check "nothing is left over" test -z "$(find "$PINS" -name '*~*')"
		detach_all
	done
	end_vms
}

test_many_race() {
	local i attached busy
	local -a pids
	start_vms 2
	for i in {1..4}; do
		"$LOADER" --all "$FILES"/first.bpf.o >"$TMP/race$i" 2>&1 &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" || true
	done
	attached=$(cat "$TMP"/race? | grep -c "^attached to 4 VMs")
	busy=$(cat "$TMP"/race? | grep -c "already has a policy.*no VM got the policy")
	check "one of four gets all" test "$attached $busy" = "1 3"
	listed_are .state " 4 attached "
	detach_all
	end_vms
}

test_500() {
	start_vms 500
	expect_fault link_create:250:-2 "SIGINT in the middle" 1 "interrupted" --all "$TOP"/build/bpf/trng-ratelimit.bpf.o
	pins_are ""
	# 4 pins for each but its link's; two thirds of those are made
	(FAULT=obj_pin:2340:-9 LD_PRELOAD=$FILES/fault.so "$LOADER" --all "$TOP"/build/bpf/trng-ratelimit.bpf.o \
		>/dev/null || true) 2>/dev/null
	check "SIGKILL in the middle leaves much" test "$(find "$PINS" -name link | wc -l)" -gt 100
	expect "500 VMs, and all VMs are free" 0 "attached to 502 VMs" --all "$TOP"/build/bpf/trng-ratelimit.bpf.o
	listed_are .state " 502 attached "
	check "one program" test "$(listed .program.id | wc -w)" = 2
	check "a map for each" test "$(listed .map_id | wc -w)" = 1004
	check "a cookie for each" test "$(listed .cookie | wc -w)" = 1004
	no_pins
	end_vms
}

# as_user UID CAPABILITY...: what starts the loader as that user, with just these
as_user() {
	local caps
	printf -v caps ',+%s' "${@:2}"
	echo "setpriv --reuid=$1 --regid=$1 --clear-groups --inh-caps=-all$caps --ambient-caps=-all$caps --bounding-set=-all$caps"
}

test_least_privilege() {
	local mine=/sys/fs/bpf/mine user pid state='' caps
	local -a attach
	user=$(as_user 1000 bpf perfmon sys_ptrace)
	start_vms 1
	attach=(--pid "$VMS" "$FILES"/second.bpf.o --pin-dir "$mine")
	chmod 711 /sys/fs/bpf
	install -d -o 1000 -g 1000 -m 700 $mine
	with "$user" expect "features" 0 "policies can be attached" features --pin-dir $mine
	with "$user" expect "the three are enough" 0 "attached" "${attach[@]}" --name p
	check "its folder is its user's only" test "$(stat -c '%a %u' $mine/p)" = "700 1000"
	with "$user" expect "list" 0 "alive" list --pin-dir $mine
	with "$user" expect "it knows which VM is busy" 5 "the VM already has a policy: p" "${attach[@]}"
	with "$user" expect "replace" 0 "replaced" replace "${YES[@]}" p "$FILES"/first.bpf.o --pin-dir $mine
	with "$(as_user 1001 bpf perfmon sys_ptrace)" expect "another user sees nothing" 8 "cannot read $mine" list --pin-dir $mine
	with "$(as_user 1001 bpf perfmon sys_ptrace)" expect "and detaches nothing" 8 "$mine" detach p --pin-dir $mine
	with "$(as_user 1001 bpf perfmon sys_ptrace)" expect "by no way" 8 "$mine/p" detach --pin $mine/p/link
	with "$user" expect "detach" 0 "detached" detach p --pin-dir $mine
	with "$user" expect "all VMs" 0 "attached to 3 VMs" --all "$FILES"/first.bpf.o --pin-dir $mine
	rm -r "${mine:?}"/*
	expect "another user's folder" 8 "belongs to another user" "${attach[@]}"
	chmod 777 $mine
	with "$user" expect "a folder that others can write to" 8 "others can write to it" "${attach[@]}"
	chmod 700 $mine
	with "$(as_user 1000 perfmon sys_ptrace)" expect "no CAP_BPF" 8 "needs CAP_BPF;" "${attach[@]}"
	with "$(as_user 1000 bpf sys_ptrace)" expect "no CAP_PERFMON" 8 "needs CAP_PERFMON;" "${attach[@]}"
	with "$(as_user 1000 bpf perfmon)" expect "no CAP_SYS_PTRACE" 8 \
		"looking for VMs in process $VMS needs CAP_SYS_PTRACE;" "${attach[@]}"
	with "$(as_user 1000 bpf perfmon)" expect "nor for all" 8 "needs CAP_SYS_PTRACE;" --all --pin-dir $mine
	with "$(as_user 1000 bpf perfmon)" expect "features" 0 "CAP_SYS_PTRACE missing" features --pin-dir $mine
	with "$(as_user 1000 bpf sys_ptrace)" expect "features" 8 "CAP_PERFMON missing" features --pin-dir $mine
	with "$(as_user 1000 bpf perfmon)" expect "an inherited fd needs two" 0 "attached" --vm-fd "$VM" --name q \
		"$FILES"/first.bpf.o --pin-dir $mine
	with "$user" expect "no folder of its own" 8 "with --pin-dir" --pid "$VMS" "$FILES"/first.bpf.o
	with "$user" expect "features" 8 "not writable for this user" features
	rm -r "$mine"
	# what is left of root's
	FAULT=link_create:1:-19 LD_PRELOAD=$FILES/fault.so "$LOADER" --pid "$VMS" "$FILES"/first.bpf.o >"$TMP"/out 2>"$TMP"/err &
	pid=$!
	until [[ $state == [TZ] ]]; do
		sleep 0.1
		read -r _ _ state _ <"/proc/$pid/stat"
	done
	caps=$(sed -n 's/^Cap\(Eff\|Prm\):\t//p' "/proc/$pid/status" | uniq)
	check "root's other capabilities are dropped" test "$caps" = 000000c000280006
	check "for good" grep -q '^NoNewPrivs:.1' "/proc/$pid/status"
	kill -CONT $pid
	wait $pid
	detach_all
	chmod 700 /sys/fs/bpf
	end_vms
}
