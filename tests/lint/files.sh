#!/bin/bash
# Files: not too long, no paths of somebody's machine, no blanks at line ends.
. "${top_srcdir:-.}/tests/lint/lib.sh"

find src -name '*.[ch]' -exec wc -l {} + | awk '$1 > 700 && $2 != "total"' | rule "no file of src is longer than 700 lines"
folders=()
for d in src checks actions questionnaires reports data po docs script tests bench Makefile.am configure.ac README.md; do
	[ -e "$d" ] && folders+=("$d")
done
grep -rnIE '/(wor[k]|hom[e]|User[s])/[a-z]|/tm[p]/[a-z]' "${folders[@]}" | grep -v XXXXXX | rule "no paths of a machine"
grep -rnIE '[[:blank:]]+$' "${folders[@]}" --include='*.[ch]' --include='*.sh' | rule "no blanks at the end of a line"
grep -rnE '^    ' src --include='*.c' | grep -vE ':[0-9]+:    [ ]*(\*|[a-z"|+])' | rule "tabs indent"
grep -rLE '^#ifndef [A-Z0-9_]+_H$' src --include='*.h' | rule "every header has a guard"
finish
