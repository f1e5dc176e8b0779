/* Remote screens, management, time and OPC UA: VNC, RDP, SNMP, NTP, syslog, SMB 1, SSH. */
#include <stdio.h>
#include <string.h>

#include "proto.h"

static void noise_bytes(struct bytes *o, size_t n)
{
	while (n--)
		put8(o, gen_random(256));
}

static struct marks ask(struct tcp *x, const void *request, size_t n, const void *response, size_t m)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	put(&a, request, n);
	put(&b, response, m);
	return tcp_ask(x, &a, &b);
}

/* ---- RFB 3.8, RFC 6143 7.1 to 7.3 ---- */

struct marks vnc_open(struct tcp *x, const char *desktop)
{
	struct bytes hello = { .n = 0 }, init = { .n = 0 }, o = { .n = 0 };
	text(&hello, "RFB 003.008\n");
	tcp_say(x, SERVER, &hello);
	put(&o, "\x01\x01", 2);                    /* one security type: None */
	tcp_ask(x, &hello, &o);
	struct marks m = ask(x, "\x01", 1, "\0\0\0\0", 4);
	be16(&init, 800);
	be16(&init, 600);
	put(&init, "\x20\x18\x00\x01\x00\xff\x00\xff\x00\xff\x10\x08\x00\x00\x00\x00", 16);
	be32(&init, (uint32_t)strlen(desktop));
	text(&init, desktop);
	ask(x, "\x01", 1, init.b, init.n);
	return m;
}

void vnc_picture(struct tcp *x)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	put(&a, "\x03\x01\x00\x00\x00\x00\x03\x20\x02\x58", 10);
	put(&b, "\x00\x00\x00\x01\x00\x10\x00\x10\x00\x08\x00\x08\x00\x00\x00\x00", 16);   /* one raw rectangle, 8 by 8 */
	noise_bytes(&b, 8 * 8 * 4);
	tcp_ask(x, &a, &b);
}

/* ---- [MS-RDPBCGR] 2.2.1.1, 2.2.1.2 ---- */

struct marks rdp_open(struct tcp *x, const char *user, const char *server)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	put(&a, "\x03\x00\0\0\0\xe0\0\0\0\0\0", 11);
	text(&a, "Cookie: mstshash=");
	text(&a, user);
	put(&a, "\r\n\x01\x00\x08\x00\x01\x00\x00\x00", 10);
	set_be16(&a, 2, a.n);
	a.b[4] = (uint8_t)(a.n - 5);
	put(&b, "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x00\x08\x00\x01\x00\x00\x00", 19);
	struct marks m = tcp_ask(x, &a, &b);
	tls_open(x, server);
	return m;
}

/* ---- SNMP, RFC 1901 and 3416; all lengths below 128 ---- */

static void wrap(struct bytes *o, unsigned tag, const struct bytes *inner)
{
	put8(o, tag);
	put8(o, (unsigned)inner->n);
	put(o, inner->b, inner->n);
}

struct marks snmp_descr(int64_t t, const struct host *from, const struct host *to, const char *community,
			const char *description)
{
	struct marks m = { NO_MARK, NO_MARK };
	uint32_t id = gen_random(0x7fff) | 0x4000;
	unsigned port = 50000 + gen_random(10000);
	for (int answer = 0; answer <= 1; answer++) {
		struct bytes binding = { .n = 0 }, list = { .n = 0 }, bindings = { .n = 0 }, pdu = { .n = 0 },
			     message = { .n = 0 }, o = { .n = 0 };
		put(&binding, "\x06\x08\x2b\x06\x01\x02\x01\x01\x01\x00", 10);
		put8(&binding, answer ? 4 : 5);
		put8(&binding, answer ? (unsigned)strlen(description) : 0);
		text(&binding, answer ? description : "");
		wrap(&list, 0x30, &binding);
		wrap(&bindings, 0x30, &list);
		put(&pdu, "\x02\x02", 2);
		be16(&pdu, id);
		put(&pdu, "\x02\x01\x00\x02\x01\x00", 6);
		put(&pdu, bindings.b, bindings.n);
		put(&message, "\x02\x01\x01\x04", 4);
		put8(&message, (unsigned)strlen(community));
		text(&message, community);
		wrap(&message, answer ? 0xa2 : 0xa0, &pdu);
		wrap(&o, 0x30, &message);
		if (answer)
			m.response = gen_udp(t + 2 * MILLI, to, 161, from, port, &o);
		else
			m.request = gen_udp(t, from, port, to, 161, &o);
	}
	return m;
}

/* ---- time and logs ---- */

static void timestamp(struct bytes *o, int64_t t)
{
	be32(o, (uint32_t)(t / SECOND + INT64_C(2208988800)));
	be32(o, (uint32_t)((t % SECOND << 32) / SECOND));
}

/* RFC 5905 7.3, client and server */
struct marks ntp_ask(int64_t t, const struct host *from, const struct host *server)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	struct marks m;
	int64_t back = t + (server->internet ? 12 : 1) * MILLI;
	put(&a, "\x23\x00\x06\xec", 4);
	zero(&a, 36);
	timestamp(&a, t);
	put(&b, "\x24\x02\x06\xec\x00\x00\x02\x10\x00\x00\x01\x20\xcb\x00\x71\x01", 16);
	timestamp(&b, t - 40 * SECOND);
	timestamp(&b, t);
	timestamp(&b, back);
	timestamp(&b, back);
	m.request = gen_udp(t, from, 123, server, 123, &a);
	m.response = gen_udp(back, server, 123, from, 123, &b);
	return m;
}

/* RFC 3164: local0, informational */
mark syslog_send(int64_t t, const struct host *from, const struct host *server, const char *message)
{
	struct bytes o = { .n = 0 };
	text(&o, "<134>");
	text(&o, message);
	return gen_udp(t, from, 514, server, 514, &o);
}

/* ---- SMB 1, [MS-CIFS] 2.2.4.52 ---- */

static void smb1_header(struct bytes *o, bool answer)
{
	be32(o, 0);
	text(o, "\xffSMB");
	put8(o, 0x72);
	le32(o, 0);
	put8(o, answer ? 0x98 : 0x18);
	le16(o, 0xc001);
	zero(o, 12);
	le16(o, 0xffff);
	le16(o, 0xfeff);
	le16(o, 0);
	le16(o, 1);
}

struct marks smb1_negotiate(struct tcp *x)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	smb1_header(&a, false);
	put8(&a, 0);
	le16(&a, 12);
	put(&a, "\x02NT LM 0.12", 12);
	set_be16(&a, 2, a.n - 4);
	smb1_header(&b, true);
	put8(&b, 17);
	le16(&b, 0);                     /* the first dialect */
	put8(&b, 3);                     /* users, encrypted passwords */
	le16(&b, 2);
	le16(&b, 1);
	le32(&b, 16644);
	le32(&b, 65536);
	le32(&b, 0);
	le32(&b, 0x0000e3fd);
	zero(&b, 8);
	le16(&b, (unsigned)-540 & 0xffff);
	put8(&b, 8);
	le16(&b, 8 + 2 * 10);
	noise_bytes(&b, 8);
	put(&b, "W\0O\0R\0K\0G\0R\0O\0U\0P\0\0\0", 20);
	set_be16(&b, 2, b.n - 4);
	return tcp_ask(x, &a, &b);
}

/* ---- SSH, RFC 4253 ---- */

static void name_list(struct bytes *o, const char *names)
{
	be32(o, (uint32_t)strlen(names));
	text(o, names);
}

static void kexinit(struct bytes *o)
{
	o->n = 0;
	zero(o, 5);
	put8(o, 20);
	noise_bytes(o, 16);
	name_list(o, "curve25519-sha256,ecdh-sha2-nistp256");
	name_list(o, "ssh-ed25519,rsa-sha2-512");
	for (int i = 0; i < 2; i++)
		name_list(o, "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com");
	for (int i = 0; i < 2; i++)
		name_list(o, "hmac-sha2-256-etm@openssh.com");
	for (int i = 0; i < 2; i++)
		name_list(o, "none");
	zero(o, 4 + 4 + 1 + 4);          /* no languages, no guess */
	size_t padding = 8 - o->n % 8 + 4;
	zero(o, padding);
	set_be16(o, 2, o->n - 4);
	o->b[4] = (uint8_t)padding;
}

void ssh_session(struct tcp *x, size_t lines)
{
	struct bytes a, b;
	tcp_line(x, SERVER, "SSH-2.0-OpenSSH_9.3");
	tcp_line(x, CLIENT, "SSH-2.0-PuTTY_Release_0.81");
	kexinit(&a);
	kexinit(&b);
	tcp_ask(x, &a, &b);
	while (lines--) {
		a.n = b.n = 0;
		noise_bytes(&a, 52);
		noise_bytes(&b, 140);
		tcp_ask(x, &a, &b);
		x->t += 2 * SECOND;
	}
}

/* ---- OPC UA, OPC 10000-6 6.7 and 7.1, OPC 10000-4 5.5 to 5.10 ---- */

static struct { uint32_t sequence[2], request; } ua;

static void ua_text(struct bytes *o, const char *s)
{
	le32(o, s ? (uint32_t)strlen(s) : 0xffffffff);
	if (s)
		text(o, s);
}

/* Header of a chunk; its size is set by ua_end(). */
static void ua_begin(struct bytes *o, int side, const char *type, unsigned service, unsigned session)
{
	o->n = 0;
	text(o, type);
	le32(o, 0);
	le32(o, side == CLIENT && ua.request == 1 ? 0 : 7);       /* secure channel */
	if (type[0] == 'O') {
		ua_text(o, "http://opcfoundation.org/UA/SecurityPolicy#None");
		ua_text(o, NULL);
		ua_text(o, NULL);
	} else {
		le32(o, 1);
	}
	le32(o, ++ua.sequence[side]);
	le32(o, ua.request);
	put8(o, 1);
	put8(o, 0);
	le16(o, service);
	if (side == CLIENT) {
		put8(o, 0);                  /* the session's token: a node by number */
		put8(o, session);
	}
	zero(o, 8);                          /* time */
	le32(o, ua.request);
	le32(o, 0);                          /* diagnostics asked for, or the result: good */
	if (side == CLIENT) {
		ua_text(o, NULL);
		le32(o, 10000);
	} else {
		put8(o, 0);
		le32(o, 0);
	}
	zero(o, 3);
}

static struct marks ua_ask(struct tcp *x, struct bytes *a, struct bytes *b)
{
	set_le16(a, 4, a->n);
	set_le16(b, 4, b->n);
	return tcp_ask(x, a, b);
}

struct marks opcua_open(struct tcp *x, const char *url)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	memset(&ua, 0, sizeof ua);
	text(&a, "HELF");
	text(&b, "ACKF");
	le32(&a, 0);
	le32(&b, 0);
	for (struct bytes *o = &a; o; o = o == &a ? &b : NULL) {
		le32(o, 0);
		le32(o, 65535);
		le32(o, 65535);
		zero(o, 8);
	}
	ua_text(&a, url);
	ua_ask(x, &a, &b);

	ua.request = 1;
	ua_begin(&a, CLIENT, "OPNF", 446, 0);
	le32(&a, 0);
	le32(&a, 0);                         /* issue */
	le32(&a, 1);                         /* mode None */
	ua_text(&a, NULL);
	le32(&a, 3600000);
	ua_begin(&b, SERVER, "OPNF", 449, 0);
	le32(&b, 0);
	le32(&b, 7);
	le32(&b, 1);
	zero(&b, 8);
	le32(&b, 3600000);
	ua_text(&b, NULL);
	ua_ask(x, &a, &b);

	ua.request = 2;
	ua_begin(&a, CLIENT, "MSGF", 461, 0);
	ua_text(&a, "urn:collector:client");
	ua_text(&a, "urn:example:client");
	put8(&a, 2);
	ua_text(&a, "Collector");
	le32(&a, 1);                         /* a client */
	ua_text(&a, NULL);
	ua_text(&a, NULL);
	le32(&a, 0);
	ua_text(&a, NULL);
	ua_text(&a, url);
	ua_text(&a, "Collector");
	ua_text(&a, NULL);
	ua_text(&a, NULL);
	zero(&a, 8);
	le32(&a, 0);
	ua_begin(&b, SERVER, "MSGF", 464, 0);
	put(&b, "\x00\x05\x00\x09", 4);      /* session and its token */
	zero(&b, 8);
	ua_text(&b, NULL);
	ua_text(&b, NULL);
	le32(&b, 0);
	le32(&b, 0);
	ua_text(&b, NULL);
	ua_text(&b, NULL);
	le32(&b, 0);
	ua_ask(x, &a, &b);

	ua.request = 3;
	ua_begin(&a, CLIENT, "MSGF", 467, 9);
	ua_text(&a, NULL);
	ua_text(&a, NULL);
	le32(&a, 0);
	le32(&a, 0);
	put(&a, "\x01\x00\x41\x01\x01\x0d\x00\x00\x00\x09\x00\x00\x00" "anonymous", 22);
	ua_text(&a, NULL);
	ua_text(&a, NULL);
	ua_begin(&b, SERVER, "MSGF", 470, 0);
	ua_text(&b, NULL);
	le32(&b, 0);
	le32(&b, 0);
	return ua_ask(x, &a, &b);
}

struct marks opcua_read(struct tcp *x)
{
	struct bytes a, b;
	ua.request++;
	ua_begin(&a, CLIENT, "MSGF", 631, 9);
	zero(&a, 8);
	le32(&a, 2);
	le32(&a, 1);
	put(&a, "\x01\x02\x10\x27", 4);      /* namespace 2, 10000 */
	le32(&a, 13);                        /* its value */
	ua_text(&a, NULL);
	zero(&a, 2);
	ua_text(&a, NULL);
	ua_begin(&b, SERVER, "MSGF", 634, 0);
	le32(&b, 1);
	put(&b, "\x01\x06", 2);
	le32(&b, gen_random(1000));
	le32(&b, 0);
	return ua_ask(x, &a, &b);
}
