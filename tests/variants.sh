#!/bin/bash
# The made-up factory in other shapes, each compared with its truth: run well, and seen from an ordinary port.
. "${top_srcdir:-.}/tests/lib.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-variants.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
unset GENBA_SITE LANGUAGE
export LC_ALL=C.UTF-8 TZ=UTC SOURCE_DATE_EPOCH=1715600000
case $genba in */*) genba=$(realpath "$genba") ;; esac
compare=$(realpath "$top_builddir/tests/gen/compare") factory=$(realpath "$top_builddir/tests/gen/factory")
srcdir=$(realpath "$top_srcdir")
quiet() { # quiet COMMAND...
	"$@" > /dev/null 2>&1
}
cd "$work" || exit 99

# made NAME OPTION...: the capture, the truth, and a scan of it
made() {
	"$factory" "${@:2}" -o "$1.pcap" --truth > "$1.json" || exit 99
	ok "$1: scan" "$genba" -s "$1.genba" scan -q "$1.pcap"
}
# compared NAME: every device, command, weakness, contact and finding, none missing and none more
compared() {
	local list
	for list in devices operations conversations; do
		"$genba" -s "$1.genba" "$list" --format json > "$1.$list.json"
	done
	"$genba" -s "$1.genba" findings --all --format json > "$1.findings.json"
	"$compare" "$1.json" "$1.devices.json" "$1.operations.json" "$1.conversations.json" "$1.findings.json" > "$1.out"
	sed -n "s/^FAILED/FAILED: $1/p" "$1.out"
	passed=$((passed + $(sed -n 's/^\([0-9]*\) passed, .*/\1/p' "$1.out" | grep . || echo 0)))
	failed=$((failed + $(sed -n 's/^.* passed, \([0-9]*\) failed.*/\1/p' "$1.out" | grep . || echo 1)))
}

# ---- run well, and everything declared: zones, what may pass between them, the devices ----
made clean --clean
cat > zones.yaml <<'END'
zones:
  - {name: line 1, level: 2, prefixes: [192.168.1.0/24]}
  - {name: line 2, level: 2, prefixes: [192.168.2.0/24]}
  - {name: line 3, level: 2, prefixes: [192.168.3.0/24]}
  - {name: transfer line, level: 1, prefixes: [192.168.250.0/24]}
  - {name: servers, level: 3, prefixes: [192.168.5.0/24]}
  - {name: office, level: 4, prefixes: [192.168.10.0/24]}
conduits:
  - {from: line 1, to: servers, protocols: [ntp, syslog]}
  - {from: line 2, to: servers, protocols: [ntp]}
  - {from: line 3, to: servers, protocols: [ntp]}
  - {from: office, to: servers, protocols: [ntp]}
  - {from: office, to: internet}
END
ok "clean: zones are declared" quiet "$genba" -s clean.genba zones import zones.yaml
# The list as genba proposes it; the owner knows which PC is the engineering station.
"$genba" -s clean.genba devices --format csv | grep -v ',internet,' | sed 's/^\([0-9]*\),[a-z]*\(,.*SEIGI-PC01\)/\1,engineering\2/' > list.csv
ok "clean: the station is declared" grep -q ',engineering,.*SEIGI-PC01' list.csv
ok "clean: devices are declared" quiet "$genba" -s clean.genba zones import zones.yaml --devices list.csv
compared clean
ok "clean: nothing of medium severity or above" quiet "$genba" -s clean.genba findings --fail-on medium

# ---- an ordinary port: broadcasts, frames of one PC, and a few that the switch floods ----
# seen NAME: what every such port has to lead to
seen() {
	"$genba" -s "$1.genba" findings --all --format csv > "$1.csv"
	local check id
	for check in "$srcdir"/checks/*.yaml; do
		awk '/^needs:/ { n = 1; print; next } /^[a-z_]+:/ { n = 0 } n' "$check" | grep -q 'mirror = 1' || continue
		id=$(sed -n 's/^id: //p' "$check")
		ok "$1: $id needs a mirror port: not observable" grep -q "^$id,[a-z]*,[a-z]*,not_observable," "$1.csv"
	done
	sed -E 's/^(  [A-Z][0-9]): .*/\1: 4/' "$srcdir/tests/data/sample-answers.yaml" > best.yaml
	ok "$1: answers" says "25 of 25 questions answered" "$genba" -s "$1.genba" ask --answers best.yaml
	"$genba" -s "$1.genba" score --format json > "$1.score"
	ok "$1: no mirror port" grep -q '"mirror": false' "$1.score"
	ok "$1: declared only" grep -q '"declared_only": true' "$1.score"
	ok "$1: grade A by points" grep -q '"grade_before": "A"' "$1.score"
	ok "$1: and at best B" grep -q '"grade": "B",$' "$1.score"
	ok "$1: because little was covered" grep -q '"reason": "low-coverage"' "$1.score"
	ok "$1: protocols were not measured" says '"measured": false' sed -n '/"protocol"/,/}/p' "$1.score"
	ok "$1: a mirror port would raise it most" [ "$(grep -m1 -o '"lack": "[a-z-]*"' "$1.score")" = '"lack": "mirror"' ]
	ok "$1: level 4 is not verified" grep -q '"Z": 80.0' "$1.score"
	ok "$1: in words" says "(B)  declared only, not measured" "$genba" -s "$1.genba" score
	ok "$1: why" says "B  declared only: the capture covers" "$genba" -s "$1.genba" score
	ok "$1: how to see more" says "capture at a mirror port (or a TAP)" "$genba" -s "$1.genba" score
	ok "$1: in Japanese" says "(B)  申告のみ・実測なし" "$genba" -s "$1.genba" score --lang ja
	ok "$1: why, in Japanese" says "30 % に届きません（制限前：A）" "$genba" -s "$1.genba" score --lang ja
	ok "$1: how to see more, in Japanese" says "ミラーポート（または TAP）で採る" "$genba" -s "$1.genba" score --lang ja
	ok "$1: not measured, in Japanese" says "制御通信（実測なし）" "$genba" -s "$1.genba" score --lang ja
	ok "$1: not observable, in Japanese" says "判定できず" "$genba" -s "$1.genba" findings --all --lang ja
}
made port --port
compared port
seen port

# The PC at the port has traffic of its own, as PCs do; that is no traffic between others.
made busy --busy-port
compared busy
seen busy

finish
