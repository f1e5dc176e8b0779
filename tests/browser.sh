#!/bin/bash
# Every page that genba writes, in a browser: nothing on the console, nothing loaded, no scrolling sideways, no cut text
# in drawings, links that lead somewhere, printed pages. With GENBA_AXE (axe-core's axe.min.js, or "npm" to fetch it)
# accessibility too, and more pages: make browser. With GENBA_KEEP=FOLDER pages, pictures and PDFs stay there.
. "${top_srcdir:-.}/tests/lib.sh"
for tool in python3 chromium; do
	command -v $tool >/dev/null || { echo "$tool is not installed"; exit 77; }
done
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-browser.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
unset GENBA_SITE LANGUAGE
export LC_ALL=C.UTF-8 TZ=Asia/Tokyo SOURCE_DATE_EPOCH=1715600000
case $genba in */*) genba=$(realpath "$genba") ;; esac
gen=$(realpath "$top_builddir/tests/gen") srcdir=$(realpath "$top_srcdir") || exit 99
captures=${GENBA_CAPTURES:-$srcdir/../shared/captures}
pages=${GENBA_KEEP:-$work/pages}
mkdir -p "$pages" && pages=$(realpath "$pages") && cd "$work" || exit 99

axe=()
if [ "${GENBA_AXE:-}" = npm ]; then
	if command -v npm >/dev/null && timeout 60 npm install --silent --no-audit --no-fund --ignore-scripts --prefix axe \
		axe-core >/dev/null 2>&1; then
		axe=(--axe axe/node_modules/axe-core/axe.min.js)
	else
		echo "skipped: axe-core cannot be had (npm, or its registry, is not there)"
		skipped=$((skipped + 1))
	fi
elif [ -n "${GENBA_AXE:-}" ]; then
	axe=(--axe "$GENBA_AXE")
fi

# ---- sites ----
scan() { "$genba" -s "$1.genba" scan -q "${@:2}" >/dev/null 2>&1; }
answers=$srcdir/tests/data/sample-answers.yaml
"$gen/factory" -o factory.pcap && "$gen/factory" --clean -o clean.pcap || exit 99
mkdir sites
# With everything that a report can hold: a budget, people who do not agree, zones, a risk that was accepted.
scan sites/full factory.pcap --point 'L2 盤' --operator 佐藤 --line-running yes || exit 99
sed 's/customer_stop:/budget: "500000"\n  customer_stop:/' "$answers" >full.yaml
"$genba" -s sites/full.genba ask --answers full.yaml >/dev/null || exit 99
sed -nE '/^answers:/p; s/^(  [A-Z][0-9]): [01]$/\1: 3/p' "$answers" >other.yaml
"$genba" -s sites/full.genba ask --answers other.yaml --respondent 工場長 >/dev/null || exit 99
"$genba" -s sites/full.genba except add OT-STOP-001 --reason 交渉中 --approver 社長 --expires 2030-01-01 >/dev/null || exit 99
printf '%s\n' zones: '  - {name: プレス課, level: 1, prefixes: [192.168.1.0/24]}' \
	'  - {name: 事務所, level: 4, prefixes: [192.168.2.0/24]}' >zones.yaml
"$genba" -s sites/full.genba zones import zones.yaml >/dev/null || exit 99
scan sites/two factory.pcap && scan sites/two clean.pcap || exit 99
"$genba" -s sites/two.genba ask --answers "$answers" >/dev/null || exit 99
scan sites/bare factory.pcap || exit 99
"$genba" -s answers.genba ask --answers "$answers" >/dev/null || exit 99
: >sites/broken.genba

# ---- pages ----
page() { # page NAME ARGUMENT...: one page in each language
	local lang
	for lang in ja en; do
		"$genba" --lang $lang "${@:2}" >"$pages/$1.$lang.html" 2>err.txt || { ok "$1.$lang: $(head -1 err.txt)" false; continue; }
		list+=("$pages/$1.$lang.html")
	done
}
list=()
readers=(all customer)
[ -z "${GENBA_AXE:-}${GENBA_KEEP:-}" ] || readers+=(president engineer)
for reader in "${readers[@]}"; do
	page "full-$reader" -s sites/full.genba report --format html --for $reader
done
page two -s sites/two.genba report --format html
page sites sites sites --format html
page sheet ask -s none.genba --sheet html
if [ -n "${GENBA_AXE:-}${GENBA_KEEP:-}" ]; then
	page bare -s sites/bare.genba report --format html
	page answers -s answers.genba report --format html
	page masked -s sites/full.genba report --format html --mask
	largest=$(ls "$captures"/modbus_s7_enip_dcp-mixed-plant__*.pcap 2>/dev/null | head -1)
	if [ -n "$largest" ] && scan largest "$largest"; then
		page largest -s largest.genba report --format html
	fi
fi

# The mail of a job, as it waits for a server that is not there.
for lang in ja en; do
	mkdir -p captures
	cp clean.pcap captures/a.pcap
	printf '%s\n' "site: $lang.genba" "language: $lang" 'scan: {files: ["captures/*.pcap"], point: panel 1}' \
		'report: {directory: reports}' \
		'mail: {server: 127.0.0.1, port: 1, security: none, from: a@example.com, to: [b@example.com]}' >job.yaml
	"$genba" run job.yaml >/dev/null 2>&1
	cp factory.pcap captures/a.pcap
	"$genba" run job.yaml >/dev/null 2>&1
	n=0
	for mail in "$lang.genba.spool"/*/message.eml; do
		n=$((n + 1))
		PYTHONUTF8=1 python3 - "$mail" >"$pages/mail-$n.$lang.html" <<-'END'
			import email, email.policy, sys
			mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
			print(mail.get_body(("html",)).get_content(), end="")
		END
		list+=("$pages/mail-$n.$lang.html")
	done
	ok "two mails" [ "$n" = 2 ]
done

look=$work
[ -z "${GENBA_KEEP:-}" ] || keep=--keep look=$pages
timeout 240 python3 "$srcdir/tests/browser.py" chromium "$look" ${keep:-} "${axe[@]}" "${list[@]}" >out.txt 2>&1
grep -v '^[0-9]* passed' out.txt | cut -c1-1000
last=$(tail -1 out.txt)
if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
	passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
else
	ok "the pages were looked at" false
fi
finish
