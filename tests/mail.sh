#!/bin/bash
# src/mail against another parser of mail, and against an SMTP server that misbehaves in every way it can.
. "${top_srcdir:-.}/tests/lib.sh"
command -v python3 >/dev/null || { echo "skipped: no python3"; exit 77; }
rounds=${GENBA_KILLS:-20}
drive=$top_builddir/tests/mail_drive
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-mail.XXXXXX") || exit 99
trap 'kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
export LANGUAGE=en
cd "$work" || exit 99
mkdir parse
result=$(python3 "$top_srcdir/tests/mail_parse.py" "$drive" parse)
echo "$result" | grep FAILED
counts=$(echo "$result" | tail -1)
case $counts in
*" passed, "*) passed=${counts%% *} failed=${counts#* passed, } failed=${failed%% *} ;;
*) ok "mail_parse.py ran" false ;;
esac

echo ok > mode
python3 "$top_srcdir/tests/mail_server.py" . 2> server.err &
server=$!
for _ in $(seq 100); do [ -s port ] && break; sleep 0.1; done
port=$(cat port) || exit 99

add() { "$drive" add spool "$@" subject 診断 now 1000 text "Line ends
.
are not the end"; }
run() { timeout 60 "$drive" send spool port "$port" security none total 2 connect 2 now "$1" "${@:2}" > run.txt 2> run.err; cat run.err run.txt; }
fresh() { rm -rf spool taken mail.*; : > taken; echo "$1" > mode; }
arrived() { [ "$(wc -l < taken)" = "$1" ]; }   # N deliveries in all
once() { arrived "$1" && [ "$(sort -u taken | wc -l)" = "$1" ]; }
empty() { "$drive" list spool | grep -qx 'waiting=0 refused=0 unreadable=0'; }
listed() { says "$1" "$drive" list spool; }
mails() { find spool -name message.eml | wc -l; }

# Accepted, with the bytes that were spooled.
fresh ok
ok "an empty spool is no error" says 'sent=0 later=0 config=0 refused=0 unsure=0 waiting=0 busy=0' run 1000
add to a@example.com to b@example.com to a@example.com
cp spool/*/message.eml sent.eml
ok "private" [ -z "$(find spool -perm /077)" ]
ok "two recipients, each once" says 'sent=2 later=0 config=0 refused=0 unsure=0 waiting=0' run 1000
ok "two deliveries" once 2
ok "as it was spooled" cmp -s sent.eml mail.0
ok "nothing left" empty
ok "nothing sent again" says 'sent=0 ' run 2000

# Larger than what fits into sockets, so that a server that dies meanwhile is noticed before the end.
head -c 1000000 /dev/zero > zeros
large=()
for i in 1 2 3 4 5 6 7 8; do large+=(attach "$i" '' zeros); done
# Later: refused for now, hung up, no answer, in every phase; then it arrives, once.
for m in 4xx hang-up hang garbage 4xx-at-from 4xx-at-to 4xx-at-dot die-in-data; do
	fresh "$m"
	if [ "$m" = die-in-data ]; then add to a@example.com "${large[@]}"; else add to a@example.com; fi
	ok "$m: later" says 'sent=0 later=1 config=0 refused=0 unsure=0 waiting=1' run 1000
	echo ok > mode
	ok "$m: not before 15 minutes" says 'sent=0 later=0' run 1899
	ok "$m: then" says 'sent=1' run 1900
	ok "$m: arrives once" once 1
	ok "$m: nothing left" empty
done

# The server is away for three runs, and the pauses grow.
fresh ok
good=$port port=$(cat closed)
add to a@example.com
add to b@example.com
for t in 1000 1900 5500; do
	ok "down at $t" says 'later=2 config=0 refused=0 unsure=0 waiting=2' run "$t"
done
ok "why" listed "127.0.0.1, port $port, could not be reached"
ok "shown" listed 'tries 3, next 19900'
port=$good
ok "not yet" says 'sent=0' run 19899
ok "back" says 'sent=2' run 19900
ok "each once" once 2
ok "in the order in which they were added" [ "$(sed 's/.* //' taken | tr '\n' ' ')" = "a@example.com b@example.com " ]

# Names that cannot be resolved.
fresh ok
add to a@example.com
"$drive" send spool host genba.invalid now 1000 total 5 > run.txt 2>&1
ok "no such name" grep -q 'later=1 .* could not be resolved\|later=1 .* in time\|later=1 .* reached' run.txt

# 14 days, then it is given up and shown.
fresh 4xx
add to a@example.com
t=1000 tries=0
while [ "$(mails)" = 1 ] && [ ! -d spool/refused/0000001000-0001 ] && [ "$tries" -lt 40 ]; do
	run "$t" > /dev/null
	tries=$((tries + 1))
	t=$("$drive" list spool | sed -n 's/.*next \([0-9]*\).*/\1/p')
done
ok "17 to 19 tries in 14 days: $tries" [ "$tries" -ge 17 -a "$tries" -le 19 ]
ok "given up" listed 'given up after 14 days: 127.0.0.1 said: 421 4.3.2 not today'
ok "nothing waits" says 'waiting=0' run "$t"

# Refused for good: set aside with the reason, cleaned for a terminal; the others get theirs.
fresh ok
add to a@example.com to nobody@example.com to grey@example.com to b@example.com
ok "one refused, one later" says 'sent=2 later=1 config=0 refused=1 unsure=0 waiting=1' run 1000
ok "still to do" listed 'waiting=1 refused=0'
ok "two arrived" once 2
ok "the third again" says 'sent=0 later=1 config=0 refused=0 unsure=0 waiting=1' run 1900
sed -i 's/grey@/white@/' spool/*/state
ok "the third" says 'sent=1 ' run 9000
ok "each once" once 3
ok "kept in refused" listed 'waiting=0 refused=1'
ok "the reason" listed 'nobody@example.com: given up, tries 1, next 1900, unsure 0: 127.0.0.1 said: 550 5.1.1 really'
for m in 5xx-at-to 5xx-at-dot 552-at-from; do
	fresh "$m"
	add to a@example.com
	ok "$m: refused" says 'refused=1 unsure=0 waiting=0' run 1000
	echo ok > mode
	ok "$m: never again" says 'sent=0' run 1000000
	ok "$m: kept" listed 'waiting=0 refused=1'
done

# To be repaired by somebody: kept, tried in every run.
echo 'pass word' > secret
chmod 600 secret
for m in 5xx 5xx-at-from policy; do
	fresh "$m"
	add to a@example.com
	ok "$m: configuration" says 'config=1 refused=0 unsure=0 waiting=1' run 1000
	echo ok > mode
	ok "$m: with the next run" says 'sent=1' run 1001
	ok "$m: once" once 1
done
fresh auth
add to a@example.com
ok "wrong password" says 'config=1 refused=0 unsure=0 waiting=1' run 1000 user genba secret secret
ok "the answer repeats it, the spool does not" [ -z "$(grep -rE 'pass word|AGdlbmJh' spool run.txt)" ]
echo auth-4xx > mode
ok "authentication is away" says 'later=1 config=0' run 1001 user genba secret secret
echo ok > mode
ok "no authentication is offered" says 'later=0 config=1' run 3000 user genba secret secret
ok "nothing went" arrived 0
ok "no STARTTLS is offered" says 'does not offer STARTTLS' run 3001 security starttls
ok "in the clear not to others" says 'allowed to this machine only' run 3001 host smtp.example.com
ok "and then it goes" says 'sent=1' run 3002

# Unknown: the mail was whole with the server, and no answer came. It goes again under the same Message-ID.
for m in hang-at-dot die-at-dot; do
	fresh "$m"
	add to a@example.com
	ok "$m: unsure" says 'sent=0 later=0 config=0 refused=0 unsure=1 waiting=1' run 1000
	ok "$m: said" listed 'unsure 1: the whole mail was sent, but whether it was taken is not known'
	echo ok > mode
	ok "$m: again" says 'sent=1' run 1900
	ok "$m: arrives once" once 1
done
# A short mail is in the socket before it is noticed: not known, or later.
fresh die-in-data
add to a@example.com
ok "dies in a short mail" says ' waiting=1' run 1000
echo ok > mode
ok "again" says 'sent=1' run 1900
ok "arrives once" once 1
fresh die-after-taking
add to a@example.com
ok "taken without a word: unsure" says 'unsure=1 waiting=1' run 1000
echo ok > mode
ok "again" says 'sent=1' run 1900
ok "twice, which nobody can know, but to be told by the Message-ID" [ "$(wc -l < taken)/$(sort -u taken | wc -l)" = 2/1 ]
fresh hang-at-quit
add to a@example.com
ok "no farewell is no harm" says 'sent=1' run 1000
ok "once" once 1

# Killed while it waits for the answer: the mark stays, and the next run tells and sends again.
fresh hang-at-dot
add to a@example.com
"$drive" send spool port "$port" security none total 20 now 1000 > /dev/null &
sender=$!
for _ in $(seq 100); do grep -q 'to.sending' spool/*/state && break; sleep 0.05; done
kill -9 "$sender"
{ wait "$sender"; } 2>/dev/null
ok "the mark" listed 'a@example.com: sending, tries 0'
echo 4xx > mode
ok "killed, and again" says 'later=1' run 1001
ok "told" listed 'a@example.com: todo, tries 1, next 1901, unsure 1: '
echo ok > mode
ok "then" says 'sent=1' run 1901
ok "once" once 1

# Two runs at a time.
fresh hang-at-dot
add to a@example.com
add to b@example.com
run 1000 > first.txt &
first=$!
for _ in $(seq 40); do grep -q sending spool/*/state && break; sleep 0.05; done
ok "the second run finds the first" says 'busy=1' "$drive" send spool port "$port" security none now 1000
ok "adding does not wait" add to c@example.com
wait "$first"
ok "one try" grep -q 'later=1 config=0 refused=0 unsure=1' first.txt

# Damage: kept and said, and the rest goes.
fresh ok
add to a@example.com
add to b@example.com
echo nonsense > spool/0000001000-0001/state
ok "damaged" says 'sent=1 later=0 config=0 refused=0 unsure=0 waiting=0 busy=0: spool/0000001000-0001: this mail' run 1000
ok "shown" listed 'waiting=0 refused=0 unreadable=1'
add to a@example.com
rm spool/0000001000-0002/message.eml
ok "half gone" says 'sent=0 later=0 config=0 refused=0 unsure=0 waiting=0 busy=0: spool/0000001000-0002: this mail' run 1000
ok "shown" listed 'waiting=0 refused=0 unreadable=2'
chmod 755 spool
ok "a spool that others may read" says 'chmod 700 spool' add to a@example.com

# The password's file.
ok "read" says 'pass word' "$drive" secret secret
chmod 640 secret
ok "not private" says 'chmod 600 secret' "$drive" secret secret
: > empty; printf 'a\nb\n' > lines; chmod 600 empty lines
ok "empty" says 'is empty' "$drive" secret empty
ok "two lines" says 'more than one line' "$drive" secret lines
ok "a directory" says 'expected a file' "$drive" secret .
if [ "$(id -u)" = 0 ]; then
	chmod 600 secret
	chown 65534 secret
	ok "another's" says 'belongs to another user' "$drive" secret secret
else
	skipped=$((skipped + 1))
fi

# kill -9 while it adds and sends.
fresh slow
seed=20240501 marks=0 killed=0 added=0
moment() { # moment MAX: sleeps 0 to MAX ms
	seed=$(( (seed * 1103515245 + 12345) % 2147483648 ))
	sleep "0.$(printf %03d $(( seed / 65536 % ($1 + 1) )))"
}
for i in $(seq "$rounds"); do
	for k in 1 2 3 4 5; do
		"$drive" add spool to "r$i-$k@example.com" text x id "$i.$k@example.com" now 1000 && added=$((added + 1))
	done
	"$drive" add spool to "extra$i@example.com" text-file sent.eml id "$i.extra@example.com" now 1000 &
	adder=$!
	"$drive" send spool port "$port" security none total 5 now 1000 > /dev/null &
	sender=$!
	moment 60
	kill -9 "$sender" "$adder" 2>/dev/null && killed=$((killed + 1))
	{ wait "$sender" "$adder"; } 2>/dev/null
	n=$(cat spool/*/state 2>/dev/null | grep -c '^to.sending')
	marks=$((marks + n))
	ok "round $i: whole, and one at most in doubt" listed 'refused=0 unreadable=0'
	ok "round $i: one at most in doubt" [ "$n" -le 1 ]
done
run 1000 > /dev/null
echo ok > mode
run 1000 > /dev/null
ok "all is sent" empty
lost=0
for i in $(seq "$rounds"); do
	for k in 1 2 3 4 5; do
		grep -qx "<$i.$k@example.com> r$i-$k@example.com" taken || lost=$((lost + 1))
	done
done
twice=$(sort taken | uniq -d | wc -l)
echo "$added mails, $killed of $rounds runs killed, $marks of them between the last byte and the answer, $twice mails twice," \
	"$lost lost"
ok "all were added" [ "$added" = $((rounds * 5)) ]
ok "none is lost" [ "$lost" = 0 ]
ok "none is twice but those" [ "$twice" -le "$marks" ]
ok "the server saw nothing odd" [ ! -s server.err ]
finish
