#!/bin/bash
# src/mail against a real server: Exim, as an ordinary user, with TLS and authentication, on loopback.
. "${top_srcdir:-.}/tests/lib.sh"
exim=$(PATH=$PATH:/usr/sbin command -v exim4) || { echo "skipped: no exim4 (Debian's exim4-daemon-light)"; exit 77; }
for tool in openssl python3; do
	command -v $tool >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
drive=$top_builddir/tests/mail_drive
work=$(mktemp -d "${TMPDIR:-/tmp}/genba-mail.XXXXXX") || exit 99
box=$work/exim                       # what is Exim's
# Every process of our copy of Exim: one that delivers would make its directories anew.
stop() {
	local p alive=1
	for _ in $(seq 50); do
		alive=0
		for p in /proc/[0-9]*; do
			[ "$(readlink "$p/exe" 2>/dev/null)" = "$box/exim4" ] && alive=1 && kill "${p#/proc/}" 2>/dev/null
		done
		[ "$alive" = 0 ] && break
		sleep 0.1
	done
	rm -rf "$work"
}
trap stop EXIT
export LANGUAGE=en
cd "$work" || exit 99
# Exim as root wants to be a service; as nobody it does what it is told.
user=$(id -u) group=$(id -g) as=()
if [ "$user" = 0 ]; then
	user=65534 group=65534
	as=(setpriv --reuid 65534 --regid 65534 --groups 65534)
	chmod 711 .
fi
"${as[@]}" true 2>/dev/null || { echo "skipped: cannot become another user"; exit 77; }

certificate() { # certificate FILE NAMES DAYS
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$1.key" -out "$1.pem" -days "$3" \
		-subj /CN=test -addext "subjectAltName=$2" > openssl.log 2>&1 || { cat openssl.log; exit 99; }
}
mkdir exim
certificate good DNS:localhost 2
certificate other DNS:mail.example.com 2
read -r starttls tls < <(python3 -c '
import socket
s = [socket.socket() for _ in range(2)]
for x in s: x.bind(("127.0.0.1", 0))
print(*(x.getsockname()[1] for x in s))')
cp "$exim" exim/exim4                # a copy is not setuid
cp good.pem exim/cert.pem
cp good.key exim/key.pem
cat > exim/conf <<END
exim_user = $user
exim_group = $group
admin_groups = $group
keep_environment =
exim_path = $box/exim4
spool_directory = $box/spool
log_file_path = $box/%slog
pid_file_path = $box/pid
primary_hostname = localhost
local_interfaces = 127.0.0.1
daemon_smtp_ports = $starttls : $tls
tls_on_connect_ports = $tls
tls_advertise_hosts = *
tls_certificate = $box/cert.pem
tls_privatekey = $box/key.pem
auth_advertise_hosts = \${if eq{\$tls_in_cipher}{}{}{*}}
deliver_drop_privilege = true
host_lookup =
smtp_accept_queue_per_connection = 0
acl_smtp_rcpt = rcpt
begin acl
rcpt:
  deny !authenticated = *
       message = 5.7.1 log in first
  deny local_parts = nobody
       message = no such person
  accept domains = example.com
  deny message = 5.7.1 no relaying
begin routers
all:
  driver = accept
  transport = keep
begin transports
keep:
  driver = appendfile
  directory = $box/mail
  maildir_format
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{\$auth2}{genba}}{eq{\$auth3}{p@ss ワード}}}}
  server_set_id = \$auth2
END
chown -R "$user:$group" exim
"${as[@]}" exim/exim4 -C "$box/conf" -bd > start.log 2>&1
for _ in $(seq 50); do [ -s exim/pid ] && break; sleep 0.1; done
[ -s exim/pid ] || { cat start.log exim/paniclog 2>/dev/null; echo "skipped: Exim does not start here"; exit 77; }

printf 'p@ss ワード\n' > secret
printf 'wrong\n' > wrong
chmod 600 secret wrong
echo '報告書' > report
add() { "$drive" add spool from-name 現場 subject 診断結果 text 本文 attach 報告.txt text/plain report now 1000 "$@"; }
run() { timeout 60 "$drive" send spool host localhost total 3 connect 3 now 2000 "$@" 2>&1; }
login=(user genba secret secret)
delivered() { # delivered N: within 10 s, and no more
	for _ in $(seq 100); do [ "$(find exim/mail/new -type f 2>/dev/null | wc -l)" -ge "$1" ] && break; sleep 0.1; done
	[ "$(find exim/mail/new -type f 2>/dev/null | wc -l)" = "$1" ]
}
config() { says 'sent=0 later=0 config=1 refused=0 unsure=0 waiting=1' run "$@"; }

add to owner@example.com
ok "an unknown certificate" config port "$starttls" "${login[@]}"
ok "an unknown certificate, TLS" config port "$tls" security tls "${login[@]}"
ok "why" says 'the certificate of localhost is not accepted' "$drive" list spool
ok "another's certificate" config port "$starttls" ca other.pem "${login[@]}"
ok "no such certificate file" config port "$starttls" ca none.pem "${login[@]}"
ok "a wrong password" config port "$starttls" ca good.pem user genba secret wrong
ok "why" says 'localhost does not accept user or password: 535' "$drive" list spool
ok "no login" config port "$starttls" ca good.pem
ok "TLS where STARTTLS is spoken" config port "$starttls" security tls ca good.pem "${login[@]}"
ok "in the clear no authentication is offered" config port "$starttls" security none "${login[@]}"
ok "nothing was delivered" [ ! -d exim/mail ]
ok "no password in the spool" [ -z "$(grep -rlE 'p@ss|wrong$|Z2VuYmE|AGdlbmJh' spool)" ]
ok "STARTTLS" says 'sent=1 later=0 config=0 refused=0 unsure=0 waiting=0' run port "$starttls" ca good.pem "${login[@]}"
ok "delivered" delivered 1
ok "over TLS and logged in" grep -q 'P=esmtpsa X=TLS1.* A=plain:genba' exim/mainlog

add to owner@example.com
ok "TLS" says 'sent=1' run port "$tls" security tls ca good.pem "${login[@]}"
ok "delivered" delivered 2
add to owner@example.com
ok "TLS where the other is spoken: later" says 'later=1' run port "$tls" ca good.pem "${login[@]}"
ok "then" says 'sent=1' run port "$tls" security tls ca good.pem now 5000 "${login[@]}"
ok "delivered" delivered 3

add to owner@example.com to nobody@example.com to away@example.org to second@example.com
ok "each recipient by itself" says 'sent=2 later=0 config=1 refused=1 unsure=0 waiting=1' \
	run port "$starttls" ca good.pem "${login[@]}"
ok "no such person" says 'nobody@example.com: given up, tries 1' "$drive" list spool
ok "relaying, which the server can be told" says 'away@example.org: todo, tries 0' "$drive" list spool
ok "delivered" delivered 5

# The name in the certificate is not that of the host.
rm -rf spool
add to owner@example.com
ok "a known certificate, but of another name" config port "$starttls" host 127.0.0.1 ca good.pem "${login[@]}"
ok "why" says 'the certificate of 127.0.0.1 is not accepted' "$drive" list spool
for i in $(seq 20); do add to "p$i@example.com"; done
ok "many in one connection" says 'sent=21' run port "$starttls" ca good.pem "${login[@]}"
ok "delivered" delivered 26
python3 - exim/mail/new <<'END'
import email, email.policy, os, sys
for name in os.listdir(sys.argv[1]):
    with open(os.path.join(sys.argv[1], name), "rb") as f:
        m = email.message_from_binary_file(f, policy=email.policy.default)
    a = list(m.iter_attachments())
    if (m["subject"], m.get_body().get_content().strip(), a[0].get_filename(), a[0].get_payload(decode=True).decode()) != \
            ("診断結果", "本文", "報告.txt", "報告書\n"):
        sys.exit("%s: %r" % (name, m.as_string()))
END
ok "all can be read" [ $? = 0 ]
finish
