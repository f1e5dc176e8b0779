#include "base/yaml.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

#include "base/buf.h"
#include "base/text.h"

enum { BYTES_MAX = 1 << 20, DEPTH_MAX = 16, GOT_MAX = 60 };

struct yaml {
	const struct yaml_doc *doc;
	enum yaml_kind kind;
	bool null;               /* a scalar that says nothing: empty, ~ or null without quotes */
	int line, column;        /* from 1 */
	char *text;              /* scalar */
	struct yaml **keys;      /* map: scalar nodes */
	struct yaml **items;     /* list, map */
	size_t n, room;
};

struct yaml_doc {
	char *name;
	struct yaml *root;
};

/* ---- reading ---- */

struct reader {
	yaml_parser_t parser;
	struct yaml_doc *doc;
	const char *bytes;
	struct err *e;
};

static void node_free(struct yaml *node)
{
	if (!node)
		return;
	for (size_t i = 0; i < node->n; i++) {
		if (node->keys)
			node_free(node->keys[i]);
		node_free(node->items[i]);
	}
	free(node->keys);
	free(node->items);
	free(node->text);
	free(node);
}

static bool mark_error(const struct reader *r, yaml_mark_t mark, const char *what)
{
	return err_set(r->e, "%s:%zu:%zu: %s", r->doc->name, mark.line + 1, mark.column + 1, what);
}

/* What libyaml found wrong. A reader error (bytes that are no UTF-8) knows only its offset. */
static bool parser_error(const struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	yaml_mark_t mark = p->problem_mark;
	if (p->error == YAML_READER_ERROR) {
		mark = (yaml_mark_t){ 0 };
		for (size_t i = 0; i < p->problem_offset; i++) {
			mark.column++;
			if (r->bytes[i] == '\n') {
				mark.line++;
				mark.column = 0;
			}
		}
	}
	return mark_error(r, mark, p->problem ? p->problem : "no YAML");
}

static bool next_event(struct reader *r, yaml_event_t *event)
{
	if (yaml_parser_parse(&r->parser, event))
		return true;
	return parser_error(r);
}

static struct yaml *node_new(const struct reader *r, enum yaml_kind kind, yaml_mark_t mark)
{
	struct yaml *node = xcalloc(1, sizeof *node);
	node->doc = r->doc;
	node->kind = kind;
	node->line = (int)mark.line + 1;
	node->column = (int)mark.column + 1;
	return node;
}

static void node_add(struct yaml *node, struct yaml *key, struct yaml *item)
{
	if (node->n == node->room) {
		node->room = node->room ? node->room * 2 : 8;
		node->items = xrealloc(node->items, node->room * sizeof *node->items);
		if (node->kind == YAML_MAP)
			node->keys = xrealloc(node->keys, node->room * sizeof *node->keys);
	}
	if (node->kind == YAML_MAP)
		node->keys[node->n] = key;
	node->items[node->n++] = item;
}

static int by_text(const void *a, const void *b)
{
	const struct yaml *x = *(const struct yaml *const *)a, *y = *(const struct yaml *const *)b;
	int order = strcmp(x->text, y->text);
	if (order != 0)
		return order;
	return x->line != y->line ? x->line - y->line : x->column - y->column;
}

/* Sorted, so that a hostile map of many keys costs no square of time. */
static bool keys_differ(const struct yaml *map, struct err *e)
{
	if (map->n < 2)
		return true;
	struct yaml **sorted = xmalloc(map->n * sizeof *sorted);
	memcpy(sorted, map->keys, map->n * sizeof *sorted);
	qsort(sorted, map->n, sizeof *sorted, by_text);
	bool ok = true;
	for (size_t i = 1; ok && i < map->n; i++) {
		if (strcmp(sorted[i - 1]->text, sorted[i]->text) == 0)
			ok = yaml_error(sorted[i], e, "%.60s: this key stands twice, first on line %d",
					sorted[i]->text, sorted[i - 1]->line);
	}
	free(sorted);
	return ok;
}

static bool plain_event(const struct reader *r, const yaml_event_t *event)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;
	switch (event->type) {
	case YAML_ALIAS_EVENT:
		return mark_error(r, event->start_mark, "aliases (*name) are not allowed");
	case YAML_SCALAR_EVENT:
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
		break;
	case YAML_SEQUENCE_START_EVENT:
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
		break;
	case YAML_MAPPING_START_EVENT:
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
		break;
	default:
		break;
	}
	if (anchor)
		return mark_error(r, event->start_mark, "anchors (&name) are not allowed");
	if (tag)
		return mark_error(r, event->start_mark, "tags (!name) are not allowed");
	return true;
}

static struct yaml *read_scalar(const struct reader *r, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;
	if (strlen(text) != event->data.scalar.length) {
		mark_error(r, event->start_mark, "text with a NUL inside is not allowed");
		return NULL;
	}
	struct yaml *node = node_new(r, YAML_TEXT, event->start_mark);
	node->null = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
		(!*text || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
	node->text = xstrdup(node->null ? "" : text);
	return node;
}

static struct yaml *read_node(struct reader *r, const yaml_event_t *event, int depth);

static bool read_key(struct reader *r, const yaml_event_t *event, struct yaml **key)
{
	if (event->type != YAML_SCALAR_EVENT)
		return mark_error(r, event->start_mark, "expected a key, got a list or a map");
	*key = read_node(r, event, 0);
	if (*key && !*(*key)->text)
		return mark_error(r, event->start_mark, "expected a key, got nothing");
	return *key;
}

static bool read_children(struct reader *r, struct yaml *node, int depth)
{
	yaml_event_type_t end = node->kind == YAML_MAP ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
	for (;;) {
		yaml_event_t event;
		struct yaml *key = NULL, *item = NULL;
		if (!next_event(r, &event))
			return false;
		if (event.type == end) {
			yaml_event_delete(&event);
			return node->kind != YAML_MAP || keys_differ(node, r->e);
		}
		if (node->kind == YAML_MAP) {
			bool ok = read_key(r, &event, &key);
			yaml_event_delete(&event);
			if (!ok || !next_event(r, &event)) {
				node_free(key);
				return false;
			}
		}
		item = read_node(r, &event, depth + 1);
		yaml_event_delete(&event);
		if (!item) {
			node_free(key);
			return false;
		}
		node_add(node, key, item);
	}
}

static struct yaml *read_node(struct reader *r, const yaml_event_t *event, int depth)
{
	if (!plain_event(r, event))
		return NULL;
	if (event->type == YAML_SCALAR_EVENT)
		return read_scalar(r, event);
	if (depth >= DEPTH_MAX) {
		mark_error(r, event->start_mark, "nested deeper than 16 levels");
		return NULL;
	}
	struct yaml *node = node_new(r, event->type == YAML_MAPPING_START_EVENT ? YAML_MAP : YAML_LIST,
				     event->start_mark);
	if (read_children(r, node, depth))
		return node;
	node_free(node);
	return NULL;
}

static bool read_document(struct reader *r)
{
	for (;;) {
		yaml_event_t event;
		if (!next_event(r, &event))
			return false;
		bool ok = true, over = false;
		switch (event.type) {
		case YAML_STREAM_START_EVENT:
		case YAML_DOCUMENT_END_EVENT:
			break;
		case YAML_DOCUMENT_START_EVENT:
			if (r->doc->root)
				ok = mark_error(r, event.start_mark, "expected one document, got a second");
			break;
		case YAML_STREAM_END_EVENT:
			over = true;
			if (!r->doc->root)
				ok = mark_error(r, event.start_mark, "expected a document, got an empty file");
			break;
		default:
			r->doc->root = read_node(r, &event, 0);
			ok = r->doc->root;
			break;
		}
		yaml_event_delete(&event);
		if (!ok || over)
			return ok;
	}
}

struct yaml_doc *yaml_parse(const char *name, const char *bytes, size_t n, struct err *e)
{
	if (n > BYTES_MAX) {
		err_set(e, "%s: larger than 1 MiB, which is more than any file of this kind needs", name);
		return NULL;
	}
	struct reader r = { .bytes = bytes, .e = e };
	if (!yaml_parser_initialize(&r.parser)) {
		err_set(e, "%s: cannot start the YAML parser", name);
		return NULL;
	}
	r.doc = xcalloc(1, sizeof *r.doc);
	r.doc->name = xstrdup(name);
	/* Without this libyaml would take UTF-16 too. */
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)bytes, n);
	bool ok = read_document(&r);
	yaml_parser_delete(&r.parser);
	if (ok)
		return r.doc;
	yaml_doc_free(r.doc);
	return NULL;
}

static bool read_file(const char *path, char *bytes, size_t *n, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, "%s", path);
	*n = 0;
	while (*n <= BYTES_MAX) {
		ssize_t got = read(fd, bytes + *n, BYTES_MAX + 1 - *n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			err_errno(e, "%s", path);
			close(fd);
			return false;
		}
		if (got == 0)
			break;
		*n += (size_t)got;
	}
	close(fd);
	return true;
}

struct yaml_doc *yaml_load(const char *path, struct err *e)
{
	/* One byte more than allowed, so that yaml_parse() sees that it is too much. */
	char *bytes = xmalloc(BYTES_MAX + 1);
	size_t n = 0;
	struct yaml_doc *doc = read_file(path, bytes, &n, e) ? yaml_parse(path, bytes, n, e) : NULL;
	free(bytes);
	return doc;
}

void yaml_doc_free(struct yaml_doc *doc)
{
	if (!doc)
		return;
	node_free(doc->root);
	free(doc->name);
	free(doc);
}

/* ---- the tree ---- */

const struct yaml *yaml_root(const struct yaml_doc *doc)
{
	return doc->root;
}

enum yaml_kind yaml_kind(const struct yaml *node)
{
	return node->kind;
}

int yaml_line(const struct yaml *node)
{
	return node->line;
}

bool yaml_error(const struct yaml *node, struct err *e, const char *format, ...)
{
	char text[sizeof e->text];
	va_list ap;
	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	return err_set(e, "%s:%d:%d: %s", node->doc->name, node->line, node->column, text);
}

size_t yaml_count(const struct yaml *node)
{
	return node->n;
}

const struct yaml *yaml_at(const struct yaml *node, size_t i)
{
	return i < node->n ? node->items[i] : NULL;
}

const char *yaml_key(const struct yaml *node, size_t i)
{
	return node->kind == YAML_MAP && i < node->n ? node->keys[i]->text : NULL;
}

const struct yaml *yaml_get(const struct yaml *map, const char *key)
{
	if (map->kind != YAML_MAP)
		return NULL;
	for (size_t i = 0; i < map->n; i++) {
		if (strcmp(map->keys[i]->text, key) == 0)
			return map->items[i];
	}
	return NULL;
}

const char *yaml_text(const struct yaml *node)
{
	return node->text;
}

/* ---- binding ---- */

/* What stands there, short and safe to print. */
static const char *got(const struct yaml *node, char *out, size_t size)
{
	if (!node || node->null) {
		snprintf(out, size, "nothing");
	} else if (node->kind != YAML_TEXT) {
		snprintf(out, size, node->kind == YAML_MAP ? "a map" : "a list");
	} else {
		struct buf b;
		buf_init(&b, 4 * GOT_MAX);
		size_t n = 0;
		while (node->text[n] && n < GOT_MAX) {
			size_t step;
			text_char(node->text + n, &step);
			n += step;
		}
		char *cut = strndup(node->text, n);
		text_terminal(&b, cut ? cut : "");
		snprintf(out, size, "\"%s%s\"", b.data, node->text[n] ? "…" : "");
		free(cut);
		buf_done(&b);
	}
	return out;
}

static void names_text(const char *const *names, struct buf *b)
{
	for (size_t i = 0; names[i]; i++)
		buf_printf(b, "%s%s", i == 0 ? "" : names[i + 1] ? ", " : " or ", names[i]);
}

static const char *expected(const struct yaml_field *f, struct buf *b)
{
	static const char *const text[] = {
		[YAML_STRING] = "text", [YAML_TEXT2] = "{en: …, ja: …}", [YAML_INT] = "a whole number",
		[YAML_NUMBER] = "a number", [YAML_BOOL] = "true or false", [YAML_STRINGS] = "a list of texts",
		[YAML_NODE] = "a value",
	};
	if (f->type != YAML_ENUM)
		return text[f->type];
	names_text(f->names, b);
	return b->data;
}

/* node: what is wrong; at: where to point when node is absent. */
static bool mismatch(const struct yaml *at, const struct yaml *node, const struct yaml_field *f, struct err *e)
{
	char text[300];
	struct buf b;
	buf_init(&b, 300);
	yaml_error(node ? node : at, e, "%s: expected %s, got %s", f->key, expected(f, &b),
		   got(node, text, sizeof text));
	buf_done(&b);
	return false;
}

static bool scalar(const struct yaml *node)
{
	return node->kind == YAML_TEXT && !node->null;
}

static bool to_int(const struct yaml *node, int *out)
{
	if (!scalar(node) || !strchr("-0123456789", node->text[0]))
		return false;
	char *end;
	errno = 0;
	long v = strtol(node->text, &end, 10);
	if (errno || end == node->text || *end || v < INT_MIN || v > INT_MAX)
		return false;
	*out = (int)v;
	return true;
}

static bool to_number(const struct yaml *node, double *out)
{
	/* Decimal only: strtod() would take hexadecimal, "inf" and "nan" as well. */
	if (!scalar(node) || node->text[strspn(node->text, "+-.0123456789eE")])
		return false;
	char *end;
	double v = strtod(node->text, &end);
	if (end == node->text || *end || !isfinite(v))
		return false;
	*out = v;
	return true;
}

static bool to_text2(const struct yaml *node, struct text2 *out, const struct yaml_field *f, struct err *e)
{
	if (node->kind != YAML_MAP)
		return mismatch(node, node, f, e);
	for (size_t i = 0; i < node->n; i++) {
		const char *key = node->keys[i]->text;
		char **to = strcmp(key, "en") == 0 ? &out->en : strcmp(key, "ja") == 0 ? &out->ja : NULL;
		if (!to)
			return yaml_error(node->keys[i], e, "%s: expected en or ja, got \"%.60s\"", f->key, key);
		if (!scalar(node->items[i]) || !*node->items[i]->text)
			return yaml_error(node->items[i], e, "%s: %s: expected text, got nothing", f->key, key);
		*to = xstrdup(node->items[i]->text);
	}
	if (!out->en || !out->ja)
		return yaml_error(node, e, "%s: expected text in both languages, got no %s", f->key,
				  out->en ? "ja" : "en");
	return true;
}

static bool to_strings(const struct yaml *node, char ***out, const struct yaml_field *f, struct err *e)
{
	if (node->kind == YAML_MAP)
		return mismatch(node, node, f, e);
	size_t n = node->kind == YAML_LIST ? node->n : 1;
	*out = xcalloc(n + 1, sizeof **out);
	for (size_t i = 0; i < n; i++) {
		const struct yaml *item = node->kind == YAML_LIST ? node->items[i] : node;
		if (!scalar(item))
			return mismatch(item, item, f, e);
		(*out)[i] = xstrdup(item->text);
	}
	return true;
}

static bool to_enum(const struct yaml *node, int *out, const char *const *names)
{
	for (int i = 0; scalar(node) && names[i]; i++) {
		if (strcmp(node->text, names[i]) == 0) {
			*out = i;
			return true;
		}
	}
	return false;
}

static bool bind_one(const struct yaml *node, const struct yaml_field *f, void *to, struct err *e)
{
	bool ok = true;
	switch (f->type) {
	case YAML_STRING:
		ok = scalar(node);
		if (ok)
			*(char **)to = xstrdup(node->text);
		break;
	case YAML_TEXT2:
		return to_text2(node, to, f, e);
	case YAML_INT:
		ok = to_int(node, to);
		break;
	case YAML_NUMBER:
		ok = to_number(node, to);
		break;
	case YAML_BOOL:
		ok = scalar(node) && (strcmp(node->text, "true") == 0 || strcmp(node->text, "false") == 0);
		if (ok)
			*(bool *)to = node->text[0] == 't';
		break;
	case YAML_ENUM:
		ok = to_enum(node, to, f->names);
		break;
	case YAML_STRINGS:
		return to_strings(node, to, f, e);
	case YAML_NODE:
		*(const struct yaml **)to = node;
		break;
	}
	return ok || mismatch(node, node, f, e);
}

static bool known_keys(const struct yaml *map, const struct yaml_field *fields, struct err *e)
{
	for (size_t i = 0; i < map->n; i++) {
		const struct yaml_field *f = fields;
		while (f->key && strcmp(f->key, map->keys[i]->text) != 0)
			f++;
		if (f->key)
			continue;
		char text[300];
		struct buf b;
		buf_init(&b, 300);
		for (f = fields; f->key; f++)
			buf_printf(&b, "%s%s", f == fields ? "" : f[1].key ? ", " : " or ", f->key);
		yaml_error(map->keys[i], e, "unknown key: expected %s, got %s", b.data,
			   got(map->keys[i], text, sizeof text));
		buf_done(&b);
		return false;
	}
	return true;
}

bool yaml_bind(const struct yaml *map, const struct yaml_field *fields, void *into, struct err *e)
{
	char text[300];
	if (map->kind != YAML_MAP)
		return yaml_error(map, e, "expected a map, got %s", got(map, text, sizeof text));
	if (!known_keys(map, fields, e))
		return false;
	for (const struct yaml_field *f = fields; f->key; f++) {
		const struct yaml *node = yaml_get(map, f->key);
		if (node && node->null && !f->required)
			continue;        /* "key:" without a value, where there need not be one */
		if (!node && f->required)
			return mismatch(map, NULL, f, e);
		if (node && !bind_one(node, f, (char *)into + f->offset, e))
			return false;
	}
	return true;
}

void yaml_unbind(const struct yaml_field *fields, void *from)
{
	for (const struct yaml_field *f = fields; f->key; f++) {
		void *at = (char *)from + f->offset;
		if (f->type == YAML_STRING) {
			free(*(char **)at);
			*(char **)at = NULL;
		} else if (f->type == YAML_TEXT2) {
			text2_done(at);
		} else if (f->type == YAML_STRINGS) {
			char **list = *(char ***)at;
			for (size_t i = 0; list && list[i]; i++)
				free(list[i]);
			free(list);
			*(char ***)at = NULL;
		}
	}
}
