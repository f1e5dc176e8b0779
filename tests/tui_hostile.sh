#!/bin/bash
# Names of strangers on the screens: escape sequences, endless names, characters that show nothing or turn the text
# around. No screen that is saved holds any of them, and no line is wider than the screen.
. "${top_srcdir:-.}/tests/lib.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-hostile.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
unset GENBA_SITE LANGUAGE NO_COLOR
export LC_ALL=C.UTF-8 TZ=UTC SOURCE_DATE_EPOCH=1715600000
cd "$work" || exit 99

# ---- names, as bash writes them with $'…' ----
hostile=(
	$'\e[2J\e[31mRED\e[0m'                              # clears the screen, colours
	$'\e]0;title\a\e]52;c;aGFja2Vk\a'                   # title and clipboard
	$'\xc2\x9b31mC1\xc2\x85'                            # the same in eight bits, as UTF-8
	$'\x9b31m\x8a\xff'                                  # … and not as UTF-8
	$'evil\u202egnp.exe\u202c'                          # right to left
	$'zero\u200bwidth\u200d\u2060\ufeff\u00ad'          # shows nothing
	$'\u2066iso\u2069\u061c\u2028line\u2029'            # isolates, line ends of Unicode
	$'tab\tnew\nline\rback\b\b\b'
	$'e\u0301a\u0300\u0323n\u0303'                      # combining marks
	$'\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627'   # Hebrew and Arabic
	$'\u65e5\u672c\u8a9e\uff76\uff85\uff0c\U0001f3ed\U0001f468\u200d\U0001f469'   # wide, half-width, emoji
	$'%s%n%99999d\\x1b[0m'
	$'\x7f\x01\x02\x1b'
	"$(printf 'x%.0s' {1..250})"
	"$(printf '\u30d7%.0s' {1..80})"                    # wide, to the last byte
	"e$(printf '\u0301%.0s' {1..120})"                  # one letter under a tower
)
hex() { printf %s "$1" | od -An -v -tx1 | tr -d '\n'; }
n=0
for name in "${hostile[@]}"; do
	n=$((n + 1))
	b=$(printf %02x $n)
	h=$(hex "$name")
	len=$((${#h} / 3))
	# LLDP: chassis, port, time to live, system name, description (nine bits of length); DHCP: host name (one byte).
	printf 'ether 00:00:5e:00:53:%s > 01:80:c2:00:00:0e 0x88cc\n> 0207 04 00005e0053%s 0402 07 31 0602 0078 be16:%d %s\n  be16:%d %s 0000\n' \
		$b $b $((0x0a00 + len)) "$h" $((0x0c00 + len)) "$h"
	# Talking, so that it stands in conversations and operations: Modbus, a write and a read.
	printf 'host 10.0.0.%d 00:00:5e:00:53:%s\nhost 10.0.1.%d 00:00:5e:00:54:%s\n' $n $b $n $b
	printf 'udp 0.0.0.0:68 > 255.255.255.255:67\n> 01 01 06 00 1234567%x 0000 8000 00*16 00005e0053%s 00*10 00*192 63825363 35 01 01 0c %02x %s ff\n' \
		$((n % 16)) $b $len "$h"
	printf 'tcp 10.0.1.%d > 10.0.0.%d:502\n> 0001 0000 0006 01 06 0010 00ff\n< 0001 0000 0006 01 06 0010 00ff\nclose\n' $n $n
done >names.frames
"$top_builddir/tests/gen/frames" names.frames names.pcap || exit 99
"$genba" scan -q -s hostile.genba names.pcap || exit 99

# The device list and the zone file are the user's, but they come from others, too: 10,000 characters.
long=$(printf 'N\xe5\x90\x8d%.0s' {1..2500})$'\u202e\u200b'$(printf 'M%.0s' {1..5000})
printf 'name,mac,owner,plan\n"%s",00:00:5e:00:54:01,"%s","%s"\n"\e[5mblink\u202e",00:00:5e:00:54:02,"\e]0;x\a","tab\there"\n' \
	"$long" "$long" "$long" >list.csv
printf 'zones:\n  - {name: "z\\x1b[2J\\u202e\\u200b%s", level: 1, prefixes: [10.0.0.0/24]}\n' "$(printf '帯%.0s' {1..25})" >zones.yaml
imported() { "$genba" zones import -s hostile.genba --devices list.csv zones.yaml >/dev/null; }
ok "device list and zones are taken" imported

# ---- what was saved ----
# clean WIDTH FILE...: valid UTF-8 without what a terminal obeys or the eye misses, no line wider than WIDTH columns.
cat >clean.py <<'PY'
import sys, unicodedata
columns, bad = int(sys.argv[1]), []
for name in sys.argv[2:]:
    for number, line in enumerate(open(name, 'rb').read().decode('utf-8').split('\n'), 1):
        width = 0
        for c in line:
            category = unicodedata.category(c)
            if category in ('Cc', 'Cf', 'Cs', 'Zl', 'Zp'):
                bad.append(f'{name}:{number}: U+{ord(c):04X}')
            elif category not in ('Mn', 'Me'):
                width += 2 if unicodedata.east_asian_width(c) in 'WF' else 1
        if width > columns:
            bad.append(f'{name}:{number}: {width} columns')
print('\n'.join(bad[:5]), end='\n' if bad else '')
sys.exit(1 if bad else 0)
PY
# Without python3 the widths stay unmeasured.
clean() {
	if command -v python3 >/dev/null; then
		python3 clean.py "$@"
		return
	fi
	! LC_ALL=C grep -lP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f\xad]|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf' "${@:2}"
}
command -v python3 >/dev/null || skipped=$((skipped + 1))

screens() { # screens WIDTH HEIGHT: every screen of devices and traffic, each device down to its end.
	printf 'size %d %d\nsave home.txt\nkey d\nsave devices.txt\nkey c\nsave conversations.txt\nkey q o\nsave operations.txt\nkey q\n' "$1" "$2"
	printf 'key d s\nsave sorted.txt\nkey /\ntype \\\nkey Enter\nsave filtered.txt\nkey / Empty Enter Home\n'
	local i p
	for ((i = 0; i < 2 * n + 2; i++)); do
		printf 'key Enter\nsave device-%d-0.txt\n' $i
		for p in 1 2 3 4 5 6; do printf 'key PageDown\nsave device-%d-%d.txt\n' $i $p; done
		printf 'key c\nsave device-%d-c.txt\nkey q o\nsave device-%d-o.txt\nkey q q Down\n' $i $i
	done
	printf 'key q f\nsave findings.txt\n'
	for ((i = 0; i < 12; i++)); do printf 'key Enter\nsave finding-%d.txt\nkey PageDown\nsave finding-%d-1.txt\nkey q Down\n' $i $i; done
}
for run in 'en 80 24' 'ja 80 24' 'ja 60 20' 'en 200 50'; do
	read -r lang width height <<<"$run"
	rm -f ./*.txt
	screens "$width" "$height" >script
	ok "$run: runs" timeout 120 "$genba" --lang "$lang" -s hostile.genba --script script
	ok "$run: every screen was saved" test "$(ls ./*.txt | wc -l)" -eq "$(grep -c ^save script)"
	ok "$run: clean" clean "$width" ./*.txt
done
# The names are shown as what they are, not left out.
shown() { cat ./*.txt | grep -qF -- "$1"; }
ok "an escape sequence is shown" shown '\x1b[2J'
ok "a direction is shown" shown '\u{202e}'
ok "a character without width is shown" shown '\u{200b}'
ok "a mark stands on its letter" shown $'e\u0301'
ok "but no tower of them" test -z "$(cat ./*.txt | grep -F $'\u0301\u0301\u0301\u0301')"
ok "Japanese stays" shown 日本語
ok "the list's name is shown" shown 'N名N名'
finish
