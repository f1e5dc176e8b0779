#!/bin/bash
# The checks that come with genba: in order, examples come out; and over the made-up factory they find what is there.
. "${top_srcdir:-.}/tests/lib.sh"
factory=${top_builddir:-.}/tests/gen/factory
ok "lint" "$genba" checks lint
ok "examples" "$genba" checks test
ok "list" status 0 "$genba" checks list --format json
ok "no such folder" status 2 "$genba" checks lint /nonexistent
ok "a word that --fail-on does not know" status 64 "$genba" findings --fail-on worst
ok "no site" status 2 "$genba" findings -s /nonexistent/site.genba

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
site=$dir/site.genba
passes() {
	awk -F, -v id="$1" '$1 == id && $4 == "pass" { found = 1 } END { exit !found }' "$dir/findings.csv"
}
if [ -x "$factory" ] && "$factory" -o "$dir/factory.pcap"; then
	ok "scan" "$genba" scan -s "$site" "$dir/factory.pcap" >/dev/null
	"$genba" findings -s "$site" --all --format csv --lang en > "$dir/findings.csv"
	for id in BND-INET-001 BND-INET-002 IT-FTP-002 PLT-OS-001 AST-DHCP-001 AST-BYOD-001 STA-BCAST-001; do
		ok "$id passes over the factory" passes "$id"
	done
	ok "no check goes wrong" sh -c '! grep -q ",error," "$1"' sh "$dir/findings.csv"
	"$genba" findings -s "$site" --format json > "$dir/1.json"
	"$genba" findings -s "$site" --format json > "$dir/2.json"
	ok "the same again" cmp -s "$dir/1.json" "$dir/2.json"
	ok "fail-on is met" status 1 "$genba" findings -s "$site" --fail-on high
	ok "fail-on is not met" status 0 "$genba" findings -s "$site" --fail-on critical
	ok "Japanese" sh -c '"$1" findings -s "$2" --lang ja | grep -q 制御機器' sh "$genba" "$site"

	# A pack of a stranger: each of its checks does something that a check may not.
	mkdir "$dir/pack"
	hostile() { # hostile NUMBER SQL
		cat > "$dir/pack/$1.yaml" <<-END
			id: HOSTILE-$1
			version: 1
			title: {en: hostile, ja: 悪意のある検査}
			why: {en: hostile, ja: 悪意のある検査}
			severity: low
			category: asset
			subject: site
			query: "$2"
			action: device-inventory
			false_positives: {en: none, ja: なし}
			maps: {csf: [ID.AM-01]}
			examples: {fail: "INSERT INTO v_scan(id) VALUES (1)", pass: "INSERT INTO v_scan(id) VALUES (1)"}
		END
	}
	hostile 01 "INSERT INTO v_device(id) VALUES (1)"
	hostile 02 "UPDATE v_device SET label = 'x'"
	hostile 03 "DELETE FROM v_device"
	hostile 04 "DROP TABLE v_device"
	hostile 05 "CREATE TABLE x(a)"
	hostile 06 "ATTACH DATABASE '$site' AS s"
	hostile 07 "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
	hostile 08 "SELECT 1 AS id FROM v_evidence a, v_evidence b, v_evidence c"
	hostile 09 "SELECT replace(hex(printf('%90000s', 'x')), '2', 'zzzzzzzzzz') AS detail"
	hostile 10 "SELECT key FROM setting"
	hostile 11 "SELECT sql AS detail FROM sqlite_master"
	hostile 12 "SELECT load_extension('x')"
	hostile 13 "SELECT readfile('passwd') AS detail"
	hostile 14 "PRAGMA writable_schema = ON"
	hostile 15 "SELECT 1 AS id; DELETE FROM v_device"
	hostile 16 "WITH v_device AS (SELECT * FROM setting) SELECT 1 AS id FROM v_device"
	hostile 17 "VACUUM INTO '$dir/stolen'"
	hostile 18 "SELECT randomblob(1000000000) AS detail"
	hostile 19 "SELECT group_concat(a.value || b.value) AS detail FROM v_evidence a, v_evidence b"
	hostile 20 "SELECT * FROM pragma_database_list"
	before=$(sha256sum < "$site")
	"$genba" findings -s "$site" --all --format csv --lang en --checks "$dir/pack" > "$dir/pack.csv" 2> "$dir/pack.err"
	ok "a hostile pack runs to its end" test -s "$dir/pack.csv"
	for i in $(seq -w 20); do
		ok "hostile check $i is refused, in one line" grep -qE "^HOSTILE-$i,low,asset,error,[^\"]*(,|\"[^\"]+\",)" "$dir/pack.csv"
	done
	ok "and said so once each" test "$(wc -l < "$dir/pack.csv")" -eq 21
	ok "the site file is untouched" test "$before" = "$(sha256sum < "$site")"
	ok "nothing was written" test ! -e "$dir/stolen"
else
	skipped=1
	echo "SKIPPED: the made-up factory was not built"
fi
finish
