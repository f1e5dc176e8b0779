#!/bin/bash
# The units of scheduled jobs: systemd understands them, and what a job may do stays small. `systemd-analyze security`
# gives each unit a figure from 0 (can do nothing) to 10; ours had 1.7 with systemd 252, of which most is that it may
# listen (AF_PACKET, CAP_NET_RAW) and reach a mail server. Above 2.5 somebody took a restriction away.
. "${top_srcdir:-.}/tests/lib.sh"
command -v systemd-analyze > /dev/null || { echo "systemd-analyze is not installed"; exit 77; }
systemd-analyze security --help | grep -q -- --threshold || { echo "this systemd-analyze is too old"; exit 77; }
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-systemd.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
cp "$top_builddir/data/systemd/genba@.service" "$top_srcdir"/data/systemd/*.timer "$work" || exit 99
cd "$work" || exit 99

ok "the program's path is in the service" grep -q '^ExecStart=/.*/genba run /etc/genba/%i.yaml$' genba@.service
systemd-analyze security --offline=true --threshold=25 ./genba@.service > security.txt 2> security.err
status=$?
ok "little is allowed: $(tail -1 security.txt) $(head -1 security.err)" [ "$status" = 0 ]

# A program that is there stands in for one that is not installed yet.
sed -i 's#^ExecStart=[^ ]*#ExecStart=/bin/true#' genba@.service
for u in genba@factory.service genba@factory.timer genba-daily@factory.timer; do
	name=${u/factory/}
	ln -sf "$name" "$u"
	systemd-analyze verify --man=no "./$u" > verify.txt 2>&1
	# What other units of this machine lack is none of ours; nor is the user, who is not on every machine.
	grep -F genba verify.txt | grep -vE 'user|User|group|Group' > ours.txt
	ok "$u: $(head -3 ours.txt)" [ ! -s ours.txt ]
done
finish
