/* Pseudonyms, and finding in a text what needs one. */
#include "report/mask.h"

#include <ctype.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/buf.h"
#include "base/hash.h"

enum { LEAST = 3, LEAST_DIGITS = 5, LONGEST = 255, ANYWHERE = 8, TEXT_CAP = 1 << 20, TAIL = 16 };

struct entry {
	char *text;              /* lower case, at most LONGEST bytes */
	size_t n;
	char *rest;              /* what follows those; else NULL */
	enum mask_kind kind;
	bool kept;
};

/* Which lengths do entries have that begin with these three bytes? */
struct start {
	uint32_t bytes;          /* 0: free */
	uint64_t lengths[4];
};

struct mask {
	unsigned char inner[SHA256_BLOCK_LENGTH], outer[SHA256_BLOCK_LENGTH];
	struct entry *entries; size_t n, size;      /* open addressing, both */
	struct start *starts; size_t n_starts, size_starts;
};

/* Part of what is signed, too: a name that is also a serial number has two pseudonyms. */
static const char *const prefixes[MASK_KINDS] = {
	[MASK_DEVICE] = "device", [MASK_SERIAL] = "serial", [MASK_PLACE] = "place", [MASK_DOMAIN] = "domain",
	[MASK_ZONE] = "zone", [MASK_SITE] = "site", [MASK_PERSON] = "person", [MASK_FILE] = "capture",
	[MASK_WORD] = "word",
};

/* ---- the secret ---- */

struct mask *mask_new(const unsigned char *key, size_t n)
{
	struct mask *m = xcalloc(1, sizeof(*m));
	for (size_t i = 0; i < SHA256_BLOCK_LENGTH; i++) {
		unsigned char k = i < n ? key[i] : 0;
		m->inner[i] = k ^ 0x36;
		m->outer[i] = k ^ 0x5c;
	}
	m->entries = xcalloc(m->size = 1024, sizeof(*m->entries));
	m->starts = xcalloc(m->size_starts = 1024, sizeof(*m->starts));
	return m;
}

void mask_free(struct mask *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->size; i++) {
		free(m->entries[i].text);
		free(m->entries[i].rest);
	}
	free(m->entries);
	free(m->starts);
	free(m);
}

/* HMAC (RFC 2104) of "tag:bytes". */
static void sign(const struct mask *m, const char *tag, const void *bytes, size_t n, uint8_t *out)
{
	SHA2_CTX sha;
	SHA256Init(&sha);
	SHA256Update(&sha, m->inner, sizeof(m->inner));
	SHA256Update(&sha, (const uint8_t *)tag, strlen(tag));
	SHA256Update(&sha, (const uint8_t *)":", 1);
	SHA256Update(&sha, bytes, n);
	SHA256Final(out, &sha);
	SHA256Init(&sha);
	SHA256Update(&sha, m->outer, sizeof(m->outer));
	SHA256Update(&sha, out, SHA256_DIGEST_LENGTH);
	SHA256Final(out, &sha);
}

/* "-" and so many letters and digits; without vowels, so that they are no words. */
static void put_tail(const struct mask *m, struct buf *out, const char *tag, const void *bytes, size_t n, int digits)
{
	static const char letters[] = "23456789bcdfghjkmnpqrstvwxyz";
	uint8_t digest[SHA256_DIGEST_LENGTH];
	char tail[TAIL] = "";
	uint64_t v = 0;
	sign(m, tag, bytes, n, digest);
	for (int i = 0; i < 8; i++)
		v = v << 8 | digest[i];
	for (int i = 0; i < digits; i++, v /= sizeof(letters) - 1)
		tail[i] = letters[v % (sizeof(letters) - 1)];
	buf_printf(out, "-%s", tail);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static void put_name(const struct mask *m, struct buf *out, enum mask_kind kind, const char *text, size_t n)
{
	char *same = xmalloc(n + 1);
	for (size_t i = 0; i < n; i++)
		same[i] = lower(text[i]);
	buf_puts(out, prefixes[kind]);
	put_tail(m, out, prefixes[kind], same, n, 6);
	free(same);
}

/* ---- what is known ---- */

static struct entry *entry_at(const struct mask *m, const char *low, size_t n)
{
	size_t i = hash_bytes(low, n, 0) & (m->size - 1);
	while (m->entries[i].text && (m->entries[i].n != n || memcmp(m->entries[i].text, low, n) != 0))
		i = (i + 1) & (m->size - 1);
	return &m->entries[i];
}

static uint32_t start_bytes(const char *low)
{
	return (uint32_t)(uint8_t)low[0] << 16 | (uint32_t)(uint8_t)low[1] << 8 | (uint8_t)low[2];
}

static struct start *start_at(const struct mask *m, uint32_t bytes)
{
	size_t i = hash_bytes(&bytes, sizeof(bytes), 0) & (m->size_starts - 1);
	while (m->starts[i].bytes && m->starts[i].bytes != bytes)
		i = (i + 1) & (m->size_starts - 1);
	return &m->starts[i];
}

static void grow(struct mask *m)
{
	if (m->n * 2 >= m->size) {
		struct entry *old = m->entries;
		size_t n = m->size;
		m->entries = xcalloc(m->size *= 2, sizeof(*m->entries));
		for (size_t i = 0; i < n; i++)
			if (old[i].text)
				*entry_at(m, old[i].text, old[i].n) = old[i];
		free(old);
	}
	if (m->n_starts * 2 >= m->size_starts) {
		struct start *old = m->starts;
		size_t n = m->size_starts;
		m->starts = xcalloc(m->size_starts *= 2, sizeof(*m->starts));
		for (size_t i = 0; i < n; i++)
			if (old[i].bytes)
				*start_at(m, old[i].bytes) = old[i];
		free(old);
	}
}

/* What was told first counts. */
static void add(struct mask *m, const char *text, size_t n, enum mask_kind kind, bool kept)
{
	char low[LONGEST + 1] = "";
	while (n && isspace((unsigned char)*text))
		text++, n--;
	while (n && isspace((unsigned char)text[n - 1]))
		n--;
	size_t more = n > LONGEST ? n - LONGEST : 0;
	n -= more;
	/* A short number is a port, a count or a register as well. */
	if (n < LEAST || (n < LEAST_DIGITS && strspn(text, "0123456789") >= n))
		return;
	for (size_t i = 0; i < n; i++)
		low[i] = lower(text[i]);
	grow(m);
	struct entry *e = entry_at(m, low, n);
	if (e->text)
		return;
	*e = (struct entry){ xstrdup(low), n, more ? xasprintf("%.*s", (int)more, text + n) : NULL, kind, kept };
	m->n++;
	struct start *s = start_at(m, start_bytes(low));
	m->n_starts += s->bytes == 0;
	s->bytes = start_bytes(low);
	s->lengths[n / 64] |= UINT64_C(1) << n % 64;
}

/* ---- addresses ---- */

static void put_mac(const struct mask *m, struct buf *out, const uint8_t *mac)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	sign(m, "mac", mac, 6, digest);
	buf_puts(out, "02");
	for (int i = 0; i < 5; i++)
		buf_printf(out, ":%02x", digest[i]);
}

/* An address, or with bits the network: net-k7q2d.host-3bd5x, net-k7q2d. The networks are /24 and /64. */
static void put_address(const struct mask *m, struct buf *out, const struct addr *a, int bits)
{
	bool v4 = addr_is_v4(a);
	const char *net = v4 ? "net" : "net6";
	size_t n = v4 ? 15 : 8;
	uint8_t key[17];
	memcpy(key, a->b, 16);
	key[16] = (uint8_t)bits;
	buf_puts(out, net);
	if (bits >= 0 && bits != (int)n * 8 - (v4 ? 96 : 0))
		put_tail(m, out, net, key, sizeof(key), 5);
	else
		put_tail(m, out, net, a->b, n, 5);
	if (bits >= 0)
		return;
	buf_puts(out, ".host");
	put_tail(m, out, "host", a->b, 16, 5);
}

/* The address at s, masked, into out: how many bytes it was, 0 for none. text is where s began. */
static size_t take_address(const struct mask *m, const char *text, const char *s, struct buf *out)
{
	struct addr a;
	uint8_t mac[6];
	char before = s > text ? s[-1] : ' ';
	if (!isxdigit((unsigned char)*s) && *s != ':')
		return 0;
	bool inside = isdigit((unsigned char)before) || (before == '.' && s - 1 > text && isdigit((unsigned char)s[-2]));
	size_t n = isxdigit((unsigned char)before) ? 0 : mask_mac_at(s, mac);
	if (n) {
		if (mask_public_mac(mac))
			buf_add(out, s, n);
		else
			put_mac(m, out, mac);
		return n;
	}
	/* v1.2.3.4 is a version */
	if (!inside && before != 'v' && before != 'V')
		n = mask_ipv4_at(s, &a);
	if (!n && !isalnum((unsigned char)before))
		n = mask_ipv6_at(s, &a);
	if (!n)
		return 0;
	int bits = -1;
	size_t whole = n;
	if (s[n] == '/' && isdigit((unsigned char)s[n + 1])) {
		bits = atoi(s + n + 1);
		for (whole++; isdigit((unsigned char)s[whole]);)
			whole++;
	}
	if (mask_public_address(&a))
		buf_add(out, s, whole);
	else
		put_address(m, out, &a, bits == (addr_is_v4(&a) ? 32 : 128) ? -1 : bits);
	return whole;
}

/* ---- texts ---- */

/* The longest text known that begins at s; before: the character in front of it. */
static const struct entry *known_at(const struct mask *m, const char *s, size_t left, char before)
{
	char low[LONGEST + 1];
	if (left < LEAST)
		return NULL;
	size_t n = left < LONGEST ? left : LONGEST;
	for (size_t i = 0; i < LEAST; i++)
		low[i] = lower(s[i]);
	const struct start *start = start_at(m, start_bytes(low));
	if (!start->bytes)
		return NULL;
	for (size_t i = LEAST; i < n; i++)
		low[i] = lower(s[i]);
	for (; n >= LEAST; n--) {
		if (!(start->lengths[n / 64] >> n % 64 & 1))
			continue;
		const struct entry *e = entry_at(m, low, n);
		/* What is short or stays is a word of its own; what is long is replaced inside of others too. */
		bool apart = !(mask_word_char(before) && mask_word_char(*s)) && !(mask_word_char(s[n - 1]) && n < left && mask_word_char(s[n]));
		if (e->text && (apart || (!e->kept && n >= ANYWHERE)))
			return e;
	}
	return NULL;
}

/* The dot behind the first label of a full host name; NULL where it is none, or that label is too common to be found. */
static const char *host_dot(const char *text)
{
	const char *dot = strchr(text, '.');
	bool letters = false;
	if (!dot)
		return NULL;
	for (const char *p = text; *p; p++) {
		if (!isalnum((unsigned char)*p) && !strchr("-_.", *p))
			return NULL;
		letters = letters || (p > dot && isalpha((unsigned char)*p));
	}
	return dot - text >= LEAST && dot[1] && letters && !mask_house_word(text, (size_t)(dot - text)) ? dot : NULL;
}

static bool common_domain(const char *s)
{
	static const char *const names[] = { "local", "lan", "home", "internal", "localdomain", "com", "net", "org", "jp",
					     "co.jp", "localhost" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(s, names[i]) == 0)
			return true;
	return false;
}

/* A full host name, host and domain apart: so the host's short name has the same pseudonym. */
static void put_host(const struct mask *m, struct buf *out, const char *text, size_t n)
{
	char *host = xasprintf("%.*s", (int)n, text);
	const char *dot = host_dot(host);
	put_name(m, out, MASK_DEVICE, host, dot ? (size_t)(dot - host) : n);
	if (dot) {
		buf_putc(out, '.');
		if (common_domain(dot + 1))
			buf_puts(out, dot + 1);
		else
			put_name(m, out, MASK_DOMAIN, dot + 1, strlen(dot + 1));
	}
	free(host);
}

/* A word in the shape of a full host name: three labels, or the last is one of a network's. Its length, else 0. */
static size_t host_at(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."), last = 0, dots = 0, letters = 0;
	while (n && s[n - 1] == '.')
		n--;
	for (size_t i = 0; i < n; i++) {
		letters += !dots && isalpha((unsigned char)s[i]);
		if (s[i] == '.' && ++dots)
			last = i + 1;
	}
	for (size_t i = last; i < n; i++)
		if (!isalpha((unsigned char)s[i]))
			return 0;
	char *top = xasprintf("%.*s", (int)(n - last), s + last);
	bool yes = dots && letters && n - last >= 2 && (dots >= 2 || common_domain(top));
	free(top);
	return yes ? n : 0;
}

/* A word that says by its shape that it names something: a URL, an e-mail address, a path. Its length, else 0. */
static size_t place_at(const char *s)
{
	size_t n = strcspn(s, " \t\n\"'<>()[],;");
	char word[LONGEST + 1];
	if (n < 4 || n > LONGEST)
		return 0;
	memcpy(word, s, n);
	word[n] = '\0';
	const char *at = strchr(word, '@');
	bool yes = strstr(word, "://") || strncasecmp(word, "urn:", 4) == 0 || strchr(word, '\\') ||
		   (*word == '/' && strchr(word + 1, '/')) || (at && at > word && at[1]);
	while (yes && n && strchr(".:", word[n - 1]))
		n--;
	return yes ? n : 0;
}

/* How much of a text with what is known at its begin is that: all of it where only the begin is, as of a name that was cut. */
static size_t known_length(const struct entry *e, const char *s, size_t left)
{
	if (!e->rest || e->kept)
		return e->n;
	size_t more = strlen(e->rest);
	return strncasecmp(s + e->n, e->rest, more) == 0 ? e->n + more : left;
}

static void put_text(const struct mask *m, struct buf *out, const char *s)
{
	const char *text = s;
	size_t left = strlen(s);
	char before = ' ';
	struct buf address;
	buf_init(&address, LONGEST);
	while (left) {
		const struct entry *e = known_at(m, s, left, before);
		buf_reset(&address);
		size_t n = take_address(m, text, s, &address);
		bool starts = isspace((unsigned char)before) || strchr("\"'<([,;/=", before);
		size_t place = starts ? place_at(s) : 0, host = starts ? host_at(s) : 0;
		if (e && e->n >= n && e->n >= place && e->n >= host) {
			n = known_length(e, s, left);
			if (e->kept)
				buf_add(out, s, n);
			else
				put_name(m, out, e->kind, s, n);
		} else if (host > n && host >= place) {
			n = host;
			put_host(m, out, s, n);
		} else if (place > n) {
			n = place;
			put_name(m, out, MASK_WORD, s, n);
		} else if (n) {
			buf_puts(out, address.data);
		} else {
			buf_putc(out, *s);
			n = 1;
		}
		before = s[n - 1];
		s += n;
		left -= n;
	}
	buf_done(&address);
}

char *mask_text(const struct mask *m, const char *text)
{
	struct buf out;
	if (!text)
		return NULL;
	buf_init(&out, TEXT_CAP);
	put_text(m, &out, text);
	return buf_take(&out);
}

static const struct entry *known(const struct mask *m, const char *text)
{
	const struct entry *e = known_at(m, text, strlen(text), ' ');
	return e && e->n == strlen(text) ? e : NULL;
}

void mask_learn(struct mask *m, enum mask_kind kind, const char *text)
{
	if (!text || mask_house_word(text, strlen(text)))
		return;
	struct addr a;
	uint8_t mac[6];
	const char *dot = kind == MASK_DEVICE ? host_dot(text) : NULL;
	if (addr_parse(text, &a)) {
		/* found by its shape */
	} else if (mac_parse(text, mac) == 6) {
		/* also as it stands in names and certificates */
		char bare[13];
		(void)snprintf(bare, sizeof(bare), "%02x%02x%02x%02x%02x%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
		add(m, bare, 12, MASK_WORD, false);
	} else if (dot) {
		char *host = xasprintf("%.*s", (int)(dot - text), text);
		mask_learn(m, MASK_DEVICE, host);
		free(host);
		if (!common_domain(dot + 1))
			add(m, dot + 1, strlen(dot + 1), MASK_DOMAIN, false);
	} else {
		add(m, text, strlen(text), kind, false);
	}
}

/* A text that holds a serial number, or an address of inside, does not stay. */
void mask_keep(struct mask *m, const char *text)
{
	if (!text || !*text)
		return;
	for (const char *p = text; *p; p++) {
		struct addr a;
		uint8_t mac[6];
		bool begins = p == text || !mask_word_char(p[-1]);
		const struct entry *e = known_at(m, p, strlen(p), p == text ? ' ' : p[-1]);
		if ((e && !e->kept && e->kind == MASK_SERIAL && e->n > LEAST) || (begins && mask_mac_at(p, mac)) ||
		    (begins && (p == text || p[-1] != '.') && mask_ipv4_at(p, &a) && addr_is_private(&a)))
			return;
	}
	add(m, text, strlen(text), MASK_WORD, true);
}

char *mask_whole(const struct mask *m, enum mask_kind kind, const char *text)
{
	if (!text)
		return NULL;
	struct buf out;
	buf_init(&out, TEXT_CAP);
	const struct entry *e = known(m, text);
	size_t n = take_address(m, text, text, &out);
	if (!n || text[n]) {
		buf_reset(&out);
		if (!*text || (e && e->kept)) {
			buf_puts(&out, text);
		} else if (kind == MASK_DEVICE && host_dot(text)) {
			put_host(m, &out, text, strlen(text));
		} else {
			put_name(m, &out, e ? e->kind : kind, text, strlen(text));
		}
	}
	return buf_take(&out);
}

/* ---- details ---- */

/* The parts of a detail, each with whether it may stay. */
static void each_part(const char *detail, void (*fn)(void *data, const char *s, size_t n, bool stays), void *data)
{
	for (const char *s = detail; *s;) {
		size_t n = strcspn(s, " ,;()\"=[]");
		if (n)
			fn(data, s, n, mask_harmless(s, n));
		s += n;
		if (*s)
			fn(data, s++, 1, true);
	}
}

static void learn_part(void *data, const char *s, size_t n, bool stays)
{
	if (stays)
		return;
	char *word = xasprintf("%.*s", (int)n, s);
	mask_learn(data, MASK_WORD, word);
	free(word);
}

void mask_learn_detail(struct mask *m, const char *detail)
{
	if (detail)
		each_part(detail, learn_part, m);
}

struct detail {
	const struct mask *m;
	struct buf out;
};

static void put_part(void *data, const char *s, size_t n, bool stays)
{
	struct detail *d = data;
	char *word = xasprintf("%.*s", (int)n, s);
	char *shown = stays ? xstrdup(word) : mask_text(d->m, word);
	/* A word that nobody learnt, as one too common to be searched for, goes whole. */
	if (!stays && strcmp(shown, word) == 0 && !known(d->m, word))
		put_name(d->m, &d->out, MASK_WORD, word, n);
	else
		buf_puts(&d->out, shown);
	free(shown);
	free(word);
}

char *mask_detail(const struct mask *m, const char *detail)
{
	struct detail d = { .m = m };
	if (!detail)
		return NULL;
	buf_init(&d.out, TEXT_CAP);
	each_part(detail, put_part, &d);
	return buf_take(&d.out);
}
