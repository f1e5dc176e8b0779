#!/bin/bash
# The command line of the built program: help, errors, exit statuses, broken outputs.
. "${top_srcdir:-.}/tests/lib.sh"
unset LANGUAGE
export LC_ALL=C.UTF-8

ok version says "genba 0." "$genba" --version
ok "help lists the commands" says "Commands:" "$genba" --help
ok "help without a command" status 0 "$genba"
ok "help under locale C" status 0 env LC_ALL=C "$genba" --lang ja help -h
ok "unknown command" status 64 "$genba" no-such-command
ok "unknown option" status 64 "$genba" --no-such-option
ok "unknown language" status 64 "$genba" --lang xx
ok "a group of commands" says "checks lint" "$genba" checks --help
ok "half a command" status 64 "$genba" checks
ok "an argument too many" status 64 "$genba" score more
ok "a format that is not made" status 64 "$genba" report -o report.docx
ok "a site file that is not there" says "no-such.genba" "$genba" diff no-such.genba nor-this.genba
ok "errors go to standard error" test -z "$("$genba" no-such-command 2>/dev/null)"
ok "errors begin with the name" says "genba: " "$genba" no-such-command
if [ -w /dev/full ]; then
	full() { "$genba" --help >/dev/full 2>/dev/null; [ $? -eq 2 ]; }
	ok "full disk" full
fi
closed() {
	"$genba" man 2>/dev/null | true
	local status=${PIPESTATUS[0]}
	[ "$status" -eq 2 ] || [ "$status" -eq 0 ]
}
ok "closed pipe" closed

# Every command explains itself, and takes what every command takes.
"$genba" --help | sed -n '/^Commands:/,/^$/p' | sed -n 's/^  \([a-z]*\( [a-z]*\)\?\)  .*/\1/p' > "cli.commands.$$"
while read -r -a words; do
	[ "${words[0]}" = help ] && continue
	ok "help ${words[*]}" status 0 "$genba" help "${words[@]}"
	ok "help ${words[*]} in Japanese" status 0 "$genba" "${words[@]}" --lang ja --help
	ok "unknown option of ${words[*]}" status 64 "$genba" "${words[@]}" --no-such-option
	ok "the man page tells of ${words[*]}" says ".SS \"genba ${words[*]}" "$genba" man
done < "cli.commands.$$"
rm -f "cli.commands.$$"

if command -v groff >/dev/null; then
	ok "the man page is clean troff" test -z "$("$genba" man | groff -man -Tutf8 -ww 2>&1 >/dev/null)"
fi
finish
