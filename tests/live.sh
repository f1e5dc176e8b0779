#!/bin/bash
# genba scan -i on a pair of virtual interfaces in a network namespace of its own: it hears what a file holds, sends
# nothing, gives up root, survives an interface that goes down, and loses nothing when it is ended or killed.
. "${top_srcdir:-.}/tests/lib.sh"
command -v ip > /dev/null && command -v setpriv > /dev/null || { echo "needs ip and setpriv: skipped"; exit 77; }
own_network ip link add va type veth peer name vb --
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-live.XXXXXX") || exit 99
started=()
trap 'kill -9 "${started[@]}" 2> /dev/null; umount "$work/small" 2> /dev/null; rm -rf "$work"' EXIT
unset GENBA_SITE LANGUAGE SOURCE_DATE_EPOCH SUDO_UID SUDO_GID
export LC_ALL=C.UTF-8
cd "$work" || exit 99
# Root here may be the machine's: then genba becomes another user, who must reach the site file.
real_root=0
{ read -r _ _ n < /proc/self/uid_map && [ "$n" -gt 65534 ]; } && real_root=1
chmod 711 "$work"
mkdir site && [ $real_root = 0 ] || chown 65534 site
for pair in va:vb vc:vd; do
	ip link add "${pair%:*}" type veth peer name "${pair#*:}" || exit 99
done
for i in va vb vc vd; do
	echo 1 > /proc/sys/net/ipv6/conf/$i/disable_ipv6
	ip link set "$i" arp off up
done
"$top_builddir/tests/gen/factory" -o first.pcap || exit 99
send=$top_builddir/tests/gen/send

# listen NAME OPTION...: genba scan in the background, its pid in $pid, when it listens
listen() {
	"$genba" -s "site/$1.genba" scan "${@:2}" > "$1.out" 2> "$1.err" &
	pid=$!
	started+=("$pid")
	wait_for 10 reader "$pid"
}
# The sandboxed child of a scan, in $child
reader() {
	child=$(cat "/proc/$1/task/$1/children") && child=${child%% *} && grep -q '^Seccomp:[[:space:]]2' "/proc/$child/status"
}
no_capability() { [ "$(grep -cE '^Cap(Inh|Prm|Eff|Amb):[[:space:]]+0+$' "/proc/$1/status")" = 4 ]; }
has() { grep -qE "$1" "$2"; }
# heard NAME: the devices without their ids, times, and frames: two hours go by in seconds, so that a connection may be told
# apart from the next one earlier or later, and its frames count for another.
heard() { "$genba" -s "site/$1.genba" devices --format csv | sed -E 's/^[0-9]+,//; s/,[^,]*,[^,]*,[^,]*$//' | sort; }
frames_sent_by() { ip -s link show "$1" | awk '/TX:/ { getline; print $2 }'; }
counted() { "$genba" -s "site/$1.genba" scans --format csv | tail -1 | cut -d, -f9; }
state() { "$genba" -s "site/$1.genba" scans --format csv | tail -1 | cut -d, -f4; }
is_running() { [ "$(state "$1")" = running ]; }
is() { [ "$1" = "$2" ] || { echo "got $1, expected $2"; return 1; }; }

# ---- what is said before it listens ----
ok "an unknown interface names those there are" says "there are: v" "$genba" -s site/no.genba scan -i vx
ok "its status is 2" status 2 "$genba" -s site/no.genba scan -i vx
ok "a bad filter" says 'filter "tcp prot 1"' "$genba" -s site/no.genba scan -i vb -f 'tcp prot 1'
ok "a name in a filter" says "unknown host" "$genba" -s site/no.genba scan -i vb -f 'host panel.factory.example'
"$genba" -s site/names.genba scan -q first.pcap -f 'host panel.factory.example' 2> names.err
ok "and in that of captures" has "write addresses|unknown host" names.err
ok "a port's name in one" status 0 "$genba" -s site/port.genba scan -i vb -d 1s -f 'not tcp port 102 and not port http'
if command -v strace > /dev/null && strace -o /dev/null true 2> /dev/null; then
	strace -f -e trace=network -o filter.trace "$genba" -s site/no.genba scan -i vb -f 'host panel.factory.example' 2> /dev/null
	ok "no name server is asked" eval '! grep -q "[0-9] connect(\|[0-9] send" filter.trace'
fi
ok "captures and -i" status 64 "$genba" -s site/no.genba scan -i vb first.pcap
ok "a bad duration" status 64 "$genba" -s site/no.genba scan -i vb -d 8x
ok "an interface twice" says "given twice" "$genba" -s site/no.genba scan -i vb -i vb
ok "-d without -i" status 64 "$genba" -s site/no.genba scan -d 8h first.pcap
ok "no right to listen: how to give it" says "setcap cap_net_raw=ep" \
	setpriv --bounding-set -net_raw --inh-caps -net_raw "$genba" -s site/no.genba scan -i vb
ip link set vd down
ok "an interface that is down" says "ip link set vd up" "$genba" -s site/no.genba scan -i vd
ip link set vd up
if [ $real_root = 1 ]; then
	mkdir closed
	ok "a site file that the other user may not write" says "chown" "$genba" -s closed/x.genba scan -i vb -d 1s
	ok "was not made" [ ! -e closed/x.genba ]
fi
ok "none of these made a site file" [ ! -e site/no.genba ]

# ---- the same as from a file, and nothing is sent ----
mkdir keep && [ $real_root = 0 ] || chown 65534:65534 keep
listen live -i vb --snapshot 1s --keep keep
for p in $pid $child; do
	ok "no capability is left" no_capability "$p"
	ok "none can come back" has '^NoNewPrivs:[[:space:]]1' "/proc/$p/status"
	[ $real_root = 0 ] || ok "not root's group" has '^Gid:[[:space:]]65534[[:space:]]65534[[:space:]]65534[[:space:]]65534' "/proc/$p/status"
	[ $real_root = 0 ] || ok "not root" has '^Uid:[[:space:]]65534[[:space:]]65534[[:space:]]65534[[:space:]]65534' "/proc/$p/status"
done
"$send" va first.pcap 40000 > sent.txt || { echo "frames cannot be sent here: skipped"; exit 77; }
sent=$(cut -d' ' -f1 sent.txt)
ok "SIGUSR1 shows progress" eval 'kill -USR1 $pid; wait_for 5 has "frames, .*coverage" live.err'
ok "a snapshot is there while it runs" wait_for 5 is_running live
kill -TERM "$pid"
wait "$pid"
ok "SIGTERM ends it well" is $? 0
ok "the scan is complete" is "$(state live)" complete
ok "every frame was heard" is "$(counted live)" "$sent"
ok "not one was sent" is "$(frames_sent_by vb)" 0
"$genba" -s site/file.genba scan -q first.pcap
"$genba" -s site/kept.genba scan -q keep/genba-*-vb.pcap
for i in live kept file; do heard $i > $i.txt; done
ok "what was kept shows the same devices" diff live.txt kept.txt
ok "the same devices as from the file" diff live.txt file.txt
ok "evidence names the kept file" says "\"file\": \"genba-" "$genba" -s site/live.genba devices --format json

# ---- two interfaces; one goes down, comes back, and disappears ----
listen two -i vb -i vd
"$send" vc first.pcap 40000 > /dev/null
"$send" va first.pcap 40000 > /dev/null &
sender=$!
sleep 0.5
ip link set vb down
ok "an interface that goes down is told" wait_for 5 has "vb: the interface is down" two.err
sleep 1
ip link set vb up
ok "and when it is up again" wait_for 5 has "vb: the interface is up again" two.err
wait "$sender"
"$send" va first.pcap 40000 > /dev/null
ip link set vc down
ok "a cable that is out is told" wait_for 5 has "vd: the interface is down" two.err
ip link set vc up
ok "and when it is in again" wait_for 5 has "vd: the interface is up again" two.err
ip link del vd
ok "one that disappears is told" wait_for 5 has "vd: the interface disappeared" two.err
ok "the other goes on" kill -0 "$pid"
kill -INT "$pid" && kill -INT "$pid"
wait "$pid"
ok "two SIGINT end it well" is $? 0
ok "it is complete" is "$(state two)" complete
ok "the gap is named" has "vb: the interface was down: 1 times" two.err
ok "what came after it was heard, and what came to the other" [ "$(counted two)" -ge $((2 * sent)) ]
ok "evidence names the interface where nothing is kept" says '"interface": "vd"' \
	"$genba" -s site/two.genba devices --format json
ok "nothing was sent" is "$(frames_sent_by vb)" 0

# ---- kill -9 of everything leaves the last snapshot ----
listen killed -i vb --snapshot 1s
"$send" va first.pcap 40000 > /dev/null
ok "a snapshot was stored" wait_for 5 is_running killed
kill -9 "$pid" "$child"
wait "$pid" 2> /dev/null
ok "killed: interrupted" is "$(state killed)" interrupted
ok "with what was heard until then" [ "$(counted killed)" -gt 1000 ]
ok "and it can be read" [ "$(heard killed | wc -l)" -gt 5 ]

# ---- the reading process dies: what it had sent is kept ----
listen dead -i vb --snapshot 1s
"$send" va first.pcap 40000 > /dev/null
wait_for 5 is_running dead
kill -9 "$child"
wait "$pid"
ok "a dead reader is an error" is $? 2
ok "that says so" has "ended early .* is kept" dead.err
ok "the scan is kept as interrupted" is "$(state dead)" interrupted

# ---- a duration, a filter, files that rotate, a disk that is full ----
mkdir small rotate && [ $real_root = 0 ] || chown 65534:65534 rotate
mount -t tmpfs -o "size=1m,mode=1777" none small || { echo "no tmpfs: the full disk is skipped"; skipped=$((skipped + 1)); }
ok "a duration ends it well" status 0 timeout 30 "$genba" -s site/short.genba scan -i vb -d 1s
ok "complete, though nothing was heard" is "$(state short)" complete
listen rotate -i vb --keep rotate --keep-size 4M
"$send" va first.pcap 40000 > /dev/null
kill -INT "$pid"
wait "$pid"
ok "files that rotate end well" is $? 0
ok "every frame is counted" is "$(counted rotate)" "$sent"
ok "several files are there" [ "$(ls rotate | wc -l)" -gt 5 ]
ok "not more than was allowed" [ "$(cat rotate/*.pcap | wc -c)" -le $((4 * 1024 * 1024)) ]
if mountpoint -q small; then
	listen full -i vb --keep small -f 'not icmp'
	"$send" va first.pcap 40000 > /dev/null
	ok "a full disk is told" wait_for 5 has "kept no more" full.err
	ok "the scan goes on" kill -0 "$pid"
	kill -INT "$pid"
	wait "$pid"
	ok "and ends well" is $? 0
	ok "with most of the frames" [ "$(counted full)" -gt $((sent / 2)) ]
	"$genba" -s site/part.genba scan small/*.pcap > part.out 2>&1
	ok "what was kept ends at a frame" eval '! grep -q "as far as it goes" part.out'
	# The next file was asked for, but is not there yet when the disk is full.
	rm -f small/*
	listen next -i vb --keep small --keep-size 8M
	kill -STOP "$pid"
	"$send" va first.pcap 40000 > /dev/null
	kill -CONT "$pid"
	ok "a disk that is full before the next file" wait_for 5 has "kept no more" next.err
	kill -INT "$pid"
	wait "$pid"
	"$genba" -s site/next.genba scan small/*.pcap > part.out 2>&1
	ok "there is one file, whole to its end" eval '[ $(ls small | wc -l) = 1 ] && ! grep -q "as far as it goes\|left out" part.out'
fi

# ---- frames that come faster than they are read ----
listen slow -i vb --buffer 1
kill -STOP "$child"
"$send" va first.pcap 40000 > /dev/null
kill -CONT "$child"
kill -INT "$pid"
wait "$pid"
ok "losing frames is no error" is $? 0
ok "what was lost is counted" has "frames lost before they were read +[1-9]" slow.out
lost=$(sed -n 's/.*before they were read *//p' slow.out)
ok "heard and lost are what was sent" is $(($(counted slow) + ${lost:-0})) "$sent"

# ---- whom sudo calls for ----
if [ $real_root = 1 ]; then
	mkdir theirs && chown 12345:12345 theirs
	SUDO_UID=12345 SUDO_GID=12345 "$genba" -s theirs/s.genba scan -q -i vb -d 1s
	ok "who called sudo owns the site file" is "$(stat -c %u:%g theirs/s.genba)" 12345:12345
fi

# ---- no root at all: the right stands on the program ----
if [ $real_root = 1 ] && cp "$genba" own-genba 2> /dev/null && chmod 755 own-genba && setcap cap_net_raw=ep own-genba 2> /dev/null; then
	if setpriv --reuid 65534 --regid 65534 --clear-groups ./own-genba -s site/cap.genba scan -i vb -d 1s > cap.out 2>&1; then
		ok "the program's own right is enough" is "$(state cap)" complete
	else
		cat cap.out
		ok "the program's own right is enough" false
	fi
else
	skipped=$((skipped + 1))
fi
if [ $real_root = 1 ]; then
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps +net_raw --ambient-caps +net_raw \
		"$genba" -s site/ambient.genba scan -i vb > ambient.out 2> ambient.err &
	pid=$!
	started+=("$pid")
	ok "a right that a service manager gave is enough" wait_for 10 reader "$pid"
	ok "and is given up" no_capability "$pid"
	kill -TERM "$pid"
	wait "$pid"
	ok "it ends well" is $? 0
fi
finish
