/*
 * How text becomes ASCII lines: encoded words (RFC 2047), parameters (RFC 2231), base64 and quoted-printable
 * (RFC 2045). A character is never cut between two encoded words or two parts of a parameter: readers decode each part
 * for itself.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "mail/private.h"

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *mail_clean(const char *s)
{
	struct buf b;
	size_t len;
	bool blank = false;
	buf_init(&b, SIZE_MAX);
	for (; *s; s += len) {
		uint32_t c = text_char(s, &len);
		bool broken = len == 1 && c >= 0x80;
		/* U+2028 and U+2029 are line ends, too. */
		if (!broken && (c <= 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)) {
			blank = true;
			continue;
		}
		if (blank && b.len)
			buf_putc(&b, ' ');
		blank = false;
		if (broken)
			buf_puts(&b, "\xef\xbf\xbd");
		else
			buf_add(&b, s, len);
	}
	return buf_take(&b);
}

/* The base64 of n bytes, without line ends. */
static void base64_run(struct buf *b, const uint8_t *p, size_t n)
{
	for (; n; n -= n < 3 ? n : 3, p += 3) {
		uint32_t v = (uint32_t)p[0] << 16 | (n > 1 ? (uint32_t)p[1] << 8 : 0) | (n > 2 ? p[2] : 0);
		char out[4] = { base64_digits[v >> 18], base64_digits[v >> 12 & 63],
				n > 1 ? base64_digits[v >> 6 & 63] : '=', n > 2 ? base64_digits[v & 63] : '=' };
		buf_add(b, out, sizeof out);
		if (n < 3)
			break;
	}
}

void mail_base64(struct buf *b, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	while (n) {
		size_t k = n < MAIL_LINE / 4 * 3 ? n : MAIL_LINE / 4 * 3;
		base64_run(b, p, k);
		buf_puts(b, "\r\n");
		p += k;
		n -= k;
	}
}

/* Must this byte be written as =XX? first: it begins a line, last: it ends one. */
static bool quoted(const char *p, bool first, bool last)
{
	unsigned char c = (unsigned char)*p;
	if (c == ' ' || c == '\t')
		return last;
	if (c < 0x20 || c > 0x7e || c == '=')
		return true;
	/* A lone dot ends a mail, and mailboxes in one file begin a mail with From. */
	return first && (c == '.' || strncmp(p, "From ", 5) == 0);
}

void mail_quoted_printable(struct buf *b, const char *text, size_t n)
{
	size_t column = 0;
	bool first = true;
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '\r' && i + 1 < n && text[i + 1] == '\n')
			continue;
		if (text[i] == '\n' || text[i] == '\r') {
			buf_puts(b, "\r\n");
			column = 0;
			first = true;
			continue;
		}
		bool last = i + 1 == n || text[i + 1] == '\n' || text[i + 1] == '\r';
		bool code = quoted(text + i, first, last);
		size_t width = code ? 3 : 1;
		if (column + width > MAIL_LINE - 1) {
			buf_puts(b, "=\r\n");
			column = 0;
			code = code || quoted(text + i, true, last);
			width = code ? 3 : 1;
		}
		if (code)
			buf_printf(b, "=%02X", (unsigned char)text[i]);
		else
			buf_putc(b, text[i]);
		column += width;
		first = false;
	}
	if (column)
		buf_puts(b, "\r\n");
}

/* Can it stand in a header as it is? */
static bool is_plain(const char *text)
{
	size_t word = 0;
	for (const char *p = text; *p; p++) {
		if ((unsigned char)*p > 0x7e || (unsigned char)*p < 0x20 || (p[0] == '=' && p[1] == '?'))
			return false;
		word = *p == ' ' ? 0 : word + 1;
		if (word > 60)
			return false;
	}
	return true;
}

/* Encoded words with folds between them, which a reader takes out again. */
static size_t encoded_words(struct buf *b, size_t column, const char *text)
{
	enum { FRAME = 12 };             /* =?UTF-8?B? and ?= */
	while (*text) {
		if (column + FRAME + 8 > MAIL_LINE) {
			buf_puts(b, "\r\n ");
			column = 1;
		}
		size_t room = MAIL_LINE - column;
		size_t most = ((room > 75 ? 75 : room) - FRAME) / 4 * 3, n = 0, len;
		while (text[n] && (text_char(text + n, &len), n + len <= most))
			n += len;
		buf_puts(b, "=?UTF-8?B?");
		base64_run(b, (const uint8_t *)text, n);
		buf_puts(b, "?=");
		column += FRAME + (n + 2) / 3 * 4;
		text += n;
	}
	return column;
}

void mail_header(struct buf *b, const char *name, const char *text)
{
	size_t column = strlen(name) + 2;
	buf_printf(b, "%s: ", name);
	if (!is_plain(text)) {
		(void)encoded_words(b, column, text);
	} else {
		while (*text) {
			size_t n = strcspn(text, " ");
			if (column + n + 1 > MAIL_LINE && column > strlen(name) + 2) {
				buf_puts(b, "\r\n");
				column = 0;
			}
			/* The blank before a word stands behind the fold. */
			if (b->data[b->len - 1] != ' ') {
				buf_putc(b, ' ');
				column++;
			}
			buf_add(b, text, n);
			column += n;
			text += n + (text[n] == ' ');
		}
	}
	buf_puts(b, "\r\n");
}

/* As a quoted string. */
static size_t quoted_string(struct buf *b, const char *text)
{
	size_t before = b->len;
	buf_putc(b, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_putc(b, '\\');
		buf_putc(b, *text);
	}
	buf_putc(b, '"');
	return b->len - before;
}

size_t mail_mailbox(struct buf *b, size_t column, const char *name, const char *address)
{
	if (*name) {
		size_t n = strlen(name);
		if (is_plain(name) && n <= 50) {
			if (column + 2 * n + 2 > MAIL_LINE && column > 1) {
				buf_puts(b, "\r\n ");
				column = 1;
			}
			column += quoted_string(b, name);
		} else {
			column = encoded_words(b, column, name);
		}
	}
	if (column + strlen(address) + 4 > MAIL_LINE && column > 1) {
		buf_puts(b, "\r\n ");
		column = 1;
	} else if (*name) {
		buf_putc(b, ' ');
		column++;
	}
	buf_printf(b, *name ? "<%s>" : "%s", address);
	return column + strlen(address) + (*name ? 2 : 0);
}

/* attribute-char of RFC 2231, narrowed to what no reader stumbles over */
static bool is_attribute(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
	       c == '_';
}

/* n bytes of a value, percent-encoded where they must be. */
static void percent(struct buf *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_attribute(s[i]))
			buf_putc(b, s[i]);
		else
			buf_printf(b, "%%%02X", (unsigned char)s[i]);
}

/* How many bytes of value fit into one part. */
static size_t part_len(const char *value)
{
	size_t n = 0, width = 0, len;
	for (; value[n]; n += len) {
		(void)text_char(value + n, &len);
		width += len == 1 && is_attribute(value[n]) ? 1 : 3 * len;
		if (width > 48)
			break;
	}
	return n;
}

void mail_parameter(struct buf *b, const char *name, const char *value)
{
	size_t n = strlen(value);
	if (is_plain(value) && n <= 50) {
		buf_printf(b, ";\r\n %s=", name);
		(void)quoted_string(b, value);
		return;
	}
	if (part_len(value) == n) {
		buf_printf(b, ";\r\n %s*=UTF-8''", name);
		percent(b, value, n);
		return;
	}
	for (int i = 0; *value; i++) {
		n = part_len(value);
		buf_printf(b, ";\r\n %s*%d*=%s", name, i, i ? "" : "UTF-8''");
		percent(b, value, n);
		value += n;
	}
}
