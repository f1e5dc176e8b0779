#!/bin/bash
# Zones over the made-up factory: the proposal, a zone file with a device list, what is refused.
. "${top_srcdir:-.}/tests/lib.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-zones.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
unset GENBA_SITE LANGUAGE
export LC_ALL=C.UTF-8 TZ=UTC SOURCE_DATE_EPOCH=1715600000
lacks() { # lacks TEXT COMMAND...
	! "${@:2}" 2>&1 | grep -qF -- "$1"
}
"$top_builddir/tests/gen/factory" --hours 0.5 -o "$work/f.pcap" || exit 99
case $genba in */*) genba=$(realpath "$genba") ;; esac
cd "$work" || exit 99
g() { "$genba" -s s.genba "$@"; }

ok "no site file" status 2 "$genba" -s none.genba zones list
ok "scan" g scan -q f.pcap

# ---- the proposal ----
ok "a control zone" says "control 192.168.3.0/24" g zones list
ok "an office zone" says "office 192.168.10.0/24" g zones list
ok "one network, seen tagged and not, is one zone" lacks "vlan 40" g zones list
ok "the internet" says '"name": "internet"' g zones list --format json
ok "a conduit" says "openvpn" g zones conduits
ok "nobody asks by ARP for a conduit" lacks ",arp," g zones conduits --format csv
ok "nothing is allowed or not yet" says ',0,0,,' g zones conduits --format csv
g zones export > proposal.yaml
ok "the proposal can be read back" g zones import proposal.yaml
ok "and is declared then" says '"declared": 1' g zones list --format json
ok "forget" g zones forget
ok "and is proposed again" lacks '"declared": 1' g zones list --format json

# ---- a zone file and its device list ----
cat > zones.yaml <<'END'
zones:
  - {name: ライン1, level: 1, prefixes: [192.168.1.0/24], note: プレス}
  - {name: line-2, prefixes: [192.168.2.0/24]}
  - {name: line-3, prefixes: [192.168.3.0/24]}
  - {name: maintenance, macs: ["00:30:11:21:7c:44"]}
  - {name: office, prefixes: [192.168.10.0/24]}
conduits:
  - {from: ライン1, to: line-2, protocols: [s7comm]}
  - {from: office, to: internet}
remote:
  - {name: builder, prefixes: [10.8.0.0/24], hours: "01:00-01:15"}
devices: list.csv
END
printf 'MACアドレス,IPアドレス,機器名,種類,管理者,更新予定\r\n3c-d9-2b-6e-01-32,,設備PC,engineering,生産技術,2025年度\r\n,192.168.2.10,2号PLC,PLC,保全,\r\n,192.168.99.9,予備,,,\r\n' |
	iconv -f UTF-8 -t CP932 > list.csv
ok "import, with a list as Excel in Japan saves it" g zones import zones.yaml
ok "says what it read" says "5 zones, 2 conduits, 1 windows for remote maintenance, 3 devices" g zones import zones.yaml
ok "a device stands in its zone" says '"zone": "ライン1"' g devices --format json
ok "the level is the file's" says ',1,ライン1,' g devices --format csv
ok "the kind is the list's" says ',engineering,' g devices --format csv
ok "an allowed conduit" sh -c '"$0" -s s.genba zones conduits --format csv | grep -q "^ライン1,line-2,s7comm,.*,1,0,20"' "$genba"
ok "one that is not" sh -c '"$0" -s s.genba zones conduits --format csv | grep -q "^ライン1,line-3,fins,.*,0,1,20"' "$genba"
ok "to the internet, allowed" sh -c '"$0" -s s.genba zones conduits --format csv | grep -q "^office,internet,tls,.*,1,0,20"' "$genba"
g zones export > back.yaml
ok "the file comes back as it was" cmp -s zones.yaml back.yaml
ok "the list alone" g zones import --devices list.csv
ok "Japanese" says "ゾーン" g --lang ja zones list

# ---- what is refused leaves what was there ----
printf 'zones:\n  - {name: a, prefixes: [192.168.1.0/99]}\n' > bad.yaml
ok "a wrong network" says "bad.yaml:2" g zones import bad.yaml
ok "with status 2" status 2 g zones import bad.yaml
# A long name is cut between characters, wherever that is.
for start in '' a ab; do
	printf 'zones:\n  - name: %s%s\n    level: 1\n' "$start" "$(printf '工%.0s' {1..60})" >bad.yaml
	g zones import bad.yaml >cut 2>&1
	ok "cut between characters${start:+ ($start)}" iconv -f UTF-8 -t UTF-8 -o /dev/null cut
	ok "and quoted${start:+ ($start)}" grep -q '工"' cut
done
printf 'zones: [{name: a}]\ndevices: missing.csv\n' > missing.yaml
ok "a list that is not there" says "missing.csv" g zones import missing.yaml
printf 'mac\nzz\n' > bad.csv
ok "a wrong list" says "bad.csv:2" g zones import --devices bad.csv
printf '\x00\x01' > binary.yaml
ok "no text" says "no text" g zones import binary.yaml
ok "nothing to import" status 64 g zones import
g zones export > back.yaml
ok "the file is still there" cmp -s zones.yaml back.yaml

# ---- what is compared ----
ok "no such baseline" status 2 g scans --baseline 7
ok "a baseline" g scans --baseline 1
ok "the first one" g scans --baseline first

finish
