#!/bin/bash
# What does a report cost at a large site, against the browser that opens it?
#
#     make bench                             after the scans
#     BENCH_RUNS=9 make bench-report         this alone, nine rounds instead of three
#
# The made-up factory of the tests, 64 times over (2,100 devices, 27,000 rows of evidence), with answers. `genba report`
# runs all checks, scores and writes the page; headless Chromium opens that page and prints what it made of it. Each
# round runs all of them once, in another order. Medians are printed.
set -u
genba=${genba:-./genba} bin=${top_builddir:-.}/bench top=${top_srcdir:-.}
runs=${BENCH_RUNS:-3} copies=${BENCH_COPIES:-64}
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-bench.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
unset LANGUAGE GENBA_SITE
export LC_ALL=C.UTF-8 HOME="$work"
site=$work/site.genba

echo
echo "== report"
"${top_builddir:-.}/tests/gen/factory" --hours 1 -o "$work/factory.pcap" || exit 2
frames=$("$bin/loop" "$work/factory.pcap" | sed 's/ .*//')
"$bin/scale" -n $((frames * (copies - 1) + 1)) -o "$work/site.pcap" "$work/factory.pcap" || exit 2
"$genba" -s "$site" scan -q "$work/site.pcap" || exit 2
rm -f "$work"/*.pcap
"$genba" -s "$site" ask --answers "$top/tests/typical/parts-80.answers.yaml" > "$work/out" || exit 2
for what in devices conversations operations; do
	printf '%s %s; ' "$("$genba" -s "$site" $what --format csv | tail -n +2 | wc -l)" $what
done
echo "medians of $runs alternating runs"

tools=(report-ja report-en findings-json)
for chromium in chromium chromium-browser google-chrome; do
	command -v "$chromium" > "$work/out" && { tools+=(open-ja open-en); break; }
done
[ ${#tools[@]} -gt 3 ] || echo "Not installed, left out: chromium"

# run_one TOOL: one line into the results.
run_one() {
	local cmd took
	case $1 in
	report-*) cmd=("$genba" -s "$site" --lang "${1#*-}" report --format html -o "$work/${1#*-}.html") ;;
	findings-json) cmd=("$genba" -s "$site" findings --format json) ;;
	open-*) cmd=(timeout 120 "$chromium" --headless --no-sandbox --disable-gpu --user-data-dir="$work/profile"
		     --dump-dom "file://$work/${1#*-}.html") ;;
	esac
	took=$("$bin/measure" "$work/out" "${cmd[@]}") || { echo "$1 failed:"; tail -3 "$work/out"; return 1; }
	printf '%s %s\n' "$1" "$took" >> "$work/results"
}

# Once before, uncounted: pages to open, the files in the cache, the browser's profile made.
for tool in "${tools[@]}"; do run_one "$tool" || exit 1; done
: > "$work/results"
for ((round = 0; round < runs; round++)); do
	for ((i = 0; i < ${#tools[@]}; i++)); do
		run_one "${tools[(i + round) % ${#tools[@]}]}" || exit 1
	done
done
awk -v order="${tools[*]}" '
function median(tool, column,   i, j, n, t, v) {
	n = count[tool]
	for (i = 1; i <= n; i++)
		v[i] = value[tool, column, i]
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && v[j - 1] > v[j]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
	return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
{ n = ++count[$1]; for (c = 1; c <= 3; c++) value[$1, c, n] = $(c + 1) }
END {
	printf "%-14s %8s %8s %8s   %s\n", "", "CPU s", "wall s", "MiB", "wall, of opening the page"
	tools = split(order, tool, " ")
	for (i = 1; i <= tools; i++) {
		t = tool[i]
		opened = "open-" substr(t, 8)
		printf "%-14s %8.2f %8.2f %8.1f", t, median(t, 1), median(t, 2), median(t, 3) / 1024
		if (t ~ /^report-/ && count[opened])
			printf "   %6.2f", median(t, 2) / median(opened, 2)
		printf "\n"
	}
}' "$work/results"
