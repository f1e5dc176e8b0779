/* From a view to bytes: which template, which escaper, and the file that is written. */
#include "report/format.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "report/library.h"
#include "report/mustache.h"
#include "report/tables.h"
#include "report/view.h"

const char *const report_format_names[] = { "html", "text", "md", "json", "csv", "xlsx", "pdf", NULL };
const char *const report_audience_names[] = { "all", "president", "engineer", "customer", NULL };

enum { TEXT_COLUMNS = 80 };

bool report_is_binary(enum report_format f)
{
	return f == REPORT_XLSX || f == REPORT_PDF;
}

/* ---- plain text: long lines are broken; Markdown: blank lines are tidied ---- */

/* May a line be broken before this character? Japanese breaks anywhere but before closing marks. */
static bool may_break(uint32_t c)
{
	static const char *const closing[] = { "。", "、", "）", "」", "』", "】", "］", "：", "！", "？", "％", "ー",
					       "々", "っ", "ゃ", "ゅ", "ょ", "ッ", "ャ", "ュ", "ョ", "～", "…" };
	if (c < 0x2e80)
		return false;
	for (size_t i = 0; i < sizeof(closing) / sizeof(closing[0]); i++) {
		size_t n;
		if (text_char(closing[i], &n) == c)
			return false;
	}
	return true;
}

/* One line broken at so many columns; what follows is indented like its start, past a "- ". */
static void wrap_line(struct buf *out, const char *line, size_t len, int columns)
{
	size_t indent = strspn(line, " "), begin = 0;
	if (indent < len && strchr("-*", line[indent]) && line[indent + 1] == ' ')
		indent += 2;
	while (begin < len) {
		int used = begin ? (int)indent : 0;
		size_t at = begin, cut = 0;
		uint32_t before = 0;
		for (size_t n; at < len; at += n) {
			char one[8] = "";
			uint32_t c = text_char(line + at, &n);
			memcpy(one, line + at, n);
			if (at > begin + (begin ? 0 : indent) &&
			    (before == ' ' || (before >= 0x2e80 && may_break(c)) || (may_break(c) && before != '(')))
				cut = at;
			used += text_width(one);
			if (used > columns && cut > begin)
				break;
			before = c;
		}
		if (at >= len)
			cut = len;
		size_t end = cut;
		while (end > begin && line[end - 1] == ' ')
			end--;
		for (size_t i = 0; begin && i < indent; i++)
			buf_putc(out, ' ');
		buf_add(out, line + begin, end - begin);
		buf_putc(out, '\n');
		begin = cut;
	}
	if (len == 0)
		buf_putc(out, '\n');
}

/* columns 0: lines are as long as they are. */
static void wrap(struct buf *out, const char *text, int columns)
{
	bool blank = true;
	while (*text) {
		size_t n = strcspn(text, "\n"), used = n;
		while (used && text[used - 1] == ' ')
			used--;
		/* Sections that had nothing to say leave blank lines behind: one is enough. */
		if (columns && (used || !blank)) {
			wrap_line(out, text, used, columns);
		} else if (used || !blank) {
			/* Two blanks at the end of a line break it in Markdown. */
			buf_add(out, text, used && n - used == 2 ? n : used);
			buf_putc(out, '\n');
		}
		blank = used == 0;
		text += n + (text[n] == '\n');
	}
}

/* ---- making ---- */

bool format_too_long(const struct buf *out, struct err *e)
{
	return err_set(e, _("the report is longer than %zu MiB"), out->cap >> 20);
}

bool report_json(const json_t *model, struct buf *out, struct err *e)
{
	char *s = json_dumps(model, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
	if (!s)
		return err_set(e, "the report's model cannot be written as JSON");
	buf_puts(out, s);
	buf_putc(out, '\n');
	free(s);
	return !out->overflow || format_too_long(out, e);
}

static bool make_pdf(const char *template, view_of_fn *view_of, const json_t *model, const struct report_options *o,
		     struct buf *out, struct err *e);

bool report_place(const char *template, view_of_fn *view_of, const json_t *model, const struct report_options *o,
		  struct buf *out, struct err *e)
{
	if (o->format == REPORT_PDF)
		return make_pdf(template, view_of, model, o, out, e);
	static const struct {
		const char *suffix;
		void (*escape)(struct buf *b, const char *s);
	} kinds[] = {
		[REPORT_HTML] = { ".html", mustache_html }, [REPORT_TEXT] = { ".txt", mustache_text },
		[REPORT_MARKDOWN] = { ".md", mustache_markdown },
	};
	struct library *l = library_open(o->templates, kinds[o->format].suffix, e);
	json_t *strings = l ? report_strings(e) : NULL;
	char *logo = strings ? library_logo(l, e) : NULL;
	const char *source = logo ? library_get(l, template, e) : NULL;
	bool good = source != NULL;
	if (good) {
		json_t *view = view_of(model, strings, o);
		json_object_set_new(view, "logo", json_string(logo));
		struct mustache_options m = { .escape = kinds[o->format].escape,
					      .strict = o->format == REPORT_HTML, .partial = library_partial, .data = l };
		const char *name = library_path(l, template);
		if (o->format == REPORT_HTML) {
			good = mustache_render(name, source, view, &m, out, e);
		} else {
			struct buf raw;
			buf_init(&raw, out->cap);
			good = mustache_render(name, source, view, &m, &raw, e);
			if (good)
				wrap(out, raw.data, o->format != REPORT_TEXT ? 0 : o->columns ? o->columns : TEXT_COLUMNS);
			buf_done(&raw);
		}
		json_decref(view);
	}
	good = good && library_good(l, e);
	free(logo);
	json_decref(strings);
	library_close(l);
	return good;
}

/* The page, printed. */
static bool make_pdf(const char *template, view_of_fn *view_of, const json_t *model, const struct report_options *o,
		     struct buf *out, struct err *e)
{
	struct report_options page = *o;
	struct buf html;
	page.format = REPORT_HTML;
	buf_init(&html, out->cap);
	bool good = report_place(template, view_of, model, &page, &html, e) && format_pdf(&html, out, e);
	buf_done(&html);
	return good;
}

static bool make_xlsx(const json_t *model, const struct report_options *o, struct buf *out, struct err *e)
{
	json_t *tables = report_tables(model, o, e);
	bool good = tables && format_xlsx(model, tables, o, out, e);
	json_decref(tables);
	return good;
}

bool report_make(const json_t *model, const struct report_options *o, struct buf *out, struct err *e)
{
	switch (o->format) {
	case REPORT_JSON:
		return report_json(model, out, e);
	case REPORT_CSV:
		return format_csv(model, o, out, e);
	case REPORT_XLSX:
		return make_xlsx(model, o, out, e);
	default:
		return report_place("report", report_view, model, o, out, e);
	}
}
