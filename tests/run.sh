#!/bin/bash
# genba run: scan, comparison, report and mail of a job; what is told and what is not; two runs at a time; kill -9 at any
# moment, after which every change is told once. No mail server is there: what would be sent lies in the spool.
. "${top_srcdir:-.}/tests/lib.sh"
rounds=${GENBA_KILLS:-20}
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-run.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
unset GENBA_SITE LANGUAGE SOURCE_DATE_EPOCH
export LC_ALL=C.UTF-8 TZ=UTC
case $genba in */*) genba=$(realpath "$genba") ;; esac
factory=$(realpath "$top_builddir/tests/gen/factory") frames=$(realpath "$top_builddir/tests/gen/frames") || exit 99
srcdir=$(realpath "$top_srcdir") || exit 99
cd "$work" || exit 99
mkdir captures

"$factory" --clean -o clean.pcap && "$factory" -o open.pcap || exit 99
poll() { # poll FILE N: a small capture, one for each N
	printf '%s\n' 'tcp 192.168.1.10 > 192.168.1.20:502' "repeat $2 1000" '> 0001 0000 0006 01 03 006b 0003' \
		'< 0001 0000 0009 01 03 06 022b 0000 0064' end close > poll.frames
	"$frames" poll.frames "$1"
}
job() { # job FILE LINE...: a configuration with these lines more
	printf '%s\n' 'site: f.genba' 'language: en' 'scan: {files: ["captures/*.pcap"], point: panel 1}' \
		'report: {directory: reports}' "${@:2}" > "$1"
}
mail='server: 127.0.0.1, port: 1, security: none, from: genba@example.com, to: [a@example.com, b@example.com]'
run() { "$genba" run "$@" > out.txt 2>&1; }
# Mails of the spool, oldest first; one of them, with its lines joined and words of both parts readable.
mails() { ls -d "${1:-f.genba.spool}"/*/message.eml 2>/dev/null | sort; }
count() { [ "$(mails | wc -l)" -eq "$1" ]; }
nth() { mails | sed -n "${1}p"; }
reset() { rm -rf f.genba* reports captures/*; }

# ---- what is refused ----
refused() { # refused WHERE WHY TEXT
	printf '%b' "$3" > bad.yaml
	ok "refused with its line: $2" [ "$(run bad.yaml; echo $?)" = 64 ]
	ok "… $1 $2" grep -q "bad.yaml:$1.*$2" out.txt
}
refused 2:1: "unknown key" 'site: a\nsacn: {files: [x]}\n'
refused 2: "either interface" 'site: a\nscan: {}\n'
refused 2: "duration" 'site: a\nscan: {files: [x], duration: tomorrow}\n'
refused 4:3: "unknown key" 'site: a\nscan: {files: [x]}\nreport:\n  folder: r\n  directory: r\n'
refused 3: "this machine only" 'site: a\nscan: {files: [x]}\nmail: {server: mx.example.com, security: none, from: a@b.jp, to: [a@b.jp]}\n'
refused 3: "fail_on\|severity\|expected" 'site: a\nscan: {files: [x]}\nfail_on: [new:everything]\n'
ok "no configuration" status 64 "$genba" run
ok "a configuration that is not there" status 64 "$genba" run nowhere.yaml
ok "-s has no meaning" status 64 "$genba" -s x.genba run bad.yaml

# ---- --check does nothing ----
job job.yaml "mail: {$mail}" 'fail_on: [new:high]'
ok "--check: no captures" status 2 "$genba" run job.yaml --check
cp clean.pcap captures/a.pcap
cp open.pcap captures/old.pcap
touch -d '25 hours ago' captures/old.pcap
run job.yaml --check
ok "--check: what it would do" grep -q "would read 1 captures of the last 24 h" out.txt
ok "… and to whom it would write" grep -q "b@example.com through 127.0.0.1" out.txt
ok "… but nothing is done" [ "$(ls)" = "$(printf '%s\n' bad.yaml captures clean.pcap job.yaml open.pcap out.txt)" ]
printf 'secret\n' > pw
chmod 644 pw
job secret.yaml "mail: {$mail, user: u, secret_file: pw}"
ok "--check: a password that others can read" status 2 "$genba" run secret.yaml --check
ok "… and what to do" says "chmod 600" "$genba" run secret.yaml --check
chmod 600 pw
ok "--check: a password of one's own" status 0 "$genba" run secret.yaml --check
job folder.yaml 'scan: {files: [x]}'
job folder.yaml "mail: {$mail}"
sed -i 's/directory: reports/directory: nowhere\/reports/' folder.yaml
ok "--check: a folder that cannot be made" status 2 "$genba" run folder.yaml --check

# ---- the first run, and the second with changes ----
ok "the first run" [ "$(run job.yaml; echo $?)" = 0 ]
ok "one scan" [ "$("$genba" -s f.genba scans --format csv | wc -l)" = 2 ]
ok "old captures are not read" says ",1," "$genba" -s f.genba scans --format csv
ok "a report" [ "$(ls reports)" = "f-scan-1-$(date +%F).html" ]
ok "others can read neither it nor the site file" [ "$(stat -c %a reports/* f.genba | sort -u)" = 600 ]
ok "a mail" count 1
ok "… that says it is the first" grep -q "This is the first mail" "$(nth 1)"
ok "… with its subject" grep -q '^Subject: \[genba\] .*first report' <(tr -d '\r' < "$(nth 1)" | sed -e ':a;N;$!ba;s/\n / /g')
ok "… for both" [ "$(grep -o '[ab]@example.com' "$(nth 1)" | sort -u | wc -l)" = 2 ]
ok "nothing is attached" status 1 grep -qi 'disposition: attachment' "$(nth 1)"
ok "the server is down, which is said" grep -q "tried again in a later run" out.txt
cp open.pcap captures/a.pcap
ok "the second run: new:high is met" [ "$(run job.yaml; echo $?)" = 1 ]
ok "a second mail" count 2
grep -v '^--' "$(nth 2)" > second.txt
ok "… with what is new" grep -q "New findings (" second.txt
ok "… and who is new" grep -q "New devices (" second.txt
ok "… short" [ "$(sed -n '/text\/plain/,/text\/html/p' second.txt | tr -d '\r' | wc -L)" -le 76 ]
ok "… without what was there before" status 1 grep -q "first mail" second.txt
ok "two reports" [ "$(ls reports | wc -l)" = 2 ]

# ---- nothing new ----
ok "the same captures again" [ "$(run job.yaml; echo $?)" != 2 ]
ok "… are no new scan" grep -q "was told before" out.txt
head -c 24 clean.pcap > captures/empty.pcap
ok "nothing changed" [ "$(run job.yaml; echo $?)" = 0 ]
ok "… so no mail" grep -q "nothing to tell" out.txt
ok "… in the spool" count 2
job always.yaml "mail: {$mail, when: always, attach: report}"
head -c 20 open.pcap > captures/empty.pcap       # a broken file: left out, but these are other captures
poll captures/poll.pcap 3
run always.yaml
ok "when: always" count 3
ok "… with the report" grep -q "f-scan-4" "$(nth 3)"
ok "… attached" grep -qi 'disposition: attachment' "$(nth 3)"
rm captures/empty.pcap

# ---- a mail to many, from a run that was killed before it could write down that it told ----
reset
cp clean.pcap captures/a.pcap
name=$(printf 'x%.0s' {1..60})
job many.yaml "mail: {server: 127.0.0.1, port: 1, security: none, from: genba@example.com, to: [$(
	printf "$name%02d@$name.example.com, " {0..98}) a@example.com]}"
run many.yaml
python3 -c 'import sqlite3; d = sqlite3.connect("f.genba"); d.execute("DELETE FROM setting WHERE key = \"run.told\""); d.commit()'
run many.yaml
ok "a mail with a long head is found again" count 1

# ---- severity ----
reset
cp clean.pcap captures/a.pcap
job high.yaml "mail: {$mail, when: high}"
run high.yaml
poll captures/poll.pcap 5
run high.yaml
ok "when: high: a new conversation is not enough" count 1
cp open.pcap captures/a.pcap
run high.yaml
ok "when: high: a new finding of high severity" count 2

# ---- less is seen ----
reset
cp open.pcap captures/a.pcap
run job.yaml
rm captures/a.pcap
poll captures/poll.pcap 2
run job.yaml
ok "less was seen" grep -q "Less was seen than before" "$(nth 2)"
rm captures/*
cp open.pcap captures/a.pcap
run job.yaml
ok "what comes back and was told lately is not new" grep -q "nothing to tell" out.txt

# ---- no scan ----
seen=$(mails | wc -l)
more() { # more N: so many mails since the last time
	local n
	n=$(mails | wc -l)
	set -- "$1" $((n - seen))
	seen=$n
	[ "$1" = "$2" ]
}
last() { mails | tail -1; }
rm captures/*
ok "no captures: failed" [ "$(run job.yaml; echo $?)" = 2 ]
ok "… is told" more 1
ok "… with the reason" grep -q "no capture matches" "$(last)"
ok "… and that there is no result" grep -q "No result this time" "$(last)"
run job.yaml
ok "… once" more 0
poll captures/poll.pcap 9
ok "it works again" [ "$(run job.yaml; echo $?)" = 0 ]
ok "… which is told" more 1
printf 'no capture\n' > captures/poll.pcap
ok "a capture that is none" [ "$(run job.yaml; echo $?)" = 2 ]
ok "… is told" more 1

# ---- a scan that cannot be judged ----
mkdir broken
cp -r "$srcdir"/{checks,actions,questionnaires,reports,data} broken
echo 'id: [' > broken/checks/broken.yaml
poll captures/poll.pcap 8
ok "a broken check: failed" [ "$(GENBA_DATA=$work/broken run job.yaml; echo $?)" = 2 ]
ok "… and told, with its file" grep -q "broken.yaml" "$(last)"
more 1
ok "what was not judged is judged the next time" [ "$(run job.yaml; echo $?)" = 0 ]
ok "… and told" more 1

# ---- a report that cannot be written does not keep the mail back ----
poll captures/poll.pcap 6
job folder.yaml "mail: {$mail}"
sed -i 's/directory: reports/directory: job.yaml/' folder.yaml
ok "no folder for the report: failed" [ "$(run folder.yaml; echo $?)" = 2 ]
ok "… and told" grep -q "Not everything worked" "$(last)"

# ---- what stays ----
reset
job keep.yaml 'keep_scans: {newest: 2, monthly: true}'
mkdir reports
touch -d '100 days ago' reports/f-scan-99-2024-01-01.html reports/mine.html reports/f-scan-99-notes.html
touch reports/f-scan-98-2024-01-01.html reports/f-scan-1-2024-01-05.html.aB3dE9
n=1
for day in 2024-01-05 2024-01-20 2024-02-03 2024-02-10 2024-03-01 2024-03-02; do
	poll captures/poll.pcap $n
	SOURCE_DATE_EPOCH=$(date -d "$day" +%s) "$genba" run -q keep.yaml > /dev/null 2>&1
	n=$((n + 1))
done
ok "the newest two, and the first of each month" [ "$("$genba" -s f.genba scans --format csv | tail -n +2 | cut -d, -f1 |
	tr '\n' ' ')" = "1 3 5 6 " ]
"$genba" -s f.genba scans --baseline 3
job keep.yaml 'keep_scans: {newest: 2, monthly: false}'
poll captures/poll.pcap 7
"$genba" run -q keep.yaml > /dev/null 2>&1
ok "the oldest and the baseline stay" [ "$("$genba" -s f.genba scans --format csv | tail -n +2 | cut -d, -f1 |
	tr '\n' ' ')" = "1 3 6 7 " ]
ok "an old report goes" [ ! -e reports/f-scan-99-2024-01-01.html ]
ok "… and one that was not finished" [ ! -e reports/f-scan-1-2024-01-05.html.aB3dE9 ]
ok "… but nothing else" [ -e reports/mine.html -a -e reports/f-scan-99-notes.html -a -e reports/f-scan-98-2024-01-01.html ]

# ---- two runs ----
reset
{ cat open.pcap; for _ in $(seq 8); do tail -c +25 open.pcap; done; } > captures/long.pcap
"$genba" run -q job.yaml > /dev/null 2>&1 &
first=$!
for _ in $(seq 200); do [ -e f.genba.lock ] && break; sleep 0.005; done
kill -STOP "$first"
ok "a second run: failed" [ "$(run job.yaml; echo $?)" = 2 ]
ok "… with a clear word" grep -q "another run is at work on this site (process $first)" out.txt
kill -CONT "$first"
wait "$first"
ok "the first one is not disturbed" [ "$("$genba" -s f.genba scans --format csv | wc -l)" = 2 ]

# ---- Japanese ----
reset
cp open.pcap captures/a.pcap
sed -i 's/language: en/language: ja/' job.yaml
run job.yaml
if command -v python3 > /dev/null; then
	ok "Japanese: subject and text" env PYTHONUTF8=1 python3 - "$(nth 1)" <<-'END'
		import email, email.policy, sys
		m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
		text, html = (m.get_body((k,)).get_content() for k in ("plain", "html"))
		assert m["Subject"].startswith("[genba] 工場（名称未設定）：") and "初回、指摘" in m["Subject"], m["Subject"]
		assert "初回のお知らせです" in text and "初回のお知らせです" in html
		wide = lambda s: sum(2 if ord(c) > 0x2e80 else 1 for c in s)
		assert max(map(wide, text.splitlines())) <= 44, max(text.splitlines(), key=wide)
	END
fi
sed -i 's/language: ja/language: en/' job.yaml

# ---- pseudonyms ----
reset
cp clean.pcap captures/a.pcap
job mask.yaml "mail: {$mail, attach: masked, mask: true}"
run mask.yaml
cp open.pcap captures/a.pcap
run mask.yaml
if command -v python3 > /dev/null; then
	ok "a masked mail with a masked report" python3 - "$(nth 2)" reports/f-scan-2-* <<-'END'
		import email, email.policy, re, sys
		m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
		report = [a.get_content() for a in m.iter_attachments()]
		names = [a.get_filename() for a in m.iter_attachments()]
		whole = m["Subject"] + "".join(m.get_body((k,)).get_content() for k in ("plain", "html")) + "".join(report)
		assert len(report) == 1 and names[0].startswith("scan-2-"), names
		own = open(sys.argv[2]).read()
		assert all(name in own and name not in whole for name in ("LINE1", "SEIGI-PC01"))
		assert not re.search(r"192\.168\.", whole) and "device-" in whole
	END
fi

reset
printf 'no capture' > captures/himitsu.pcap
run mask.yaml
ok "a masked mail of a failure names no file" [ "$(cat $(mails) | grep -c himitsu)" = 0 ]
ok "… and there is one" count 1

# ---- a server that takes mail ----
if command -v python3 > /dev/null; then
	reset
	mkdir smtp
	echo good > smtp/mode
	python3 "$srcdir/tests/mail_server.py" smtp > /dev/null 2>&1 &
	server=$!
	trap 'kill $server 2> /dev/null; rm -rf "$work"' EXIT
	for _ in $(seq 100); do [ -s smtp/port ] && break; sleep 0.1; done
	cp clean.pcap captures/a.pcap
	job smtp.yaml "mail: {${mail/port: 1/port: $(cat smtp/port)}, when: always}"
	run smtp.yaml
	ok "sent: $(tail -1 out.txt)" grep -q "mail: sent to 2" out.txt
	ok "… to both" [ "$(wc -l < smtp/taken)" = 2 ]
	ok "… and gone from the spool" count 0
	poll captures/poll.pcap 3
	run smtp.yaml
	run smtp.yaml
	ok "the next one, once" [ "$(wc -l < smtp/taken)" = 4 ]
	kill "$server"
	wait "$server" 2> /dev/null
fi

# ---- kill -9 ----
reset
cp clean.pcap captures/a.pcap
run job.yaml
mkdir before
cp -a f.genba f.genba.spool reports before
cp open.pcap captures/a.pcap
start=$(date +%s%N)
run job.yaml
took=$(( ($(date +%s%N) - start) / 1000000 ))
if command -v sqlite3 > /dev/null; then
	ok "two scans are told" [ "$(sqlite3 f.genba "SELECT value FROM setting WHERE key = 'run.told'")" = "2 2" ]
	# As after a kill between the spool and the site file.
	sqlite3 f.genba "UPDATE setting SET value = '1 1' WHERE key = 'run.told'"
	run job.yaml
	ok "a mail in the spool counts as told" grep -q "scan 2 was told before" out.txt
	ok "… and is not put there again" count 2
fi
seed=20240501 killed=0   # the same "random" moments in every run
for _ in $(seq "$rounds"); do
	seed=$(( (seed * 1103515245 + 12345) % 2147483648 ))
	ms=$(( seed / 7 % (took + 1) ))
	rm -rf f.genba* reports
	cp -a before/f.genba before/f.genba.spool before/reports .
	"$genba" run -q job.yaml > /dev/null 2>&1 &
	pid=$!
	sleep "$(printf '%d.%03d' $((ms / 1000)) $((ms % 1000)))"
	kill -9 "$pid" 2>/dev/null && killed=$((killed + 1))
	wait "$pid" 2>/dev/null
	run job.yaml
	run job.yaml
	good=1
	[ "$(mails | wc -l)" = 2 ] && [ "$(cat $(mails) | grep -ai '^message-id' | sort -u | wc -l)" = 2 ] || good=0
	[ "$(ls reports | wc -l)" = 2 ] || good=0
	[ "$("$genba" -s f.genba scans --format csv | wc -l)" = 3 ] || good=0
	if command -v sqlite3 > /dev/null; then
		[ "$(sqlite3 f.genba 'PRAGMA integrity_check')" = ok ] || good=0
	fi
	ok "killed after $ms of $took ms: $(mails | wc -l) mails, $(ls reports | wc -l) reports, $(tail -1 out.txt)" [ $good = 1 ]
done
echo "$killed of $rounds were killed before they ended"

finish
