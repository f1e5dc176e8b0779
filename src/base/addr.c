#include "base/addr.h"

#include <arpa/inet.h>
#include <stdio.h>

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
