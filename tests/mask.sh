#!/bin/bash
# genba report --mask: nothing that names a device or a person is left, in any format; pseudonyms stay the same for a site.
. "${top_srcdir:-.}/tests/lib.sh"
command -v python3 >/dev/null || { echo "python3 is not installed: left out"; exit 77; }
unset LANGUAGE GENBA_SITE
export LC_ALL=C.UTF-8 SOURCE_DATE_EPOCH=1715600000 TZ=Asia/Tokyo
dir=$(mktemp -d "${TMPDIR:-/tmp}/genba-mask.XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT
source_dir=$(realpath "$top_srcdir")
lacks() { # lacks PATTERN FILE...
	! grep -qEi -- "$1" "${@:2}"
}
# reports SITE NAME: every format of it, masked.
reports() {
	local format
	for format in html text md json csv xlsx pdf; do
		"$genba" -s "$1" report --mask --format $format -o "$2.$format" 2>/dev/null || rm -f "$2.$format"
	done
	"$genba" -s "$1" --lang ja report --mask -o "$2.ja.html"
}
# clean NAME WORD...: no leak in the formats that are text.
clean() {
	python3 "$source_dir/tests/mask.py" "$1.devices" "${@:2}" -- "$1".{html,text,md,json,ja.html} $(ls "$1.csv" 2>/dev/null)
}
# pseudonym MODEL.json FIELD ID: of this device
pseudonym() {
	python3 -c 'import json,sys
for d in json.load(open(sys.argv[1]))["devices"]:
	if d["id"] == int(sys.argv[3]): print(d[sys.argv[2]])' "$@"
}

# ---- a made-up factory, with everything that people write ----
site=$dir/a.genba
"$top_builddir/tests/gen/factory" --hours 0.5 -o "$dir/himitsu-line.pcap" || exit 99
"$genba" -s "$site" scan -q "$dir/himitsu-line.pcap" --point '北棟の分電盤' --operator '鈴木一郎' --authorised-by '田中社長' || exit 99
"$genba" -s "$site" ask --answers "$source_dir/tests/data/sample-answers.yaml" >/dev/null || exit 99
"$genba" -s "$site" except add OT-STOP-001 --reason '高橋製作所との約束' --approver '佐藤花子' --expires 2099-01-01 >/dev/null
cat >"$dir/zones.yaml" <<-'END'
	zones:
	  - {name: プレス課, level: 1, prefixes: [192.168.1.0/24]}
	  - {name: hakodate-2, prefixes: [192.168.2.0/24]}
	devices: list.csv
END
printf 'MAC,IP,name,kind,owner,plan\n3c-d9-2b-6e-01-32,,渡辺のパソコン,engineering,渡辺次郎,2026年に更新\n' >"$dir/list.csv"
"$genba" -s "$site" zones import "$dir/zones.yaml" >/dev/null
"$genba" -s "$site" devices --format json >"$dir/a.devices"
reports "$site" "$dir/a"
ok "no address, name or serial number is left" clean "$dir/a" himitsu-line 北棟 鈴木一郎 田中社長 高橋製作所 佐藤花子 プレス課 \
	hakodate-2 渡辺のパソコン 渡辺次郎 2026年に更新 サンプル製作所 工場長 困ったら社長に聞く 設備台帳にPCを書き足した
"$genba" -s "$site" report --format json -o "$dir/plain.json"
ok "… where there were some" status 1 python3 "$source_dir/tests/mask.py" "$dir/a.devices" -- "$dir/plain.json"
ok "what findings need is left" grep -q '1769-L30ER' "$dir/a.html"
ok "a page says that it is masked" grep -q 'pseudonyms' "$dir/a.html"
ok "… and the model" grep -q '"masked": true' "$dir/a.json"
ok "without --mask nothing says so" lacks '"masked"' "$dir/plain.json"
for format in xlsx pdf; do
	[ -e "$dir/a.$format" ] || continue
	mkdir -p "$dir/$format" && (cd "$dir/$format" && unzip -qo "../a.$format" 2>/dev/null || cp "../a.$format" .)
	ok "$format" status 1 grep -rqaF -e SEIGI-PC01 -e 192.168.1. -e 鈴木一郎 "$dir/$format"
done

# ---- the same site again, and another site ----
same="$(pseudonym "$dir/a.json" label 3) $(pseudonym "$dir/a.json" addresses 3)"
"$top_builddir/tests/gen/factory" --hours 1 -o "$dir/later.pcap"
"$genba" -s "$site" scan -q "$dir/later.pcap" || exit 99
"$genba" -s "$site" report --mask -o "$dir/later.json"
ok "the same device is called the same in the next scan" test "$same" = \
	"$(pseudonym "$dir/later.json" label 3) $(pseudonym "$dir/later.json" addresses 3)"
"$genba" -s "$dir/b.genba" scan -q "$dir/himitsu-line.pcap" || exit 99
"$genba" -s "$dir/b.genba" report --mask -o "$dir/b.json"
ok "… and otherwise in another site" test "$same" != "$(pseudonym "$dir/b.json" label 3) $(pseudonym "$dir/b.json" addresses 3)"
"$genba" -s "$site" report --mask -o "$dir/again.json"
ok "the same bytes twice" cmp -s "$dir/later.json" "$dir/again.json"

# ---- real captures with many names ----
captures=$(realpath -m "$source_dir/../shared/captures")
for name in smb-cifs-japan__zeek-parser-cifs-com__Traces_test.pcap netbios__ndpi__netbios.pcap \
	smb2-win10__arkime__wireshark-smb-on-windows10.pcap mdns-ssdp-tls-home__mdns__trace.pcap lldp-cdp__tcpdump__LLDP_and_CDP.pcap \
	profinet-dcp-rt-iocm-lldp__icsnpp-profinet-io-cm__profinet_io_cm_mixed_1.pcap \
	ads-beckhoff-addroute__ics-security-tools__addroute1.pcapng snmp__ndpi__snmp.pcap \
	opcua-discovery-getendpoints__icsnpp-opcua-binary__open62541_discover_getendpoints_discover_urls.pcap \
	bacnet-host-multidevice__malcolm-test-artifacts__BACnet_Host.pcap; do
	short=$dir/${name%%__*}
	if [ ! -e "$captures/$name" ] || ! timeout 60 "$genba" -s "$short.genba" scan -q "$captures/$name" 2>/dev/null; then
		skipped=$((skipped + 1))
		continue
	fi
	"$genba" -s "$short.genba" devices --format json >"$short.devices"
	reports "$short.genba" "$short"
	ok "${name%%__*}" clean "$short"
done
finish
