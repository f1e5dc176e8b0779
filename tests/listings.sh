#!/bin/bash
# The commands that read a site file, over the made-up factory scanned in two parts.
. "${top_srcdir:-.}/tests/lib.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-listings.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
unset GENBA_SITE LANGUAGE
export LC_ALL=C.UTF-8 TZ=UTC SOURCE_DATE_EPOCH=1715600000
lines() { # lines N COMMAND...
	[ "$("${@:2}" 2>/dev/null | wc -l)" -eq "$1" ]
}
"$genba" help scan >/dev/null 2>&1 || { echo "0 passed, 0 failed, 1 skipped"; exit 77; }
"$top_builddir/tests/gen/factory" --pieces 12000 -o "$work/p" || exit 99
cd "$work" || exit 99
first=p000.pcap
mapfile -t rest < <(ls p0*.pcap | tail -n +2)

# Nothing there yet: said, and no file made.
for c in devices conversations operations scans diff 'except list'; do
	ok "$c without a site file" status 2 "$genba" -s none.genba $c
done
ok "except add without a site file" status 2 "$genba" -s none.genba except add X --reason r --approver a --expires 2030-01-01
ok "reading makes no file" test ! -e none.genba

ok "scan one" "$genba" -s a.genba scan -q "$first" --point "盤 L2" --operator "山田"
ok "one scan is nothing to compare" says "fewer than two" "$genba" -s a.genba diff
ok "scan two" "$genba" -s a.genba scan -q "${rest[@]}"
ok "two scans" lines 3 "$genba" -s a.genba scans --format csv
ok "the point is kept" says "盤 L2" "$genba" -s a.genba scans
ok "the scan again is no third" "$genba" -s a.genba scan -q "$first" --point "盤 L2"
ok "still two scans" lines 3 "$genba" -s a.genba scans --format csv

# Every listing in every format, the same bytes every time.
for c in devices conversations operations scans diff; do
	for f in text json csv; do
		"$genba" -s a.genba "$c" --format $f > "$c.$f" 2> "$c.err"
		ok "$c --format $f" test $? -eq 0 -a -s "$c.$f" -a ! -s "$c.err"
		"$genba" -s a.genba "$c" --format $f > again
		ok "$c --format $f twice" cmp -s "$c.$f" again
	done
	ok "$c names its schema" grep -q "\"schema\": \"genba.$c/1\"" "$c.json"
	if command -v python3 >/dev/null; then
		ok "$c is JSON" python3 -c 'import json,sys; json.load(open(sys.argv[1]))' "$c.json"
		ok "$c is CSV with as many cells in every row" python3 -c '
import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding="utf-8")))
sys.exit(len(rows) < 2 or any(len(r) != len(rows[0]) for r in rows))' "$c.csv"
	else
		skipped=$((skipped + 2))
	fi
	ok "$c: unknown format" status 64 "$genba" -s a.genba "$c" --format xml
done

# The promise of devices --format json.
if command -v python3 >/dev/null; then
	ok "genba.devices/1" python3 -c '
import json, re, sys
d = json.load(open("devices.json"))
keys = ["id", "kind", "level", "zone", "name", "vendor", "model", "firmware", "hardware", "serial", "os", "hostnames",
        "macs", "ipv4", "ipv6", "vlans", "protocols", "candidates", "first_seen", "last_seen", "evidence"]
ids = [x["id"] for x in d["devices"]]
assert list(d) == ["schema", "devices", "captures"] and ids == sorted(set(ids))
for x in d["devices"]:
    assert list(x) == keys, x
    for p in x["protocols"] + x["candidates"]:
        assert list(p) == ["name", "role", "transport", "port", "confidence", "frames"]
    assert all(p["confidence"] != "guess" for p in x["protocols"])
    assert all(p["confidence"] == "guess" for p in x["candidates"])
    assert all(isinstance(v, int) for v in x["vlans"])
    assert x["evidence"], x
    for e in x["evidence"]:
        assert list(e) == ["field", "value", "source", "confidence", "capture", "file", "frame", "peer_frame",
                           "first", "last", "count"]
        assert d["captures"][e["capture"]]["file"] == e["file"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", e["first"])
for c in d["captures"]:
    assert list(c) == ["file", "digest", "point"]'
else
	skipped=$((skipped + 1))
fi

ok "one kind" says plc "$genba" -s a.genba devices --kind plc
ok "only that kind" lines 0 bash -c "\"$genba\" -s a.genba devices --kind plc --format csv | tail -n +2 | cut -d, -f2 | grep -v plc"
ok "unknown kind" status 64 "$genba" -s a.genba devices --kind plx
ok "one protocol" says modbus "$genba" -s a.genba conversations --protocol modbus
ok "one class" says stop "$genba" -s a.genba operations --class stop --scan 2
ok "another scan" says "盤 L2" "$genba" -s a.genba devices --format json --scan 1
ok "no such scan" status 2 "$genba" -s a.genba devices --scan 9
ok "no such scan, named" says "there is no scan x" "$genba" -s a.genba devices --scan x

# What changed: the second part of the afternoon brings a vendor over the VPN, who stops PLCs.
ok "new devices" says "new_device" cat diff.csv
ok "new commands" grep -q "^new_operation,.*stop" diff.csv
ok "by number" cmp -s diff.csv <("$genba" -s a.genba diff 1 2 --format csv)
ok "a scan and itself" says "Nothing changed." "$genba" -s a.genba diff 2 2
ok "by day" says "Nothing changed." "$genba" -s a.genba diff 2024-05-13 2024-05-14
ok "no such day" status 2 "$genba" -s a.genba diff 2001-01-01 2
ok "three scans" status 64 "$genba" -s a.genba diff 1 2 3
"$genba" -s b.genba scan -q "${rest[@]}"
"$genba" -s a.genba diff a.genba b.genba > files.text
# The second file has one scan only, so no baseline: whether a device is new cannot be told there.
ok "two site files" sh -c '! grep -qE "^(New|Changed|Returned|Gone)" files.text'
"$genba" -s c.genba scan -q "$first"
changes() { cut -d, -f1,4- "$1" | grep -v '^score\|AST-NEW' | sort; }
"$genba" diff c.genba b.genba --format csv > files.csv
ok "two site files say what two scans say" diff <(changes diff.csv) <(changes files.csv)

# Accepted risks.
add() { "$genba" -s a.genba except add "$@"; }
ok "reason, approver and day are required" status 64 add OT-STOP-001 --reason r
ok "not in the past" status 2 add OT-STOP-001 --reason r --approver a --expires 2024-05-12
ok "a real day" status 2 add OT-STOP-001 --reason r --approver a --expires 2025-02-30
ok "no such device" status 2 add OT-STOP-001 --reason r --approver a --expires 2025-01-01 --device 999
ok "accepted" add OT-STOP-001 --reason "盆休みに更新" --approver 社長 --expires 2024-08-31 --device 1
ok "listed" says "盆休みに更新" "$genba" -s a.genba except list
ok "taken back" "$genba" -s a.genba except remove 1
ok "not twice" status 2 "$genba" -s a.genba except remove 1
ok "none left" lines 1 "$genba" -s a.genba except list --format csv

# A full disk is said.
if [ -w /dev/full ]; then
	full() { "$genba" -s a.genba "$@" >/dev/full 2>/dev/null; [ $? -eq 2 ]; }
	ok "full disk: text" full diff
	ok "full disk: JSON" full devices --format json
	ok "full disk: CSV" full conversations --format csv
else
	skipped=$((skipped + 3))
fi
finish
