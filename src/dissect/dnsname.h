/* Messages in the form of DNS (RFC 1035 4.1): multicast DNS and LLMNR. */
#ifndef DISSECT_DNSNAME_H
#define DISSECT_DNSNAME_H

#include "dissect/dissect.h"

enum {
	DNS_HEADER = 12, DNS_NAME = 256,
	DNS_A = 1, DNS_PTR = 12, DNS_TXT = 16, DNS_AAAA = 28, DNS_SRV = 33, DNS_ANY = 255, DNS_INTERNET = 1,
};

struct dns_header {
	uint16_t id, flags, queries, answers, authority, additional;
};

struct dns_record {
	char name[DNS_NAME];         /* labels with dots; a dot inside a label is \. */
	uint16_t type, class;
	uint32_t ttl;
	struct cur data;
};

/* 12 bytes, consumed. False where they are cut. */
bool dns_header(struct cur *c, struct dns_header *h);
/*
 * The name at c, which is consumed, as bytes with dots between the labels. A pointer may only go back in the message, so
 * that no name goes round in circles. False: cut (c is bad then), or no name.
 */
bool dns_name(const struct cur *message, struct cur *c, char out[DNS_NAME]);
/* Is this a name that people give: not the root, and without control characters? */
bool dns_is_text(const char name[DNS_NAME]);
/* The next query (type and class only) or record, consumed. */
bool dns_query(const struct cur *message, struct cur *c, struct dns_record *r);
bool dns_record(const struct cur *message, struct cur *c, struct dns_record *r);
/* Is the record an address (A, AAAA)? Which? */
bool dns_address(const struct dns_record *r, struct addr *a);

#endif
