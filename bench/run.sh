#!/bin/bash
# What does a scan cost, against a loop that only reads, and against other tools that are installed?
#
#     make bench                      every input below, nine rounds
#     BENCH_RUNS=3 BENCH_FRAMES=1000000 make bench
#     BENCH_INPUTS="plant" make bench
#     BENCH_FILE=big.pcap make bench  one file of your own
#
# The rounds alternate: each round runs every tool once, in another order, so that
# what else the machine does hits all of them alike. Medians are printed.
set -u
genba=${genba:-./genba} bin=${top_builddir:-.}/bench top=${top_srcdir:-.}
shared=${GENBA_SHARED:-$top/../shared}
runs=${BENCH_RUNS:-9} frames=${BENCH_FRAMES:-4000000} slice=${BENCH_SLICE:-200000}
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-bench.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

# captures GLOB...: the real captures of these names.
captures() {
	local g f
	for g; do
		for f in "$shared"/captures/$g; do
			[ -f "$f" ] && printf '%s\n' "$f"
		done
	done
}

# sources INPUT: the captures that it is made of.
sources() {
	case $1 in
	plant)  captures 'modbus_s7_enip_dcp-mixed-plant*' ;;
	day)    captures 'modbus_s7_enip_dcp-mixed-plant*' ;;
	mixed)  captures 'modbus_s7_enip*' 's7comm*' 'enip*' 'modbus-*' 'modbus__*' 'bacnet*' 'omron-fins*' 'opcua*' \
			'iec104*' 'dnp3*' 'profinet*' 'ethercat*' 'melsec*' 'cclink*' 'hart-ip*' ;;
	factory) printf '%s\n' "$work/factory.pcap" ;;
	esac
}

inputs=${BENCH_INPUTS:-day plant mixed}
if [ -n "${BENCH_FILE:-}" ]; then
	inputs=$(basename "$BENCH_FILE")
elif [ ! -d "$shared/captures" ]; then
	echo "No real captures in $shared/captures: a made-up factory's traffic instead."
	inputs=factory
	"${top_builddir:-.}/tests/gen/factory" --hours 1 -o "$work/factory.pcap" || exit 2
fi

# make_input INPUT: its file, as $file.
make_input() {
	file=$work/$1.pcap
	if [ -n "${BENCH_FILE:-}" ]; then
		file=$BENCH_FILE
		return
	fi
	local from
	mapfile -t from < <(sources "$1")
	[ ${#from[@]} -gt 0 ] || { echo "no captures for $1"; return 1; }
	local plants=()
	[ "$1" = day ] && plants=(-p 8)
	"$bin/scale" -n "$frames" "${plants[@]}" -o "$work/scaled.pcap" "${from[@]}" && mv "$work/scaled.pcap" "$file"
}

# command TOOL: as the array cmd, reading $file.
command_of() {
	case $1 in
	loop) cmd=("$bin/loop" "$file") ;;
	genba) cmd=("$genba" -s "$work/bench.genba" scan -q "$file") ;;
	ndpiReader) cmd=(ndpiReader -q -i "$file") ;;
	p0f) cmd=(p0f -r "$file" -o "$work/p0f.log") ;;
	tshark) cmd=(tshark -n -q -z conv,tcp -r "$file") ;;
	esac
}

# run_one INPUT TOOL: one line into the results.
run_one() {
	local cmd
	command_of "$2"
	rm -f "$work/bench.genba"
	local took
	took=$("$bin/measure" "$work/out" "${cmd[@]}") || { echo "$2 failed:"; tail -3 "$work/out"; return 1; }
	printf '%s %s %s\n' "$1" "$2" "$took" >> "$work/results"
}

# table INPUT TOOL...: medians, and what they are to those of the loop.
table() {
	printf '%-12s %9s %9s %9s %9s   %7s %7s\n' '' 'CPU s' 'wall s' 'MiB' 'sum MiB' 'CPU x' 'wall x'
	awk -v input="$1" -v order="${*:2}" '
	function median(tool, column,   i, j, n, t, v) {
		n = 0
		for (i = 1; i <= count[tool]; i++)
			v[++n] = value[tool, column, i]
		for (i = 2; i <= n; i++)
			for (j = i; j > 1 && v[j - 1] > v[j]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
		return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
	}
	$1 == input { n = ++count[$2]; for (c = 1; c <= 4; c++) value[$2, c, n] = $(c + 2) }
	END {
		tools = split(order, tool, " ")
		for (i = 1; i <= tools; i++) {
			if (!count[tool[i]])
				continue
			printf "%-12s %9.2f %9.2f %9.1f %9.1f   %7.2f %7.2f\n", tool[i], median(tool[i], 1), median(tool[i], 2),
			       median(tool[i], 3) / 1024, median(tool[i], 4) / 1024, median(tool[i], 1) / median("loop", 1), median(tool[i], 2) / median("loop", 2)
		}
	}' "$work/results"
}

tools=(loop genba)
missing=()
for t in ndpiReader p0f; do
	if command -v "$t" > "$work/out"; then tools+=("$t"); else missing+=("$t"); fi
done
command -v tshark > "$work/out" || missing+=(tshark)
[ ${#missing[@]} -eq 0 ] || echo "Not installed, left out: ${missing[*]}"

status=0
for input in $inputs; do
	echo
	echo "== $input"
	make_input "$input" || { status=1; continue; }
	cat "$file" > "$work/out"   # into the cache
	printf '%s; %d MB; medians of %d alternating runs\n' "$("$bin/loop" "$file")" $(($(stat -c %s "$file") / 1000000)) "$runs"
	for ((round = 0; round < runs; round++)); do
		for ((i = 0; i < ${#tools[@]}; i++)); do
			run_one "$input" "${tools[(i + round) % ${#tools[@]}]}" || { status=1; break 2; }
		done
	done
	table "$input" "${tools[@]}"
	if command -v tshark > "$work/out" && [ -z "${BENCH_FILE:-}" ]; then
		whole=$file file=$work/slice.pcap
		mapfile -t from < <(sources "$input")
		"$bin/scale" -n "$slice" -o "$file" "${from[@]}" > "$work/out"
		for t in loop genba tshark; do run_one "$input-slice" "$t" || status=1; done
		echo "tshark is too slow for that: one run over a slice of $slice frames"
		table "$input-slice" loop genba tshark
		rm -f "$file" "$whole"
	fi
done
exit $status
