#!/bin/bash
# A small network of real servers and clients, each in a network namespace of its own, on a switch with a mirror port.
# genba listens there for as long as they talk: every server must be in the inventory with its protocol, as a server,
# and who asked it as a client; and the computer that listens must not have sent one frame.
# Nothing of it touches the machine: network, processes and /run are those of this test.
need=(ip tc unshare tcpdump python3 openssl curl ssh mosquitto mosquitto_pub snmpd snmpget lldpd smbd smbclient vsftpd
	telnet dropbear dropbearkey nginx mbpoll dnsmasq udhcpc chronyd busybox cc pkg-config)
export PATH=$PATH:/usr/sbin:/sbin
if [ -z "$GENBA_LAB" ]; then
	[ "$(id -u)" = 0 ] || { echo "needs root, as servers change their user: skipped"; exit 77; }
	for i in "${need[@]}"; do
		command -v "$i" > /dev/null || missing="$missing $i"
	done
	pkg-config --exists libmodbus 2> /dev/null || missing="$missing libmodbus"
	[ -z "$missing" ] || { echo "not here:$missing (script/setup --test installs them): skipped"; exit 77; }
	own=(unshare -nmp --fork --kill-child --mount-proc)
	"${own[@]}" sh -c 'ip link add name s0 type bridge && ip link add name va type veth peer name vb &&
		tc qdisc add dev va clsact && tc filter add dev va ingress protocol all prio 1 u32 match u32 0 0 \
		action mirred egress mirror dev vb' 2> /dev/null ||
		{ echo "no network namespace with a switch that mirrors to be had: skipped"; exit 77; }
	GENBA_LAB=1 timeout -k 5 170 "${own[@]}" bash "$0"
	exit
fi
. "${top_srcdir:-.}/tests/lib.sh"
lab=$(cd "$top_srcdir/tests/lab" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-lab.XXXXXX") || exit 99
trap 'cd /; rm -rf "$work"' EXIT
unset GENBA_SITE LANGUAGE SOURCE_DATE_EPOCH SUDO_UID SUDO_GID
export LC_ALL=C.UTF-8
ulimit -n 1024   # some servers close every descriptor that there might be
mount -t tmpfs none /run && mkdir -p /run/netns /run/lldpd /run/chrony || exit 99
chmod 711 "$work"
cd "$work" || exit 99
# Servers look up who calls: at once, not after a resolver's patience.
printf '10.77.0.50 hmi\n127.0.0.1 localhost\n' > hosts
: > resolv.conf
mount --bind hosts /etc/hosts
mount --bind resolv.conf "$(readlink -f /etc/resolv.conf)"
mkdir log site && chown 65534 site

# wait_for SECONDS COMMAND...: until it is true
wait_for() {
	local until=$((SECONDS + $1))
	while [ $SECONDS -lt $until ]; do
		"${@:2}" > /dev/null 2>&1 && return
		sleep 0.2
	done
	return 1
}
at() { ip netns exec "$@"; }   # at DEVICE COMMAND...
# serve DEVICE COMMAND...: in the background; what it says goes to log/DEVICE
serve() { at "$@" >> "log/$1" 2>&1 < /dev/null & }
quiet() { # quiet INTERFACE: says nothing of its own
	echo 1 > "/proc/sys/net/ipv6/conf/$1/disable_ipv6"
	ip link set "$1" arp off up
}

# ---- the switch: a bridge whose ports copy what comes in to the mirror port ----
ip link add switch type bridge stp_state 0 mcast_snooping 0
quiet switch
ip netns add genba
ip link add mirror type veth peer name span0 netns genba || exit 99
quiet mirror
at genba sh -c 'echo 1 > /proc/sys/net/ipv6/conf/span0/disable_ipv6; ip link set span0 arp off; ip link set span0 up'

# plug DEVICE NUMBER [ADDRESS]: a device with a cable in the switch
plug() {
	ip netns add "$1" && ip link add "p$2" type veth peer name eth0 netns "$1" || exit 99
	quiet "p$2"
	ip link set "p$2" master switch
	tc qdisc add dev "p$2" clsact
	tc filter add dev "p$2" ingress protocol all prio 1 u32 match u32 0 0 action mirred egress mirror dev mirror || exit 99
	at "$1" sh -c "ip link set lo up; ip link set eth0 address 02:4c:00:00:00:$2; ip link set eth0 up"
	at "$1" ethtool -K eth0 tx off tso off gso off > /dev/null 2>&1   # as it is on a cable
	[ -z "$3" ] || at "$1" ip addr add "$3/24" dev eth0
}
n=10
for i in broker agent access files drop console shell web plc names clock; do
	n=$((n + 1))
	plug "$i" $n 10.77.0.$n
done
plug hmi 50 10.77.0.50
plug guest 60

# ---- servers ----
printf 'listener 1883 10.77.0.11\nallow_anonymous true\npersistence false\n' > mosquitto.conf
serve broker mosquitto -c "$work/mosquitto.conf"

printf 'agentaddress udp:10.77.0.12:161\nrocommunity public\nsysName press-agent\n' > snmpd.conf
SNMP_PERSISTENT_DIR=$work/snmp serve agent snmpd -f -Lo -C -c "$work/snmpd.conf" -p "$work/snmpd.pid"

serve access lldpd -d -I eth0 -u "$work/lldpd.socket"

mkdir share samba && echo "drawing 1" > share/part.txt
cat > smb.conf << END
[global]
server role = standalone server
map to guest = Bad User
disable netbios = no
smb ports = 445
interfaces = 10.77.0.14
bind interfaces only = yes
pid directory = $work/samba
lock directory = $work/samba
state directory = $work/samba
cache directory = $work/samba
private dir = $work/samba
ncalrpc dir = $work/samba/rpc
log file = $work/log/smbd
load printers = no
[share]
path = $work/share
guest ok = yes
END
serve files smbd -F --no-process-group -s "$work/smb.conf"

mkdir pub empty && echo "program" > pub/part.nc
cat > vsftpd.conf << END
listen=YES
listen_address=10.77.0.15
background=NO
anonymous_enable=YES
anon_root=$work/pub
secure_chroot_dir=$work/empty
END
serve drop vsftpd "$work/vsftpd.conf"

serve console python3 "$lab/telnetd.py" 10.77.0.16 $(command -v telnetd)

dropbearkey -t ecdsa -f host.key > log/key 2>&1
serve shell dropbear -F -E -r "$work/host.key" -p 10.77.0.17:22 -P "$work/dropbear.pid"

openssl req -x509 -newkey rsa:2048 -nodes -keyout web.key -out web.crt -days 30 -subj "/CN=mes.lab" > log/cert 2>&1
mkdir www && echo "<title>MES</title>" > www/index.html && chmod 755 www
cat > nginx.conf << END
daemon off;
pid $work/nginx.pid;
error_log $work/log/nginx;
events { }
http {
	access_log off;
	server { listen 10.77.0.18:80; root $work/www; }
	server { listen 10.77.0.18:443 ssl; ssl_certificate $work/web.crt; ssl_certificate_key $work/web.key; root $work/www; }
}
END
serve web nginx -p "$work" -c "$work/nginx.conf" -e "$work/log/nginx"

read -ra flags < <(pkg-config --cflags --libs libmodbus)
cc -o modbus_server "$lab/modbus_server.c" "${flags[@]}" || exit 99
serve plc "$work/modbus_server" 10.77.0.19

cat > dnsmasq.conf << END
port=53
user=root
no-resolv
no-hosts
interface=eth0
pid-file=$work/dnsmasq.pid
dhcp-leasefile=$work/leases
dhcp-range=10.77.0.100,10.77.0.120,255.255.255.0,1h
host-record=plc.lab,10.77.0.19
END
serve names dnsmasq -k -C "$work/dnsmasq.conf"

cat > chrony.conf << END
local stratum 8
allow
bindaddress 10.77.0.21
bindcmdaddress /
cmdport 0
pidfile $work/chrony.pid
END
serve clock chronyd -x -d -u root -f "$work/chrony.conf"

# ---- listening ----
sent() { awk '/TX:/ { getline; print $2 }'; }   # of "ip -s link show"
reader() {
	local child
	child=$(cat "/proc/$1/task/$1/children") && child=${child%% *} && grep -q '^Seccomp:[[:space:]]2' "/proc/$child/status"
}
before=$(at genba ip -s link show span0 | sent)
# Whatever comes out of the listening computer arrives here.
tcpdump -Z root -n -i mirror -Q in -w from-genba.pcap > log/tcpdump 2>&1 &
watch=$!
ip netns exec genba "$genba" -s site/lab.genba scan -i span0 -d 150s > scan.out 2> scan.err &
scan=$!
ok "genba listens" wait_for 10 reader "$scan"
mirrored=$(ip -s link show mirror | sent)
ok "tcpdump watches it" wait_for 10 grep -q "listening on" log/tcpdump

# ---- clients; each is tried until its server is up ----
ask() { ok "$1" wait_for 20 timeout 8 ip netns exec hmi "${@:2}"; }
mqtt() {
	mosquitto_sub -h 10.77.0.11 -t line/1 -C 1 -W 5 > "$work/heard" &
	sleep 0.3
	mosquitto_pub -h 10.77.0.11 -t line/1 -m running && wait $! && grep -q running "$work/heard"
}
types() { sleep 1; echo operator; sleep 0.5; echo secret; sleep 0.5; }
telnets() { types | timeout 4 telnet 10.77.0.16 2>&1 | grep -i "login" > /dev/null; }
# Nobody may log in there: that the server asks is enough.
secure_shell() {
	ssh -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null operator@10.77.0.17 2>&1 |
		grep -q "Permission denied"
}
lease() { udhcpc -f -q -n -t 5 -T 1 -i eth0 -s "$work/lease.sh"; }
export work
export -f mqtt types telnets secure_shell lease
printf '#!/bin/sh\n[ "$1" != bound ] || ip addr add "$ip/24" dev eth0\n' > lease.sh && chmod 755 lease.sh

ok "a computer gets its address" wait_for 20 at guest bash -c lease
for round in 1 2; do
	ask "MQTT $round" bash -c mqtt
	ask "SNMP $round" snmpget -v 2c -c public 10.77.0.12 1.3.6.1.2.1.1.5.0 1.3.6.1.2.1.1.1.0
	ask "SMB $round" smbclient -N //10.77.0.14/share -c 'get part.txt /dev/null'
	ask "FTP $round" curl -sf -m 5 -o /dev/null ftp://10.77.0.15/part.nc
	ask "Telnet $round" bash -c telnets
	ask "SSH $round" bash -c secure_shell
	ask "HTTP $round" curl -sf -m 5 -o /dev/null http://10.77.0.18/
	ask "HTTPS $round" curl -sfk -m 5 -o /dev/null https://10.77.0.18/
	ask "Modbus $round" mbpoll -m tcp -1 -r 1 -c 10 10.77.0.19
	ask "DNS $round" busybox nslookup -type=a plc.lab 10.77.0.20
	ask "NTP $round" chronyd -x -Q -t 15 -u root -f /dev/null "server 10.77.0.21 iburst" "bindcmdaddress /" "cmdport 0" \
		"pidfile $work/ask.pid"
done
ask "Modbus: a value is written" mbpoll -m tcp -1 -r 5 10.77.0.19 7
ok "LLDP: a word of the switch" wait_for 30 lldpcli -u lldpd.socket update
# What would make the listening computer answer, if it could.
at hmi busybox arping -c 2 -I eth0 10.77.0.99 > log/arping 2>&1
at hmi busybox ping6 -c 2 -W 1 ff02::1%eth0 > log/ping6 2>&1
sleep 2
mirrored=$(($(ip -s link show mirror | sent) - mirrored))

kill -INT "$scan"
wait "$scan"
ok "the scan ends well" [ $? = 0 ]
kill -TERM "$watch"
wait "$watch"

# ---- nothing was sent ----
is() { [ "$1" = "$2" ] || { echo "got $1, expected $2"; return 1; }; }
ok "the interface counts no frame sent" is "$(($(at genba ip -s link show span0 | sent) - before))" 0
ok "and none arrived at the switch" is "$(tcpdump -n -r from-genba.pcap 2> log/read | wc -l)" 0
heard=$(sed -n 's/^  frames  *//p' scan.out)
# Some frames came before they were counted here, or after.
ok "what the mirror port gave was heard" [ "${heard:-0}" -ge "$mirrored" ]
ok "nothing was lost" eval '! grep -q "lost before" scan.out'

# … which would have been seen: one frame, sent on purpose.
tcpdump -Z root -n -c 1 -i mirror -Q in -w sent.pcap > log/control 2>&1 &
control=$!
wait_for 10 grep -q "listening on" log/control
at genba python3 -c 'import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("span0", 0))
s.send(b"\xff" * 6 + b"\x02\x4c\0\0\0\x70\x88\xb5" + b"x" * 46)'
ok "a frame that is sent arrives there" wait_for 5 eval '! kill -0 $control'
kill "$control" 2> /dev/null
ok "and is counted" is "$(($(at genba ip -s link show span0 | sent) - before))" 1

# ---- what genba heard ----
"$genba" -s site/lab.genba devices --format json > devices.json
python3 - devices.json > roles.txt << 'END'
import json, sys
for d in json.load(open(sys.argv[1]))["devices"]:
    for p in d["protocols"]:
        for a in d["ipv4"] + d["macs"]:
            print(a, p["name"], p["role"], p["confidence"])
END
server() { # server ADDRESS PROTOCOL: it is a server of it, and the panel a client, beyond a guess
	ok "$2: $1 serves" grep -qE "^$1 $2 (server|both) (confirmed|content)" roles.txt
	[ -n "$3" ] || ok "$2: asked by the panel" grep -qE "^10.77.0.50 $2 (client|both) (confirmed|content)" roles.txt
}
server 10.77.0.11 mqtt
server 10.77.0.12 snmp
server 10.77.0.14 smb
server 10.77.0.15 ftp
server 10.77.0.16 telnet
server 10.77.0.17 ssh
server 10.77.0.18 http
server 10.77.0.18 tls
server 10.77.0.19 modbus
server 10.77.0.20 dns
server 10.77.0.20 dhcp alone
server 10.77.0.21 ntp
ok "dhcp: asked by the guest" grep -qE "^(02:4c:00:00:00:60|10.77.0.1..) dhcp client" roles.txt
ok "lldp: told by the switch" grep -qE "^10.77.0.13 lldp" roles.txt
ok "and by nobody else" is "$(grep ' lldp ' roles.txt | grep -cvE '^(10.77.0.13|02:4c:00:00:00:13) ')" 0
if [ $failed -gt 0 ] || [ -n "$GENBA_LAB_SHOW" ]; then
	sort -V roles.txt
	tail -n 30 scan.out scan.err
	tail -n 5 log/* 2> /dev/null
fi
finish
