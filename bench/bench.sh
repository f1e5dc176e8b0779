#!/bin/bash
# How fast is a scan, and how much memory does it take, against a loop that only reads?
#     BENCH_HOURS=24 make bench, or BENCH_FILE=big.pcap make bench
genba=${genba:-./genba} top_builddir=${top_builddir:-.}
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-bench.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
file=${BENCH_FILE:-}
if [ -z "$file" ]; then
	file=$work/factory.pcap
	"$top_builddir/tests/gen/factory" --hours "${BENCH_HOURS:-24}" -o "$file" || exit 1
fi
frames=$("$top_builddir/bench/pcaploop" "$file" | cut -d' ' -f1)
bytes=$(stat -c %s "$file")
printf '%s: %d frames, %d MB\n' "${file##*/}" "$frames" $((bytes / 1000000))
TIMEFORMAT=%R
# measure NAME COMMAND...: the best of three, with the file in the cache.
measure() {
	local best= t peak=
	for _ in 1 2 3; do
		rm -f "$work/bench.genba"
		if [ -x /usr/bin/time ]; then
			/usr/bin/time -f '%e %M' -o "$work/time" "${@:2}" > "$work/out" 2>&1 || { cat "$work/out"; return 1; }
			read -r t peak < "$work/time"
		else
			t=$({ time "${@:2}" > "$work/out" 2>&1; } 2>&1)
		fi
		best=$(printf '%s\n%s\n' "${best:-$t}" "$t" | LC_ALL=C sort -n | head -1)
	done
	awk -v n="$1" -v t="$best" -v f="$frames" -v b="$bytes" -v m="${peak:-0}" 'BEGIN {
		if (t <= 0) t = 0.001
		printf "%-16s %7.2f s  %9.0f frames/s  %7.1f MB/s", n, t, f / t, b / t / 1e6
		if (m) printf "  %5d MB", m / 1024
		print "" }'
}
measure "libpcap loop" "$top_builddir/bench/pcaploop" "$file"
measure "genba scan" "$genba" -s "$work/bench.genba" scan "$file"
