#!/bin/bash
# The checks that come with genba: in order, examples come out; and over the made-up factory they find what is there.
genba=${genba:-./genba}
factory=${top_builddir:-.}/tests/gen/factory
passed=0 failed=0 skipped=0
ok() { # ok NAME COMMAND...
	if "${@:2}"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED: $1"; fi
}
status() { # status WANTED COMMAND...
	"${@:2}" >/dev/null 2>&1
	[ $? -eq "$1" ]
}
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
else
	skipped=1
	echo "SKIPPED: the made-up factory was not built"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
