#!/bin/bash
# How fast may frames come before genba scan -i loses some, and what does listening cost?
#
#     make bench-live                            rising rates of mixed traffic, and the highest without a loss
#     BENCH_RATES="100 200" make bench-live      these only, in Mbit/s; 0 is as fast as can be
#     BENCH_SECONDS=20 make bench-live           how long each (5)
#     BENCH_LONG=100000000 make bench-live       so many frames at BENCH_LONG_RATE Mbit/s: does memory grow?
#     BENCH_LONG=40000000 BENCH_NEW=1 make …     the same, and every few seconds all connections are new ones
#     BENCH_FILE=my.pcap make bench-live         another capture
#
# As root, on a pair of virtual interfaces in a network namespace of its own. The sender is on the same machine: it and
# the kernel, which hands the frames over while the sender waits, take one core. So the limit found is one of both.
set -u
if [ -z "${GENBA_BENCH:-}" ]; then
	unshare -n ip link add va type veth peer name vb 2> /dev/null ||
		{ echo "no network namespace with virtual interfaces to be had: skipped"; exit 77; }
	GENBA_BENCH=1 exec unshare -n bash "$0"
fi
genba=${genba:-./genba} bin=${top_builddir:-.}/bench top=${top_srcdir:-.}
shared=${GENBA_SHARED:-$top/../shared}
seconds=${BENCH_SECONDS:-5} rates=${BENCH_RATES:-25 50 100 200 300 400 600 800 0}
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-bench.XXXXXX") || exit 99
started=()
trap 'kill "${started[@]}" 2> /dev/null; rm -rf "$work"' EXIT
export LC_ALL=C
unset SUDO_UID SUDO_GID
chmod 711 "$work"
mkdir "$work/site" && chown 65534 "$work/site"
ip link add va type veth peer name vb || exit 99
for i in va vb; do
	echo 1 > /proc/sys/net/ipv6/conf/$i/disable_ipv6
	ip link set "$i" arp off up
done

# ---- what is sent ----
file=${BENCH_FILE:-}
if [ -z "$file" ]; then
	from=()
	for g in 'modbus_s7_enip*' 's7comm*' 'enip*' 'modbus-*' 'modbus__*' 'bacnet*' 'omron-fins*' 'opcua*' 'iec104*' 'dnp3*' \
		'profinet*' 'ethercat*' 'melsec*' 'cclink*' 'hart-ip*'; do
		for f in "$shared"/captures/$g; do
			[ -f "$f" ] && from+=("$f")
		done
	done
	if [ ${#from[@]} -eq 0 ]; then
		echo "No real captures in $shared/captures: a made-up factory's traffic instead."
		"${top_builddir:-.}/tests/gen/factory" --hours 1 -o "$work/factory.pcap" || exit 2
		from=("$work/factory.pcap")
	fi
	file=$work/mixed.pcap
	"$bin/scale" -n 800000 -p 8 -o "$file" "${from[@]}" > "$work/out" || exit 2
fi
"$bin/loop" "$file"

# wait_for SECONDS COMMAND...: until it is true
wait_for() {
	local until=$((SECONDS + $1))
	while [ $SECONDS -lt $until ]; do
		"${@:2}" > "$work/null" 2>&1 && return
		sleep 0.1
	done
	return 1
}
child_of() { local c; c=$(cat "/proc/$1/task/$1/children") && [ -n "$c" ] && echo "${c%% *}"; }
# The process that reads is locked in: then it listens.
listens() {
	case $1 in
	loop) grep -q listening "$work/said" ;;
	genba) pid=$(child_of "$measure") && child=$(child_of "$pid") && grep -q '^Seccomp:[[:space:]]2' "/proc/$child/status" ;;
	esac
}
start() { # start TOOL: in $pid
	rm -f "$work"/site/* "$work/said"
	case $1 in
	loop) "$bin/measure" "$work/said" "$bin/loop" -i vb > "$work/took" & ;;
	genba) "$bin/measure" "$work/said" "$genba" -s "$work/site/s.genba" scan -i vb --snapshot "${2:-5m}" > "$work/took" & ;;
	esac
	measure=$!
	wait_for 15 listens "$1" || { echo "$1 does not listen:"; cat "$work/said"; exit 2; }
	pid=$(child_of "$measure")
	started=("$measure" "$pid")
}
stop() { # stop TOOL: what it got and lost, in $got and $lost
	sleep 0.3   # the kernel keeps a block back until it is full or so old
	kill -INT "$pid"
	wait "$measure" || { echo "$1 failed:"; tail -5 "$work/said"; exit 2; }
	started=()
	case $1 in
	loop) read -r got _ _ _ lost _ < <(grep frames "$work/said") ;;
	genba)
		got=$(sed -nE 's/^  frames +([0-9]+)$/\1/p' "$work/said")
		lost=$(sed -nE 's/.*lost before they were read +([0-9]+)$/\1/p' "$work/said")
		lost=${lost:-0}
		;;
	esac
	read -r cpu _ memory _ < "$work/took"
}

# at TOOL MBIT/S: one line of the table, and what was really sent in $real; the status is whether nothing was lost.
at() {
	local sent octets took other
	start "$1"
	read -r sent octets took < <("$bin/replay" va "$file" "$2" "$seconds")
	stop "$1"
	other=$((sent - got - lost))
	real=$(awk "BEGIN { printf \"%.0f\", $octets * 8 / $took / 1e6 }")
	awk -v tool="$1" -v asked="$2" -v real="$real" -v sent="$sent" -v took="$took" -v got="$got" -v lost="$lost" \
		-v cpu="$cpu" -v memory="$memory" -v other="$other" 'BEGIN {
		printf "%-6s %7s %8d %9.0f %10d %10d %9d %7.1f %8.0f %8.1f%s\n", tool, asked ? asked : "most", real, sent / took,
			sent, got, lost, 100 * cpu / took, got ? cpu / got * 1e9 : 0, memory / 1024,
			other ? "  unaccounted for: " other : "" }'
	[ "$got" = "$sent" ]
}
# look MBIT/S: both tools
look() {
	at loop "$1"
	if at genba "$1"; then
		[ "$real" -le "$best" ] || best=$real
	else
		[ -n "$worst" ] && [ "$real" -ge "$worst" ] || worst=$real
		[ "$real" -gt 100 ] || status=1
	fi
}

status=0
if [ -z "${BENCH_LONG:-}" ]; then
	printf '%-6s %7s %8s %9s %10s %10s %9s %7s %8s %8s\n' '' 'asked' 'Mbit/s' 'frames/s' 'sent' 'received' 'lost' 'CPU %' \
		'ns/frame' 'MiB'
	best=0 worst=''
	for rate in $rates; do
		look "$rate"
		[ -z "$worst" ] || break
	done
	# Half way, until it is known to a tenth.
	for ((i = 0; i < 6; i++)); do
		[ -n "$worst" ] && [ $((worst - best)) -gt $((worst / 10)) ] || break
		look $(((best + worst) / 2))
	done
	if [ -n "$worst" ]; then
		echo "The highest rate without a loss: $best Mbit/s; frames were lost at $worst Mbit/s."
	else
		echo "The highest rate without a loss: $best Mbit/s, the most that was sent."
	fi
	[ $status = 0 ] || echo "Frames were lost at 100 Mbit/s or below: that must not be."
	exit $status
fi

# ---- long: memory of both processes, every ten seconds ----
rss() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }
start genba "${BENCH_SNAPSHOT:-30s}"
child=$(child_of "$pid")
"$bin/replay" va "$file" "${BENCH_LONG_RATE:-200}" 3000 "$BENCH_LONG" ${BENCH_NEW:+new} > "$work/sent" &
sender=$!
started+=("$sender")
printf '%6s %12s %12s\n' 's' 'child KiB' 'parent KiB'
began=$SECONDS
while kill -0 "$sender" 2> "$work/null"; do
	sleep 10
	printf '%6d %12d %12d\n' $((SECONDS - began)) "$(rss "$child")" "$(rss "$pid")" | tee -a "$work/rss"
done
stop genba
read -r sent _ took < "$work/sent"
printf '%d frames in %.0f s (%.0f/s): received %d, lost %d; %.1f s of CPU, at most %.1f MiB\n' \
	"$sent" "$took" "$(awk "BEGIN { print $sent / $took }")" "$got" "$lost" "$cpu" "$(awk "BEGIN { print $memory / 1024 }")"
sed -n 's/^  conversations */conversations: /p' "$work/said"
# After the first minute: the most against the least of each process.
awk '$1 > 60 { for (i = 2; i <= 3; i++) { if (!least[i] || $i < least[i]) least[i] = $i; if ($i > most[i]) most[i] = $i } }
	END { for (i = 2; i <= 3; i++) if (least[i]) { grew = most[i] / least[i] * 100 - 100
		printf "%s, after the first minute: %.1f to %.1f MiB, %.1f %%\n", i == 2 ? "child" : "parent",
			least[i] / 1024, most[i] / 1024, grew; bad += grew > 5 } exit bad > 0 }' "$work/rss"
