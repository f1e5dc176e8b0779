# What the test scripts share; sourced with top_srcdir set, or from the top of the sources.
genba=${genba:-./genba}
top_srcdir=${top_srcdir:-.} top_builddir=${top_builddir:-.}
passed=0 failed=0 skipped=0
ok() { # ok NAME COMMAND...
	if "${@:2}"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED: $1"; fi
}
status() { # status WANTED COMMAND...
	"${@:2}" >/dev/null 2>&1
	[ $? -eq "$1" ]
}
says() { # says TEXT COMMAND...: reads to the end, so that no command is cut off
	"${@:2}" 2>&1 | grep -F -- "$1" >/dev/null
}
# wait_for SECONDS COMMAND...: until it is true
wait_for() {
	local until=$((SECONDS + $1))
	while [ $SECONDS -lt $until ]; do
		"${@:2}" > /dev/null 2>&1 && return
		sleep 0.1
	done
	return 1
}
# own_network READY... -- PREFIX...: this script once more, as root of a network namespace of its own, where READY works
# there; else it is skipped. PREFIX, may be nothing, stands before the new one: timeout 240.
own_network() {
	[ -n "${GENBA_LIVE:-}" ] && return
	local own=(unshare -nm) ready=()
	[ "$(id -u)" = 0 ] || own=(unshare -rnm)
	while [ "$1" != -- ]; do ready+=("$1"); shift; done
	shift
	"${own[@]}" "${ready[@]}" 2> /dev/null || { echo "no network namespace to be had: skipped"; exit 77; }
	GENBA_LIVE=1 exec "$@" "${own[@]}" bash "$0"
}
# The last line, which script/test adds up; 1 where something failed.
finish() {
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ]
	exit
}
