/* Finding and reading templates, colours and a logo. */
#include "report/library.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/lang.h"
#include "base/path.h"
#include "base/text.h"

enum { TEMPLATE_BYTES = 1 << 20, PARTIALS = 96 };

struct item { char *name, *path, *text; };
struct library {
	char *folders[2];        /* the user's or NULL, ours */
	const char *suffix;
	struct item items[PARTIALS];
	size_t n;
	bool failed;             /* a template is there and cannot be used: */
	struct err why;
};

struct library *library_open(const char *own, const char *suffix, struct err *e)
{
	struct stat st;
	if (own && stat(own, &st) != 0) {
		err_errno(e, "%s", own);
		return NULL;
	}
	if (own && !S_ISDIR(st.st_mode)) {
		err_set(e, _("%s: give the folder that holds your templates"), own);
		return NULL;
	}
	struct library *l = xcalloc(1, sizeof(*l));
	l->folders[0] = own ? xstrdup(own) : NULL;
	l->folders[1] = path_of("reports/templates");
	l->suffix = suffix;
	return l;
}

void library_close(struct library *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++) {
		free(l->items[i].name);
		free(l->items[i].path);
		free(l->items[i].text);
	}
	free(l->folders[0]);
	free(l->folders[1]);
	free(l);
}

/* The bytes of a file, of 1 MiB at most; a pipe would be waited for, a device would never end. NULL fills e. */
static char *bytes_read(const char *path, size_t *n, struct err *e)
{
	struct stat st;
	if (stat(path, &st) != 0)
		err_errno(e, "%s", path);
	else if (!S_ISREG(st.st_mode))
		err_set(e, _("%s: this is no file"), path);
	else
		return file_load(path, n, e);
	return NULL;
}

/* A file as text; NULL with e: it cannot be read, or is no text. */
static char *text_read(const char *path, struct err *e)
{
	size_t n;
	char *bytes = bytes_read(path, &n, e);
	if (!bytes)
		return NULL;
	struct buf b;
	buf_init(&b, TEMPLATE_BYTES);
	buf_add(&b, bytes, n);
	free(bytes);
	if (strlen(b.data) == b.len && text_is_utf8(b.data, b.len))
		return buf_take(&b);
	err_set(e, _("%s: a template is UTF-8 text"), path);
	buf_done(&b);
	return NULL;
}

/* Colours are declarations and nothing else: they must neither end the style nor load anything. */
static bool colours_are_plain(const char *path, const char *text, struct err *e)
{
	static const char *const refused[] = { "<", "{{", "\\", "@import", "url(", "expression(" };
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		if (strcasestr(text, refused[i]))
			return err_set(e, _("%s: %s is not allowed here; give colours, as :root { --deep: #1d4a5e; }"),
				       path, refused[i]);
	return true;
}

static const struct item *find(const struct library *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->items[i].name, name) == 0)
			return &l->items[i];
	return NULL;
}

const char *library_get(struct library *l, const char *name, struct err *e)
{
	const struct item *known = find(l, name);
	if (known)
		return known->text;
	if (l->n == PARTIALS || strchr(name, '/') || name[0] == '.') {
		err_set(e, "%s: no name of a template", name);
		return NULL;
	}
	bool colours = strcmp(name, "colours") == 0;
	for (int i = 0; i < 2; i++) {
		if (!l->folders[i])
			continue;
		char *path = xasprintf("%s/%s%s", l->folders[i], name, colours ? ".css" : l->suffix);
		char *text = text_read(path, e);
		bool absent = !text && access(path, F_OK) != 0;
		if (text && colours && !colours_are_plain(path, text, e)) {
			free(text);
			text = NULL;
		}
		if (text) {
			l->items[l->n++] = (struct item){ xstrdup(name), path, text };
			return text;
		}
		free(path);
		/* What is there and cannot be read is no reason to take ours instead. */
		l->failed |= !text && !absent;
		if (!text && !absent)
			return NULL;
	}
	return NULL;
}

const char *library_partial(void *library, const char *name)
{
	struct library *l = library;
	return library_get(l, name, l->failed ? NULL : &l->why);
}

bool library_good(const struct library *l, struct err *e)
{
	return !l->failed || err_set(e, "%s", l->why.text);
}

const char *library_path(const struct library *l, const char *name)
{
	const struct item *x = find(l, name);
	return x ? x->path : name;
}

/* ---- the logo ---- */

static void base64(struct buf *b, const unsigned char *s, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < n; i += 3) {
		uint32_t second = i + 1 < n ? s[i + 1] : 0, third = i + 2 < n ? s[i + 2] : 0;
		uint32_t w = (uint32_t)s[i] << 16 | second << 8 | third;
		buf_putc(b, digits[w >> 18]);
		buf_putc(b, digits[w >> 12 & 63]);
		buf_putc(b, i + 1 < n ? digits[w >> 6 & 63] : '=');
		buf_putc(b, i + 2 < n ? digits[w & 63] : '=');
	}
}

char *library_logo(const struct library *l, struct err *e)
{
	static const struct { const char *name, *type; } kinds[] = {
		{ "logo.svg", "image/svg+xml" }, { "logo.png", "image/png" }, { "logo.jpg", "image/jpeg" },
	};
	for (size_t i = 0; l->folders[0] && i < sizeof(kinds) / sizeof(*kinds); i++) {
		char *path = xasprintf("%s/%s", l->folders[0], kinds[i].name);
		struct stat st;
		if (stat(path, &st) != 0) {
			free(path);
			continue;
		}
		size_t n = 0;
		char *bytes = bytes_read(path, &n, e);
		free(path);
		if (!bytes)
			return NULL;
		struct buf b;
		buf_init(&b, 2 << 20);
		buf_printf(&b, "data:%s;base64,", kinds[i].type);
		base64(&b, (const unsigned char *)bytes, n);
		free(bytes);
		return buf_take(&b);
	}
	return xstrdup("");
}
