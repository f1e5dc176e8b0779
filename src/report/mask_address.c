/* What in a text looks like an address, and which addresses name nobody. */
#include "report/mask.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

bool mask_word_char(char c)
{
	return isalnum((unsigned char)c) != 0 || c == '_';
}

size_t mask_ipv4_at(const char *s, struct addr *a)
{
	uint8_t b[4];
	size_t i = 0;
	int parts = 0;
	for (; parts < 4; parts++) {
		int v = 0, digits = 0;
		if (parts && s[i++] != '.')
			return 0;
		for (; isdigit((unsigned char)s[i]) && digits < 4; digits++)
			v = v * 10 + s[i++] - '0';
		if (!digits || digits > 3 || v > 255)
			return 0;
		b[parts] = (uint8_t)v;
	}
	/* More numbers behind it: a version or an object identifier; two more make a NetId, which begins with an address. */
	size_t more = 0;
	for (size_t j = i; s[j] == '.' && isdigit((unsigned char)s[j + 1]); more++)
		for (j++; isdigit((unsigned char)s[j]);)
			j++;
	if (isalnum((unsigned char)s[i]) || (more && more != 2))
		return 0;
	*a = addr_v4(b);
	return i;
}

size_t mask_ipv6_at(const char *s, struct addr *a)
{
	char text[ADDR_TEXT];
	size_t n = strspn(s, "0123456789abcdefABCDEF:.");
	while (n && (s[n - 1] == '.' || (s[n - 1] == ':' && (n < 2 || s[n - 2] != ':'))))
		n--;
	int colons = 0;
	for (size_t i = 0; i < n; i++)
		colons += s[i] == ':';
	if (n < 3 || n >= sizeof(text) || colons < 2 || mask_word_char(s[n]))
		return 0;
	memcpy(text, s, n);
	text[n] = '\0';
	return addr_parse(text, a) ? n : 0;
}

/* 00:1d:9c:c7:b0:10, 00-1D-9C-C7-B0-10, 001d.9cc7.b010, 001d9c-c7b010 */
size_t mask_mac_at(const char *s, uint8_t *mac)
{
	static const char *const shapes[] = { "xx:xx:xx:xx:xx:xx", "xx-xx-xx-xx-xx-xx", "xxxx.xxxx.xxxx", "xxxxxx-xxxxxx" };
	for (size_t k = 0; k < sizeof(shapes) / sizeof(shapes[0]); k++) {
		size_t i = 0, digits = 0;
		char hex[13] = "";
		for (; shapes[k][i] && (shapes[k][i] == 'x' ? isxdigit((unsigned char)s[i]) : s[i] == shapes[k][i]); i++)
			if (shapes[k][i] == 'x')
				hex[digits++] = s[i];
		if (shapes[k][i] || mask_word_char(s[i]) || (s[i] == ':' && isxdigit((unsigned char)s[i + 1])))
			continue;
		for (size_t j = 0; j < 6; j++) {
			char pair[3] = { hex[2 * j], hex[2 * j + 1], '\0' };
			mac[j] = (uint8_t)strtoul(pair, NULL, 16);
		}
		return i;
	}
	return 0;
}

/* Groups that a standard gives: they name nobody. 01:00:5e and 33:33 repeat the end of an address. */
bool mask_public_mac(const uint8_t *mac)
{
	static const uint8_t zero[6];
	return memcmp(mac, zero, 6) == 0 ||
	       ((mac[0] & 1) && memcmp(mac, "\x01\x00\x5e", 3) != 0 && memcmp(mac, "\x33\x33", 2) != 0);
}

bool mask_public_address(const struct addr *a)
{
	if (!addr_is_v4(a))
		return addr_is_zero(a) || addr_is_loopback(a) || (a->b[0] == 0xff && a->b[2] == 0 && a->b[12] != 0xff);
	const uint8_t *b = a->b + 12;
	return b[0] == 0 || b[0] == 127 || memcmp(b, "\xe0\0\0", 3) == 0 || memcmp(b, "\xef\xff\xff\xfa", 4) == 0 ||
	       memcmp(b, "\xff\xff\xff", 3) == 0;
}
