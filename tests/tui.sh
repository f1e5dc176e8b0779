#!/bin/bash
# The screens, typed by script: compared with tests/tui, resized, and in terminals that do not suit.
# tui.sh --update writes the expected screens anew (make golden).
genba=${genba:-./genba}
top_srcdir=${top_srcdir:-.} top_builddir=${top_builddir:-.}
expected=$(cd "$top_srcdir/tests/tui" && pwd)
passed=0 failed=0 skipped=0
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-tui.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
unset GENBA_SITE LANGUAGE NO_COLOR
export LC_ALL=C.UTF-8 TZ=UTC SOURCE_DATE_EPOCH=1715600000
check() {
	if "${@:2}"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED: $1"; fi
}
finish() {
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ]
	exit
}
# typed LANGUAGE SITE: the script on standard input.
typed() { cat >script && timeout 60 "$genba" --lang "$1" -s "$2" --script script; }
fails() { ! "$@"; }
says() { grep -q "$1" "$2"; }

cd "$work" || exit 99
"$top_builddir/tests/gen/factory" -o factory.pcap &&
	"$genba" scan -q -s factory.genba factory.pcap &&
	"$genba" ask -s factory.genba --answers "$top_srcdir/tests/data/sample-answers.yaml" >/dev/null || exit 99

for lang in en ja; do
	for size in '80 24' '120 40'; do
		for site in new factory; do
			name=home-$site-$lang-${size% *}
			typed $lang $site.genba <<<"size $size
save $name.txt" || echo "FAILED to run: $name"
			[ "${1:-}" = --update ] && cp "$name.txt" "$expected/"
			check "$name" cmp "$expected/$name.txt" "$name.txt"
		done
	done
	typed $lang factory.genba <<<$'key F1\nsave help.txt\nkey x\nsize 50 12\nsave small.txt\nsize 20 3\nkey Down'
	[ "${1:-}" = --update ] && cp help.txt "$expected/help-$lang.txt" && cp small.txt "$expected/small-$lang.txt"
	check "help, $lang" cmp "$expected/help-$lang.txt" help.txt
	check "small window, $lang" cmp "$expected/small-$lang.txt" small.txt
done

# Every screen behind the first one.
screens='devices device findings finding action map actions'
for lang in en ja; do
	typed $lang factory.genba <<<$'key d Down\nsave devices.txt\nkey Enter\nsave device.txt\nkey q q f\nsave findings.txt
key Enter\nsave finding.txt\nkey Enter\nsave action.txt\nkey q q q m\nsave map.txt\nkey q p\nsave actions.txt'
	for screen in $screens; do
		[ "${1:-}" = --update ] && cp "$screen.txt" "$expected/$screen-$lang.txt"
		check "$screen, $lang" cmp "$expected/$screen-$lang.txt" "$screen.txt"
	done
done
# A filter, and a letter typed with Japanese input on.
typed ja factory.genba <<<$'type ｄ\nkey /\ntype 192.168.1.\nkey Enter\nsave filter.txt'
check "filter" says '192.168.1' filter.txt

# A question before and after its answer, the list, and a whole quick interview whose answers are in the file.
for lang in en ja; do
	cp new.genba asked.genba
	typed $lang asked.genba <<<$'key l\nsave questions.txt\nkey q a\nsave profile.txt\nkey Right Right Right Right Right Right Right Right
key Right Right Right Right Right Right Right Right Right Right\nsave asked.txt\nkey 2\nsave answered.txt'
	for screen in questions profile asked answered; do
		[ "${1:-}" = --update ] && cp "$screen.txt" "$expected/$screen-$lang.txt"
		check "$screen, $lang" cmp "$expected/$screen-$lang.txt" "$screen.txt"
	done
done
cp new.genba whole.genba
questions=$("$genba" ask --sheet csv | grep -cE '^"?[GAZHRCD][0-9]')
profile=$(grep -c '^  - id:' "$top_srcdir/questionnaires/profile.yaml")
{
	echo "key a"
	for i in $(seq "$profile"); do echo "key Right"; done
	for i in $(seq "$questions"); do echo "key $((i % 5)) Enter"; done
	echo "save end.txt"
} | typed en whole.genba
check "a whole interview: every answer is in the file" test "$("$genba" ask -s whole.genba --export - | grep -cE '^  [GAZHRCD][0-9]+:')" -eq "$questions"

# What a resize leaves on the screen is what drawing anew would.
RANDOM=4711
for i in $(seq 200); do
	printf 'size %d %d\nkey Down\nsave a%d.txt\nkey Redraw\nsave b%d.txt\n' $((RANDOM % 240 + 1)) $((RANDOM % 90 + 1)) "$i" "$i"
done | typed ja factory.genba
check "200 sizes ran" test -s b200.txt
same=0
for i in $(seq 200); do cmp -s "a$i.txt" "b$i.txt" && same=$((same + 1)); done
check "200 sizes leave no garbage" test $same -eq 200

# A terminal on which ambiguous characters are wide gets none of them.
typed ja factory.genba <<<$'ambiguous wide\nsave wide.txt'
check "no ambiguous characters where they are wide" fails grep -qP '[\x{2010}-\x{2bff}]' wide.txt

typed en factory.genba <<<'press x' 2>fault
check "a wrong script is named with its line" says 'script:1: expected key' fault
check "no terminal: help, not a screen" says 'scan' <("$genba" </dev/null)
if locale -a 2>/dev/null | grep -qix 'ja_JP.eucjp'; then
	LC_ALL=ja_JP.eucJP "$genba" -s factory.genba --script /dev/null 2>fault
	check "another character set is named" says UTF-8 fault
else
	skipped=$((skipped + 1))
fi
finish
