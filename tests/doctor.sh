#!/bin/bash
# genba doctor in a network namespace of its own: a port as it comes, the same port set up to listen, and none.
. "${top_srcdir:-.}/tests/lib.sh"
unset LANGUAGE GENBA_SITE
export LC_ALL=C.UTF-8 PATH=$PATH:/usr/sbin:/sbin
for tool in unshare ip ethtool; do
	command -v $tool >/dev/null || { echo "skipped: $tool is not there"; exit 77; }
done
if [ "${1:-}" != inside ]; then
	# /run tells of the namespace outside.
	unshare -rnm sh -c 'mount -t tmpfs none /run && ip link add v0 type veth peer name v1' 2>/dev/null ||
		{ echo "skipped: no namespaces here"; exit 77; }
	exec timeout 120 unshare -rnm "$BASH" "$0" inside
fi
mount -t tmpfs none /run
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-doctor.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
frames=$(realpath "${top_builddir:-.}/tests/gen/frames") || exit 99
case $genba in */*) genba=$(realpath "$genba") ;; esac
cd "$work" || exit 99

# result ID [IFACE]: what the last doctor.json says of a check.
result() {
	tr -d '\n' <doctor.json | sed 's/},* */&\n/g' |
		grep -F "\"id\": \"$1\"" | grep -F "\"interface\": ${2:+\"}${2:-null}${2:+\"}" |
		sed 's/.*"result": "\([a-z]*\)".*/\1/'
}
doctor() { # doctor ARGUMENT...: into doctor.txt and doctor.json
	"$genba" doctor "$@" >doctor.txt 2>&1
	code=$?
	"$genba" doctor --format json "$@" >doctor.json 2>doctor.err
}
judged() { # judged RESULT ID [IFACE]
	local is
	is=$(result "${@:2}")
	[ "$is" = "$1" ] || { echo "  $2 of ${3:-the machine}: ${is:-nothing}, expected $1"; false; }
}
has() { grep -qF -- "$1" doctor.txt; }
lacks() { ! grep -qF -- "$1" doctor.txt; }
narrow() { # no line but a command is wider than 80 columns
	! grep -v '^ *\$ ' doctor.txt | wc -L | awk '{ exit $1 <= 80 }'
}

# As it comes: an address, IPv6, ARP.
ip link add v0 type veth peer name v1
ip link set v0 up && ip link set v1 up && ip addr add 192.168.77.5/24 dev v1
doctor -i v1
ok "an address is advised against" judged advice address v1
ok "IPv6 is advised against" judged advice ipv6 v1
ok "ARP is advised against" judged advice arp v1
ok "the link is there" judged ok link v1
ok "the address is named" has 192.168.77.5
ok "the command for the address" has '$ ip addr flush dev v1'
ok "the command for IPv6" has '$ sysctl -w net.ipv6.conf.v1.disable_ipv6=1'
ok "the command for ARP" has '$ ip link set dev v1 arp off'
ok "only what was asked for" lacks v0
ok "80 columns" narrow
doctor -i v1 --lang ja
ok "Japanese" has 助言
ok "80 columns in Japanese" narrow

# What it says is done, by the commands that it says.
doctor -i v1
sed -n 's/^ *\$ \(\(ip\|sysctl\|ethtool\) .*\)/\1/p' doctor.txt >commands
sh -e commands >/dev/null
ethtool -K v1 gro off rxvlan off 2>/dev/null
doctor -i v1
for check in link address ipv6 arp sent offload lost; do
	ok "$check after its commands" judged ok "$check" v1
done
ok "nothing is left to do on it" lacks 'dev v1'

# Programs that talk below IP.
python=$(command -v python3) && cat >talk.py <<'END'
import socket, subprocess, sys
held = []
for proto in 0x0800, 0x88cc:
    s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
    s.bind(("v1", proto))
    held.append(s)
sys.exit(subprocess.run(sys.argv[1:]).returncode)
END
if [ -n "$python" ]; then
	"$python" talk.py "$genba" doctor -i v1 --format json >doctor.json
	ok "a DHCP client" judged advice dhcp v1
	ok "an LLDP daemon" judged advice lldp v1
else
	skipped=$((skipped + 2))
fi

# A port that frames leave by.
ip link add br0 type bridge && ip link set v1 master br0
doctor -i v1
ok "a member of a bridge" judged problem bridge v1
ok "a problem is status 1" test "$code" -eq 1
ip link set v1 nomaster
ip link set v0 down
doctor -i v1 -i v0
ok "no link" judged problem link v1
ok "not up" judged problem link v0
doctor
ok "not up, and nobody asked" judged advice link v0
ok "nothing to listen to" judged problem interfaces
ip link set v0 up
ip addr add 192.168.78.5/24 dev v0 && ip route add default via 192.168.78.1
doctor
ok "the default route is not cut" lacks 'flush dev v0'
ok "the default route is named" judged advice route v0
ip link add link v0 name v0.7 type vlan id 7 2>/dev/null && {
	ip link set v0.7 up
	doctor -i v0.7
	ok "a VLAN" judged advice type v0.7
	ok "a dot in sysctl's names" has net/ipv6/conf/v0.7/disable_ipv6=1
}

ip link add 'w;x' type bridge && doctor -i 'w;x'
ok "a name that a shell would take apart" has "sysctl -w 'net.ipv6.conf.w;x.disable_ipv6=1'"

# What a manager of interfaces left word of.
index=$(ip -o link show v1 | cut -d: -f1)
mkdir -p /run/NetworkManager/devices /run/systemd/netif/links
printf '[device]\nmanaged=true\n' >"/run/NetworkManager/devices/$index"
printf 'ADMIN_STATE=configured\n' >"/run/systemd/netif/links/$index"
doctor -i v1
ok "NetworkManager" has '$ nmcli device set v1 managed no'
ok "systemd-networkd" has 'Name=v1'
printf '[device]\nmanaged=false\n' >"/run/NetworkManager/devices/$index"
printf 'ADMIN_STATE=unmanaged\n' >"/run/systemd/netif/links/$index"
doctor -i v1
ok "neither, when told not to" lacks managed

doctor -i lo
ok "the loopback" judged problem type lo
ok "keeps its address" lacks '$ ip'

# The machine.
for check in permission sandbox libraries; do
	ok "$check" judged ok "$check"
done
if command -v setpriv >/dev/null; then
	ok "no right to capture" says 'genba may not capture' setpriv --bounding-set -net_raw "$genba" doctor -i v1
else
	skipped=$((skipped + 1))
fi
ok "the folder is not there" status 1 "$genba" doctor -s nowhere/site.genba -i v1
ok "no site file, no word of a mirror" test -z "$(result mirror)"
ok "no site file is made" test ! -e site.genba
ok "locale" says 'export LC_ALL=C.UTF-8' env LC_ALL=C "$genba" doctor -i v1

# The last scan: who asked whom decides whether it was a mirror port.
printf '%s\n' 'tcp 192.168.1.10 > 192.168.1.31:80' '> "GET / HTTP/1.0\r\n\r\n"' '< "HTTP/1.0 200 OK\r\n\r\n"' close >web
"$frames" web web.pcap >/dev/null 2>&1 || "$frames" <web >web.pcap
"$genba" scan -q web.pcap >/dev/null 2>&1
before=$(cksum site.genba)
doctor -i v1
ok "the last scan is judged" test -n "$(result mirror)"
ok "the site file is left alone" test "$before" = "$(cksum site.genba)"
if [ -n "$python" ]; then
	"$python" -c 'import sqlite3; d = sqlite3.connect("site.genba"); d.execute("PRAGMA user_version = 0"); d.commit()'
	before=$(cksum site.genba)
	ok "an older site file" says 'by an older' "$genba" doctor -i v1
	ok "it stays one" test "$before" = "$(cksum site.genba)"
fi
echo damaged >other
ok "what is no site file" says 'The last scan was not looked at' "$genba" doctor -i v1 -s other
ok "it is left alone, too" test "$(cat other)" = damaged

# Usage.
ok "an interface that is not there" status 64 "$genba" doctor -i nope
ok "those that are" says 'lo, ' "$genba" doctor -i nope
ok "an argument" status 64 "$genba" doctor v1
ok "a format" status 64 "$genba" doctor --format csv
if command -v python3 >/dev/null; then
	ok "JSON" python3 -c 'import json; d = json.load(open("doctor.json")); assert d["schema"] == "genba.doctor/1" and d["checks"]'
fi
finish
