/* The view of a mail: a list of sections, each of lines, and the subject. */
#include "report/mail.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "base/text.h"
#include "report/view.h"

enum {
	MAIL_COLUMNS = 40,       /* of plain text: what a telephone shows without breaking it anew */
	MAIL_ITEMS = 10,         /* in a section; the rest is counted */
	MAIL_NAMES = 3,          /* devices named under a finding */
	MAIL_NAME = 30,          /* columns of a device's name */
	MAIL_BYTES = 1 << 20,
};

/* A device that was not seen for so long is told again, ns. */
#define LONG_AWAY (INT64_C(14) * 24 * 60 * 60 * 1000000000)

/* Below this share of the coverage before, the scan saw much less; as where src/diff stops to compare. */
static const double much_less = 0.7;

/* ---- what changed ---- */

char *report_known_key(const struct check *check, int64_t device, char out[REPORT_KEY])
{
	(void)snprintf(out, REPORT_KEY, "%s %lld", check->id, (long long)device);
	return out;
}

/* An accepted risk that ran out is told in any case, what is new only where it was not told lately. */
static bool row_is_news(const struct diff_finding *f, const struct diff_finding_device *x, const json_t *known)
{
	char key[REPORT_KEY];
	return (x->state == DIFF_FINDING_RETURNED && !x->accepted) ||
	       (x->state == DIFF_FINDING_NEW && !x->accepted &&
		!json_object_get(known, report_known_key(f->now->check, x->device, key)));
}

static bool is_news(const struct diff_finding *f, const json_t *known)
{
	if (f->accepted || !f->now || f->now->outcome != OUTCOME_FAIL)
		return false;
	bool news = diff_is_worse(f);
	for (size_t i = 0; i < f->n_devices && !news; i++)
		news = row_is_news(f, &f->devices[i], known);
	return news;
}

static bool is_fixed(const struct diff_finding *f, const json_t *known)
{
	return f->state == DIFF_FINDING_FIXED || (f->count[DIFF_FINDING_FIXED] && !is_news(f, known));
}

/* What comes and goes every week is no news; the laptop that comes for the yearly maintenance is. */
static bool is_new_device(const struct diff *d, const struct diff_device *x)
{
	return !x->internet && (x->state == DIFF_DEVICE_NEW ||
				(x->state == DIFF_DEVICE_RETURNED && x->last_seen < d->began[1] - LONG_AWAY));
}

static bool is_blind(const struct assessment *before, const struct assessment *now)
{
	return (before->coverage.mirror && !now->coverage.mirror) || now->coverage.k < much_less * before->coverage.k;
}

static bool unmeasured(const struct diff *d, int category)
{
	return d->before->measured[category] && !d->now->measured[category];
}

static bool grade_changed(const struct diff *d)
{
	const struct score_result *a = &d->before->score, *b = &d->now->score;
	return a->has_s != b->has_s || (b->has_s && (a->grade != b->grade || a->declared_only != b->declared_only));
}

struct report_changes report_changes(const struct diff *d, const json_t *known)
{
	struct report_changes c = { .any = grade_changed(d), .blind = is_blind(d->before, d->now), .worst = -1 };
	for (size_t i = 0; i < d->n_findings; i++) {
		const struct diff_finding *f = &d->findings[i];
		bool news = is_news(f, known);
		if (news && (int)f->severity > c.worst)
			c.worst = (int)f->severity;
		c.any = c.any || news || is_fixed(f, known);
	}
	for (size_t i = 0; i < d->n_devices; i++)
		c.any = c.any || is_new_device(d, &d->devices[i]);
	for (int k = 0; k < CATEGORY_MAX; k++)
		c.blind = c.blind || unmeasured(d, k);
	c.any = c.any || c.blind;
	return c;
}

/* ---- sections ---- */

struct section {
	const struct view *v;
	json_t *o, *items;       /* NULL until something is in it */
	const char *title;
	size_t n;
};

static json_t *add_item(struct section *s)
{
	if (!s->o) {
		s->o = report_item((json_t *)(uintptr_t)json_object_get(s->v->root, "sections"));
		s->items = report_list(s->o, "items");
	}
	return s->n++ < MAIL_ITEMS ? report_item(s->items) : NULL;
}

static void end_section(struct section *s)
{
	char n[VIEW_TEXT];
	if (!s->o)
		return;
	put_string(s->v, s->o, "title", s->title, "n", view_int((int64_t)s->n, n), NULL);
	put_text(s->o, "more", "");
	if (s->n > MAIL_ITEMS)
		put_string(s->v, s->o, "more", "mail_more", "n", view_int((int64_t)s->n - MAIL_ITEMS, n), NULL);
}

/* "name, name and 4 more" of those devices for which it is told; "" where none has a name. */
struct names { const struct view *v; struct buf b; size_t n; };

/* A name as it is shown: masked before it is cut, since a part of it would not be known any more. */
static char *shown(const struct report_news *news, const char *name, char out[VIEW_TEXT])
{
	char *masked = news->mask ? mask_text(news->mask, name) : NULL;
	view_cut(masked ? masked : name, MAIL_NAME, out);
	free(masked);
	return out;
}

static void add_name(struct names *l, const struct report_news *news, const char *name)
{
	char cut[VIEW_TEXT];
	if (name && *name && l->n++ < MAIL_NAMES)
		buf_printf(&l->b, "%s%s", l->n > 1 ? view_string(l->v, "list_comma") : "", shown(news, name, cut));
}

static void end_names(struct names *l, json_t *o)
{
	char n[VIEW_TEXT];
	json_t *held = json_object();
	if (l->n > MAIL_NAMES) {
		put_string(l->v, held, "x", "mail_more_names", "n", view_int((int64_t)l->n - MAIL_NAMES, n), NULL);
		buf_puts(&l->b, get_text(held, "x"));
	}
	json_decref(held);
	put_text(o, "names", l->b.data);
	buf_done(&l->b);
}

static void put_finding(const struct view *v, json_t *o, enum severity severity, const struct check_result *r)
{
	put_string(v, o, "text", "mail_finding", "severity", view_name(v, "severity", severity_names[severity]), "title",
		   text2_in(&r->check->title, v->o->lang), NULL);
}

/* Devices of a finding that are new in it (fixed of it); all where it is new (fixed) as a whole. */
static void put_devices(const struct view *v, json_t *o, const struct diff_finding *f, bool fixed,
			const struct report_news *news)
{
	struct names l = { .v = v };
	buf_init(&l.b, 4096);
	for (size_t i = 0; i < f->n_devices; i++) {
		const struct diff_finding_device *x = &f->devices[i];
		if (fixed ? x->state == DIFF_FINDING_FIXED : row_is_news(f, x, news->known))
			add_name(&l, news, x->name);
	}
	end_names(&l, o);
}

static void put_findings(const struct view *v, const struct report_news *news)
{
	const struct diff *d = news->diff;
	struct section fresh = { .v = v, .title = "mail_new_findings" }, fixed = { .v = v, .title = "mail_fixed_findings" };
	for (size_t i = 0; i < d->n_findings; i++) {
		const struct diff_finding *f = &d->findings[i];
		json_t *o = is_news(f, news->known) ? add_item(&fresh) : NULL;
		if (!o)
			continue;
		put_finding(v, o, f->severity, f->now);
		put_devices(v, o, f, false, news);
	}
	end_section(&fresh);
	for (size_t i = 0; i < d->n_findings; i++) {
		const struct diff_finding *f = &d->findings[i];
		json_t *o = is_fixed(f, news->known) ? add_item(&fixed) : NULL;
		if (!o)
			continue;
		put_finding(v, o, f->severity, f->now ? f->now : f->before);
		put_devices(v, o, f, true, news);
	}
	end_section(&fixed);
}

static void put_new_devices(const struct view *v, const struct report_news *news)
{
	const struct diff *d = news->diff;
	struct section s = { .v = v, .title = "mail_new_devices" };
	char cut[VIEW_TEXT], address[VIEW_TEXT];
	for (size_t i = 0; i < d->n_devices; i++) {
		const struct diff_device *x = &d->devices[i];
		json_t *o = is_new_device(d, x) ? add_item(&s) : NULL;
		if (!o)
			continue;
		put_string(v, o, "text", x->state == DIFF_DEVICE_NEW ? "mail_device" : "mail_device_back", "name",
			   shown(news, x->label ? x->label : "", cut), "kind",
			   view_name(v, "kind", x->kind ? x->kind : "unknown"), NULL);
		bool more = x->address && strcmp(x->address, x->label ? x->label : "") != 0;
		put_text(o, "names", more ? shown(news, x->address, address) : "");
	}
	end_section(&s);
}

static void add_text(struct section *s, const char *string, const char *name, const char *value)
{
	json_t *o = add_item(s);
	if (!o)
		return;
	put_string(s->v, o, "text", string, name, value, NULL);
	put_text(o, "names", "");
}

static void put_blind(const struct view *v, const struct diff *d)
{
	struct section s = { .v = v, .title = "mail_blind" };
	char from[VIEW_TEXT], to[VIEW_TEXT];
	if (d->before->coverage.mirror && !d->now->coverage.mirror)
		add_text(&s, "mail_no_mirror", "n", "");
	if (d->now->coverage.k < much_less * d->before->coverage.k) {
		json_t *o = add_item(&s);
		put_string(v, o, "text", "mail_coverage", "from", view_percent(d->before->coverage.k, from), "to",
			   view_percent(d->now->coverage.k, to), NULL);
		put_text(o, "names", "");
	}
	for (int k = 0; k < CATEGORY_MAX; k++)
		if (unmeasured(d, k))
			add_text(&s, "mail_unmeasured", "what", view_name(v, "category", category_names[k]));
	end_section(&s);
}

/* ---- the first scan: what is open ---- */

static void put_first(const struct view *v, const struct assessment *a)
{
	struct section s = { .v = v, .title = "mail_open" };
	for (size_t i = 0; i < a->n_findings; i++) {
		const struct check_result *r = a->findings[i];
		if (!check_is_open(r) || r->severity < SEVERITY_MEDIUM)
			continue;
		json_t *o = add_item(&s);
		if (!o)
			continue;
		put_finding(v, o, r->severity, r);
		put_text(o, "names", "");
	}
	end_section(&s);
}

/* ---- head and subject ---- */

/* "grade C (was B)"; without answers the network's points. */
static void put_grade(const struct view *v, json_t *o, const char *key, const struct score_result *now,
		      const struct score_result *before)
{
	char a[VIEW_TEXT], b[VIEW_TEXT];
	if (now->has_s) {
		snprintf(a, sizeof a, now->declared_only ? "[%s]" : "%s", grade_names[now->grade]);
		snprintf(b, sizeof b, before && before->declared_only ? "[%s]" : "%s",
			 before ? grade_names[before->grade] : "");
		bool same = !before || !before->has_s || strcmp(a, b) == 0;
		put_string(v, o, key, same ? "mail_grade" : "mail_grade_was", "grade", a, "was", b, NULL);
		return;
	}
	view_real(now->n, 0, a);
	view_real(before ? before->n : 0, 0, b);
	bool same = !before || before->has_s || strcmp(a, b) == 0;
	put_string(v, o, key, same ? "mail_points" : "mail_points_was", "n", a, "was", b, NULL);
}

/* How many findings are told, and how many of them are of the worst kind there is. */
static void put_count(const struct view *v, json_t *o, const char *key, const struct report_news *news)
{
	size_t of[SEVERITY_CRITICAL + 1] = { 0 }, n = 0, fixed = 0, devices = 0;
	char all[VIEW_TEXT], some[VIEW_TEXT];
	const struct diff *d = news->diff;
	for (size_t i = 0; d && i < d->n_findings; i++) {
		bool told = is_news(&d->findings[i], news->known);
		of[d->findings[i].severity] += told;
		n += told;
		fixed += is_fixed(&d->findings[i], news->known);
	}
	for (size_t i = 0; !d && i < news->now->n_findings; i++) {
		bool open = check_is_open(news->now->findings[i]);
		of[news->now->findings[i]->severity] += open;
		n += open;
	}
	for (size_t i = 0; d && i < d->n_devices; i++)
		devices += is_new_device(d, &d->devices[i]);
	int worst = SEVERITY_CRITICAL;
	while (worst >= SEVERITY_HIGH && !of[worst])
		worst--;
	view_int((int64_t)n, all);
	if (n && worst >= SEVERITY_HIGH)
		put_string(v, o, key, d ? n == 1 ? "mail_new_one_worst" : "mail_new_n_worst" : "mail_first_n_worst", "n", all,
			   "m", view_int((int64_t)of[worst], some), "severity", view_name(v, "severity", severity_names[worst]),
			   NULL);
	else if (n || !d)
		put_string(v, o, key, d ? n == 1 ? "mail_new_one" : "mail_new_n" : "mail_first_n", "n", all, NULL);
	else if (report_changes(d, news->known).blind)
		put_text(o, key, view_string(v, "mail_subject_blind"));
	else if (devices)
		put_string(v, o, key, devices == 1 ? "mail_devices_one" : "mail_devices_n", "n",
			   view_int((int64_t)devices, all), NULL);
	else if (fixed)
		put_string(v, o, key, "mail_fixed_n", "n", view_int((int64_t)fixed, all), NULL);
	else
		put_text(o, key, view_string(v, "mail_nothing"));
}

static void put_head(const struct view *v, const struct report_news *news)
{
	char rfc[32], when[VIEW_TEXT], number[VIEW_TEXT];
	json_t *o = v->root, *held = json_object();
	char *hidden = news->mask && news->site ? mask_whole(news->mask, MASK_SITE, news->site) : NULL;
	const char *given = hidden ? hidden : news->site, *site = given && *given ? given : view_string(v, "site_unnamed");
	put_text(o, "site", site);
	view_time(v, text_time(news->began, rfc), when);
	if (!news->now) {
		put_string(v, o, "subject", "mail_subject_failed", "site", site, NULL);
		put_string(v, o, "when", "mail_when_failed", "when", when, NULL);
		put_text(o, "headline", view_string(v, "mail_failed"));
		put_text(o, "reason", news->failed);
		put_text(o, "count", "");
	} else {
		put_grade(v, held, "grade", &news->now->score, news->diff ? &news->diff->before->score : NULL);
		put_count(v, held, "count", news);
		put_string(v, o, "subject", "mail_subject", "site", site, "grade", get_text(held, "grade"), "count",
			   get_text(held, "count"), NULL);
		put_string(v, o, "when", "mail_when", "scan", view_int(news->now->scan, number), "when", when, NULL);
		put_text(o, "headline", get_text(held, "grade"));
		put_text(o, "count", get_text(held, "count"));
		put_text(o, "reason", "");
	}
	put_text(o, "first", news->now && !news->diff ? view_string(v, "mail_first") : "");
	put_text(o, "problem", news->problem ? news->problem : "");
	put_text(o, "report", "");
	free(hidden);
	/* Its name is that of the site's file. */
	if (news->report && !news->mask)
		put_string(v, o, "report", "mail_report", "file", news->report, NULL);
	json_decref(held);
}

/* ---- the whole ---- */

/* The view is made once for both. */
static json_t *as_it_is(const json_t *view, json_t *strings, const struct report_options *o)
{
	(void)strings;
	(void)o;
	return json_incref((json_t *)(uintptr_t)view);
}

/* A folder of one's own counts where it has this template. */
static char *render(const struct report_news *news, const json_t *view, enum report_format format, struct err *e)
{
	const char *suffix = format == REPORT_HTML ? "html" : "txt";
	char *own = news->templates ? xasprintf("%s/mail.%s", news->templates, suffix) : NULL;
	const struct report_options o = { .format = format, .lang = news->lang, .columns = MAIL_COLUMNS,
					  .templates = own && access(own, R_OK) == 0 ? news->templates : NULL };
	struct buf out;
	buf_init(&out, MAIL_BYTES);
	bool ok = report_place("mail", as_it_is, view, &o, &out, e);
	free(own);
	if (ok)
		return buf_take(&out);
	buf_done(&out);
	return NULL;
}

bool report_mail(const struct report_news *news, struct report_mail *out, struct err *e)
{
	*out = (struct report_mail){ 0 };
	json_t *strings = report_strings(e), *all = json_object();
	if (!strings) {
		json_decref(all);
		return false;
	}
	const struct report_options o = { .lang = news->lang };
	struct view v = { .strings = strings, .o = &o, .lang = news->lang == LANG_JA ? "ja" : "en", .root = all };
	json_object_set_new(all, "sections", json_array());
	put_text(all, "lang", v.lang);
	json_t *model = json_pack("{s:{s:s?}}", "site", "timezone", news->timezone);
	char *kept = view_zone_enter(model);
	view_put_strings(&v);
	put_head(&v, news);
	if (news->diff) {
		put_blind(&v, news->diff);
		put_findings(&v, news);
		put_new_devices(&v, news);
	} else if (news->now) {
		put_first(&v, news->now);
	}
	view_zone_leave(kept);
	json_decref(model);
	out->subject = xstrdup(get_text(all, "subject"));
	out->text = render(news, all, REPORT_TEXT, e);
	out->html = out->text ? render(news, all, REPORT_HTML, e) : NULL;
	json_decref(all);
	json_decref(strings);
	if (out->html)
		return true;
	report_mail_free(out);
	return false;
}

void report_mail_free(struct report_mail *m)
{
	free(m->subject);
	free(m->text);
	free(m->html);
	*m = (struct report_mail){ 0 };
}
