#!/bin/bash
# The screen of genba scan -i under a real terminal (tmux), in a network namespace of its own: devices appear, q asks
# and ends, Ctrl-C ends, what happened stays to be read, and the site file holds the scan. Where the terminal does not suit,
# a line is shown instead.
. "${top_srcdir:-.}/tests/lib.sh"
command -v ip > /dev/null && command -v tmux > /dev/null && command -v timeout > /dev/null || { echo "needs ip and tmux: skipped"; exit 77; }
own_network ip link add va type veth peer name vb -- timeout -k 5 240
case $genba in /*) ;; *) genba=$PWD/$genba ;; esac
export GENBA_DATA=${GENBA_DATA:-$(cd "$top_srcdir" && pwd)}
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-tui-live.XXXXXX") || exit 99
# ncurses keeps what it began for a terminal that it does not know; the sanitizer is not to blame genba.
echo leak:new_prescr >"$work/lsan"
export LSAN_OPTIONS=suppressions=$work/lsan
socket=0
t() { timeout 5 tmux -S "$work/tmux$socket" -f /dev/null "$@" 2> /dev/null; }
sender=
trap 't kill-server; [ -z "$sender" ] || kill "$sender" 2> /dev/null; rm -rf "$work"' EXIT
trap 'exit 1' TERM INT
unset GENBA_SITE LANGUAGE SOURCE_DATE_EPOCH SUDO_UID SUDO_GID TMUX NO_COLOR
export LC_ALL=C.UTF-8 TZ=UTC
# Root here may be the machine's: then genba becomes another user, who must reach the site file.
chmod 711 "$work"
mkdir "$work/site"
read -r _ _ n < /proc/self/uid_map && [ "$n" -gt 65534 ] && chown 65534 "$work/site"
send=$(cd "$top_builddir" && pwd)/tests/gen/send
"$top_builddir/tests/gen/factory" -o "$work/first.pcap" || exit 99
cd "$work" || exit 99
ip link add va type veth peer name vb || exit 99
for i in va vb; do
	echo 1 > /proc/sys/net/ipv6/conf/$i/disable_ipv6
	ip link set $i arp off up
done

# start NAME OPTION...: a pane that runs genba, in $lang and with $setting before it, and says its status
start() {
	t kill-server
	socket=$((socket + 1))
	local command="$setting '$genba' --lang $lang -s site/$1.genba scan ${*:2}; echo status \$?; exec sleep 200"
	t new-session -d -x 80 -y 24 "exec sleep 200" \; set -g remain-on-exit on \; set -g default-terminal screen \; \
		set -g status off \; respawn-pane -k "$command" ||
		{ echo "tmux does not start here: skipped"; exit 77; }
}
look() { t capture-pane -p; }
# shows REGEX: within some seconds
shows() {
	local until=$((SECONDS + 15))
	while [ $SECONDS -lt $until ]; do
		look > screen.txt
		grep -qE -- "$1" screen.txt && return
		sleep 0.1
	done
	cat screen.txt
	return 1
}
keys() { t send-keys "$@"; }
scan_of() { "$genba" -s "site/$1.genba" scans --format csv | tail -1 | cut -d, -f"$2"; }
devices() { sed -nE 's/^ Devices so far +about ([0-9]+),.*/\1/p' <<< "$(look)"; }
more() { local i n; for i in $(seq 150); do n=$(devices); [ "${n:-0}" -gt "$1" ] && return; sleep 0.1; done; return 1; }

# ---- q ----
setting= lang=en
start q -i vb -d 1h --snapshot 1s
ok "the screen appears" shows 'genba  listens on vb, for site/q.genba'
ok "and says that nothing is heard" shows 'Nothing was heard yet'
"$send" va first.pcap 3000 > sent.txt & sender=$!
ok "devices appear" more 0
first=$(devices)
ok "and become more, or are all there" eval '[ "$first" -ge 25 ] || more "$first"'
ok "packets per second" shows 'Packets/s +[1-9]'
ok "protocols" shows '^ modbus .*█'
ok "a mirror port" shows 'looks like a mirror port'
ok "what a longer scan would bring" shows 'Listen longer: .*24 h reach'
ok "the networks are not declared" shows 'Declare the networks'
ok "a snapshot" shows 'Stored +[0-9][0-9]:[0-9][0-9];'
keys F1
ok "help" shows 'Keys of this screen'
keys x
t resize-window -x 50 -y 12
ok "a window that is too small" shows 'too small'
t resize-window -x 60 -y 20
ok "the least size" shows 'Devices so far +about'
t resize-window -x 80 -y 24
ip link set va down
ok "an interface that goes down" shows '[0-9]:[0-9][0-9]  vb: the interface is down'
ok "in its line, too" shows 'DOWN NOW'
ip link set va up
ok "and comes back" shows 'the interface is up again'
wait "$sender"
sender=
keys q
ok "q asks" shows 'End now\? .*\(y/n\)'
keys n
sleep 1
ok "n: it goes on" eval 'shows "Time +[0-9]" && ! grep -q "(y/n)" screen.txt'
ok "it is running" [ "$(scan_of q 4)" = running ]
keys q
ok "q asks again" shows '\(y/n\)'
keys y
ok "y ends it well" shows '^status 0'
ok "the summary is told" shows 'Scan 1 in site/q.genba'
ok "what happened is told" shows 'genba: .*vb: the interface is down'
ok "the scan is complete" [ "$(scan_of q 4)" = complete ]
ok "it holds the frames" [ "$(scan_of q 9)" -gt 1000 ]

# ---- Ctrl-C, in Japanese ----
lang=ja
start c -i vb
ok "in Japanese" shows 'vb を測定中'
keys C-c
ok "Ctrl-C ends it well, without asking" shows '^status 0'
ok "complete as well" [ "$(scan_of c 4)" = complete ]

# ---- terminals that do not suit, and -q: no screen ----
lang=en
for setting in TERM=dumb TERM=nosuch; do
	start "${setting//=/}" -i vb -d 3s
	ok "$setting: a line" shows 'packets/s +[0-9]+ addresses'
	ok "$setting: it ends well" shows '^status 0'
	ok "$setting: no screen" eval '! grep -q "listens on" screen.txt'
done
setting=
start quiet -q -i vb -d 2s
ok "-q ends well" shows '^status 0'
ok "-q shows nothing" [ "$(grep -c . screen.txt)" = 1 ]
start piped -i vb -d 3s '| cat'
ok "in a pipe: a line" shows 'packets/s +[0-9]+ addresses'
ok "and the summary" shows 'Scan 1 in'
setting=NO_COLOR=1
start plain -i vb -d 30s
ok "without colours" shows 'listens on vb'
t send-keys C-c
ok "it ends well, too" shows '^status 0'
finish
