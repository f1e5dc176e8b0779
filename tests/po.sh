#!/bin/bash
# Every string of the sources has its Japanese.
. "${top_srcdir:-.}/tests/lib.sh"
for tool in xgettext msgcmp msgfmt; do
	command -v $tool >/dev/null || { echo "no $tool: 0 passed, 0 failed, 1 skipped"; exit 77; }
done
pot=$(mktemp "${TMPDIR:-/tmp}/genba-pot.XXXXXX") || exit 99
trap 'rm -f "$pot"' EXIT
(cd "$top_srcdir" && find src -name '*.c' -o -name '*.h' | LC_ALL=C sort |
	xgettext -f - -o "$pot" --from-code=UTF-8 --keyword=_ --keyword=N_ --add-location=file) || exit 99
ok "po/ja.po is well formed" msgfmt -c -o /dev/null "$top_srcdir/po/ja.po"
ok "po/ja.po has every string (make update-po, then translate)" msgcmp "$top_srcdir/po/ja.po" "$pot"
# What comes out is Japanese, so the catalogue is found and used.
japanese() {
	"${genba:-./genba}" --lang ja --help | grep -q 使い方
}
ok "the program speaks Japanese" japanese
finish
