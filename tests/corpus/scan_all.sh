#!/bin/bash
# Every real capture alone, and all of them together: read to the end or refused in one line, never more than that on
# standard error (a sanitizer would write there); and what was found is held against the independent reading.
genba=${genba:-./genba}
top_srcdir=${top_srcdir:-.} top_builddir=${top_builddir:-.}
shared=${GENBA_SHARED:-$top_srcdir/../shared}
unset GENBA_SITE LANGUAGE
export LC_ALL=C.UTF-8 TZ=UTC SOURCE_DATE_EPOCH=1715600000 top_srcdir
passed=0 failed=0
ok() { # ok NAME COMMAND...
	if "${@:2}"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED: $1"; fi
}
shopt -s nullglob
captures=("$shared"/captures/*.pcap*)
if [ ${#captures[@]} -eq 0 ]; then
	echo "no captures in $shared/captures"
	echo "0 passed, 0 failed, 1 skipped"
	exit 77
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-corpus.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT

# Done, with at most one line about a file that ends early; or refused, with one line.
calm() { # calm STATUS ERRORS MOST
	[ "$1" -eq 0 ] || [ "$1" -eq 2 ] || return 1
	local lines
	lines=$(wc -l < "$2")
	[ "$lines" -le "$3" ] && { [ "$1" -eq 0 ] || [ "$lines" -eq 1 ]; } && ! grep -qv '^genba: ' "$2"
}
none='{"devices": [], "conversations": [], "operations": []}'
for file in "${captures[@]}"; do
	name=${file##*/} site=$work/one.genba
	rm -f "$site"
	"$genba" -s "$site" scan -q "$file" >/dev/null 2>"$work/errors"
	status=$?
	ok "$name alone: status $status: $(head -n 3 "$work/errors")" calm $status "$work/errors" 1
	for list in devices conversations operations; do
		if [ $status -eq 0 ]; then
			ok "$name: $list" "$genba" -s "$site" $list --format json >"$work/$name.$list.json"
		else
			echo "$none" >"$work/$name.$list.json"
		fi
	done
done
"$top_builddir/tests/corpus/truth" ${GENBA_TABLE:+--table} "$shared" "$work" >"$work/truth.out"
ok "the comparison ran" test $? -le 1
grep -v ' passed, ' "$work/truth.out"
p=$(sed -n 's/^\([0-9]*\) passed, .*/\1/p' "$work/truth.out") f=$(sed -n 's/^.* passed, \([0-9]*\) failed.*/\1/p' "$work/truth.out")
passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1}))

site=$work/all.genba
"$genba" -s "$site" scan -q "${captures[@]}" >/dev/null 2>"$work/errors"
status=$?
ok "all together: status $status: $(head -n 3 "$work/errors")" calm $status "$work/errors" ${#captures[@]}
for command in devices conversations operations findings score actions report 'report --format json' 'report --format html' scans; do
	# shellcheck disable=SC2086  # the command has words
	"$genba" -s "$site" $command >"$work/out" 2>"$work/errors"
	status=$?
	ok "all together: genba $command: status $status: $(head -n 3 "$work/errors")" test $status -eq 0 -a -s "$work/out" -a ! -s "$work/errors"
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
