/* The view: the model as what a reader reads. Everything that templates cannot do happens here. */
#include "report/view.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/path.h"
#include "base/text.h"
#include "base/yaml.h"

/* ---- reading ---- */

const char *get_text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	return s ? s : "";
}

double get_real(const json_t *o, const char *key)
{
	return json_number_value(json_object_get(o, key));
}

int64_t get_int(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

bool get_bool(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

bool get_set(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);
	return v && !json_is_null(v);
}

const json_t *get_list(const json_t *o, const char *key)
{
	return json_object_get(o, key);
}

const char *get_text2(const struct view *v, const json_t *o, const char *key)
{
	return get_text(json_object_get(o, key), v->lang);
}

/* ---- writing ---- */

void put_text(json_t *o, const char *key, const char *value)
{
	json_object_set_new(o, key, json_string(value ? value : ""));
}

void put_format(json_t *o, const char *key, const char *format, ...)
{
	char *s = NULL;
	va_list args;
	va_start(args, format);
	int n = vasprintf(&s, format, args);
	va_end(args);
	put_text(o, key, n < 0 ? "" : s);
	if (n >= 0)
		free(s);
}

void put_bool(json_t *o, const char *key, bool value)
{
	json_object_set_new(o, key, json_boolean(value));
}

void put_number(json_t *o, const char *key, double value)
{
	double tenths = round(value * 10);
	bool whole = fabs(remainder(tenths, 10)) < 0.5;
	json_object_set_new(o, key, whole ? json_integer((json_int_t)(tenths / 10)) : json_real(tenths / 10));
}

/* ---- strings ---- */

json_t *report_strings(struct err *e)
{
	char *path = path_of("reports/strings.yaml");
	struct yaml_doc *doc = yaml_load(path, e);
	free(path);
	if (!doc)
		return NULL;
	json_t *all = json_object();
	const struct yaml *root = yaml_root(doc);
	bool good = yaml_kind(root) == YAML_MAP || yaml_error(root, e, "expected {key: {en: …, ja: …}}");
	for (size_t i = 0; good && i < yaml_count(root); i++) {
		static const struct yaml_field fields[] = {
			{ "en", YAML_STRING, offsetof(struct text2, en), true, NULL },
			{ "ja", YAML_STRING, offsetof(struct text2, ja), true, NULL },
			{ NULL, 0, 0, false, NULL },
		};
		struct text2 t = { 0 };
		good = yaml_bind(yaml_at(root, i), fields, &t, e);
		if (good) {
			json_t *both = report_object(all, yaml_key(root, i));
			put_text(both, "en", t.en);
			put_text(both, "ja", t.ja);
		}
		text2_done(&t);
	}
	yaml_doc_free(doc);
	if (good)
		return all;
	json_decref(all);
	return NULL;
}

const char *view_string(const struct view *v, const char *key)
{
	const json_t *both = json_object_get(v->strings, key);
	if (both)
		return get_text(both, v->lang);
	return key;
}

const char *view_name(const struct view *v, const char *prefix, const char *name)
{
	char key[128];
	(void)snprintf(key, sizeof(key), "%s_%s", prefix, name);
	const json_t *both = json_object_get(v->strings, key);
	return both ? get_text(both, v->lang) : name;
}

void put_string(const struct view *v, json_t *o, const char *key, const char *string, ...)
{
	struct buf out;
	buf_init(&out, 65536);
	for (const char *s = view_string(v, string); *s;) {
		size_t n = strcspn(s, "{");
		buf_add(&out, s, n);
		s += n;
		const char *close = *s ? strchr(s, '}') : NULL;
		if (!close) {
			buf_puts(&out, s);
			break;
		}
		size_t len = (size_t)(close - s - 1);
		const char *value = NULL;
		va_list args;
		va_start(args, string);
		for (const char *name; !value && (name = va_arg(args, const char *)) != NULL;) {
			const char *given = va_arg(args, const char *);
			if (strlen(name) == len && strncmp(name, s + 1, len) == 0)
				value = given;
		}
		va_end(args);
		if (value)
			buf_puts(&out, value);
		else
			buf_add(&out, s, len + 2);
		s = close + 1;
	}
	put_text(o, key, out.data);
	buf_done(&out);
}

/* ---- numbers and times ---- */

char *view_int(int64_t n, char *out)
{
	return text_grouped(n, out);
}

char *view_real(double n, int digits, char *out)
{
	(void)snprintf(out, VIEW_TEXT, "%.*f", digits, n);
	return out;
}

char *view_percent(double share, char *out)
{
	double p = share * 100;
	(void)snprintf(out, VIEW_TEXT, p > 0 && p < 1 ? "%.1f" : "%.0f", p);
	return out;
}

double view_seconds(const char *rfc3339)
{
	int year, month, day, hour, minute;
	double second;
	if (sscanf(rfc3339, "%d-%d-%dT%d:%d:%lf", &year, &month, &day, &hour, &minute, &second) != 6)
		return 0;
	struct tm utc = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour, .tm_min = minute };
	return (double)timegm(&utc) + second;
}

char *view_clock(const struct view *v, double seconds, bool with_day, char *out)
{
	time_t t = (time_t)seconds;
	struct tm local;
	*out = 0;
	if (!localtime_r(&t, &local))
		return out;
	if (!with_day)
		(void)snprintf(out, VIEW_TEXT, "%d:%02d", local.tm_hour, local.tm_min);
	else
		(void)snprintf(out, VIEW_TEXT, strcmp(v->lang, "ja") == 0 ? "%d/%d %d:%02d" : "%02d-%02d %02d:%02d",
			       local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min);
	return out;
}

static bool read_time(const char *rfc3339, struct tm *local)
{
	struct tm utc = { 0 };
	int year, month, day, hour, minute, second;
	if (sscanf(rfc3339, "%d-%d-%dT%d:%d:%d", &year, &month, &day, &hour, &minute, &second) != 6)
		return false;
	utc = (struct tm){ .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour,
			   .tm_min = minute, .tm_sec = second };
	time_t t = timegm(&utc);
	return localtime_r(&t, local) != NULL;
}

char *view_time(const struct view *v, const char *rfc3339, char *out)
{
	struct tm t;
	*out = 0;
	if (!read_time(rfc3339, &t))
		return out;
	if (strcmp(v->lang, "ja") == 0)
		(void)snprintf(out, VIEW_TEXT, "%d年%d月%d日 %d:%02d", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday,
			       t.tm_hour, t.tm_min);
	else
		(void)view_stamp(rfc3339, out);
	return out;
}

char *view_stamp(const char *rfc3339, char *out)
{
	struct tm t;
	*out = 0;
	if (read_time(rfc3339, &t))
		(void)snprintf(out, VIEW_TEXT, "%04d-%02d-%02d %02d:%02d", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday,
			       t.tm_hour, t.tm_min);
	return out;
}

char *view_date(const struct view *v, const char *rfc3339, char *out)
{
	struct tm t;
	*out = 0;
	if (!read_time(rfc3339, &t))
		return out;
	(void)snprintf(out, VIEW_TEXT, strcmp(v->lang, "ja") == 0 ? "%d年%d月%d日" : "%04d-%02d-%02d",
		       t.tm_year + 1900, t.tm_mon + 1, t.tm_mday);
	return out;
}

/* In Japanese 10,000 yen is the unit people think in. */
static void yen_one(const struct view *v, int64_t yen, bool unit, char *out)
{
	char number[VIEW_TEXT];
	if (strcmp(v->lang, "ja") != 0)
		(void)snprintf(out, VIEW_TEXT, "%s", view_int(yen, number));
	else if (yen >= 10000 && yen % 1000 == 0)
		(void)snprintf(out, VIEW_TEXT, "%g万%s", (double)yen / 10000, unit ? "円" : "");
	else
		(void)snprintf(out, VIEW_TEXT, "%s%s", view_int(yen, number), unit ? "円" : "");
}

char *view_yen(const struct view *v, int64_t low, int64_t high, char *out)
{
	char a[VIEW_TEXT], b[VIEW_TEXT];
	json_t *o = json_object();
	if (low <= 0 && high <= 0) {
		put_string(v, o, "x", "cost_none", NULL);
	} else if (low == high) {
		yen_one(v, low, true, a);
		put_string(v, o, "x", "cost_one", "yen", a, NULL);
	} else {
		yen_one(v, low, false, a);
		yen_one(v, high, true, b);
		put_string(v, o, "x", "cost_range", "low", a, "high", b, NULL);
	}
	(void)snprintf(out, VIEW_TEXT, "%s", get_text(o, "x"));
	json_decref(o);
	return out;
}

char *view_duration(const struct view *v, double hours, char *out)
{
	char a[VIEW_TEXT];
	json_t *o = json_object();
	if (hours >= 0.995)
		put_string(v, o, "x", "hours_one", "hours", view_real(hours, 1, a), NULL);
	else if (hours > 0 && hours < 1 / 60.0)
		put_string(v, o, "x", "minutes_none", NULL);
	else
		put_string(v, o, "x", "minutes_one", "minutes", view_real(hours * 60, 0, a), NULL);
	(void)snprintf(out, VIEW_TEXT, "%s", get_text(o, "x"));
	json_decref(o);
	return out;
}

char *view_hours(const struct view *v, double low, double high, char *out)
{
	char a[VIEW_TEXT], b[VIEW_TEXT];
	(void)snprintf(a, sizeof(a), "%g", low);
	(void)snprintf(b, sizeof(b), "%g", high);
	json_t *o = json_object();
	if (strcmp(a, b) == 0)
		put_string(v, o, "x", "hours_one", "hours", a, NULL);
	else
		put_string(v, o, "x", "hours_range", "low", a, "high", b, NULL);
	(void)snprintf(out, VIEW_TEXT, "%s", get_text(o, "x"));
	json_decref(o);
	return out;
}

char *view_cut(const char *text, int columns, char *out)
{
	/* Hidden characters are shown before the columns are counted. */
	struct buf b;
	buf_init(&b, 4096);
	text_terminal(&b, text);
	const char *s = b.data;
	size_t len = 0;
	int used = 0;
	bool fits = text_width(s) <= columns;
	for (size_t n; *s; s += n) {
		char one[8] = "";
		(void)text_char(s, &n);
		memcpy(one, s, n);
		int w = text_width(one);
		if ((!fits && used + w > columns - 1) || len + n + 4 >= VIEW_TEXT)
			break;
		memcpy(out + len, s, n);
		len += n;
		used += w;
	}
	(void)snprintf(out + len, VIEW_TEXT - len, "%s", *s ? "…" : "");
	buf_done(&b);
	return out;
}

/* ---- chapters ---- */

json_t *view_chapter(struct view *v, const char *id, const char *title, unsigned readers)
{
	if (!(readers & (1u << v->o->audience)))
		return NULL;
	json_t *line = report_item(v->contents);
	put_format(line, "number", "%zu", json_array_size(v->contents));
	put_text(line, "id", id);
	put_text(line, "title", view_string(v, title));
	json_t *chapter = json_copy(line);
	json_object_set_new(v->root, id, chapter);
	return chapter;
}

void put_evidence(const struct view *v, json_t *o, const json_t *row)
{
	int64_t frame = get_int(row, "frame"), peer = get_int(row, "peer_frame");
	put_text(o, "where", "");
	put_text(o, "where_short", "");
	put_text(o, "filter", "");
	put_text(o, "around", get_text(row, "filter"));
	if (!frame)
		return;
	/* In a column: with one capture its name says nothing new, with several it is a number in their table. */
	const json_t *files = get_list(v->model, "files"), *f;
	size_t i, at = json_array_size(files);
	json_array_foreach(files, i, f)
		if (at > i && strcmp(get_text(f, "name"), get_text(row, "file")) == 0)
			at = i;
	if (json_array_size(files) == 1)
		put_format(o, "where_short", "#%lld", (long long)frame);
	else if (at < json_array_size(files))
		put_format(o, "where_short", "[%zu] #%lld", at + 1, (long long)frame);
	else
		put_format(o, "where_short", "%s #%lld", get_text(row, "file"), (long long)frame);
	put_format(o, "where", "%s #%lld", get_text(row, "file"), (long long)frame);
	if (peer && peer != frame)
		put_format(o, "filter", "frame.number == %lld || frame.number == %lld",
			   (long long)(peer < frame ? peer : frame), (long long)(peer < frame ? frame : peer));
	else
		put_format(o, "filter", "frame.number == %lld", (long long)frame);
}

void put_name(json_t *o, const char *key, const char *name)
{
	char cut[VIEW_TEXT];
	put_text(o, key, view_cut(name, VIEW_NAME, cut));
}

/* "A → B: what" with each of its parts at most as long as a name. */
static void put_line(json_t *o, const char *key, const char *line)
{
	static const char *const marks[] = { " → ", ": ", " / " };
	char part[1024], cut[VIEW_TEXT];
	struct buf b;
	buf_init(&b, 4096);
	while (*line) {
		const char *end = line + strlen(line), *mark = "";
		for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
			const char *found = strstr(line, marks[i]);
			if (found && found < end) {
				end = found;
				mark = marks[i];
			}
		}
		(void)snprintf(part, sizeof(part), "%.*s", (int)(end - line), line);
		buf_printf(&b, "%s%s", view_cut(part, VIEW_NAME, cut), mark);
		line = end + strlen(mark);
	}
	put_text(o, key, b.data);
	buf_done(&b);
}

char *report_words(const json_t *strings, const char *lang, const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
	static const char later[] = " or later";
	struct buf b;
	buf_init(&b, SIZE_MAX);
	for (const char *s = text; *s;) {
		size_t n = strspn(s, letters);
		const char *name = NULL;
		if (strncmp(s, later, sizeof later - 1) == 0 && strspn(s + sizeof later - 1, letters) == 0) {
			n = sizeof later - 1;
			name = "os_or_later";
		}
		char *key = name ? xstrdup(name) : xasprintf("weakness_%.*s", (int)n, s);
		/* Names without a hyphen are those of protocols as well, and known to whoever reads evidence. */
		const char *words = name || memchr(s, '-', n) ? get_text(json_object_get(strings, key), lang) : "";
		free(key);
		n = n ? n : 1;
		if (*words)
			buf_puts(&b, words);
		else
			buf_add(&b, s, n);
		s += n;
	}
	return buf_take(&b);
}

void put_row_text(const struct view *v, json_t *o, const json_t *row)
{
	const char *device = get_text(row, "device_name"), *text = get_text(row, "text");
	put_name(o, "device", device);
	char *words = report_words(v->strings, v->lang, text);
	put_line(o, "text", words);
	free(words);
	bool named = *device && strstr(text, device);
	put_format(o, "line", "%s%s%s", named ? "" : get_text(o, "device"), named || !*device || !*text ? "" : ": ",
		   get_text(o, "text"));
}

const char *view_affected(const json_t *finding)
{
	const char *subject = get_text(finding, "subject");
	return strcmp(subject, "device") == 0 ? "affected_device" :
	       strcmp(subject, "conversation") == 0 ? "affected_conversation" :
	       strcmp(subject, "segment") == 0 ? "affected_segment" : "affected_site";
}

bool view_grade_shown(const struct view *v)
{
	return v->o->audience != REPORT_CUSTOMER || v->o->with_grade;
}

void put_css(json_t *o, const char *key, const char *text)
{
	struct buf b;
	char cut[VIEW_TEXT];
	buf_init(&b, 4096);
	for (const char *s = view_cut(text, 84, cut); *s;) {
		size_t n;
		uint32_t c = text_char(s, &n);
		/* A blank too: after a number it would be taken for its end. */
		bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
		if (plain)
			buf_putc(&b, (char)c);
		else
			buf_printf(&b, "\\%06x", (unsigned)c);
		s += n;
	}
	put_text(o, key, b.data);
	buf_done(&b);
}

/* Running heads: the site on every page, the chapter on its own. Short chapters stand on the page before theirs. */
static void add_heads(struct view *v)
{
	static const char *const behind[] = { "voices", "exceptions", "method" };
	char a[VIEW_TEXT], b[2 * VIEW_TEXT];
	const json_t *cover = get_list(v->root, "cover");
	json_t *running = report_object(v->root, "running"), *line;
	(void)snprintf(b, sizeof(b), "%s  |  %s", get_text(cover, "site"), view_string(v, "report_title"));
	put_css(running, "site", b);
	(void)snprintf(b, sizeof(b), "%s  %s", view_date(v, get_text(v->model, "generated"), a),
		       *get_text(cover, "confidential") ? view_string(v, "confidential_short") : "");
	put_css(running, "foot", b);
	const char *page = "";
	size_t i;
	json_array_foreach(v->contents, i, line) {
		bool follows = false;
		for (size_t k = 0; k < sizeof(behind) / sizeof(*behind); k++)
			follows |= strcmp(get_text(line, "id"), behind[k]) == 0;
		if (!follows || !*page)
			page = get_text(line, "id");
		put_text(line, "page", page);
		put_bool(line, "own_page", page == get_text(line, "id"));
		(void)snprintf(b, sizeof(b), "%s  %s", get_text(line, "number"), get_text(line, "title"));
		put_css(line, "running", b);
	}
}

char *view_zone_enter(const json_t *model)
{
	const char *zone = get_text(json_object_get(model, "site"), "timezone"), *before = getenv("TZ");
	char *kept = before ? xstrdup(before) : NULL;
	if (*zone)
		(void)setenv("TZ", zone, 1);
	tzset();
	return kept;
}

void view_zone_leave(char *before)
{
	if (before)
		(void)setenv("TZ", before, 1);
	else
		(void)unsetenv("TZ");
	tzset();
	free(before);
}

void view_put_strings(struct view *v)
{
	json_t *s = report_object(v->root, "s");
	const char *key;
	const json_t *both;
	json_object_foreach((json_t *)(uintptr_t)v->strings, key, both)
		put_text(s, key, get_text(both, v->lang));
}

json_t *report_view(const json_t *model, json_t *strings, const struct report_options *o)
{
	struct view v = { .model = model, .strings = strings, .o = o, .lang = o->lang == LANG_JA ? "ja" : "en",
			  .root = json_object() };
	char *before = view_zone_enter(model);
	put_text(v.root, "lang", v.lang);
	put_bool(v.root, "many_files", json_array_size(get_list(model, "files")) > 1);
	v.contents = report_list(v.root, "contents");
	view_put_strings(&v);
	view_cover(&v);
	put_bool(v.root, "customer", o->audience == REPORT_CUSTOMER);
	/* What customers ask for comes first in their edition. */
	if (o->audience == REPORT_CUSTOMER)
		view_requirements(&v);
	view_summary(&v);
	view_changes(&v);
	view_contradictions(&v);
	view_voices(&v);
	view_plan(&v);
	view_domains(&v);
	view_findings(&v);
	view_devices(&v);
	view_conduits(&v);
	view_limits(&v);
	view_exceptions(&v);
	if (o->audience != REPORT_CUSTOMER)
		view_requirements(&v);
	view_details(&v);
	view_answers(&v);
	view_method(&v);
	add_heads(&v);

	view_zone_leave(before);
	return v.root;
}
