#!/bin/bash
# The screens, typed by script: compared with tests/screens, resized, and in terminals that do not suit.
# tui.sh --update writes the expected screens anew (make golden).
. "${top_srcdir:-.}/tests/lib.sh"
case $genba in /*) ;; *) genba=$PWD/$genba ;; esac
top_srcdir=$(cd "$top_srcdir" && pwd) top_builddir=$(cd "$top_builddir" && pwd)
expected=$top_srcdir/tests/screens
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-tui.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
unset GENBA_SITE LANGUAGE NO_COLOR
export GENBA_DATA=${GENBA_DATA:-$top_srcdir} LC_ALL=C.UTF-8 TZ=UTC SOURCE_DATE_EPOCH=1715600000 HOME=$work
# typed LANGUAGE SITE: the script on standard input.
typed() { cat >script && timeout 60 "$genba" --lang "$1" -s "$2" --script script >output 2>&1; }
fails() { ! "$@"; }
says() { grep -q -- "$1" "$2"; }

cd "$work" || exit 99
# A factory with answers; the same measured again where it is run well; and one of whose answers two people differ.
{
	"$top_builddir/tests/gen/factory" -o factory.pcap && "$top_builddir/tests/gen/factory" --clean -o clean.pcap &&
		"$genba" scan -q -s factory.genba factory.pcap &&
		"$genba" ask -s factory.genba --answers "$top_srcdir/tests/data/sample-answers.yaml" &&
		cp factory.genba changed.genba && "$genba" scan -q -s changed.genba clean.pcap &&
		cp factory.genba asked.genba &&
		printf 'respondent: 保全係\nanswers:\n  Z1: 0\n  R1: 4\n' >second.yaml &&
		"$genba" ask -s asked.genba --answers second.yaml
} >/dev/null || exit 99

# ---- every screen: its name, the site, the keys that lead there ----
screens='
home-new new
home factory
home-changed changed
help factory F1
profile new a
question new a Right Right Right Right Right Right Right Right Right Right Right Right Right Right Right Right Right Right
answered factory l / Z1 Enter Enter
questions factory l
questions-new new l
respondents asked l p
result factory r
result-new new r
changes changed c
scans changed c e
devices factory d
device factory d Down Enter
conversations factory d c
operations factory d o
findings factory f
finding factory f Enter
actions factory p
action factory p Enter
map factory m
'
[ "${1:-}" = --update ] && rm -f "$expected"/*.txt
while read -r name site keys; do
	[ -n "$name" ] || continue
	for lang in en ja; do
		for size in '80 24' '120 40'; do
			file=$name-$lang-${size% *}.txt
			cp "$site.genba" now.genba 2>/dev/null || rm -f now.genba
			{
				echo "size $size"
				for key in $keys; do
					case $key in
					Z1) echo "type $key" ;;
					*) echo "key $key" ;;
					esac
				done
				echo "save $file"
				# What a resize leaves on the screen is what drawing anew would; and the way back is the same screen.
				printf 'size 61 21\nsave a.txt\nkey Redraw\nsave b.txt\nsize 30 9\nsize %s\nsave c.txt\n' "$size"
			} | typed $lang now.genba || { failed=$((failed + 1)); echo "FAILED to run: $file: $(tail -1 output)"; }
			[ "${1:-}" = --update ] && cp "$file" "$expected/"
			ok "$file" cmp "$expected/$file" "$file"
			ok "$file: resized" cmp a.txt b.txt
			ok "$file: resized back" cmp "$file" c.txt
		done
	done
done <<<"$screens"

# ---- the screen of a scan that runs: 30 steps, then the keys ----
for screen in listen alone read; do
	for lang in en ja; do
		for size in '80 24' '120 40'; do
			file=live-$screen-$lang-${size% *}.txt
			{
				echo "size $size"
				for _ in $(seq 30); do echo 'key Redraw'; done
				printf 'save %s\nkey q\nsave asked.txt\nkey n F1\nsave help.txt\nkey x\n' "$file"
				printf 'size 30 9\nsave small.txt\nsize 60 20\nsave least.txt\n'
				printf 'key Down\nsize %s\nkey Up q y\n' "$size"
				# More than there are steps: the end of a script would end it, too.
				for _ in $(seq 30); do echo 'key Redraw'; done
			} >script
			"$top_builddir/tests/live_screens" $lang $screen script >output 2>&1
			[ "${1:-}" = --update ] && cp "$file" "$expected/"
			ok "$file" cmp "$expected/$file" "$file"
			ok "$file: y ends it" says '^ended' output
			ok "$file: it was asked" says 'y[/／]n' asked.txt
			ok "$file: help" says 'F1  ' help.txt
			ok "$file: least size" says 'F1' least.txt
			ok "$file: too small" says '60' small.txt
		done
	done
done

for lang in en ja; do
	typed $lang factory.genba <<<$'size 50 12\nsave small.txt\nsize 20 3\nkey Down'
	[ "${1:-}" = --update ] && cp small.txt "$expected/small-$lang.txt"
	ok "small window, $lang" cmp "$expected/small-$lang.txt" small.txt
done
# A filter, and a letter typed with Japanese input on.
typed ja factory.genba <<<$'type ｄ\nkey /\ntype 192.168.1.\nkey Enter\nsave filter.txt'
ok "filter" says '192.168.1' filter.txt

# ---- networks that nobody knows are left empty, once ----
rm -f empty.genba
printf '%s\n' 'key a' 'key Right' 'key Right' 'key Right' 'key Right' 'key Right' 'key Right' 'key Enter' 'key Enter' 'key b' 'save a.txt' |
	typed ja empty.genba
ok "an answer left empty stands" says 'わからない$' a.txt
ok "and can be taken out and in" eval '"$genba" ask -s empty.genba --export empty.yaml && "$genba" ask -s again.genba --answers empty.yaml' >/dev/null

# ---- a line of input ----
typed en edit.genba <<<$'key a Enter\ntype bce\nkey Home\ntype a\nkey Right Right\ntype d\nkey End\ntype fx\nkey Backspace Left Left Left Left Left Left Left
key Right Right Delete\ntype C\nsave edit.txt\nkey Empty\ntype 現場\nkey Left Left Delete End\ntype が\nsave wide.txt\nkey Enter'
ok "edited in the middle" says 'abCdef' edit.txt
ok "edited, wide characters" says ' 場が' wide.txt
# A mark stands on its character, in the file and on the screen; no towers.
typed en marks.genba <<<$'key a Enter\ntype カ\u3099e\u0301\u0301\u0301\u0301\u0301\u0301\nsave marks.txt'
ok "a mark stays with its character" says $'カ\u3099e\u0301' marks.txt
ok "but not a tower of them" fails grep -q $'e\u0301\u0301\u0301\u0301' marks.txt

# ---- a whole quick interview: its answers are in the file, and it ends with the result ----
questions=$("$genba" ask --sheet csv | grep -cE '^"?[GAZHRCD][0-9]')
profile=$(grep -c '^  - id:' "$top_srcdir/questionnaires/profile.yaml")
{
	echo "key a"
	for i in $(seq "$profile"); do echo "key Right"; done
	for i in $(seq "$questions"); do echo "key $((i % 5)) Enter"; done
	echo "save end.txt"
} | typed en whole.genba
ok "a whole interview: every answer is in the file" test "$("$genba" ask -s whole.genba --export - | grep -cE '^  [GAZHRCD][0-9]+:')" -eq "$questions"
# The last question that is open leads to the result.
cp factory.genba last.genba
typed en last.genba <<<$'key a 1\nsave end.txt\nkey q\nsave home.txt'
ok "the interview ends with the result" says 'By points alone' end.txt
ok "behind it is the first screen" says 'How to go on' home.txt

# ---- from the first screen: a capture, what changed, the report ----
mkdir sub && cp factory.pcap "sub/a file.pcap"
typed en run.genba <<<$'key w\nsave early.txt\nkey s\ntype su\nkey Tab\ntype a\nkey Tab\nsave tab.txt\nkey Enter\nsave read.txt
key s\ntype \'clean.pcap\'\nkey Enter\nsave again.txt\nkey s\ntype none.pcap\nkey Enter\nsave none.txt
key s\ntype script\nkey Enter\nsave bad.txt\nkey w Enter\nsave report.txt\nkey w Enter n\nkey c\nsave changes.txt'
ok "no report of nothing" says 'nothing to report' early.txt
ok "Tab completes a path" says 'sub/a file.pcap' tab.txt
ok "a capture is read" says 'devices' read.txt
ok "its summary is told" says 'kinds of operations' output
ok "quotes around a path, and a second scan" says 'Since 2024-05-13: ' again.txt
ok "no such file" says 'There is no file none.pcap' none.txt
ok "no capture" says 'did not work' bad.txt
ok "the report is written" grep -q '</html>' run.html
ok "where the report is" says "$work/run.html" report.txt
ok "the changes" says 'Not observed again' changes.txt

# ---- sizes by chance ----
RANDOM=4711
for i in $(seq 200); do
	printf 'size %d %d\nkey Down\nsave a%d.txt\nkey Redraw\nsave b%d.txt\n' $((RANDOM % 240 + 1)) $((RANDOM % 90 + 1)) "$i" "$i"
done | typed ja factory.genba
ok "200 sizes ran" test -s b200.txt
same=0
for i in $(seq 200); do cmp -s "a$i.txt" "b$i.txt" && same=$((same + 1)); done
ok "200 sizes leave no garbage" test $same -eq 200

# A terminal on which ambiguous characters are wide gets none of them.
typed ja factory.genba <<<$'ambiguous wide\nsave wide.txt'
ok "no ambiguous characters where they are wide" fails grep -qP '[\x{2010}-\x{2bff}]' wide.txt

typed en factory.genba <<<'press x'
ok "a wrong script is named with its line" says 'script:1: expected key' output
ok "no terminal: help, not a screen" says 'scan' <("$genba" </dev/null)
if locale -a 2>/dev/null | grep -qix 'ja_JP.eucjp'; then
	LC_ALL=ja_JP.eucJP "$genba" -s factory.genba --script /dev/null 2>fault
	ok "another character set is named" says UTF-8 fault
else
	skipped=$((skipped + 1))
fi
finish
