#!/bin/bash
# The report of a made-up factory, in both languages and every format: complete, self-contained, the same bytes twice.
. "${top_srcdir:-.}/tests/lib.sh"
build=${top_builddir:-.}
lacks() { # lacks PATTERN FILE
	! grep -qE -- "$1" "$2"
}
unset LANGUAGE GENBA_SITE
export LC_ALL=C.UTF-8 SOURCE_DATE_EPOCH=1715600000 TZ=Asia/Tokyo
dir=$(mktemp -d "${TMPDIR:-/tmp}/genba-report.XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT
site=$dir/factory.genba

ok "no site, no report" status 2 "$genba" -s "$dir/none.genba" report
"$build/tests/gen/factory" -o "$dir/factory.pcap" || exit 99
"$genba" -s "$site" scan "$dir/factory.pcap" --point 'L2 <b>"panel"</b>' >/dev/null 2>&1 || exit 99

for lang in ja en; do
	page=$dir/$lang.html
	ok "$lang: html" "$genba" -s "$site" --lang $lang report -o "$page"
	"$genba" -s "$site" --lang $lang report --format html >"$dir/again.html"
	ok "$lang: the same bytes twice" cmp -s "$page" "$dir/again.html"
	ok "$lang: it says its language" grep -q "<html lang=\"$lang\">" "$page"
	ok "$lang: nothing is loaded" lacks '(src|href)="[^#]|url\([^#]|@import|<(script|link|img|iframe|object)' "$page"
	ok "$lang: no tag of the template is left" lacks '\{\{|\}\}' "$page"
	ok "$lang: what was given is no markup" lacks '<b>"panel' "$page"
	ok "$lang: a frame to look at" grep -q 'frame.number == [0-9]' "$page"
	ok "$lang: the time of the capture, on the site's clock" grep -qE '2024(-05-13 09:00|年5月13日 9:00)' "$page"
	"$genba" -s "$site" --lang $lang report >"$dir/$lang.txt"
	"$genba" -s "$site" --lang $lang report >"$dir/again.txt"
	ok "$lang: text, the same bytes twice" cmp -s "$dir/$lang.txt" "$dir/again.txt"
	"$genba" -s "$site" --lang $lang report -o "$dir/$lang.md"
	ok "$lang: Markdown" grep -q '^## 1' "$dir/$lang.md"
	ok "$lang: no markup in Markdown but its own" lacks '<[a-zA-Z/]|\{\{' "$dir/$lang.md"
	ok "$lang: no terminal control in text" lacks $'[\x01-\x08\x0b-\x1f\x7f]' "$dir/$lang.txt"
done
ok "Japanese and English differ" test "$(cmp -s "$dir/ja.txt" "$dir/en.txt"; echo $?)" = 1

ok "json" "$genba" -s "$site" report -o "$dir/model.json"
"$genba" -s "$site" --lang ja report --format json >"$dir/again.json"
ok "the model knows no language" cmp -s "$dir/model.json" "$dir/again.json"
ok "the model says its schema" grep -q '"schema": "genba.report/1"' "$dir/model.json"

"$genba" -s "$site" --lang en report --format html --for customer -o "$dir/customer.html"
ok "a customer sees no device" lacks 'SIMATIC|192\.168\.|frame\.number' "$dir/customer.html"
ok "a customer sees no finding" lacks 'OT-STOP|IT-FTP' "$dir/customer.html"
for reader in president engineer; do
	ok "for the $reader" "$genba" -s "$site" report --for $reader -o "$dir/$reader.html"
done

# The other side of the wire gives its names: markup, terminal escapes, text that runs backwards.
LC_ALL=C sed -e 's/SEIGI-PC01/<script>\/\//g' -e 's/SW-LINE1/\x1b]0;\xe2\x80\xae</g' "$dir/factory.pcap" >"$dir/hostile.pcap"
if "$genba" -s "$dir/hostile.genba" scan "$dir/hostile.pcap" >/dev/null 2>&1; then
	for format in html text md; do
		"$genba" -s "$dir/hostile.genba" report --format $format >"$dir/hostile.$format"
	done
	ok "hostile: the name is there, as text" grep -q '&lt;script&gt;//' "$dir/hostile.html"
	ok "… and no markup" lacks '<script' "$dir/hostile.html"
	ok "… nor in Markdown" lacks '<script' "$dir/hostile.md"
	for format in html text md; do
		ok "hostile: no control character in $format" lacks $'[\x01-\x08\x0b-\x1f\x7f]' "$dir/hostile.$format"
		ok "hostile: nothing runs backwards in $format" lacks $'\xe2\x80\xae' "$dir/hostile.$format"
	done
	for command in devices findings conversations operations score actions; do
		"$genba" -s "$dir/hostile.genba" $command >"$dir/hostile.txt"
		ok "hostile: genba $command" lacks $'[\x01-\x08\x0b-\x1f\x7f]|\xe2\x80\xae' "$dir/hostile.txt"
	done
else
	ok "hostile: scanned" false
fi

ok "an unknown format says which there are" says "html, text, md, json, csv, xlsx or pdf" "$genba" -s "$site" report --format docx
ok "… and is a usage error" status 64 "$genba" -s "$site" report --format docx
ok "an unknown reader" status 64 "$genba" -s "$site" report --for nobody
ok "templates that are not there" status 2 "$genba" -s "$site" report --format html --template "$dir/none"

# A folder of one's own: what is in it wins, the rest is ours; colours, a logo, own chapters.
own=$dir/own
mkdir "$own"
printf '<p class="ours">{{s.method_self}}</p>\n' >"$own/method.html"
printf '<section class="chapter page" id="talks"><h2>What we talked about</h2></section>\n' >"$own/own_chapters.html"
printf '<p>Consultant: Suzuki</p>\n' >"$own/own_cover.html"
printf ':root { --deep: #123456; }\n' >"$own/colours.css"
printf '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>' >"$own/logo.svg"
ok "own templates" "$genba" -s "$site" --lang en report --template "$own" -o "$dir/own.html"
for what in '<p class="ours">' 'id="talks"' 'Consultant: Suzuki' '--deep: #123456' 'src="data:image/svg' 'id="findings"'; do
	ok "own templates: $what" grep -qF -- "$what" "$dir/own.html"
done
printf ':root { background: url(http://example.com/) }' >"$own/colours.css"
ok "colours that load something are refused" says 'colours.css: url( is not allowed' \
	"$genba" -s "$site" --lang en report --format html --template "$own"
rm "$own/colours.css"
printf '\xff\xfe' >"$own/own_chapters.html"
ok "a template that is no text is an error" status 2 "$genba" -s "$site" report --format html --template "$own"
rm "$own/own_chapters.html"
mkfifo "$own/own_chapters.html"
ok "a pipe is no template, and nobody waits for it" status 2 timeout 20 "$genba" -s "$site" report --format html --template "$own"
rm "$own/own_chapters.html"
ln -s /dev/zero "$own/own_chapters.html"
ok "… nor is a device that never ends" status 2 timeout 20 "$genba" -s "$site" report --format html --template "$own"
for template in "${top_srcdir:-.}"/reports/templates/*; do
	name=${template##*/}
	ok "docs/TEMPLATES.md tells of $name" grep -qF "\`${name%.*}\`" "${top_srcdir:-.}/docs/TEMPLATES.md"
done

# A second measurement: what changed, in every format.
"$build/tests/gen/factory" --clean -o "$dir/clean.pcap" || exit 99
cp "$site" "$dir/two.genba"
"$genba" -s "$dir/two.genba" scan "$dir/clean.pcap" >/dev/null 2>&1 || exit 99
"$genba" -s "$dir/two.genba" --lang en report -o "$dir/two.html"
"$genba" -s "$dir/two.genba" --lang en report --format text >"$dir/two.txt"
"$genba" -s "$dir/two.genba" --lang en report -o "$dir/two.md"
ok "one scan: no comparison" lacks 'id="changes"' "$dir/en.html"
ok "two scans: a chapter on what changed" grep -q 'id="changes"' "$dir/two.html"
ok "… with what is fixed" grep -q 'OT-STOP-001' "$dir/two.txt"
ok "… in Markdown" grep -q 'Since the last measurement' "$dir/two.md"
"$genba" -s "$dir/two.genba" --lang en report --format html --for customer >"$dir/two-customer.html"
ok "… and not for customers" lacks 'id="changes"|OT-STOP' "$dir/two-customer.html"

# The filter beside a frame finds that frame.
if command -v tshark >/dev/null; then
	"$genba" -s "$site" report --format json >"$dir/rows.json"
	filter=$(grep -o '"filter": "ip[^"]*"' "$dir/rows.json" | head -1 | cut -d'"' -f4)
	ok "the filter of a conversation is one for Wireshark" test -n "$(tshark -r "$dir/factory.pcap" -c 60000 -Y "$filter" 2>/dev/null | head -1)"
fi
if [ -w /dev/full ]; then
	ok "full disk" says "No space left" "$genba" -s "$site" report --format html -o /dev/full
fi
cp "$dir/ja.html" "$dir/kept.html"
small() { (ulimit -f 1; trap '' XFSZ; "$genba" -s "$site" --lang en report --format html -o "$dir/kept.html"); }
ok "a failed write is an error" status 2 small
ok "… and keeps the old report" cmp -s "$dir/ja.html" "$dir/kept.html"
ok "… and leaves nothing behind" test "$(find "$dir" -name 'kept.html.*' | wc -l)" = 0

finish
