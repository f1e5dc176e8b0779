/*
 * Pseudonyms for what names a factory: addresses, names, serial numbers, people. They are made with a secret of the
 * site (HMAC-SHA-256), so the same thing has the same pseudonym in every report of one site, another one in another
 * site, and nobody can try all addresses to find which one it was. A pseudonym looks like no address of a network:
 * device-7k3b9c, net-k7q2d.host-3bd5x; only MACs keep their shape, as locally administered ones.
 */
#ifndef REPORT_MASK_H
#define REPORT_MASK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"

struct mask;
struct store;

enum mask_kind { MASK_DEVICE, MASK_SERIAL, MASK_PLACE, MASK_DOMAIN, MASK_ZONE, MASK_SITE, MASK_PERSON, MASK_FILE, MASK_WORD,
		 MASK_KINDS };

#define MASK_FREE "(masked)"   /* in place of what people wrote in their own words */

struct mask *mask_new(const unsigned char *key, size_t n);
void mask_free(struct mask *m);
/* This text stays wherever it stands: a vendor, a model, a protocol. What must stay is told before what is learnt. */
void mask_keep(struct mask *m, const char *text);
/* This text is one of these: mask_text() replaces it from now on. Text of fewer than three bytes, or five digits, is not learnt. */
void mask_learn(struct mask *m, enum mask_kind kind, const char *text);
/* What an operation says it worked on: every word that is none of the house is learnt. */
void mask_learn_detail(struct mask *m, const char *detail);
/* The text with everything learnt, and everything that looks like an address, replaced. To be freed; NULL gives NULL. */
char *mask_text(const struct mask *m, const char *text);
/* A field that is one name. To be freed. */
char *mask_whole(const struct mask *m, enum mask_kind kind, const char *text);
/* The detail of an operation: words that are none of the house are replaced. To be freed. */
char *mask_detail(const struct mask *m, const char *detail);

/* mask_words.c: is this one of the words that our own dissectors put into details? */
bool mask_house_word(const char *word, size_t n);
/* May this part of a detail stay: made of such words, numbers, and addresses in a controller? */
bool mask_harmless(const char *s, size_t n);

/* ---- mask_address.c ---- */
/* So many bytes of text at s are an address, 0 for none. Of an AMS NetId the first four numbers are an IPv4 address. */
size_t mask_ipv4_at(const char *s, struct addr *a);
size_t mask_ipv6_at(const char *s, struct addr *a);
size_t mask_mac_at(const char *s, uint8_t *mac);
/* One that a standard gives: it names nobody, and stays. */
bool mask_public_mac(const uint8_t *mac);
bool mask_public_address(const struct addr *a);
/* Part of a word, so that what stands beside it is none of its own. */
bool mask_word_char(char c);

/* ---- mask_model.c ---- */
/* A mask with the site's secret that knows what this scan holds; NULL fills e. Other scans may be added. */
struct mask *report_mask_new(struct store *s, int64_t scan, struct err *e) MUST_CHECK;
bool report_mask_learn(struct mask *m, struct store *s, int64_t scan, struct err *e) MUST_CHECK;
/* Mask a model of report_model() in place: whatever is made of it is masked. */
void report_mask(json_t *model, const struct mask *m);
/* The same at once, for the model of this scan: what the scan before held, which a comparison names, is masked too. */
bool report_mask_all(json_t *model, struct store *s, int64_t scan, struct err *e) MUST_CHECK;

#endif
