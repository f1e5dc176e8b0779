#!/bin/bash
# The same captures give the same bytes, in another site file and in another order on the command line.
genba=${genba:-./genba}
top_srcdir=${top_srcdir:-.} top_builddir=${top_builddir:-.}
shared=${GENBA_SHARED:-$top_srcdir/../shared}
unset GENBA_SITE LANGUAGE
export LC_ALL=C.UTF-8 TZ=Asia/Tokyo SOURCE_DATE_EPOCH=1715600000
passed=0 failed=0 skipped=0
ok() { # ok NAME COMMAND...
	if "${@:2}"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED: $1"; fi
}
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-same.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
outputs=('devices --format json' 'devices' 'conversations --format json' 'operations --format json'
	'findings --format json' 'report --format json' '--lang en report' '--lang ja report'
	'--lang en report --format html' '--lang ja report --format html')

# everything FOLDER CAPTURE...: each output of a fresh site, whose file always has the same name.
everything() {
	mkdir "$1" || return
	"$genba" -s "$1/site.genba" scan -q "${@:2}" >/dev/null 2>&1 || return
	local i
	for i in "${!outputs[@]}"; do
		# shellcheck disable=SC2086  # the command has words
		"$genba" -s "$1/site.genba" ${outputs[i]} >"$1/$i" 2>"$1/errors" || return
	done
}
same() { # same NAME ONE OTHER
	local i
	for i in "${!outputs[@]}"; do
		ok "$1: ${outputs[i]}" cmp -s "$2/$i" "$3/$i"
	done
}
twice() { # twice NAME CAPTURE...
	ok "$1" everything "$work/$1.1" "${@:2}"
	ok "$1 again" everything "$work/$1.2" "${@:2}"
	same "$1" "$work/$1.1" "$work/$1.2"
}

cd "$work" || exit 99
"$top_builddir/tests/gen/factory" -o factory.pcap || exit 99
"$top_builddir/tests/gen/factory" --pieces 1000 -o part || exit 99
twice factory factory.pcap
parts=(part*.pcap)
ok "in pieces" everything "$work/pieces.1" "${parts[@]}"
mapfile -t turned < <(printf '%s\n' "${parts[@]}" | tac)
ok "in pieces, turned" everything "$work/pieces.2" "${turned[@]}"
same "pieces in either order" "$work/pieces.1" "$work/pieces.2"

mixed=$shared/captures/modbus_s7_enip_dcp-mixed-plant__ics-security-tools__mb2.pcap
other=$shared/captures/enip-cip-software-download__ics-security-tools__EIP-SoftwareDownload.pcap
if [ -r "$mixed" ] && [ -r "$other" ]; then
	twice mixed "$mixed"
	ok "two captures" everything "$work/two.1" "$mixed" "$other"
	ok "two captures, turned" everything "$work/two.2" "$other" "$mixed"
	same "two captures in either order" "$work/two.1" "$work/two.2"
else
	echo "no captures in $shared/captures: left out"
	skipped=$((skipped + 1))
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
