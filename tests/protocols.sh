#!/bin/bash
# Every protocol's example: tests/protocols/NAME.frames is a conversation that was written by hand from the protocol's
# document, NAME.txt what is seen in it. protocols.sh --update writes those anew; protocols.sh NAME… takes only these.
. "${top_srcdir:-.}/tests/lib.sh"
folder=$top_srcdir/tests/protocols
shopt -s nullglob
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-protocols.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
mkdir "$work/captures"
export LC_ALL=C.UTF-8 TZ=UTC
update=
[ "${1:-}" = --update ] && { update=1; shift; }
if [ $# -gt 0 ]; then scripts=("${@/#/$folder/}"); scripts=("${scripts[@]/%/.frames}"); else scripts=("$folder"/*.frames); fi
# Facts and operations without their places and numbers: what must not change when the capture came in late, the frames
# are tagged, or every message is cut into small segments.
facts() {
	"$top_builddir/tests/observations" --no-ndpi "$1" | grep -E '^(attr|op) ' |
		sed -E 's| frame [0-9]+/[0-9]+$||; s/ x[0-9]+$//; s/@[0-9]+//g' | sort -u
}
# A message is a segment there (screens, pages to print), a title or a request is looked for in one segment only.
whole=' vnc vnc_tight jetdirect jetdirect_labels http http_forms slmp_1e melsoft '
for script in "${scripts[@]}"; do
	name=$(basename "$script" .frames)
	"$top_builddir/tests/gen/frames" "$script" "$work/captures/$name.pcap" || { ok "$name: the capture" false; continue; }
	"$top_builddir/tests/observations" --no-ndpi "$work/captures/$name.pcap" >"$work/$name.txt" || { ok "$name: reading it" false; continue; }
	[ -z "$update" ] || cp "$work/$name.txt" "$folder/$name.txt"
	ok "$name (make golden writes it anew)" diff -u "$folder/$name.txt" "$work/$name.txt"
	facts "$work/captures/$name.pcap" >"$work/facts"
	for how in '--late' '--vlan 33' '--split 7'; do
		[[ $how == --split* && $whole == *" $name "* ]] && continue
		# shellcheck disable=SC2086  # two words
		"$top_builddir/tests/gen/frames" $how "$script" "$work/changed.pcap"
		facts "$work/changed.pcap" >"$work/changed"
		ok "$name $how" diff "$work/facts" "$work/changed"
	done
	ok "$name is claimed" grep -qE "^conv ${name%%_*}[a-z0-9-]* .* (confirmed|content) " "$work/$name.txt"
done
if [ $# -eq 0 ]; then
	"$top_builddir/tests/protocol_table" >"$work/PROTOCOLS.md"
	[ -z "$update" ] || cp "$work/PROTOCOLS.md" "$top_srcdir/docs/PROTOCOLS.md"
	ok "docs/PROTOCOLS.md (make golden writes it anew)" cmp "$top_srcdir/docs/PROTOCOLS.md" "$work/PROTOCOLS.md"
fi
# Every frame cut at every length, every example cut by a snap length: nothing is read that is not there.
if [ -x "$top_builddir/tests/corpus/test_frames" ]; then
	GENBA_SHARED=$work "$top_builddir/tests/corpus/test_frames" >"$work/sweep" 2>&1
	status=$?
	[ $status -eq 0 ] || tail -n 40 "$work/sweep"
	ok "the examples cut short" test $status -eq 0
fi
# Damaged examples: no other factory protocol is claimed.
if [ -x "$top_builddir/tests/corpus/test_claims" ]; then
	"$top_builddir/tests/corpus/test_claims" "$work"/captures/*.pcap >"$work/claims" 2>&1
	status=$?
	[ $status -eq 0 ] || tail -n 40 "$work/claims"
	ok "the examples damaged" test $status -eq 0
fi
finish
