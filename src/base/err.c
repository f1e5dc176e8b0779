#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * "%.60s" and the end of the text count bytes: what is left of a character that was cut in two is taken away. Other
 * bytes that are no UTF-8 (a file's name) stay.
 */
static void whole(struct err *e)
{
	char *to = e->text;
	for (const char *p = e->text; *p;) {
		unsigned char c = (unsigned char)*p;
		size_t wants = c < 0xc2 || c > 0xf4 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4, n = 1;
		while (n < wants && ((unsigned char)p[n] & 0xc0) == 0x80)
			n++;
		if (n < wants && (!p[n] || p[n] == '"' || p[n] == ':')) {
			p += n;
			continue;
		}
		memmove(to, p, n);
		to += n;
		p += n;
	}
	*to = 0;
}

bool err_set(struct err *e, const char *format, ...)
{
	if (e) {
		va_list ap;
		va_start(ap, format);
		vsnprintf(e->text, sizeof e->text, format, ap);
		va_end(ap);
		whole(e);
	}
	return false;
}

bool err_errno(struct err *e, const char *format, ...)
{
	int number = errno;
	if (e) {
		va_list ap;
		va_start(ap, format);
		vsnprintf(e->text, sizeof e->text, format, ap);
		va_end(ap);
		size_t n = strlen(e->text);
		snprintf(e->text + n, sizeof e->text - n, ": %s", strerror(number));
		whole(e);
	}
	return false;
}

bool err_prefix(struct err *e, const char *format, ...)
{
	if (e) {
		char old[sizeof e->text];
		memcpy(old, e->text, sizeof old);
		va_list ap;
		va_start(ap, format);
		vsnprintf(e->text, sizeof e->text, format, ap);
		va_end(ap);
		size_t n = strlen(e->text);
		snprintf(e->text + n, sizeof e->text - n, ": %s", old);
		whole(e);
	}
	return false;
}

static void *need(void *p)
{
	if (!p) {
		fputs("genba: out of memory\n", stderr);
		_Exit(2);
	}
	return p;
}

void *xmalloc(size_t n)
{
	return need(malloc(n ? n : 1));
}

void *xcalloc(size_t n, size_t size)
{
	return need(calloc(n ? n : 1, size ? size : 1));
}

void *xrealloc(void *p, size_t n)
{
	return need(realloc(p, n ? n : 1));
}

char *xstrdup(const char *s)
{
	return need(strdup(s));
}

char *xasprintf(const char *format, ...)
{
	char *s = NULL;
	va_list ap;
	va_start(ap, format);
	int n = vasprintf(&s, format, ap);
	va_end(ap);
	return need(n < 0 ? NULL : s);
}
