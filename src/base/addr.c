#include "base/addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool addr_is_zero(const struct addr *a)
{
	static const uint8_t zero[16];
	return memcmp(a->b, zero, 16) == 0 || (addr_is_v4(a) && memcmp(a->b + 12, zero, 4) == 0);
}

bool addr_is_multicast(const struct addr *a)
{
	if (addr_is_v4(a))
		return (a->b[12] & 0xf0) == 0xe0;
	return a->b[0] == 0xff;
}

bool addr_is_host(const struct addr *a)
{
	if (addr_is_zero(a) || addr_is_multicast(a))
		return false;
	if (addr_is_v4(a)) /* 0/8 is "this network", 240/4 reserved and broadcast */
		return a->b[12] != 0 && a->b[12] < 0xf0;
	return true;
}

bool addr_is_loopback(const struct addr *a)
{
	static const uint8_t one[16] = { [15] = 1 };
	return addr_is_v4(a) ? a->b[12] == 127 : memcmp(a->b, one, 16) == 0;
}

bool addr_is_link_local(const struct addr *a)
{
	if (addr_is_v4(a))
		return a->b[12] == 169 && a->b[13] == 254;
	return a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80;
}

bool addr_is_private(const struct addr *a)
{
	if (addr_is_link_local(a) || addr_is_loopback(a) || addr_is_zero(a))
		return true;
	const uint8_t *v4 = a->b + 12;
	if (addr_is_v4(a))
		return v4[0] == 10 || (v4[0] == 172 && (v4[1] & 0xf0) == 16) ||
		       (v4[0] == 192 && v4[1] == 168) || (v4[0] == 100 && (v4[1] & 0xc0) == 64);
	return (a->b[0] & 0xfe) == 0xfc;
}

char *addr_text(const struct addr *a, char *out)
{
	if (addr_is_v4(a))
		inet_ntop(AF_INET, a->b + 12, out, ADDR_TEXT);
	else
		inet_ntop(AF_INET6, a->b, out, ADDR_TEXT);
	return out;
}

bool addr_parse(const char *text, struct addr *a)
{
	uint8_t v4[4];
	if (inet_pton(AF_INET, text, v4) == 1) {
		*a = addr_v4(v4);
		return true;
	}
	return inet_pton(AF_INET6, text, a->b) == 1;
}

bool prefix_parse(const char *text, struct prefix *p)
{
	char ip[ADDR_TEXT];
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	if (n == 0 || n >= sizeof ip)
		return false;
	memcpy(ip, text, n);
	ip[n] = 0;
	if (!addr_parse(ip, &p->ip))
		return false;
	int most = addr_is_v4(&p->ip) && !strchr(ip, ':') ? 32 : 128;
	long bits = most;
	if (slash) {
		char *end;
		if (slash[1] < '0' || slash[1] > '9')
			return false;
		bits = strtol(slash + 1, &end, 10);
		if (*end || bits < 0 || bits > most)
			return false;
	}
	p->bits = (int)bits + (most == 32 ? 96 : 0);
	return true;
}

bool prefix_has(const struct prefix *p, const struct addr *a)
{
	int whole = p->bits / 8, rest = p->bits % 8;
	if (memcmp(p->ip.b, a->b, (size_t)whole) != 0)
		return false;
	return rest == 0 || ((p->ip.b[whole] ^ a->b[whole]) >> (8 - rest)) == 0;
}

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int mac_parse(const char *text, uint8_t mac[6])
{
	int n = 0;
	memset(mac, 0, 6);
	while (*text) {
		if (n == 6 || hex(text[0]) < 0 || hex(text[1]) < 0)
			return 0;
		mac[n++] = (uint8_t)(hex(text[0]) << 4 | hex(text[1]));
		text += 2;
		if ((*text == ':' || *text == '-') && text[1])
			text++;
	}
	return n;
}

bool mac_is_zero(const uint8_t mac[6])
{
	return (mac[0] | mac[1] | mac[2] | mac[3] | mac[4] | mac[5]) == 0;
}

bool mac_is_host(const uint8_t mac[6])
{
	return (mac[0] & 1) == 0 && !mac_is_zero(mac);
}

bool mac_is_local(const uint8_t mac[6])
{
	return (mac[0] & 2) != 0;
}

char *mac_text(const uint8_t mac[6], char *out)
{
	snprintf(out, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
		 mac[5]);
	return out;
}
