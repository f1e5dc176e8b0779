#!/bin/bash
# genba diff over two nights of a small network: what it says to people, to programs, and by its exit status.
. "${top_srcdir:-.}/tests/lib.sh"
frames=${top_builddir:-.}/tests/gen/frames
lacks() { # lacks TEXT FILE
	! grep -qF -- "$1" "$2"
}
# below HEAD TEXT FILE: does the section of this head have it?
below() {
	awk -v head="$1" 'index($0, head) == 1 { on = 1; next } /^$/ { on = 0 } on' "$3" | grep -qF -- "$2"
}
unset LANGUAGE GENBA_SITE
export LC_ALL=C.UTF-8 TZ=UTC SOURCE_DATE_EPOCH=1715600000
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-diff.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
frames=$(realpath "$frames") || exit 99
case $genba in */*) genba=$(realpath "$genba") ;; esac
cd "$work" || exit 99

# night MINUTES PASSWORD PROGRAM...: FTP, what a machine says of itself, and a poll every minute.
night() {
	cat <<-END
		tcp 192.168.1.10 > 192.168.1.31:21
		< "220 ready\r\n"
		> "USER $2\r\n"
		< "331 Password required\r\n"
		> "PASS $3\r\n"
		< "230 User logged in\r\n"
		close
		tcp 192.168.1.10 > 192.168.1.20:502
		> 0003 0000 0005 01 2b 0e 01 00
		< 0003 0000 0021 01 2b 0e 01 01 00 00 03
		  00 07 "Example"  01 06 "EX-100"  02 06 "$4"
		close
	END
	printf '%s\n' "${@:5}"
	cat <<-END
		tcp 192.168.1.10 > 192.168.1.20:502
		repeat $1 60000
		> 0010 0000 0006 01 03 0000 0002
		< 0010 0000 0007 01 03 04 0000 0000
		end
		close
	END
}
poll() { # poll FROM TO: a device that reads another one
	printf '%s\n' "tcp $1 > $2:502" '> 0001 0000 0006 01 03 006b 0003' '< 0001 0000 0009 01 03 06 022b 0000 0064' close
}
night 600 fwupgrade secretpw V1.0.2 "$(poll 192.168.1.10 192.168.1.41)" > one.frames
night 600 anonymous a@b.jp V1.0.3 "$(poll 192.168.1.77 192.168.1.20)" > two.frames
night 600 fwupgrade secretpw V1.0.3 "$(poll 192.168.1.10 192.168.1.41)" > three.frames
night 20 anonymous a@b.jp V1.0.2 > short.frames
for n in one two three short; do "$frames" $n.frames $n.pcap || exit 99; done
for n in one two three; do ok "scan $n" "$genba" -s a.genba scan -q $n.pcap; done
"$genba" -s s.genba scan -q one.pcap && "$genba" -s s.genba scan -q short.pcap

g() { "$genba" --lang en -s a.genba diff "$@"; }
g 1 2 > 12.text
ok "fixed, by proof" below "Fixed" IT-FTP-001 12.text
ok "what brought it" below "Actions whose effect shows" "FTP" 12.text
ok "a new finding" below "New findings" IT-FTP-002 12.text
ok "a new device" below "New devices" 192.168.1.77 12.text
ok "a device that is gone" below "Devices that were not seen again" 192.168.1.41 12.text
ok "firmware" below "Changed devices" "firmware: V1.0.2 → V1.0.3" 12.text
ok "a new conversation" below "New conversations" "modbus tcp/502 ← 192.168.1.77" 12.text
ok "new ones before fixed ones before those gone" test "$(grep -nE '^(New findings|Fixed|Devices that were)' 12.text |
	cut -d: -f2 | cut -c1-3 | tr '\n' ' ')" = "New Fix Dev "
g 2 3 > 23.text
ok "a device that is back" below "Devices that are back" 192.168.1.41 23.text
ok "… is not new" test "$(below "New devices" 192.168.1.41 23.text; echo $?)" = 1
ok "without arguments: the last two" cmp -s <(g) 23.text

# A short scan proves nothing.
"$genba" --lang en -s s.genba diff > short.text
ok "not observed again" below "Not observed again" IT-FTP-001 short.text
ok "… and why" below "Not observed again" "too little was captured" short.text
ok "… so not fixed" lacks "Fixed (" short.text
ok "… and no action gets the credit" lacks "Actions whose effect" short.text

# Exit status.
ok "new findings" status 1 g 1 2 --fail-on new:low
ok "none so severe" status 0 g 1 2 --fail-on new:critical
ok "no new finding between a scan and itself" status 0 g 2 2 --fail-on new:info
ok "an open one" status 1 g 2 2 --fail-on low
ok "a new device" status 1 g 1 2 --fail-on new:device
ok "no new device" status 0 g 2 3 --fail-on new:device
ok "no such word" status 64 g 1 2 --fail-on new:things
ok "what is printed is the same" cmp -s <(g 1 2 --fail-on new:device) 12.text

# Answers: given after the earlier scan, so that what S was then is not known.
printf 'answers: {G1: 3, A1: 3, Z1: 2, Z3: 2, H1: 3, R1: 2}\n' > answers.yaml
ok "answers" status 0 env SOURCE_DATE_EPOCH=1715700000 "$genba" -s a.genba ask --answers answers.yaml
g 1 2 > answered.text
ok "the score" grep -q '^Score (S):  [0-9.]* .* → [0-9.]*' answered.text
ok "answers since" below "Answers given after the earlier scan (6)" "G1" answered.text
ok "… and that the earlier S is not known" grep -q "earlier answers is not known" answered.text

# For programs.
g 1 2 --format json > 12.json
g 1 2 --format json | cmp -s - 12.json
ok "the same bytes twice" test $? -eq 0
if command -v python3 > /dev/null; then
	ok "genba.diff/1" python3 - <<-'END'
		import json
		d = json.load(open("12.json"))
		assert list(d) == ["schema", "before", "now", "difference", "findings", "actions", "devices", "services",
		                   "conversations", "operations", "answers"] and d["schema"] == "genba.diff/1"
		assert (d["before"]["scan"], d["now"]["scan"]) == (1, 2)
		parts = d["difference"]
		assert parts["answers"] is None and not parts["earlier_answers_known"]
		assert abs(parts["findings"] + parts["coverage"] - parts["total"]) < 0.06, parts
		f = {x["check"]: x for x in d["findings"]}
		assert f["IT-FTP-001"]["change"] == "fixed" and f["IT-FTP-001"]["now"]["outcome"] == "pass"
		assert [x["change"] for x in f["IT-FTP-001"]["devices"]] == ["fixed"]
		assert f["IT-FTP-002"]["change"] == "new" and f["IT-FTP-002"]["doubt"] is None
		assert "IT-FTP-001" in [c for a in d["actions"] for c in a["fixed"]]
		assert {x["change"] for x in d["devices"]} == {"new", "gone", "changed"}
		assert all(x["network_watched"] for x in d["devices"] if x["change"] == "gone")
		assert len(d["answers"]) == 6 and all(x["before"] is None for x in d["answers"])
	END
	ok "CSV with as many cells in every row" python3 -c '
import csv, subprocess, sys
rows = list(csv.reader(sys.stdin))
names = {r[0] for r in rows}
sys.exit(any(len(r) != 6 for r in rows) or not {"fixed_finding", "new_device", "score", "answer"} <= names)' < <(g 1 2 --format csv)
else
	skipped=$((skipped + 2))
fi

# Two site files, where both sets of answers are known.
for n in one two; do "$genba" -s $n.genba scan -q $n.pcap; done
ok "answers of the second" status 0 "$genba" -s two.genba ask --answers answers.yaml
ok "answers of the first" status 0 "$genba" -s one.genba ask --answers <(sed 's/G1: 3/G1: 1/' answers.yaml)
"$genba" --lang en diff one.genba two.genba > files.text
ok "two files: fixed" below "Fixed" IT-FTP-001 files.text
ok "two files: the answer that differs" below "Answers that differ (1)" "1 → 3" files.text
ok "two files: what it brought" grep -qE '\+[0-9.]+  what people answered' files.text
"$genba" --lang ja diff one.genba two.genba > ja.text
ok "Japanese" grep -q '^解消した指摘' ja.text
ok "nothing left in English" lacks "earlier" ja.text

finish
