#include "report/mustache.h"

#include <stdlib.h>
#include <string.h>

enum token_kind { TOKEN_TEXT, TOKEN_VALUE, TOKEN_RAW, TOKEN_SECTION, TOKEN_INVERTED, TOKEN_END, TOKEN_PARTIAL };

struct token {
	enum token_kind kind;
	bool line;               /* first on its line of the template: a partial's indentation goes before it */
	const char *text;        /* TEXT: what to write; PARTIAL: its indentation */
	size_t n;
	char *name;              /* of every other kind */
	size_t end;              /* SECTION, INVERTED: index of their END */
	int row;                 /* of the source, from 1 */
};

struct template {
	char *name;
	const char *source;      /* borrowed */
	struct token *tokens;
	size_t n, size;
};

/* ---- parsing ---- */

struct parser {
	struct template *t;
	const char *p, *end;     /* what is left of the source */
	const char *line;        /* where the line of p begins */
	int row;
	char open[16], close[16];
	bool strict, fresh;      /* fresh: nothing was made from this line yet */
	size_t sections[MUSTACHE_NEST];
	int depth;
};

static bool parse_error(const struct parser *p, struct err *e, const char *what, const char *name)
{
	return err_set(e, "%s:%d: %s%s", p->t->name, p->row, what, name);
}

static struct token *token_add(struct parser *p, enum token_kind kind)
{
	struct template *t = p->t;
	if (t->n == t->size) {
		t->size = t->size ? t->size * 2 : 64;
		t->tokens = xrealloc(t->tokens, t->size * sizeof(*t->tokens));
	}
	struct token *k = &t->tokens[t->n++];
	*k = (struct token){ .kind = kind, .row = p->row };
	return k;
}

/* The text from p->p up to `to`, a token a line. */
static void parse_text(struct parser *p, const char *to)
{
	while (p->p < to) {
		const char *nl = memchr(p->p, '\n', (size_t)(to - p->p));
		const char *stop = nl ? nl + 1 : to;
		struct token *k = token_add(p, TOKEN_TEXT);
		k->line = p->fresh;
		k->text = p->p;
		k->n = (size_t)(stop - p->p);
		p->fresh = nl != NULL;
		p->p = stop;
		if (nl) {
			p->row++;
			p->line = stop;
		}
	}
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_space(char c)
{
	return is_blank(c) || c == '\n' || c == '\r';
}

/* Only blanks from `after` to the line's end? Then where the next line begins, else NULL. */
static const char *rest_is_blank(const struct parser *p, const char *after)
{
	while (after < p->end && is_blank(*after))
		after++;
	if (after == p->end)
		return after;
	if (*after == '\r' && after + 1 < p->end && after[1] == '\n')
		after++;
	return *after == '\n' ? after + 1 : NULL;
}

static bool parse_delimiters(struct parser *p, const char *s, size_t n, struct err *e)
{
	size_t a = 0, b;
	while (a < n && !is_space(s[a]))
		a++;
	for (b = a; b < n && is_space(s[b]); b++)
		;
	if (a == 0 || b == n || a >= sizeof(p->open) || n - b >= sizeof(p->close))
		return parse_error(p, e, "expected two delimiters as in {{=<% %>=}}", "");
	memcpy(p->open, s, a);
	p->open[a] = 0;
	memcpy(p->close, s + b, n - b);
	p->close[n - b] = 0;
	return true;
}

static bool parse_close(struct parser *p, const char *name, struct err *e)
{
	if (p->depth == 0)
		return parse_error(p, e, "nothing is open that could be closed by /", name);
	struct token *begin = &p->t->tokens[p->sections[--p->depth]];
	if (strcmp(begin->name, name) != 0)
		return err_set(e, "%s:%d: expected /%s (opened in line %d), got /%s", p->t->name, p->row,
			       begin->name, begin->row, name);
	begin->end = p->t->n;
	(void)token_add(p, TOKEN_END);
	return true;
}

/* The tag at `tag` (the opening delimiter); p->p is there or at the start of the text before it. */
static bool parse_tag(struct parser *p, const char *tag, struct err *e)
{
	const char *nl = memrchr(p->p, '\n', (size_t)(tag - p->p));
	if (nl)
		parse_text(p, nl + 1);
	const char *s = tag + strlen(p->open);
	char sigil = s < p->end ? *s : 0;
	char close[20];
	bool triple = sigil == '{';
	(void)snprintf(close, sizeof(close), "%s%s", triple ? "}" : sigil == '=' ? "=" : "", p->close);
	if (sigil && strchr("#^/!>=&{", sigil))
		s++;
	else
		sigil = 0;
	const char *stop = memmem(s, (size_t)(p->end - s), close, strlen(close));
	if (!stop)
		return parse_error(p, e, "this tag is never closed by ", close);
	const char *after = stop + strlen(close);
	if (p->strict && (triple || sigil == '&' || sigil == '='))
		return parse_error(p, e, "{{{…}}}, {{&…}} and {{=…=}} are not allowed in this kind of template", "");

	/* A tag that prints nothing and is alone on its line takes the line with it. */
	const char *next = sigil && sigil != '&' && !triple ? rest_is_blank(p, after) : NULL;
	for (const char *c = p->line; next && c < tag; c++)
		if (!is_blank(*c))
			next = NULL;
	if (!next)
		parse_text(p, tag);
	bool fresh = p->fresh;
	const char *margin = p->line;

	while (s < stop && is_space(*s))
		s++;
	while (stop > s && is_space(stop[-1]))
		stop--;
	size_t n = (size_t)(stop - s);
	bool good = true;
	if (sigil == '=') {
		good = parse_delimiters(p, s, n, e);
	} else if (sigil != '!') {
		char name[MUSTACHE_NAME + 1];
		if (n == 0 || n > MUSTACHE_NAME)
			return parse_error(p, e, "a tag needs a name of at most 127 bytes", "");
		memcpy(name, s, n);
		name[n] = 0;
		for (size_t i = 0; i < n; i++)
			if (is_space(name[i]))
				return parse_error(p, e, "no blanks in a name: ", name);
		if (sigil == '/') {
			good = parse_close(p, name, e);
		} else {
			bool section = sigil == '#' || sigil == '^';
			if (section && p->depth == MUSTACHE_NEST)
				return parse_error(p, e, "sections are nested too deep at ", name);
			if (section)
				p->sections[p->depth++] = p->t->n;
			struct token *k = token_add(p, sigil == '#' ? TOKEN_SECTION : sigil == '^' ? TOKEN_INVERTED :
						    sigil == '>' ? TOKEN_PARTIAL : sigil ? TOKEN_RAW : TOKEN_VALUE);
			k->name = xstrdup(name);
			k->line = fresh && !next;
			if (sigil == '>' && next) {
				k->text = margin;
				k->n = (size_t)(tag - margin);
			}
			if (!section || !next)
				p->fresh = false;
		}
	}
	for (const char *c = tag; c < (next ? next : after); c++)
		if (*c == '\n') {
			p->row++;
			p->line = c + 1;
		}
	if (next)
		p->fresh = true;
	p->p = next ? next : after;
	return good;
}

static void template_free(struct template *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++)
		free(t->tokens[i].name);
	free(t->tokens);
	free(t->name);
	free(t);
}

static struct template *template_parse(const char *name, const char *source, bool strict, struct err *e)
{
	struct template *t = xcalloc(1, sizeof(*t));
	struct parser p = { .t = t, .p = source, .end = source + strlen(source), .line = source, .row = 1,
			    .open = "{{", .close = "}}", .strict = strict, .fresh = true };
	t->name = xstrdup(name);
	t->source = source;
	for (const char *tag; (tag = strstr(p.p, p.open)) != NULL;)
		if (!parse_tag(&p, tag, e)) {
			template_free(t);
			return NULL;
		}
	parse_text(&p, p.end);
	if (p.depth) {
		struct token *k = &t->tokens[p.sections[p.depth - 1]];
		(void)err_set(e, "%s:%d: section %s is never closed", name, k->row, k->name);
		template_free(t);
		return NULL;
	}
	return t;
}

/* ---- rendering ---- */

enum { STACK = 4 * MUSTACHE_NEST, PARTIALS = 64 };

struct renderer {
	const struct mustache_options *o;
	struct buf *out;
	const json_t *stack[STACK];
	int depth, nest;
	struct template *partials[PARTIALS];   /* parsed once */
	size_t n_partials;
	struct buf indent;
	struct err *e;
};

static const json_t *find(const struct renderer *r, const char *name)
{
	if (strcmp(name, ".") == 0)
		return r->stack[r->depth - 1];
	char part[MUSTACHE_NAME + 1];
	size_t n = strcspn(name, ".");
	memcpy(part, name, n);
	part[n] = 0;
	const json_t *v = NULL;
	for (int i = r->depth; i-- > 0 && !v;)
		v = json_object_get(r->stack[i], part);
	while (v && name[n] == '.') {
		name += n + 1;
		n = strcspn(name, ".");
		memcpy(part, name, n);
		part[n] = 0;
		v = json_object_get(v, part);
	}
	return v;
}

static bool is_true(const json_t *v)
{
	if (json_is_string(v))
		return json_string_length(v) > 0;
	if (json_is_array(v))
		return json_array_size(v) > 0;
	return v && !json_is_null(v) && !json_is_false(v);
}

/* Digits enough to read the same number again, and no more. */
static void real_text(double d, char *out, size_t size)
{
	for (int digits = 15; digits <= 17; digits++) {
		(void)snprintf(out, size, "%.*g", digits, d);
		if (!(strtod(out, NULL) < d) && !(strtod(out, NULL) > d))
			return;
	}
}

static void put_value(struct renderer *r, const json_t *v, bool raw)
{
	char number[64];
	const char *s = NULL;
	if (json_is_string(v)) {
		s = json_string_value(v);
	} else if (json_is_integer(v)) {
		(void)snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT, json_integer_value(v));
		s = number;
	} else if (json_is_real(v)) {
		real_text(json_real_value(v), number, sizeof(number));
		s = number;
	} else if (json_is_boolean(v)) {
		s = json_is_true(v) ? "true" : "false";
	}
	if (!s)
		return;
	if (raw || !r->o->escape)
		buf_puts(r->out, s);
	else
		r->o->escape(r->out, s);
}

static bool render(struct renderer *r, const struct template *t, size_t from, size_t to);

static struct template *partial_get(struct renderer *r, const char *name, bool *bad)
{
	*bad = false;
	for (size_t i = 0; i < r->n_partials; i++)
		if (strcmp(r->partials[i]->name, name) == 0)
			return r->partials[i];
	const char *source = r->o->partial ? r->o->partial(r->o->data, name) : NULL;
	if (!source)
		return NULL;
	*bad = true;
	if (r->n_partials == PARTIALS) {
		(void)err_set(r->e, "more than %d different partials; %s is one too many", PARTIALS, name);
		return NULL;
	}
	struct template *t = template_parse(name, source, r->o->strict, r->e);
	if (!t)
		return NULL;
	*bad = false;
	return r->partials[r->n_partials++] = t;
}

static bool render_partial(struct renderer *r, const struct template *in, const struct token *k)
{
	bool bad;
	struct template *t = partial_get(r, k->name, &bad);
	if (!t)
		return !bad;
	if (r->nest == MUSTACHE_NEST)
		return err_set(r->e, "%s:%d: partial %s includes itself without end", in->name, k->row, k->name);
	size_t indent = r->indent.len;
	r->nest++;
	buf_add(&r->indent, k->text, k->n);
	bool good = render(r, t, 0, t->n);
	r->nest--;
	r->indent.len = indent;
	r->indent.data[indent] = 0;
	return good;
}

static bool render_section(struct renderer *r, const struct template *t, size_t at)
{
	const struct token *k = &t->tokens[at];
	const json_t *v = find(r, k->name);
	bool truth = is_true(v);
	if (k->kind == TOKEN_INVERTED)
		return truth || render(r, t, at + 1, k->end);
	if (!truth)
		return true;
	if (r->depth == STACK)
		return err_set(r->e, "%s:%d: sections are nested too deep at %s", t->name, k->row, k->name);
	bool good = true;
	size_t n = json_is_array(v) ? json_array_size(v) : 1;
	r->depth++;
	for (size_t i = 0; i < n && good; i++) {
		r->stack[r->depth - 1] = json_is_array(v) ? json_array_get(v, i) : v;
		good = render(r, t, at + 1, k->end);
	}
	r->depth--;
	return good;
}

static bool render(struct renderer *r, const struct template *t, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		const struct token *k = &t->tokens[i];
		if (r->out->overflow)
			return err_set(r->e, "%s: what it makes is longer than %zu MiB; choose fewer chapters",
				       t->name, r->out->cap >> 20);
		if (k->line)
			buf_add(r->out, r->indent.data, r->indent.len);
		switch (k->kind) {
		case TOKEN_TEXT:
			buf_add(r->out, k->text, k->n);
			break;
		case TOKEN_VALUE:
		case TOKEN_RAW:
			put_value(r, find(r, k->name), k->kind == TOKEN_RAW);
			break;
		case TOKEN_SECTION:
		case TOKEN_INVERTED:
			if (!render_section(r, t, i))
				return false;
			i = k->end;
			break;
		case TOKEN_PARTIAL:
			if (!render_partial(r, t, k))
				return false;
			break;
		case TOKEN_END:
			break;
		}
	}
	return true;
}

bool mustache_render(const char *name, const char *source, const json_t *context,
		     const struct mustache_options *o, struct buf *out, struct err *e)
{
	struct template *t = template_parse(name, source, o->strict, e);
	if (!t)
		return false;
	struct renderer r = { .o = o, .out = out, .stack = { context }, .depth = 1, .e = e };
	buf_init(&r.indent, 4096);
	bool good = render(&r, t, 0, t->n);
	if (good && out->overflow)
		good = err_set(e, "%s: what it makes is longer than %zu MiB; choose fewer chapters", name,
			       out->cap >> 20);
	for (size_t i = 0; i < r.n_partials; i++)
		template_free(r.partials[i]);
	buf_done(&r.indent);
	template_free(t);
	return good;
}

bool mustache_lint(const char *name, const char *source, bool strict, struct err *e)
{
	struct template *t = template_parse(name, source, strict, e);
	template_free(t);
	return t != NULL;
}
