#!/bin/bash
# kill -9 during scans: the site file opens, is whole, and holds what it held
# before. A reading child that is killed leaves a clear message and the file as it was.
. "${top_srcdir:-.}/tests/lib.sh"
rounds=${GENBA_KILLS:-20}
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-kill.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
unset GENBA_SITE LANGUAGE
export LC_ALL=C.UTF-8 SOURCE_DATE_EPOCH=1715600000
cd "$work" || exit 99
"$top_builddir/tests/gen/factory" -o first.pcap || exit 99
# A longer capture: the factory many times over, its records after one file header.
{ cat first.pcap; for _ in $(seq 40); do tail -c +25 first.pcap; done; } > long.pcap
"$genba" -s site.genba scan -q first.pcap || exit 99
"$genba" -s site.genba devices --format json > before.json || exit 99

# A scan that fails makes no site file.
echo hello >text.pcap
ok "no capture: failed" status 2 "$genba" -s none.genba scan text.pcap
ok "… and no site file" test ! -e none.genba

start=$(date +%s%N)
cp site.genba whole.genba
"$genba" -s whole.genba scan -q long.pcap
took=$(( ($(date +%s%N) - start) / 1000000 ))

seed=20240501   # the same "random" moments in every run
killed=0
for i in $(seq "$rounds"); do
	seed=$(( (seed * 1103515245 + 12345) % 2147483648 ))
	wait_ms=$(( seed % (took + 1) ))
	cp site.genba now.genba
	rm -f now.genba-journal
	"$genba" -s now.genba scan -q long.pcap > /dev/null 2>&1 &
	pid=$!
	sleep "$(printf '%d.%03d' $((wait_ms / 1000)) $((wait_ms % 1000)))"
	kill -9 "$pid" 2>/dev/null && killed=$((killed + 1))
	wait "$pid" 2>/dev/null
	ok=1
	"$genba" -s now.genba scans --format csv > scans.csv 2> scans.err || ok=0
	# Either the scan never happened, or it is there whole.
	case $(($(wc -l < scans.csv) - 1)) in
	1) "$genba" -s now.genba devices --format json | cmp -s - before.json || ok=0 ;;
	2) ;;
	*) ok=0 ;;
	esac
	if command -v sqlite3 > /dev/null; then
		[ "$(sqlite3 now.genba 'PRAGMA integrity_check')" = ok ] || ok=0
	fi
	ok "killed after $wait_ms of $took ms: $(cat scans.err)" [ "$ok" = 1 ]
done
echo "$killed of $rounds were killed before they ended"

# The first child of a process, from /proc (pgrep is not on every machine).
child_of() {
	local parent=$1 p stat
	for p in /proc/[0-9]*; do
		{ read -r stat < "$p/stat"; } 2>/dev/null || continue
		set -- ${stat##*) }
		[ "$2" = "$parent" ] && { echo "${p##*/}"; return; }
	done
}

# The reading child alone is killed.
cp site.genba now.genba
"$genba" -s now.genba scan -q long.pcap > /dev/null 2> child.err &
pid=$!
for _ in $(seq 200); do
	child=$(child_of "$pid") && [ -n "$child" ] && kill -9 "$child" 2>/dev/null && break
	sleep 0.005
done
wait "$pid"
status=$?
ok "the death of the child is an error ($status)" [ "$status" = 2 ]
ok "and is said in one line: $(cat child.err)" [ "$(grep -c 'nothing was stored' child.err)" = 1 ]
"$genba" -s now.genba devices --format json > after.json
ok "the site file is as it was" cmp -s before.json after.json

finish
