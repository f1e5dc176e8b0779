/*
 * Makes a capture of a conversation that is written down by hand, from the
 * protocol's document.
 *
 *     frames [--split N] [--late] [--vlan N] SCRIPT CAPTURE
 *
 * --split cuts what TCP carries into segments of N bytes, --late leaves out how
 * connections began, --vlan tags every frame: what is seen must stay the same.
 *
 * A script has one statement a line; # begins a comment.
 *
 *     host 192.168.3.39 58:52:8a:00:00:01     this address has this MAC (else 02:00:a.b.c.d)
 *     vlan 10                                 what follows is tagged; 0 ends that
 *     tcp 192.168.3.1 > 192.168.3.39:5007     a connection: SYN, SYN and ACK, ACK
 *     udp 192.168.3.1:5010 > 192.168.3.39:5007
 *     ether 02:00:00:00:00:01 > 01:0e:cf:00:00:00 0x8892    type below 0x600: a length, LLC follows
 *     > 50 00 00ff "TEXT\r\n" 00*16           bytes from left to right of the last of those …
 *       be32:100000 le16:0x10 ip:10.0.0.1     … (indented: the line before goes on)
 *     < d0 00                                 … and from right to left
 *     close                                   the connection ends
 *     wait 100                                milliseconds, also 0.25
 *     repeat 20 500                           all up to `end`, so often, every so many milliseconds
 *     end
 *
 * Bytes are pairs of hexadecimal digits. A text knows \r \n \t \0 \\ \" and \xNN.
 * One line is one datagram, one frame, or one segment of TCP. Ten milliseconds lie
 * between a line and the next.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen.h"

enum { HOSTS = 64, LINES = 4096, LINE = 65536 };

static struct host hosts[HOSTS];
static size_t n_hosts;
static const char *file;
static int line_number, vlan;
static size_t split;
static bool late;
static int tag;
static int64_t now;

static struct {
	enum { NOTHING, TCP, UDP, ETHER } kind;
	struct tcp tcp;
	const struct host *left, *right;
	const char *group;                     /* right end, when it is a broadcast or group address */
	unsigned sport, dport, type;
	uint8_t mac[2][6];
} talk;

static void bad(const char *what, const char *where)
{
	fprintf(stderr, "%s:%d: %s: %s\n", file, line_number, what, where);
	exit(2);
}

static bool mac_read(const char *s, uint8_t mac[6])
{
	return sscanf(s, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5) == 6;
}

static struct host *host(const char *address)
{
	for (size_t i = 0; i < n_hosts; i++)
		if (strcmp(hosts[i].address, address) == 0 && hosts[i].vlan == vlan)
			return &hosts[i];
	if (n_hosts == HOSTS)
		bad("too many hosts", address);
	uint32_t ip = gen_ip(address);
	struct host *h = &hosts[n_hosts++];
	*h = (struct host){ .address = strdup(address), .vlan = vlan,
			    .mac = { 2, 0, (uint8_t)(ip >> 24), (uint8_t)(ip >> 16), (uint8_t)(ip >> 8), (uint8_t)ip } };
	return h;
}

/* ---- bytes ---- */

static const char *quoted(const char *s, struct bytes *o)
{
	for (; *s && *s != '"'; s++) {
		unsigned v = (uint8_t)*s;
		if (*s == '\\') {
			static const char names[] = "rnt0\\\"", values[] = "\r\n\t\0\\\"";
			const char *at = *++s ? strchr(names, *s) : NULL;
			if (*s == 'x' && sscanf(s + 1, "%2x", &v) == 1)
				s += 2;
			else if (at)
				v = (uint8_t)values[at - names];
			else
				bad("no such escape", s);
		}
		put8(o, v);
	}
	if (!*s)
		bad("the text does not end", "\"");
	return s + 1;
}

static void token(const char *s, size_t n, struct bytes *o)
{
	char word[256];
	unsigned v, times = 1;
	if (n >= sizeof word)
		bad("word too long", s);
	memcpy(word, s, n);
	word[n] = 0;
	char *star = strchr(word, '*');
	if (strncmp(word, "be16:", 5) == 0 || strncmp(word, "le16:", 5) == 0 || strncmp(word, "be32:", 5) == 0 ||
	    strncmp(word, "le32:", 5) == 0) {
		char *end;
		uint32_t value = (uint32_t)strtoul(word + 5, &end, 0);
		if (*end || end == word + 5)
			bad("no number", word);
		(word[0] == 'b' ? word[2] == '1' ? (void)be16(o, value) : be32(o, value)
				: word[2] == '1' ? (void)le16(o, value) : le32(o, value));
		return;
	}
	if (strncmp(word, "ip:", 3) == 0) {
		be32(o, gen_ip(word + 3));
		return;
	}
	if (star) {
		*star = 0;
		times = (unsigned)strtoul(star + 1, NULL, 10);
	}
	size_t digits = strspn(word, "0123456789abcdefABCDEF");
	if (word[digits] || digits % 2 || !digits)
		bad("no bytes", word);
	while (times--)
		for (size_t i = 0; i < digits; i += 2) {
			sscanf(word + i, "%2x", &v);
			put8(o, v);
		}
}

static struct bytes payload(const char *s)
{
	struct bytes o = { .n = 0 };
	while (*s) {
		if (*s == '#') {
			s += strcspn(s, "\n");
		} else if (isspace((unsigned char)*s)) {
			s++;
		} else if (*s == '"') {
			s = quoted(s + 1, &o);
		} else {
			size_t n = strcspn(s, " \t\r\n#\"");
			token(s, n, &o);
			s += n;
		}
	}
	return o;
}

/* ---- statements ---- */

static void say(int side, const char *text)
{
	struct bytes o = payload(text);
	const struct host *from = side == CLIENT ? talk.left : talk.right, *to = side == CLIENT ? talk.right : talk.left;
	unsigned sport = side == CLIENT ? talk.sport : talk.dport, dport = side == CLIENT ? talk.dport : talk.sport;
	switch (talk.kind) {
	case TCP:
		talk.tcp.t = now > talk.tcp.t ? now : talk.tcp.t;
		for (size_t at = 0, n; split && at < o.n; at += n) {
			struct bytes part = { .n = 0 };
			n = o.n - at < split ? o.n - at : split;
			put(&part, o.b + at, n);
			tcp_say(&talk.tcp, side, &part);
		}
		if (!split)
			tcp_say(&talk.tcp, side, &o);
		now = talk.tcp.t;
		break;
	case UDP:
		if (talk.group && side == CLIENT)
			gen_udp_group(now, from, sport, talk.group, dport, &o, false);
		else if (talk.group)
			bad("nobody sends from a group address", talk.group);
		else
			gen_udp(now, from, sport, to, dport, &o);
		break;
	case ETHER:
		gen_ethernet(now, vlan, talk.mac[side == CLIENT ? 0 : 1], talk.mac[side == CLIENT ? 1 : 0], talk.type, &o);
		break;
	default:
		bad("who?", text);
	}
	now += 10 * MILLI;
}

static bool is_group(const char *address)
{
	uint32_t ip = gen_ip(address);
	return ip >> 28 == 14 || (ip & 0xff) == 0xff;
}

static void ends(char *s, bool tcp)
{
	char left[64], right[64];
	unsigned sport = 0, dport = 0;
	if (sscanf(s, " %63[0-9.]:%u > %63[0-9.]:%u", left, &sport, right, &dport) != 4 &&
	    sscanf(s, " %63[0-9.] > %63[0-9.]:%u", left, right, &dport) != 3)
		bad("expected ADDRESS[:PORT] > ADDRESS:PORT", s);
	talk.left = host(left);
	talk.group = is_group(right) ? host(right)->address : NULL;
	talk.right = talk.group ? NULL : host(right);
	talk.sport = sport ? sport : dport;
	talk.dport = dport;
	talk.kind = tcp ? TCP : UDP;
	if (!tcp)
		return;
	if (late)
		tcp_late(&talk.tcp, talk.left, talk.right, dport, now);
	else
		tcp_open(&talk.tcp, talk.left, talk.right, dport, now);
	now = talk.tcp.t + 10 * MILLI;
}

static char *lines[LINES];
static int numbers_of[LINES], n_lines;

static void run(int from, int to);

static int repeat(int at, int to, const char *s)
{
	unsigned n;
	double every;
	int end = at + 1;
	while (end < to && strncmp(lines[end], "end", 3) != 0)
		end++;
	if (sscanf(s, "%u %lf", &n, &every) != 2 || end == to)
		bad("expected repeat TIMES MILLISECONDS … end", s);
	while (n--) {
		int64_t start = now;
		run(at + 1, end);
		now = start + (int64_t)(every * (double)MILLI);
	}
	return end;
}

static void run(int from, int to)
{
	for (int i = from; i < to; i++) {
		char *s = lines[i], a[64], b[64];
		line_number = numbers_of[i];
		if (*s == '>' || *s == '<') {
			say(*s == '>' ? CLIENT : SERVER, s + 1);
		} else if (strncmp(s, "tcp ", 4) == 0 || strncmp(s, "udp ", 4) == 0) {
			ends(s + 4, *s == 't');
		} else if (strncmp(s, "ether ", 6) == 0) {
			if (sscanf(s + 6, " %63s > %63s %x", a, b, &talk.type) != 3 || !mac_read(a, talk.mac[0]) ||
			    !mac_read(b, talk.mac[1]))
				bad("expected ether MAC > MAC TYPE", s);
			talk.kind = ETHER;
		} else if (sscanf(s, "host %63s %63s", a, b) == 2) {
			if (!mac_read(b, host(a)->mac))
				bad("no MAC address", b);
		} else if (strncmp(s, "vlan ", 5) == 0) {
			vlan = tag ? tag : atoi(s + 5);
		} else if (strncmp(s, "wait ", 5) == 0) {
			now += (int64_t)(atof(s + 5) * (double)MILLI);
		} else if (strncmp(s, "close", 5) == 0 && talk.kind == TCP) {
			talk.tcp.t = now > talk.tcp.t ? now : talk.tcp.t;
			tcp_close(&talk.tcp);
			now = talk.tcp.t + 10 * MILLI;
		} else if (strncmp(s, "repeat ", 7) == 0) {
			i = repeat(i, to, s + 7);
		} else {
			bad("no such statement", s);
		}
	}
}

int main(int argc, char **argv)
{
	static char text[LINE];
	int i = 1;
	for (; i < argc - 2; i++) {
		if (strcmp(argv[i], "--late") == 0)
			late = true;
		else if (strcmp(argv[i], "--split") == 0 && i + 1 < argc)
			split = (size_t)atoi(argv[++i]);
		else if (strcmp(argv[i], "--vlan") == 0 && i + 1 < argc)
			vlan = tag = atoi(argv[++i]);
		else
			break;
	}
	if (i != argc - 2) {
		fputs("usage: frames [--split N] [--late] [--vlan N] SCRIPT CAPTURE\n", stderr);
		return 64;
	}
	file = argv[i];
	now = INT64_C(1715558400) * SECOND;
	FILE *f = fopen(file, "r");
	if (!f) {
		perror(file);
		return 2;
	}
	while (fgets(text, sizeof text, f)) {
		line_number++;
		bool more = isspace((unsigned char)*text);
		text[strcspn(text, "\r\n")] = 0;
		char *s = text + strspn(text, " \t");
		if (!*s || *s == '#')
			continue;
		if (more && n_lines) {
			/* the comment of the line before ends with it */
			char *last = lines[n_lines - 1], *joined = malloc(strlen(last) + strlen(s) + 2);
			sprintf(joined, "%s\n%s", last, s);
			lines[n_lines - 1] = joined;
			free(last);
			continue;
		}
		if (n_lines == LINES)
			bad("too many lines", s);
		numbers_of[n_lines] = line_number;
		lines[n_lines++] = strdup(s);
	}
	fclose(f);
	run(0, n_lines);
	if (!gen_write(argv[i + 1])) {
		perror(argv[i + 1]);
		return 2;
	}
	return 0;
}
