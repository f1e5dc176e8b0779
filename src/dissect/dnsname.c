/*
 * Names and records of DNS (RFC 1035 4.1).
 *
 *   +----+-------+---------+---------+-----------+------------+ - -
 *   | id | flags | queries | answers | authority | additional | each two bytes
 *   +----+-------+---------+---------+-----------+------------+ - -
 *   query: name, type, class        record: name, type, class, ttl (4), length, data
 *   name: length and label …, ended by 0, or by c0 | place: the rest stands there
 */
#include "dissect/dnsname.h"

#include <string.h>

enum { POINTER = 0xc0, HOPS = 16 };

bool dns_header(struct cur *c, struct dns_header *h)
{
	h->id = cur_be16(c);
	h->flags = cur_be16(c);
	h->queries = cur_be16(c);
	h->answers = cur_be16(c);
	h->authority = cur_be16(c);
	h->additional = cur_be16(c);
	return cur_ok(c);
}

static bool put(char out[DNS_NAME], size_t *n, uint8_t byte)
{
	if (*n + 1 >= DNS_NAME)
		return false;
	out[(*n)++] = (char)byte;
	return true;
}

bool dns_name(const struct cur *message, struct cur *c, char out[DNS_NAME])
{
	struct cur at = *c;
	size_t n = 0, limit = cur_left(message);
	bool jumped = false;
	*out = 0;
	for (int hops = 0; cur_ok(&at); ) {
		uint8_t length = cur_u8(&at);
		if (!cur_ok(&at))
			break;
		if ((length & POINTER) == POINTER) {
			size_t place = (size_t)(length & ~POINTER) << 8;
			place |= cur_u8(&at);
			if (!jumped)
				*c = at;
			if (!cur_ok(&at) || place >= limit || ++hops > HOPS)
				return false;
			jumped = true;
			limit = place;   /* the next one must point before this */
			at = *message;
			cur_skip(&at, place);
			continue;
		}
		if (length & POINTER)
			return false;
		if (!length) {
			out[n] = 0;
			if (!jumped)
				*c = at;
			return true;
		}
		if (n && !put(out, &n, '.'))
			return false;
		for (; length && cur_ok(&at); length--) {
			uint8_t byte = cur_u8(&at);
			if (!byte || (byte == '.' && !put(out, &n, '\\')) || !put(out, &n, byte))
				return false;
		}
	}
	if (!jumped)
		cur_fail(c);
	return false;
}

bool dns_is_text(const char name[DNS_NAME])
{
	for (const char *s = name; *s; s++)
		if ((uint8_t)*s < 0x20 || *s == 0x7f)
			return false;
	return *name != 0;
}

bool dns_query(const struct cur *message, struct cur *c, struct dns_record *r)
{
	if (!dns_name(message, c, r->name))
		return false;
	r->type = cur_be16(c);
	r->class = cur_be16(c);
	r->ttl = 0;
	r->data = cur_make("", 0);
	return cur_ok(c);
}

bool dns_record(const struct cur *message, struct cur *c, struct dns_record *r)
{
	if (!dns_query(message, c, r))
		return false;
	r->ttl = cur_be32(c);
	r->data = cur_sub(c, cur_be16(c));
	return cur_ok(c);
}

bool dns_address(const struct dns_record *r, struct addr *a)
{
	struct cur data = r->data;
	if (r->type == DNS_A && cur_left(&data) == 4)
		*a = addr_v4(cur_bytes(&data, 4));
	else if (r->type == DNS_AAAA && cur_left(&data) == 16)
		cur_copy(&data, a->b, sizeof a->b);
	else
		return false;
	return true;
}
