#!/bin/bash
# The report as other programs read it: CSV, Excel workbooks, PDF, and JSON against its schema.
. "${top_srcdir:-.}/tests/lib.sh"
build=${top_builddir:-.}
unset LANGUAGE GENBA_SITE
export LC_ALL=C.UTF-8 SOURCE_DATE_EPOCH=1715600000 TZ=Asia/Tokyo
dir=$(mktemp -d "${TMPDIR:-/tmp}/genba-formats.XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT
schema=$(cd "$top_srcdir" && pwd)/docs/report.schema.json
looks=$(cd "$top_srcdir" && pwd)/tests/report_formats.py
"$build/tests/gen/factory" -o "$dir/factory.pcap" || exit 99

lacks() { # lacks PATTERN FILE
	! grep -qE -- "$1" "$2"
}
# A python that has this module; none: fails.
python_with() {
	local p
	for p in python3 /usr/bin/python3; do
		"$p" -c "import $1" 2>/dev/null && { echo "$p"; return; }
	done
	return 1
}
python=$(python_with csv) || { echo "python3 is not installed"; exit 77; }
look() { "$python" "$looks" "$@"; }
without() { # without TOOL TESTS
	echo "skipped: $1 is not installed"
	skipped=$((skipped + $2))
}
g() { "$genba" -s "$dir/factory.genba" "$@"; }
h() { "$genba" -s "$dir/hostile.genba" "$@"; }

# ---- a factory with all that a report can hold ----
g scan "$dir/factory.pcap" --point 'L2 盤' --operator 佐藤 --line-running yes >/dev/null 2>&1 || exit 99
sed 's/customer_stop:/budget: "500000"\n  customer_stop:/' "$top_srcdir/tests/data/sample-answers.yaml" >"$dir/answers.yaml"
ok "answers" g ask --answers "$dir/answers.yaml" >/dev/null 2>&1
ok "an accepted risk" g except add OT-STOP-001 --reason 交渉中 --approver 社長 --expires 2030-01-01 >/dev/null 2>&1
printf 'log-collection: {not_here: 別の会社が担当}\nname-responsible: {done: true}\n' >"$dir/own.yaml"
ok "own figures" g actions --adapt "$dir/own.yaml" >/dev/null 2>&1
g report -o "$dir/full.json"

# The other side of the wire, the list of devices and the answers give their names: formulas, markup, controls.
LC_ALL=C sed -e "s/SEIGI-PC01/=cmd|'\/C!A/g" -e 's/SW-LINE1/_x000D_=/g' "$dir/factory.pcap" >"$dir/hostile.pcap"
h scan "$dir/hostile.pcap" --point '=HYPERLINK("http://x.test";"y")' --operator '@SUM(A1)' >/dev/null 2>&1 || exit 99
cat >"$dir/zones.yaml" <<'END'
zones:
  - {name: "+line\t\"1\"", level: 1, prefixes: [192.168.1.0/24]}
  - {name: "-line-2", prefixes: [192.168.2.0/24]}
  - {name: "@office", prefixes: [192.168.10.0/24]}
conduits: []
devices: list.csv
END
printf 'IP,name,kind\r\n192.168.2.10,"<script>alert(1)</script>",plc\r\n192.168.2.11,＝1+1,plc\r\n192.168.3.10,"a,""b"";c",plc\r\n192.168.3.11,\x1b]0;x\x07,plc\r\n192.168.3.12,http://x.test/,plc\r\n' \
	>"$dir/list.csv"
ok "hostile zones and list" h zones import "$dir/zones.yaml" >/dev/null
sed -e 's/name: 有限会社.*/name: "=1+1 \&P <b>\&L"/' -e 's/note: [^},]*/note: "\\t=2+2\\r\\n-3"/' \
	"$top_srcdir/tests/data/sample-answers.yaml" >"$dir/hostile.yaml"
ok "hostile answers" h ask --answers "$dir/hostile.yaml" >/dev/null 2>&1
h report -o "$dir/hostile.json"
h report -o "$dir/hostile.html"
ok "hostile: markup is text in HTML" grep -q '&lt;script&gt;alert(1)&lt;/script&gt;' "$dir/hostile.html"
ok "hostile: nothing is live in HTML" lacks '<script|P <b>|href="[^#]|<img' "$dir/hostile.html"

# ---- CSV ----
for lang in ja en; do
	g --lang $lang report -o "$dir/$lang.csv"
	g --lang $lang report --format csv >"$dir/again.csv"
	ok "$lang: csv" look csv "$dir/$lang.csv"
	ok "$lang: the same bytes twice" cmp -s "$dir/$lang.csv" "$dir/again.csv"
	mkdir -p "$dir/$lang"
	ok "$lang: into a folder" g --lang $lang report --format csv -o "$dir/$lang"
	ok "$lang: each table" test "$(cd "$dir/$lang" && echo *)" = \
		"actions.csv answers.csv devices.csv evidence.csv findings.csv summary.csv"
	for table in "$dir/$lang"/*.csv; do
		ok "$lang: ${table##*/}" look csv "$table"
	done
	ok "$lang: the one table is the evidence" cmp -s "$dir/$lang.csv" "$dir/$lang/evidence.csv"
done
ok "heads in Japanese" grep -q '重大度,検査,指摘,機器' "$dir/ja.csv"
ok "heads in English" grep -q 'Severity,Check,Finding,Device' "$dir/en.csv"
ok "a row names device, frame and action" grep -q 'OT-PROG-001,.*SIMATIC.*frame.number == ' "$dir/en.csv"
ok "the order of the report" test "$(sed -n 2p "$dir/en/actions.csv" | cut -d, -f1,2)" = "1,Now"
mkdir -p "$dir/h"
ok "hostile: csv" h report --format csv -o "$dir/h"
for table in "$dir/h"/*.csv; do
	ok "hostile: ${table##*/}" look csv "$table"
done
ok "hostile: the name is there, as text" grep -qF "\"'=cmd|'/C!A" "$dir/h/devices.csv"
ok "a customer gets the actions alone" lacks 'SIMATIC|OT-STOP|192\.168' <(g report --format csv --for customer)
mkdir -p "$dir/c"
g report --format csv --for customer -o "$dir/c"
ok "… and the summary" test "$(cd "$dir/c" && echo *)" = "actions.csv summary.csv"

# ---- Excel ----
if says "built without libxlsxwriter" g report -o "$dir/a.xlsx"; then
	without libxlsxwriter 12
else
	for lang in ja en; do
		ok "$lang: xlsx" g --lang $lang report -o "$dir/$lang.xlsx"
		g --lang $lang report --format xlsx >"$dir/again.xlsx"
		ok "$lang: the same bytes twice" cmp -s "$dir/$lang.xlsx" "$dir/again.xlsx"
		ok "$lang: no formula, no link" look xlsx "$dir/$lang.xlsx"
	done
	h report -o "$dir/hostile.xlsx"
	ok "hostile: no formula, no link" look xlsx "$dir/hostile.xlsx"
	parts() { "$python" -c 'import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
sys.stdout.buffer.write(b"".join(z.read(n) for n in z.namelist()))' "$1"; }
	parts "$dir/hostile.xlsx" >"$dir/hostile.xml"
	ok "hostile: the name is there, as text" grep -q "=cmd|'/C!A" "$dir/hostile.xml"
	ok "hostile: no control character in disguise" grep -q '_x005F_x000D_' "$dir/hostile.xml"
	ok "hostile: the name of the site gives no command in the page's head" grep -q '&amp;&amp;P &lt;b&gt;&amp;&amp;L' "$dir/hostile.xml"
	g report --for customer -o "$dir/customer.xlsx"
	parts "$dir/customer.xlsx" >"$dir/customer.xml"
	ok "a customer sees no device and no finding" lacks 'SIMATIC|OT-STOP|192\.168\.' "$dir/customer.xml"
	if reader=$(python_with openpyxl); then
		for book in ja en hostile; do
			ok "$book.xlsx in openpyxl" "$reader" "$looks" book "$dir/$book.xlsx"
		done
	else
		without python3-openpyxl 3
	fi
	if command -v soffice >/dev/null; then
		ok "LibreOffice opens it" timeout 90 soffice --headless "-env:UserInstallation=file://$dir/office" \
			--convert-to 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,5' \
			--outdir "$dir/calc" "$dir/ja.xlsx" >/dev/null 2>&1
		ok "… and finds the action plan" grep -qr '^番号,時期,対策' "$dir/calc"
	else
		without LibreOffice 2
	fi
fi

# ---- PDF: by a stand-in that says what it was given, and by what is there ----
mkdir -p "$dir/none" "$dir/bin" "$dir/bad" "$dir/rest"
ok "no renderer: says what to install" says "apt install chromium" env PATH="$dir/none" "$genba" -s "$dir/factory.genba" \
	--lang en report -o "$dir/none.pdf"
ok "… and is an error" status 2 env PATH="$dir/none" "$genba" -s "$dir/factory.genba" report -o "$dir/none.pdf"
printf '#!/bin/sh\n{ echo "%%PDF-1.4"; pwd; cat /proc/net/dev; grep -c frame.number report.html; printf "%%s\\n" "$@"; } >report.pdf\n' \
	>"$dir/bin/chromium"
printf '#!/bin/sh\necho out of ink >&2\nexit 3\n' >"$dir/bad/chromium"
chmod +x "$dir/bin/chromium" "$dir/bad/chromium"
ok "a renderer" env TMPDIR="$dir/rest" PATH="$dir/bin:$PATH" "$genba" -s "$dir/factory.genba" report -o "$dir/stand-in.pdf"
ok "… runs in a folder of its own" grep -q "^$dir/rest/genba-report" "$dir/stand-in.pdf"
ok "… looks nothing up" grep -qx -- '--host-resolver-rules=MAP \* ~NOTFOUND' "$dir/stand-in.pdf"
if unshare $([ "$(id -u)" = 0 ] || echo -U) -n true 2>/dev/null; then
	ok "… and has no network" test "$(grep -c '^ *[a-z0-9@]*:.*[0-9]' "$dir/stand-in.pdf")" = 1
else
	without "a network namespace" 1
fi
ok "nothing is left behind" test "$(find "$dir/rest" -mindepth 1 | wc -l)" = 0
ok "one that fails: its last words" says "out of ink" env PATH="$dir/bad:$PATH" "$genba" -s "$dir/factory.genba" report \
	-o "$dir/stand-in.pdf"
ok "… and the old file stays" grep -q '^%PDF' "$dir/stand-in.pdf"
if command -v chromium >/dev/null || command -v weasyprint >/dev/null; then
	ok "pdf" env TMPDIR="$dir/rest" timeout 150 "$genba" -s "$dir/hostile.genba" report -o "$dir/real.pdf"
	ok "… is one" test "$(head -c 5 "$dir/real.pdf")" = "%PDF-"
	ok "… and nothing is left behind" test "$(find "$dir/rest" -mindepth 1 | wc -l)" = 0
else
	without "Chromium or WeasyPrint" 3
fi

# ---- JSON ----
ok "the schema is closed" look closed "$schema"
if reader=$(python_with 'jsonschema.validators; jsonschema.Draft202012Validator'); then
	"$genba" -s "$dir/scan.genba" scan "$dir/factory.pcap" >/dev/null 2>&1
	"$genba" -s "$dir/scan.genba" report -o "$dir/scan.json"
	"$genba" -s "$dir/answers.genba" ask --answers "$dir/answers.yaml" >/dev/null 2>&1
	"$genba" -s "$dir/answers.genba" report -o "$dir/answers.json"
	"$genba" -s "$dir/scan.genba" report --mask -o "$dir/masked.json"
	for model in full hostile scan answers masked; do
		ok "$model: the report as its schema says" "$reader" "$looks" schema "$schema" "$dir/$model.json"
	done
	sed 's/"generated"/"more": 1, "generated"/' "$dir/full.json" >"$dir/more.json"
	ok "a member that the schema does not know" status 1 "$reader" "$looks" schema "$schema" "$dir/more.json"
else
	without "python3-jsonschema" 6
fi

# ---- names, terminals, full disks ----
ok "an ending in capitals" g report -o "$dir/CAPITALS.CSV"
ok "… says the format" look csv "$dir/CAPITALS.CSV"
ok "csv has no template" status 64 g report --format csv --template "$dir"
ok "JSON by its ending has no reader" status 64 g report -o "$dir/x.json" --for president
if command -v script >/dev/null; then
	ok "a workbook is nothing for a terminal" says "name a file with -o" script -qec \
		"'$genba' -s '$dir/factory.genba' --lang en report --format xlsx" /dev/null </dev/null
	ok "nor a PDF" says "name a file with -o" script -qec \
		"'$genba' -s '$dir/factory.genba' --lang en report --format pdf -o -" /dev/null </dev/null
else
	without script 2
fi
for format in html text md json csv xlsx; do
	echo old >"$dir/kept"
	small() { (ulimit -f 1; trap '' XFSZ; g report --format $format -o "$dir/kept"); }
	ok "$format: a full disk is an error" status 2 small
	ok "$format: the old file stays" test "$(cat "$dir/kept")" = old
done
ok "no part is left behind" test "$(find "$dir" -name 'kept.*' | wc -l)" = 0
ok "a folder that is not there" status 2 g report --format csv -o "$dir/nowhere/a.csv"

finish
