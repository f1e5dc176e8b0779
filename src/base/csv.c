#include "base/csv.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

static char separator_of(const char *text)
{
	size_t n = strcspn(text, "\r\n"), best = 0;
	char separator = ',';
	for (const char *s = ",;\t"; *s; s++) {
		size_t count = 0;
		for (size_t i = 0; i < n; i++)
			count += text[i] == *s;
		if (count > best) {
			best = count;
			separator = *s;
		}
	}
	return separator;
}

struct csv csv_open(const char *text)
{
	return (struct csv){ .p = text, .separator = separator_of(text), .line = 1 };
}

void csv_done(struct csv *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->cells[i]);
	free(c->cells);
	c->cells = NULL;
	c->n = 0;
}

/* One cell; false when its quote is never closed. */
static bool read_cell(struct csv *c, char **out)
{
	struct buf b;
	buf_init(&b, 1 << 20);
	bool quote = *c->p == '"';
	if (quote)
		c->p++;
	while (*c->p) {
		if (quote && *c->p == '"') {
			if (c->p[1] != '"') {
				c->p++;
				quote = false;
				continue;
			}
			c->p++;
		} else if (!quote && (*c->p == c->separator || *c->p == '\r' || *c->p == '\n')) {
			break;
		}
		if (*c->p == '\n')
			c->line++;
		if (*c->p != '\r')
			buf_putc(&b, *c->p);
		c->p++;
	}
	*out = buf_take(&b);
	return !quote;
}

enum csv_result csv_next(struct csv *c)
{
	csv_done(c);
	c->row_line = c->line;
	if (!*c->p)
		return CSV_END;
	for (;;) {
		c->cells = xrealloc(c->cells, (c->n + 1) * sizeof *c->cells);
		if (!read_cell(c, &c->cells[c->n++]))
			return CSV_BAD;
		if (*c->p != c->separator)
			break;
		c->p++;
	}
	if (*c->p == '\r')
		c->p++;
	if (*c->p == '\n') {
		c->p++;
		c->line++;
	}
	return CSV_ROW;
}

/* Blanks of both widths. */
static size_t blank(const char *s)
{
	return *s == ' ' || *s == '\t' || *s == '\n' ? 1 : strncmp(s, "\u3000", 3) == 0 ? 3 : 0;
}

char *csv_trim(char *s)
{
	while (blank(s))
		s += blank(s);
	size_t n = strlen(s);
	for (;;) {
		if (n >= 1 && blank(s + n - 1) == 1)
			n--;
		else if (n >= 3 && blank(s + n - 3) == 3)
			n -= 3;
		else
			break;
	}
	s[n] = 0;
	return *s == '\'' && s[1] && strchr("=+-@", s[1]) ? s + 1 : s;
}

/* ---- writing ---- */

/*
 * A spreadsheet runs a cell as a formula when it begins so; the full-width signs
 * count as well in Japanese ones. Blanks in front do not help.
 */
bool csv_is_formula(const char *s)
{
	static const char *const signs[] = { "=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠" };
	s += strspn(s, " \n");
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (strncmp(s, signs[i], strlen(signs[i])) == 0)
			return true;
	return false;
}

void csv_cell(struct buf *b, const char *value)
{
	bool formula = csv_is_formula(value), quote = formula || strpbrk(value, ",;\"\t\r\n") || *value == ' ';
	if (quote)
		buf_putc(b, '"');
	if (formula)
		buf_putc(b, '\'');
	for (size_t n; *value; value += n) {
		char one[8] = "";
		text_char(value, &n);
		memcpy(one, value, n);
		if (*one == '"')
			buf_puts(b, "\"\"");
		else if (*one == '\n' || *one == '\t')
			buf_putc(b, *one);
		else if (*one != '\r' || value[1] != '\n')
			text_terminal(b, one);
	}
	if (quote)
		buf_putc(b, '"');
}
