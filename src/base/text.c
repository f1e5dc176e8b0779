#include "base/text.h"

#include <iconv.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#include "base/err.h"

/* Length of the UTF-8 character at p (n bytes left), 0 where it is invalid. */
static size_t utf8_len(const uint8_t *p, size_t n)
{
	if (n == 0)
		return 0;
	uint8_t c = p[0];
	size_t len = c < 0x80 ? 1 : (c & 0xe0) == 0xc0 ? 2 : (c & 0xf0) == 0xe0 ? 3 : (c & 0xf8) == 0xf0 ? 4 : 0;
	if (len == 0 || len > n)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if (len == 2 && c < 0xc2)
		return 0;
	if (len == 3 && ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] >= 0xa0)))
		return 0;
	if (len == 4 && ((c == 0xf0 && p[1] < 0x90) || c > 0xf4 || (c == 0xf4 && p[1] >= 0x90)))
		return 0;
	return len;
}

bool text_is_utf8(const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	while (n) {
		size_t len = utf8_len(p, n);
		if (len == 0)
			return false;
		p += len;
		n -= len;
	}
	return true;
}

uint32_t text_char(const char *s, size_t *n)
{
	const uint8_t *p = (const uint8_t *)s;
	size_t len = utf8_len(p, strnlen(s, 4));
	*n = len ? len : 1;
	switch (len) {
	case 2:
		return (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3fu);
	case 3:
		return (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3fu);
	case 4:
		return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3f) << 12 |
		       (uint32_t)(p[2] & 0x3f) << 6 | (p[3] & 0x3fu);
	default:
		return p[0];
	}
}

char *text_plain(const char *s)
{
	char *out = xcalloc(strlen(s) + 1, 1), *to = out;
	for (size_t n; *s; s += n) {
		uint32_t c = text_char(s, &n);
		if (c >= 0xff01 && c <= 0xff5e) {
			*to++ = (char)(c - 0xff01 + '!');
		} else if (c == 0x3000) {
			*to++ = ' ';
		} else {
			memcpy(to, s, n);
			to += n;
		}
	}
	return out;
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/* Characters that show nothing or turn the text around: a name must not hide behind them. */
static bool is_invisible(uint32_t c)
{
	return (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	       c == 0xfeff || c == 0x061c || c == 0x00ad || c == 0x2028 || c == 0x2029 || (c >= 0xfff9 && c <= 0xfffb);
}

/* One converter for the whole run: opening one loads files. */
static iconv_t cp932 = (iconv_t)-1;

void text_init(void)
{
	static bool tried;
	char in[] = "\x8c\xbb", out[8], *i = in, *o = out;
	size_t left = 2, room = sizeof out;
	if (tried)
		return;
	tried = true;
	cp932 = iconv_open("UTF-8", "CP932");
	if (cp932 != (iconv_t)-1)
		(void)iconv(cp932, &i, &left, &o, &room);
}

/* CP932 to UTF-8 into out; false where it is no such text. */
static bool from_cp932(const uint8_t *p, size_t n, char *out, size_t size, size_t *len)
{
	text_init();
	if (cp932 == (iconv_t)-1)
		return false;
	char *in = (char *)(uintptr_t)p, *o = out;
	size_t left = n, room = size;
	iconv(cp932, NULL, NULL, NULL, NULL);
	size_t r = iconv(cp932, &in, &left, &o, &room);
	*len = size - room;
	return r != (size_t)-1 && left == 0;
}

size_t text_wire(const void *bytes, size_t n, char *out, size_t size)
{
	const uint8_t *p = bytes;
	char converted[1024];
	out[0] = 0;
	if (n == 0 || !p)
		return 0;
	n = strnlen((const char *)p, n);
	while (n && (p[0] == ' ' || p[0] == '\t')) {
		p++;
		n--;
	}
	while (n && (p[n - 1] == ' ' || p[n - 1] == '\t' || p[n - 1] == '\r' || p[n - 1] == '\n'))
		n--;
	bool utf8 = text_is_utf8(p, n);
	if (!utf8) {
		size_t len;
		if (n <= sizeof converted / 3 && from_cp932(p, n, converted, sizeof converted, &len)) {
			p = (const uint8_t *)converted;
			n = len;
			utf8 = true;
		}
	}
	size_t used = 0;
	for (size_t i = 0; i < n;) {
		size_t len = utf8 ? utf8_len(p + i, n - i) : 1;
		char hex[8];
		const char *piece = (const char *)p + i;
		size_t piece_len = len;
		if (len == 1 && (p[i] == '\n' || p[i] == '\r' || p[i] == '\t')) {
			piece = " ";
			if (used && out[used - 1] == ' ')
				piece_len = 0;
		} else if ((len == 1 && (p[i] < 0x20 || p[i] >= 0x7f)) || (len == 2 && p[i] == 0xc2 && p[i + 1] < 0xa0)) {
			snprintf(hex, sizeof hex, "\\x%02x", p[i + len - 1]);
			piece = hex;
			piece_len = 4;
		}
		if (used + piece_len >= size)
			break;
		memcpy(out + used, piece, piece_len);
		used += piece_len;
		i += len;
	}
	out[used] = 0;
	return used;
}

int text_width(const char *s)
{
	int columns = 0;
	for (size_t n; *s; s += n) {
		int w = wcwidth((wchar_t)text_char(s, &n));
		columns += w > 0 ? w : 0;
	}
	return columns;
}

/* One character, made safe; its columns are returned. */
static int put_safe(struct buf *b, const char *s, size_t *n)
{
	uint32_t c = text_char(s, n);
	char shown[16];
	if (is_control(c) || (*n == 1 && c >= 0x80))
		snprintf(shown, sizeof shown, "\\x%02x", (unsigned)(c & 0xff));
	else if (is_invisible(c))
		snprintf(shown, sizeof shown, "\\u{%04x}", (unsigned)c);
	else {
		buf_add(b, s, *n);
		int w = wcwidth((wchar_t)c);
		return w > 0 ? w : 0;
	}
	buf_puts(b, shown);
	return (int)strlen(shown);
}

void text_terminal(struct buf *b, const char *s)
{
	for (size_t n; *s; s += n)
		put_safe(b, s, &n);
}

void text_pad(struct buf *b, const char *s, int columns)
{
	struct buf safe;
	buf_init(&safe, 64 * 1024);
	text_terminal(&safe, s);
	bool cut = text_width(safe.data) > columns;
	int room = cut ? columns - 1 : columns, used = 0;
	const char *p = safe.data;
	for (size_t n; *p; p += n) {
		int w = wcwidth((wchar_t)text_char(p, &n));
		w = w > 0 ? w : 0;
		if (used + w > room)
			break;
		buf_add(b, p, n);
		used += w;
	}
	if (cut && columns > 0) {
		buf_puts(b, "…");
		used++;
	}
	for (; used < columns; used++)
		buf_putc(b, ' ');
	buf_done(&safe);
}

char *text_time(int64_t ns, char *out)
{
	time_t t = (time_t)(ns / 1000000000);
	struct tm tm;
	if (!gmtime_r(&t, &tm) || strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		strcpy(out, "1970-01-01T00:00:00Z");
	return out;
}

char *text_grouped(int64_t n, char *out)
{
	char digits[24];
	char *w = out;
	int len = snprintf(digits, sizeof digits, "%lld", (long long)(n < 0 ? -n : n));
	if (n < 0)
		*w++ = '-';
	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			*w++ = ',';
		*w++ = digits[i];
	}
	*w = 0;
	return out;
}

/* ---- breaking lines ---- */

static bool one_of(uint32_t c, const char *set)
{
	for (size_t n; *set; set += n)
		if (text_char(set, &n) == c)
			return true;
	return false;
}

/* May a line end between these two? */
static bool may_break(uint32_t before, uint32_t after, bool wide)
{
	if (before == ' ')
		return after != ' ';
	if (!wide || after == ' ' || before == 0)
		return false;
	return !one_of(after, "、。，．・：；？！）」』】〉》］｝ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々〕,.:;?!)]}%％…") &&
	       !one_of(before, "（「『【〈《［｛〔([{");
}

size_t text_break(const char *text, int columns, size_t *skip)
{
	size_t n, at = 0, good = 0;
	int used = 0;
	uint32_t before = 0;
	bool before_wide = false;
	for (*skip = 0; text[at]; at += n) {
		uint32_t c = text_char(text + at, &n);
		int w = wcwidth((wchar_t)c);
		bool wide = w > 1;
		if (c == '\n') {
			*skip = 1;
			return at;
		}
		if (may_break(before, c, wide || before_wide))
			good = at;
		if (used + (w > 0 ? w : 0) > columns && c != ' ') {
			at = good > 0 ? good : at > 0 ? at : n;
			break;
		}
		used += w > 0 ? w : 0;
		before = c;
		before_wide = wide;
	}
	size_t end = at;
	while (end > 0 && text[end - 1] == ' ' && text[at])
		end--;
	*skip = at - end + strspn(text + at, " ");
	return end;
}
