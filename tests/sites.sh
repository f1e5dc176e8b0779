#!/bin/bash
# Many site files of one folder side by side.
. "${top_srcdir:-.}/tests/lib.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-sites.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
unset GENBA_SITE LANGUAGE
export LC_ALL=C.UTF-8 TZ=UTC SOURCE_DATE_EPOCH=1715600000
data=$(cd "$top_srcdir/tests/data" && pwd)
gen=$(cd "$top_builddir/tests/gen" && pwd)
case $genba in /*) ;; *) genba=$PWD/$genba ;; esac
cd "$work" || exit 99
mkdir few many none bad
"$gen/factory" -o factory.pcap && "$gen/factory" --clean -o clean.pcap || exit 99
scan() { "$genba" scan -q -s "$@" >/dev/null; }
scan few/kita.genba factory.pcap && scan few/kita.genba clean.pcap && scan few/minami.genba clean.pcap || exit 99
"$genba" ask -s few/kita.genba --answers "$data/sample-answers.yaml" >/dev/null || exit 99
"$genba" ask -s few/answers.genba --answers "$data/sample-answers.yaml" >/dev/null || exit 99
list() { "$genba" sites "$@"; }
fails() { ! "$@"; }

list few --format json >few.json
field() { python3 -c "import json,sys; d=json.load(open('few.json')); print($1)"; }
is() { [ "$(field "$1")" = "$2" ]; }
ok "three sites are in it" is 'len(d["sites"])' 3
ok "the one without a score stands last" is 'd["sites"][2]["file"]' minami.genba
ok "two have a score" is 'd["scored"]' 2
ok "the trend has two scans" is '[len(s["trend"]) for s in d["sites"] if s["file"] == "kita.genba"][0]' 2
"$genba" score -s few/kita.genba --format json >score.json
ok "the score is that of genba score" is '[s["s"] for s in d["sites"] if s["file"] == "kita.genba"][0] == json.load(open("score.json"))["score"]["s"]' True
ok "the change is that of the trend" is \
	'[round(s["trend"][1]["s"] - s["trend"][0]["s"] - s["change"], 1) for s in d["sites"] if s["file"] == "kita.genba"][0]' 0.0
ok "few sites have no deviation score" is 'any(s["deviation"] is not None for s in d["sites"])' False
ok "what they have in common is counted" is 'd["common"][0]["sites"] >= d["common"][-1]["sites"] > 0' True
list few --format json >again.json
ok "the same folder, the same bytes" cmp few.json again.json

# Ten with a score: now there is one.
for i in 0 1 2 3 4 5 6 7 8 9; do
	cp few/kita.genba "many/site$i.genba"
	echo "answers: {A1: $((i % 5)), Z1: $((i / 2)), Z2: $((i % 3)), R1: $((i / 3))}" >a.yaml
	"$genba" ask -s "many/site$i.genba" --answers a.yaml --respondent 工場長 >/dev/null
done
list many --format json >many.json
ok "ten sites have one, 50 in the middle" python3 -c "
import json; d = json.load(open('many.json'))['sites']; x = [s['deviation'] for s in d]
assert len(x) == 10 and all(v is not None for v in x) and abs(sum(x) / 10 - 50) < 0.5 and x == sorted(x), x"
ok "it stands in the report" says "Deviation score" list many --format html
ok "and not in that of few" fails says "Deviation score" list few --format html

# Pseudonyms: those of the sites' own reports.
list few --mask --format json >masked.json
ok "no name, no file is left" fails grep -qE 'サンプル|kita|minami' masked.json
"$genba" report -s few/kita.genba --mask --format text >kita.txt
name=$(grep -om1 'site-[a-z0-9]*' kita.txt)
ok "the pseudonym is that of the site's report" grep -q "\"name\": \"${name:-none}\"" masked.json

# A file that is none.
head -c 5000 /dev/urandom >bad/broken.genba
cp few/minami.genba bad/
ok "a broken file is named, the others are read" says broken.genba list bad
ok "… in the report too" says "could not be read" list bad --format html
rm bad/minami.genba
ok "only broken ones: failed" status 2 list bad
ok "no site file: failed" status 2 list none
ok "no folder: failed" status 2 list nowhere
ok "no argument: usage" status 64 list
ok "an unknown format: usage" status 64 list few --format doc

# A name that is none of ours to run.
cp few/kita.genba 'few/=1+1|<script>alert(1)<.genba'
list few --format csv >few.csv
ok "no formula in the table" fails grep -qE '(^|,)"?=' few.csv
ok "no script in the report" fails says "<script>alert" list few --format html
for format in html md json xlsx; do
	ok "$format goes into a file" status 0 list few --format $format -o out.$format
	ok "$format is there" test -s out.$format
done
ok "a workbook is one" cmp -s -n 2 out.xlsx - <<<PK
for lang in en ja; do
	"$genba" sites few --lang $lang >/dev/null || { failed=$((failed + 1)); echo "FAILED: list, $lang"; }
done
ok "Japanese" says 工場の一覧比較 "$genba" --lang ja sites few --format md
finish
