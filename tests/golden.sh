#!/bin/bash
# The made-up factory through the whole program: what comes out is compared with
# the truth about it, and byte by byte with the outputs in tests/golden.
# golden.sh --update writes those outputs anew (make golden).
. "${top_srcdir:-.}/tests/lib.sh"
golden=$top_srcdir/tests/golden
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-golden.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
unset GENBA_SITE LANGUAGE
export LC_ALL=C.UTF-8 TZ=UTC SOURCE_DATE_EPOCH=1715600000
has() { "$genba" help "$@" >/dev/null 2>&1; }

has scan && has devices || { echo "no scan or devices in this build"; echo "0 passed, 0 failed, 1 skipped"; exit 77; }
"$top_builddir/tests/gen/factory" -o "$work/factory.pcap" --truth > "$work/truth.json" || exit 99
"$top_builddir/tests/gen/factory" -o "$work/again.pcap" || exit 99
ok "the factory is the same every time" cmp -s "$work/factory.pcap" "$work/again.pcap"
cd "$work" || exit 99
ok "scan" "$genba" -s factory.genba scan factory.pcap
[ "$failed" -eq 0 ] || finish

# out NAME COMMAND...: an output; the same scan into a fresh site file gives the same bytes.
out() {
	has "$2" || { skipped=$((skipped + 1)); echo "skipped: no genba $2"; return; }
	"$genba" -s factory.genba "${@:2}" > "$1" 2> "$1.err" || { ok "genba ${*:2}: $(cat "$1.err")" false; return; }
	if [ "${update:-}" ]; then
		mkdir -p "$golden" && cp "$1" "$golden/factory.$1"
	elif [ -f "$golden/factory.$1" ]; then
		ok "genba ${*:2} (make golden writes it anew)" diff -u "$golden/factory.$1" "$1"
	else
		ok "tests/golden/factory.$1 is missing (make golden)" false
	fi
}
[ "${1:-}" = --update ] && update=1
out devices.json devices --format json
out devices.txt devices
out operations.json operations --format json
out conversations.csv conversations --format csv
out findings.json findings --format json

ok "the same again in another site file" "$genba" -s again.genba scan factory.pcap
"$genba" -s again.genba devices --format json > again.json
ok "the same devices again" cmp devices.json again.json

lists=(devices.json)
"$genba" -s factory.genba conversations --format json > conversations.json 2>/dev/null
"$genba" -s factory.genba findings --all --format json > verdicts.json 2>/dev/null
[ ! -s operations.json ] || [ ! -s conversations.json ] || lists+=(operations.json conversations.json verdicts.json)
"$top_builddir/tests/gen/compare" truth.json "${lists[@]}" > compare.out
grep -v ' passed, ' compare.out
p=$(sed -n 's/^\([0-9]*\) passed, .*/\1/p' compare.out) f=$(sed -n 's/^.* passed, \([0-9]*\) failed.*/\1/p' compare.out)
passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1}))
finish
