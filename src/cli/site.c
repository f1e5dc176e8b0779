#include "cli/site.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/lang.h"
#include "base/text.h"
#include "tui/facts.h"
#include "tui/words.h"

struct store *site_open(const struct cli *c, enum store_mode mode, struct err *e)
{
	return store_open(cli_site(c), mode, e);
}

bool site_number(const char *text, int64_t *n)
{
	char *end;
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*n = strtoll(text, &end, 10);
	return errno == 0 && *end == 0 && *n > 0;
}

struct find_scan { int64_t id; bool found; };

static bool is_scan(void *data, const struct store_scan_head *h)
{
	struct find_scan *f = data;
	f->found = h->id == f->id;
	return !f->found;
}

bool site_scan(const struct cli *c, struct store *s, int64_t *scan, struct err *e)
{
	const char *given = cli_get(c, "scan");
	if (given)
		return site_scan_numbered(c, s, given, scan, e);
	*scan = store_scan_latest(s);
	return *scan || err_set(e, _("%s: holds no finished scan yet; run genba scan first"), cli_site(c));
}

bool site_scan_numbered(const struct cli *c, struct store *s, const char *given, int64_t *scan, struct err *e)
{
	struct find_scan f = { 0 };
	if (site_number(given, &f.id)) {
		if (!store_scans(s, is_scan, &f, e))
			return false;
		*scan = f.id;
	}
	return f.found || err_set(e, _("%s: there is no scan %s; genba scans lists them"), cli_site(c), given);
}

int site_format(const struct cli *c, struct err *e)
{
	static const char *const names[] = { "text", "json", "csv", NULL };
	return cli_choice(c, "format", names, LIST_TEXT, e);
}

/* ---- listings ---- */

struct listing {
	struct list *list;
	const struct site_field *fields;
	bool text;
};

/* A name of ours as people of another language read it; JSON, CSV and what options take keep the name. */
static void text_cell(const struct listing *l, const char *field, const char *text)
{
	static const char *const words[][2] = {
		{ "kind", "kind" }, { "class", "op" }, { "result", "result" }, { "confidence", "confidence" },
	};
	char out[WORDS];
	if (l->text && lang_now() != LANG_EN) {
		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			if (strcmp(words[i][0], field) == 0)
				text = tui_word(words[i][1], text, text);
		/* A weakness stands among the operations; a device may have any name, but hardly that of one. */
		if (strcmp(field, "name") == 0 && strchr(text, '-'))
			text = tui_word("weakness", text, text);
		if (strcmp(field, "reason") == 0)
			text = tui_reason(text, out);
	}
	list_text(l->list, text);
}

static bool add_row(void *data, const struct store_row *row)
{
	struct listing *l = data;
	char time[32];
	for (int i = 0; i < row->n && l->fields[i].name; i++) {
		const struct store_value *v = &row->values[i];
		if (l->text && !l->fields[i].title)
			continue;
		if (v->type == STORE_NULL || (l->text && v->type == STORE_TEXT && !*v->text))
			list_null(l->list);
		else if (l->fields[i].type == FIELD_TIME)
			list_text(l->list, text_time(v->i, time));
		else if (l->fields[i].type == FIELD_NUMBER && v->type == STORE_REAL)
			list_real(l->list, v->r);
		else if (l->fields[i].type == FIELD_NUMBER)
			list_int(l->list, v->i);
		else
			text_cell(l, l->fields[i].name, v->text);
	}
	return true;
}

bool site_list(struct store *s, int64_t scan, enum list_format format, const char *schema, const char *items,
	       const struct site_field *fields, const char *sql, const char *const *parameters, struct err *e)
{
	size_t n = 0, used = 0;
	while (fields[n].name)
		n++;
	struct list_column *columns = xcalloc(n + 1, sizeof *columns);
	for (size_t i = 0; i < n; i++)
		if (format != LIST_TEXT || fields[i].title)
			columns[used++] = (struct list_column){ fields[i].name,
								fields[i].title ? fields[i].title : fields[i].name,
								fields[i].type == FIELD_NUMBER };
	struct listing l = { list_new(format, schema, items, columns), fields, format == LIST_TEXT };
	bool ok = store_select(s, scan, sql, parameters, add_row, &l, e);
	if (ok)
		ok = list_finish(l.list, e);
	else
		list_free(l.list);
	free(columns);
	return ok;
}

/* ---- JSON ---- */

json_t *site_json_text(const char *text)
{
	json_t *j = text ? json_string(text) : json_null();
	if (!j) {   /* not UTF-8 */
		struct buf b;
		buf_init(&b, 1 << 20);
		text_terminal(&b, text);
		j = json_string(b.data);
		buf_done(&b);
	}
	return j ? j : json_null();
}

json_t *site_json_time(const struct store_value *v)
{
	char text[32];
	return v->type == STORE_NULL ? json_null() : json_string(text_time(v->i, text));
}

json_t *site_json_number(const struct store_value *v)
{
	return v->type == STORE_NULL ? json_null() : v->type == STORE_REAL ? json_real(v->r) : json_integer(v->i);
}

int site_listing(struct cli *c, const char *schema, const char *items, const struct list_column *columns,
		 site_fill_fn *fill, struct err *e)
{
	int format = site_format(c, e);
	if (format < 0)
		return EXIT_USAGE_ERROR;
	struct store *s = site_open(c, STORE_READ, e);
	if (!s)
		return EXIT_FAILED;
	struct list *l = list_new((enum list_format)format, schema, items, columns);
	bool ok = fill(s, l, e);
	if (ok)
		ok = list_finish(l, e);
	else
		list_free(l);
	store_close(s);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

bool site_json_print(json_t *root, unsigned digits, struct err *e)
{
	errno = 0;
	bool ok = json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(digits)) == 0;
	fputc('\n', stdout);
	json_decref(root);
	ok = fflush(stdout) == 0 && ok && !ferror(stdout);
	return ok || err_errno(e, _("cannot write the output"));
}
