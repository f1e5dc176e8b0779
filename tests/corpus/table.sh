#!/bin/bash
# table.sh [FOLDER]: what is found, missed and extra in every capture, against the independent readings in
# FOLDER/truth (../shared), and then against tshark, read now, where it is installed. FOLDER/captures holds the captures.
# A folder that has captures only is compared with tshark alone.
top_srcdir=${top_srcdir:-.} top_builddir=${top_builddir:-.}
genba=${genba:-$top_builddir/genba}
shared=${1:-${GENBA_SHARED:-$top_srcdir/../shared}}
export LC_ALL=C.UTF-8 TZ=UTC top_srcdir
shopt -s nullglob
captures=("$shared"/captures/*.pcap*)
[ ${#captures[@]} -gt 0 ] || { echo "no captures in $shared/captures" >&2; exit 2; }
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-table.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/found" "$work/tshark/truth"
ln -s "$(cd "$shared" && pwd)/facts" "$work/tshark/facts"
have=
command -v tshark >/dev/null && have=1
one() { # one CAPTURE: what genba finds, and what tshark reads
	local name=${1##*/} list
	if "$genba" -s "$work/$name.genba" scan -q "$1" >/dev/null 2>&1; then
		for list in devices conversations operations; do
			"$genba" -s "$work/$name.genba" $list --format json >"$work/found/$name.$list.json"
		done
	else
		for list in devices conversations operations; do echo "{\"$list\": []}" >"$work/found/$name.$list.json"; done
	fi
	rm -f "$work/$name.genba"
	[ -z "$have" ] || "$top_srcdir/tests/corpus/tshark.sh" "$1" >"$work/tshark/truth/$name.json"
}
i=0
for capture in "${captures[@]}"; do
	one "$capture" &
	i=$((i + 1))
	[ $((i % $(nproc))) -ne 0 ] || wait
	[ ! -t 2 ] || printf '\r%d of %d captures' "$i" ${#captures[@]} >&2
done
wait
[ ! -t 2 ] || echo >&2
if [ -d "$shared/truth" ]; then
	echo "== against the readings in truth/"
	"$top_builddir/tests/corpus/truth" --table "$shared" "$work/found"
fi
if [ -n "$have" ]; then
	echo "== against $(tshark --version 2>/dev/null | head -n 1)"
	"$top_builddir/tests/corpus/truth" --table "$work/tshark" "$work/found"
else
	echo "tshark is not installed: compared with truth/ alone"
fi
