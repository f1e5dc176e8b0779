/* Network addresses: IPv4 is kept as ::ffff:a.b.c.d, MACs as six bytes. */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define ADDR_TEXT 46   /* room for the longest address and its NUL */
#define MAC_TEXT 18

struct addr {
	uint8_t b[16];
};

/* b: four bytes in network order. */
static inline struct addr addr_v4(const uint8_t *b)
{
	struct addr a = { { [10] = 0xff, [11] = 0xff } };
	if (b)
		memcpy(a.b + 12, b, 4);
	return a;
}

static inline bool addr_is_v4(const struct addr *a)
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };
	return memcmp(a->b, prefix, 12) == 0;
}

static inline bool addr_equal(const struct addr *a, const struct addr *b)
{
	return memcmp(a->b, b->b, 16) == 0;
}

bool addr_is_zero(const struct addr *a);
/* Unicast of one host: not group, broadcast (255.255.255.255), unspecified or loopback's group. */
bool addr_is_host(const struct addr *a);
bool addr_is_multicast(const struct addr *a);
/* RFC 1918, RFC 4193, link-local, loopback, shared address space (RFC 6598): not the internet. */
bool addr_is_private(const struct addr *a);
bool addr_is_link_local(const struct addr *a);
bool addr_is_loopback(const struct addr *a);
/* Text into out (ADDR_TEXT bytes), which is returned. */
char *addr_text(const struct addr *a, char *out);
bool addr_parse(const char *text, struct addr *a);

/* A network: the first so many bits of an address (of 128: 96 and up for IPv4). */
struct prefix {
	struct addr ip;
	int bits;
};

/* "192.168.1.0/24", or an address alone. */
bool prefix_parse(const char *text, struct prefix *p);
bool prefix_has(const struct prefix *p, const struct addr *a);

/* "00:1d:9c:c7:b0:10", also with - or without separators, or its first bytes: how many there are (1 to 6), 0 for none. */
int mac_parse(const char *text, uint8_t mac[6]);
bool mac_is_zero(const uint8_t mac[6]);
/* Group bit clear and not zero. */
bool mac_is_host(const uint8_t mac[6]);
/* Locally administered: a randomised or made-up address. */
bool mac_is_local(const uint8_t mac[6]);
char *mac_text(const uint8_t mac[6], char *out);

#endif
