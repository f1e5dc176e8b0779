/* Escaping for the formats that templates make. Device names come from the wire: nothing else stands between. */
#include "base/text.h"
#include "report/mustache.h"

#include <string.h>
#include <strings.h>

/* Characters that are invisible or turn the direction of what follows: a name must not rearrange a line. */
static bool is_hidden(uint32_t c)
{
	return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) || c == 0x061c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	       c == 0xfeff;
}

static const char *html_entity(uint32_t c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

/*
 * Does this character mean something to Markdown here? Some do everywhere, some only where a value may stand at the
 * start of a line, some make a bare address a link.
 */
static bool is_markup(const char *begin, const char *s)
{
	char c = *s;
	if (strchr("\\`*_[]|#~@", c))
		return true;
	if (s == begin)
		return strchr("-+=:", c) != NULL;
	if (c == ':')
		return s[1] == '/';
	if (c == '.' && s - begin >= 3 && strncasecmp(s - 3, "www", 3) == 0)
		return true;
	return (c == '.' || c == ')') && strspn(begin, "0123456789") == (size_t)(s - begin) &&
	       (s[1] == ' ' || s[1] == 0);
}

static void escape(struct buf *b, const char *s, bool markdown)
{
	const char *begin = s;
	while (*s) {
		size_t n;
		uint32_t c = text_char(s, &n);
		const char *entity = html_entity(c);
		if (is_hidden(c) || (n == 1 && c >= 0x80))
			buf_printf(b, markdown ? "\\\\u{%04X}" : "\\u{%04X}", (unsigned)c);
		else if (markdown && c == '\n')
			buf_putc(b, ' ');
		else if (entity)
			buf_puts(b, entity);
		else if (markdown && c < 0x80 && is_markup(begin, s))
			buf_printf(b, "\\%c", *s);
		else
			buf_add(b, s, n);
		s += n;
	}
}

void mustache_html(struct buf *b, const char *s)
{
	escape(b, s, false);
}

void mustache_markdown(struct buf *b, const char *s)
{
	escape(b, s, true);
}

void mustache_text(struct buf *b, const char *s)
{
	text_terminal(b, s);
}
