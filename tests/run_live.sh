#!/bin/bash
# genba run that listens, in a network namespace of its own: a whole run, one that is ended early, one that is killed and
# told by the next, as the user and with the one capability that the service gives it.
. "${top_srcdir:-.}/tests/lib.sh"
command -v ip > /dev/null && command -v setpriv > /dev/null || { echo "needs ip and setpriv: skipped"; exit 77; }
own_network ip link set lo up --
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-runlive.XXXXXX") || exit 99
started=()
trap 'kill -9 "${started[@]}" 2> /dev/null; rm -rf "$work"' EXIT
unset GENBA_SITE LANGUAGE SOURCE_DATE_EPOCH SUDO_UID SUDO_GID
export LC_ALL=C.UTF-8 TZ=UTC
cd "$work" || exit 99
real_root=0
{ read -r _ _ n < /proc/self/uid_map && [ "$n" -gt 65534 ]; } && real_root=1
[ $real_root = 0 ] || chown 65534:65534 "$work"
ip link set lo up

# As the unit does it; the root of a small namespace stays what it is.
as=()
[ $real_root = 0 ] || as=(setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=+net_raw --ambient-caps=+net_raw
	--bounding-set=-all,+net_raw --no-new-privs)
run() { "${as[@]}" "$genba" run job.yaml > out.txt 2>&1; }
mails() { ls -d f.genba.spool/*/message.eml 2> /dev/null | sort; }
scans() { "$genba" -s f.genba scans --format csv 2> /dev/null | tail -n +2; }
# Something to hear, all the time.
while sleep 0.05; do echo hello > /dev/udp/127.0.0.1/5000; done 2> /dev/null &
started+=($!)
job() { # job DURATION
	printf '%s\n' 'site: f.genba' 'language: en' "scan: {interface: [lo], duration: $1, snapshot: 1s}" \
		'report: {directory: reports}' 'mail: {server: 127.0.0.1, port: 1, security: none, from: g@example.com, to: [a@example.com], when: always}' > job.yaml
}

job 2s
ok "--check" says "would listen on lo for 2 s" "${as[@]}" "$genba" run job.yaml --check
ok "a whole run: $(tail -1 out.txt 2> /dev/null)" status 0 run
ok "… one scan, one mail" [ "$(scans | wc -l) $(mails | wc -l)" = "1 1" ]
ok "… whole" grep -q ",complete," <(scans)

job 1h
run &
runner=$!
wait_for 20 eval '[ "$(scans | wc -l)" = 2 ]'
child=$(cat "/proc/$runner/task/$runner/children"); child=${child%% *}
ok "a second run beside it" status 2 "${as[@]}" "$genba" run job.yaml
kill -TERM "${child:-$runner}"
wait $runner
ok "ended early: stored, reported, told: $(tail -1 out.txt)" [ "$(scans | tail -1 | cut -d, -f4) $(mails | wc -l)" = "complete 2" ]

if [ $real_root = 1 ]; then
	run &
	runner=$!
	wait_for 20 eval '[ "$(scans | wc -l)" = 3 ]'
	child=$(cat "/proc/$runner/task/$runner/children"); child=${child%% *}
	kill -9 "$child"
	wait $runner 2> /dev/null
	ok "killed: what it had heard is there" [ "$(scans | tail -1 | cut -d, -f4)" = interrupted ]
	ok "… and not told yet" [ "$(mails | wc -l)" = 2 ]
	job 1s
	ok "the next run" status 0 run
	ok "… tells it first" [ "$(scans | wc -l) $(mails | wc -l)" = "4 4" ]
	ok "… and says so" grep -q "scan 3 was interrupted" out.txt
fi

sed -i 's/\[lo\]/[nowhere]/' job.yaml
before=$(mails | wc -l)
ok "an interface that is not there: failed" status 2 run
ok "… and told, with the interfaces there are" [ "$(mails | wc -l)" = $((before + 1)) ]
run
ok "… once" [ "$(mails | wc -l)" = $((before + 1)) ]
finish
