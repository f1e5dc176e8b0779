/* What an office speaks: DHCP, DNS, NetBIOS names, SSDP, TLS, HTTP, FTP, Telnet, SMB, LLDP, STP. */
#include <stdio.h>
#include <string.h>

#include "proto.h"

/* ---- DHCP, RFC 2131 and 2132 ---- */

static void option(struct bytes *o, unsigned code, const void *data, size_t n)
{
	put8(o, code);
	put8(o, (unsigned)n);
	put(o, data, n);
}

static void option_ip(struct bytes *o, unsigned code, const char *address)
{
	put8(o, code);
	put8(o, 4);
	be32(o, gen_ip(address));
}

static void bootp(struct bytes *o, unsigned operation, uint32_t id, const struct host *client, bool given,
		  unsigned type)
{
	o->n = 0;
	put8(o, operation);
	put8(o, 1);
	put8(o, 6);
	put8(o, 0);
	be32(o, id);
	be32(o, operation == 1 ? 0x8000 : 0x8000);
	be32(o, 0);
	be32(o, given ? gen_ip(client->address) : 0);
	be32(o, 0);
	be32(o, 0);
	put(o, client->mac, 6);
	zero(o, 10 + 64 + 128);
	be32(o, 0x63825363);
	put8(o, 53);
	put8(o, 1);
	put8(o, type);
}

void dhcp_lease(int64_t t, const struct host *client, const struct host *server, const char *hostname,
		const char *vendor_class, const uint8_t *fingerprint, size_t n)
{
	uint32_t id = gen_random(0x7fffffff);
	struct bytes o;
	uint8_t client_id[7] = { 1 };
	memcpy(client_id + 1, client->mac, 6);
	for (unsigned type = 1; type <= 3; type += 2) {
		bootp(&o, 1, id, client, false, type);
		option(&o, 61, client_id, sizeof client_id);
		if (type == 3) {
			option_ip(&o, 50, client->address);
			option_ip(&o, 54, server->address);
		}
		if (hostname)
			option(&o, 12, hostname, strlen(hostname));
		if (vendor_class)
			option(&o, 60, vendor_class, strlen(vendor_class));
		option(&o, 55, fingerprint, n);
		put8(&o, 255);
		gen_udp_group(t, client, 68, "255.255.255.255", 67, &o, true);
		t += 30 * MILLI;
		bootp(&o, 2, id, client, true, type == 1 ? 2 : 5);
		option_ip(&o, 54, server->address);
		put(&o, "\x33\x04\x00\x00\x1c\x20", 6);
		option_ip(&o, 1, "255.255.255.0");
		option_ip(&o, 3, server->address);
		option_ip(&o, 6, server->address);
		put8(&o, 255);
		gen_udp_group(t, server, 67, "255.255.255.255", 68, &o, false);
		t += 20 * MILLI;
	}
}

/* ---- names ---- */

static void dns_name(struct bytes *o, const char *name)
{
	while (*name) {
		size_t n = strcspn(name, ".");
		put8(o, (unsigned)n);
		put(o, name, n);
		name += n + (name[n] == '.');
	}
	put8(o, 0);
}

void dns_query(int64_t t, const struct host *client, const struct host *resolver, const char *name,
	       const char *address)
{
	unsigned port = 50000 + gen_random(10000), id = gen_random(65536);
	struct bytes o = { .n = 0 };
	for (int answer = 0; answer <= 1; answer++) {
		o.n = 0;
		be16(&o, id);
		be16(&o, answer ? 0x8180 : 0x0100);
		be16(&o, 1);
		be16(&o, (unsigned)answer);
		be32(&o, 0);
		dns_name(&o, name);
		be16(&o, 1);
		be16(&o, 1);
		if (answer) {
			be16(&o, 0xc00c);
			be16(&o, 1);
			be16(&o, 1);
			be32(&o, 300);
			be16(&o, 4);
			be32(&o, gen_ip(address));
			gen_udp(t + 12 * MILLI, resolver, 53, client, port, &o);
		} else {
			gen_udp(t, client, port, resolver, 53, &o);
		}
	}
}

/* RFC 1002: each half byte of the 16-byte name as a letter from A. */
static void nbns_name(struct bytes *o, const char *name, unsigned suffix)
{
	struct bytes raw = { .n = 0 };
	padded(&raw, name, 15, ' ');
	put8(&raw, suffix);
	put8(o, 32);
	for (size_t i = 0; i < 16; i++) {
		put8(o, 'A' + (raw.b[i] >> 4));
		put8(o, 'A' + (raw.b[i] & 15u));
	}
	put8(o, 0);
}

mark nbns_register(int64_t t, const struct host *from, const char *broadcast, const char *name)
{
	struct bytes o = { .n = 0 };
	be16(&o, gen_random(65536));
	be16(&o, 0x2910);
	be16(&o, 1);
	be32(&o, 0);
	be16(&o, 1);
	nbns_name(&o, name, 0);
	be16(&o, 0x20);
	be16(&o, 1);
	be16(&o, 0xc00c);
	be16(&o, 0x20);
	be16(&o, 1);
	be32(&o, 300000);
	be16(&o, 6);
	be16(&o, 0);
	be32(&o, gen_ip(from->address));
	return gen_udp_group(t, from, 137, broadcast, 137, &o, false);
}

void nbns_query(int64_t t, const struct host *from, const char *broadcast, const char *name)
{
	struct bytes o = { .n = 0 };
	be16(&o, gen_random(65536));
	be16(&o, 0x0110);
	be16(&o, 1);
	be32(&o, 0);
	be16(&o, 0);
	nbns_name(&o, name, 0x20);
	be16(&o, 0x20);
	be16(&o, 1);
	gen_udp_group(t, from, 137, broadcast, 137, &o, false);
}

void ssdp_search(int64_t t, const struct host *from)
{
	struct bytes o = { .n = 0 };
	text(&o, "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\n"
		 "ST: urn:dial-multiscreen-org:service:dial:1\r\nUSER-AGENT: Chrome/124.0 Windows\r\n\r\n");
	gen_udp_group(t, from, 52000 + gen_random(1000), "239.255.255.250", 1900, &o, false);
}

/* ---- TLS 1.2 on the outside, as RFC 8446 has it ---- */

static void random_bytes(struct bytes *o, size_t n)
{
	while (n--)
		put8(o, gen_random(256));
}

void tls_open(struct tcp *x, const char *name)
{
	struct bytes o = { .n = 0 };
	size_t host = strlen(name);
	put(&o, "\x16\x03\x01\0\0\x01\0\0\0\x03\x03", 11);
	random_bytes(&o, 32);
	put8(&o, 32);
	random_bytes(&o, 32);
	put(&o, "\x00\x06\x13\x01\x13\x02\xc0\x2f\x01\x00", 10);
	size_t at = o.n;
	be16(&o, 0);
	be16(&o, 0);                     /* server name */
	be16(&o, (unsigned)host + 5);
	be16(&o, (unsigned)host + 3);
	put8(&o, 0);
	be16(&o, (unsigned)host);
	text(&o, name);
	put(&o, "\x00\x2b\x00\x05\x04\x03\x04\x03\x03", 9);
	put(&o, "\x00\x0a\x00\x04\x00\x02\x00\x1d", 8);
	put(&o, "\x00\x0d\x00\x04\x00\x02\x04\x03", 8);
	set_be16(&o, at, o.n - at - 2);
	set_be16(&o, 3, o.n - 5);
	set_be16(&o, 7, o.n - 9);
	struct bytes s = { .n = 0 };
	put(&s, "\x16\x03\x03\0\0\x02\0\0\0\x03\x03", 11);
	random_bytes(&s, 32);
	put8(&s, 0);
	put(&s, "\xc0\x2f\x00", 3);
	set_be16(&s, 3, s.n - 5);
	set_be16(&s, 7, s.n - 9);
	put(&s, "\x14\x03\x03\x00\x01\x01", 6);
	tcp_ask(x, &o, &s);
	tls_data(x, SERVER, 900);
}

void tls_data(struct tcp *x, int side, size_t n)
{
	struct bytes o = { .n = 0 };
	put(&o, "\x17\x03\x03", 3);
	be16(&o, (unsigned)n);
	random_bytes(&o, n);
	tcp_say(x, side, &o);
}

void tls_session(int64_t t, const struct host *client, const struct host *server, unsigned port, const char *name,
		 size_t bytes)
{
	struct tcp x;
	tcp_open(&x, client, server, port, t);
	tls_open(&x, name);
	tls_data(&x, CLIENT, 400);
	while (bytes) {
		size_t n = bytes < 4000 ? bytes : 4000;
		tls_data(&x, SERVER, n);
		bytes -= n;
	}
	tcp_close(&x);
}

/* ---- OpenVPN over UDP with tls-auth: opcode, session 8, HMAC-SHA1 20, packet id 4, time 4, acknowledgements ---- */

struct marks openvpn_open(int64_t t, const struct host *client, const struct host *server)
{
	struct bytes sessions[2] = { { .n = 0 }, { .n = 0 } }, o;
	struct marks m = { NO_MARK, NO_MARK };
	random_bytes(&sessions[0], 8);
	random_bytes(&sessions[1], 8);
	for (int answer = 0; answer <= 1; answer++) {
		o.n = 0;
		put8(&o, answer ? 0x40 : 0x38);   /* hard reset, server's and client's */
		put(&o, sessions[answer].b, 8);
		random_bytes(&o, 20);
		be32(&o, 1);
		be32(&o, (uint32_t)(t / SECOND));
		put8(&o, (unsigned)answer);
		if (answer) {
			be32(&o, 0);
			put(&o, sessions[0].b, 8);
		}
		be32(&o, 0);
		if (answer)
			m.response = gen_udp(t + 25 * MILLI, server, 1194, client, 1194, &o);
		else
			m.request = gen_udp(t, client, 1194, server, 1194, &o);
	}
	return m;
}

void openvpn_data(int64_t t, const struct host *from, const struct host *to, size_t n)
{
	struct bytes o = { .n = 0 };
	put8(&o, 0x30);
	random_bytes(&o, n);
	gen_udp(t, from, 1194, to, 1194, &o);
}

/* ---- text protocols ---- */

struct marks http_get(struct tcp *x, const char *host, const char *path, const char *headers, const char *status,
		      const char *answer_headers, const char *body)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	char line[200];
	snprintf(line, sizeof line, "GET %s HTTP/1.1\r\nHost: %s\r\n", path, host);
	text(&a, line);
	text(&a, headers);
	text(&a, "\r\n");
	snprintf(line, sizeof line, "HTTP/1.1 %s\r\n", status);
	text(&b, line);
	text(&b, answer_headers);
	snprintf(line, sizeof line, "Content-Length: %zu\r\n\r\n", strlen(body));
	text(&b, line);
	text(&b, body);
	return tcp_ask(x, &a, &b);
}

static struct marks command(struct tcp *x, const char *name, const char *argument, const char *answer)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	text(&a, name);
	text(&a, argument);
	text(&a, "\r\n");
	text(&b, answer);
	text(&b, "\r\n");
	return tcp_ask(x, &a, &b);
}

struct marks ftp_login(struct tcp *x, const char *banner, const char *user, const char *password)
{
	tcp_line(x, SERVER, banner);
	command(x, "USER ", user, "331 Password required");
	return command(x, "PASS ", password, "230 User logged in");
}

mark ftp_store(struct tcp *control, const char *name, const char *program)
{
	unsigned port = 40000 + gen_random(8000);
	uint32_t ip = gen_ip(control->server->address);
	char passive[100];
	snprintf(passive, sizeof passive, "227 Entering Passive Mode (%u,%u,%u,%u,%u,%u)", ip >> 24, ip >> 16 & 255,
		 ip >> 8 & 255, ip & 255, port >> 8, port & 255);
	command(control, "PASV", "", passive);
	struct tcp data;
	struct bytes o = { .n = 0 };
	mark stored = command(control, "STOR ", name, "150 Opening data connection").request;
	tcp_open(&data, control->client, control->server, port, control->t);
	text(&o, program);
	tcp_say(&data, CLIENT, &o);
	tcp_close(&data);
	control->t = data.t + MILLI;
	tcp_line(control, SERVER, "226 Transfer complete");
	return stored;
}

mark telnet_login(struct tcp *x, const char *banner, const char *user, const char *password)
{
	struct bytes o = { .n = 0 };
	put(&o, "\xff\xfd\x18\xff\xfb\x01\xff\xfb\x03", 9);
	tcp_say(x, SERVER, &o);
	o.n = 0;
	put(&o, "\xff\xfb\x18\xff\xfd\x01\xff\xfd\x03", 9);
	tcp_say(x, CLIENT, &o);
	o.n = 0;
	text(&o, banner);
	text(&o, "\r\nlogin: ");
	tcp_say(x, SERVER, &o);
	/* Typed letter by letter, echoed. */
	for (const char *p = user; *p; p++) {
		o.n = 0;
		put8(&o, (unsigned char)*p);
		tcp_ask(x, &o, &o);
		x->t += 90 * MILLI;
	}
	o.n = 0;
	text(&o, "\r\n");
	struct bytes prompt = { .n = 0 };
	text(&prompt, "\r\nPassword: ");
	tcp_ask(x, &o, &prompt);
	mark m = NO_MARK;
	for (const char *p = password; *p; p++) {
		o.n = 0;
		put8(&o, (unsigned char)*p);
		mark letter = tcp_say(x, CLIENT, &o);
		m = m == NO_MARK ? letter : m;
		x->t += 90 * MILLI;
	}
	prompt.n = o.n = 0;
	text(&o, "\r\n");
	text(&prompt, "\r\nawplus>");
	tcp_ask(x, &o, &prompt);
	return m;
}

/* ---- SMB 2, MS-SMB2 2.2.3 and 2.2.4 ---- */

static void smb_header(struct bytes *o, bool answer)
{
	o->n = 0;
	be32(o, 0);
	text(o, "\xfeSMB");
	le16(o, 64);
	le16(o, 1);
	le32(o, 0);
	le16(o, 0);              /* negotiate */
	le16(o, 1);
	le32(o, answer ? 1 : 0);
	le32(o, 0);
	zero(o, 8);
	le32(o, 0xfeff);
	le32(o, 0);
	zero(o, 8 + 16);
}

void smb_negotiate(struct tcp *x)
{
	struct bytes a, b;
	smb_header(&a, false);
	le16(&a, 36);
	le16(&a, 2);
	le16(&a, 1);
	le16(&a, 0);
	le32(&a, 0x7f);
	random_bytes(&a, 16);
	zero(&a, 8);
	le16(&a, 0x0202);
	le16(&a, 0x0210);
	set_be16(&a, 2, a.n - 4);
	smb_header(&b, true);
	le16(&b, 65);
	le16(&b, 1);             /* signing enabled, not required */
	le16(&b, 0x0210);
	le16(&b, 0);
	random_bytes(&b, 16);
	le32(&b, 1);
	le32(&b, 65536);
	le32(&b, 65536);
	le32(&b, 65536);
	zero(&b, 16);
	le16(&b, 128);
	le16(&b, 0);
	le32(&b, 0);
	set_be16(&b, 2, b.n - 4);
	tcp_ask(x, &a, &b);
}

/* ---- switches ---- */

static void tlv(struct bytes *o, unsigned type, const void *data, size_t n)
{
	be16(o, type << 9 | (unsigned)n);
	put(o, data, n);
}

/* IEEE 802.1AB */
void lldp(int64_t t, const struct host *from, const char *port, const char *port_description, const char *name,
	  const char *description)
{
	static const uint8_t nearest[6] = { 0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e };
	struct bytes o = { .n = 0 }, v = { .n = 0 };
	put8(&v, 4);             /* chassis: MAC address */
	put(&v, from->mac, 6);
	tlv(&o, 1, v.b, v.n);
	v.n = 0;
	put8(&v, 5);             /* port: interface name */
	text(&v, port);
	tlv(&o, 2, v.b, v.n);
	tlv(&o, 3, "\x00\x78", 2);
	tlv(&o, 4, port_description, strlen(port_description));
	tlv(&o, 5, name, strlen(name));
	tlv(&o, 6, description, strlen(description));
	tlv(&o, 7, "\x00\x04\x00\x04", 4);
	v.n = 0;
	put8(&v, 5);
	put8(&v, 1);
	be32(&v, gen_ip(from->address));
	put(&v, "\x02\x00\x00\x00\x01\x00", 6);
	tlv(&o, 8, v.b, v.n);
	tlv(&o, 0, "", 0);
	gen_ethernet(t, 0, from->mac, nearest, 0x88cc, &o);
}

/* IEEE 802.1D, rapid spanning tree configuration */
void stp(int64_t t, const struct host *from)
{
	static const uint8_t bridges[6] = { 0x01, 0x80, 0xc2, 0x00, 0x00, 0x00 };
	struct bytes o = { .n = 0 };
	put(&o, "\x42\x42\x03\x00\x00\x02\x02\x3c", 8);
	be16(&o, 0x8000);
	put(&o, from->mac, 6);
	be32(&o, 0);
	be16(&o, 0x8000);
	put(&o, from->mac, 6);
	be16(&o, 0x8001);
	put(&o, "\x00\x00\x14\x00\x02\x00\x0f\x00\x00", 9);
	gen_ethernet(t, 0, from->mac, bridges, 0, &o);
}
