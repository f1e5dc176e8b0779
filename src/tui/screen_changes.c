/* What changed between an earlier scan and the newest one; what the newest merely did not show is not called gone. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/changes.h"
#include "tui/facts.h"
#include "tui/words.h"

enum { ROWS_MOST_SHOWN = 100, NAMES = 4 };

static void title(const struct screen *s, char *out, size_t size)
{
	(void)s;
	snprintf(out, size, "%s", _("What changed between two scans"));
}

static void head(struct doc *d, const char *name, size_t n)
{
	char *text = xasprintf(_("%s (%zu)"), name, n);
	doc_head(d, text);
	free(text);
}

static void more(struct doc *d, size_t n)
{
	if (n > ROWS_MOST_SHOWN)
		doc_printf(d, STYLE_DIM, 0, _("and %zu more"), n - ROWS_MOST_SHOWN);
}

/* ---- which two, and the score ---- */

static void put_scan(struct doc *d, const struct diff *x, int side)
{
	const struct assessment *a = side ? x->now : x->before;
	char at[32];
	char *text = xasprintf(_("%s (scan %lld, %.0f %% of a full measurement)"), tui_time(x->began[side], at), (long long)a->scan,
			       a->coverage.k * 100);
	doc_pair(d, side ? _("Newest") : _("Before"), text);
	free(text);
}

static void put_score(struct doc *d, const struct diff *x)
{
	const struct diff_score *s = &x->score;
	const struct score_result *a = &x->before->score, *b = &x->now->score;
	const struct { double part; const char *name; } parts[] = {
		{ s->findings, N_("findings that are new or fixed") },
		{ s->coverage, N_("what only one of the scans could show") },
		{ s->answers, N_("what people answered") },
	};
	char text[128];
	if (a->has_s && b->has_s) {
		snprintf(text, sizeof text, _("%.1f, grade %s → %.1f, grade %s"), a->s, grade_names[a->grade], b->s, grade_names[b->grade]);
		doc_pair(d, _("Score"), text);
	}
	if (a->has_n && b->has_n) {
		snprintf(text, sizeof text, "%.1f → %.1f", a->n, b->n);
		doc_pair(d, _("Network"), text);
	}
	for (size_t i = 0; s->comparable && i < sizeof parts / sizeof *parts; i++)
		if (fabs(parts[i].part) >= 0.05)
			doc_printf(d, STYLE_DIM, 2, "%+5.1f  %s", parts[i].part, _(parts[i].name));
	if (!s->answers_told && s->comparable && !s->of_n)
		doc_text(d, STYLE_DIM, 2, _("Both are counted with the answers as they are now. What S was with the earlier "
					    "answers is not known."));
}

/* ---- findings ---- */

static const struct check *check_of(const struct diff_finding *f)
{
	return f->now ? f->now->check : f->before->check;
}

/* Names of the devices in this state, then why a scan cannot tell. */
static void put_finding_facts(struct doc *d, const struct diff_finding *f, enum diff_finding_state state)
{
	struct buf b;
	size_t n = 0;
	enum diff_doubt doubt = DIFF_DOUBT_NONE;
	buf_init(&b, 4096);
	for (size_t i = 0; i < f->n_devices; i++) {
		const struct diff_finding_device *x = &f->devices[i];
		if (x->state != state)
			continue;
		doubt = doubt ? doubt : x->doubt;
		if (x->name && n++ < NAMES) {
			char *name = tui_cut(x->name, 30);
			buf_printf(&b, "%s%s", b.len ? _(", ") : "", name);
			free(name);
		}
	}
	if (n > NAMES)
		buf_printf(&b, _(" and %zu more"), n - NAMES);
	if (doubt)
		buf_printf(&b, state == DIFF_FINDING_NEW ? _("%searlier scan: %s") : _("%slater scan: %s"), b.len ? _("; ") : "",
			   _(diff_doubt_titles[doubt]));
	if (diff_is_worse(f))
		buf_printf(&b, _("%smore severe than before (%s)"), b.len ? _("; ") : "", _(severity_titles[f->before->severity]));
	if (b.len)
		doc_text(d, STYLE_DIM, 4, b.data);
	buf_done(&b);
}

static void put_findings(struct doc *d, const struct diff *x, enum diff_finding_state state, const char *name)
{
	size_t n = 0, row = 0;
	for (size_t i = 0; i < x->n_findings; i++)
		n += x->findings[i].count[state] > 0;
	if (!n)
		return;
	head(d, name, n);
	for (int severity = SEVERITY_CRITICAL; severity >= SEVERITY_INFO; severity--)
		for (size_t i = 0; i < x->n_findings; i++) {
			const struct diff_finding *f = &x->findings[i];
			if (!f->count[state] || (int)f->severity != severity || row++ >= ROWS_MOST_SHOWN)
				continue;
			bool good = state == DIFF_FINDING_FIXED, open = state <= DIFF_FINDING_REMAINING;
			char *text = xasprintf(_("%s: %s%s"), _(severity_titles[f->severity]), text2_get(&check_of(f)->title),
					       f->accepted ? _(" (accepted risk)") : "");
			doc_link(d, good ? STYLE_GOOD : open ? tui_severity_style(f->severity) : STYLE_PLAIN, 0, text, &screen_finding,
				 0, check_of(f)->id);
			free(text);
			put_finding_facts(d, f, state);
		}
	more(d, n);
}

static void put_actions(struct doc *d, const struct diff *x)
{
	if (!x->n_actions)
		return;
	head(d, _("Actions whose effect shows"), x->n_actions);
	for (size_t i = 0; i < x->n_actions; i++) {
		const struct diff_action *a = &x->actions[i];
		if (!a->action)
			continue;
		char *text = a->told ? xasprintf(_("%s: %+.1f points"), text2_get(&a->action->title), a->gain)
				     : xstrdup(text2_get(&a->action->title));
		doc_link(d, STYLE_GOOD, 0, text, &screen_action, 0, a->action->id);
		free(text);
	}
}

/* ---- devices, services, conversations ---- */

/* Where the newest scan holds the device, its screen is a link away. */
static void put_line(struct doc *d, int64_t device, const char *text)
{
	if (device)
		doc_link(d, STYLE_PLAIN, 0, text, &screen_device, device, "");
	else
		doc_text(d, STYLE_PLAIN, 2, text);
}

static void put_device(struct doc *d, const struct diff_device *x)
{
	char at[32], word[WORDS];
	struct buf b;
	buf_init(&b, 8192);
	char *label = tui_cut(x->label, 40);
	buf_puts(&b, label);
	free(label);
	if (*x->kind)
		buf_printf(&b, "  %s", tui_word_of("kind", x->kind, false, word));
	if (*x->address && strcmp(x->address, x->label) != 0)
		buf_printf(&b, "  %s", x->address);
	if (x->state == DIFF_DEVICE_RETURNED)
		buf_printf(&b, _("  (last seen in the scan of %s)"), tui_time(x->last_seen, at));
	else if (x->state == DIFF_DEVICE_GONE && x->now == DIFF_SPOKEN_OF)
		buf_puts(&b, _("  (others still call it)"));
	else if (x->state == DIFF_DEVICE_GONE && !x->watched)
		buf_puts(&b, _("  (nothing of its network was seen)"));
	else if (x->now == DIFF_SPOKEN_OF)
		buf_puts(&b, _("  (others call it, it sent nothing)"));
	put_line(d, x->now == DIFF_ABSENT ? 0 : x->id, b.data);
	buf_done(&b);
	for (size_t i = 0; x->state == DIFF_DEVICE_CHANGED && i < x->n_values; i++) {
		const struct diff_value *v = &x->values[i];
		char *before = tui_cut(v->before, 60), *now = tui_cut(v->now, 60);
		doc_printf(d, STYLE_DIM, 4, _("%s: %s → %s"), tui_field(v->field), before, now);
		free(before);
		free(now);
	}
}

static void put_devices(struct doc *d, const struct diff *x, enum diff_device_state state, const char *name)
{
	size_t n = 0, row = 0;
	for (size_t i = 0; i < x->n_devices; i++)
		n += x->devices[i].state == state;
	if (!n)
		return;
	head(d, name, n);
	for (size_t i = 0; i < x->n_devices; i++)
		if (x->devices[i].state == state && row++ < ROWS_MOST_SHOWN)
			put_device(d, &x->devices[i]);
	more(d, n);
}

/* Services of new devices are left out: the device is the news. */
static void put_services(struct doc *d, const struct diff *x, enum diff_service_state state, const char *name)
{
	size_t n = 0, row = 0;
	for (size_t i = 0; i < x->n_services; i++)
		n += x->services[i].state == state && !x->services[i].device_new;
	if (!n)
		return;
	head(d, name, n);
	for (size_t i = 0; i < x->n_services; i++) {
		const struct diff_service *v = &x->services[i];
		if (v->state != state || v->device_new || row++ >= ROWS_MOST_SHOWN)
			continue;
		char *label = tui_cut(v->label, 40);
		char *text = xasprintf("%s  %s%s", label, v->what, state == DIFF_SERVICE_NEW && !v->shown_before
				       ? _("  (the earlier scan could hardly have shown it)") : "");
		put_line(d, v->device, text);
		free(text);
		free(label);
	}
	more(d, n);
}

static void put_links(struct doc *d, const struct diff_link *list, size_t n, const char *name)
{
	if (!n)
		return;
	head(d, name, n);
	for (size_t i = 0; i < n && i < ROWS_MOST_SHOWN; i++) {
		char *label = tui_cut(list[i].label, 40), *from = tui_cut(list[i].from, 40);
		char *text = xasprintf("%s  %s%s%s", label, list[i].what, *from ? " ← " : "", from);
		put_line(d, list[i].device, text);
		free(text);
		free(from);
		free(label);
	}
	more(d, n);
}

static void put_all(struct doc *d, const struct diff *x)
{
	put_findings(d, x, DIFF_FINDING_NEW, _("New findings, or on further devices"));
	put_findings(d, x, DIFF_FINDING_RETURNED, _("Findings that are open again: accepted risks that ran out"));
	put_devices(d, x, DIFF_DEVICE_NEW, _("New devices"));
	put_devices(d, x, DIFF_DEVICE_RETURNED, _("Devices that are back"));
	put_findings(d, x, DIFF_FINDING_FIXED, _("Fixed"));
	put_actions(d, x);
	put_findings(d, x, DIFF_FINDING_UNSEEN, _("Not observed again: neither fixed nor still open"));
	put_devices(d, x, DIFF_DEVICE_CHANGED, _("Changed devices"));
	put_services(d, x, DIFF_SERVICE_NEW, _("New services"));
	put_services(d, x, DIFF_SERVICE_GONE, _("Services that are not used any more"));
	put_links(d, x->operations, x->n_operations, _("New kinds of commands"));
	put_links(d, x->conversations, x->n_conversations, _("New conversations"));
	put_devices(d, x, DIFF_DEVICE_GONE, _("Devices that were not seen again"));
	put_services(d, x, DIFF_SERVICE_UNSEEN, _("Services that were not seen again, which says nothing"));
}

static bool open(struct screen *s, struct err *e)
{
	const struct diff *x = tui_changes(s->tui, e);
	if (!x)
		return false;
	put_scan(s->doc, x, 0);
	put_scan(s->doc, x, 1);
	put_score(s->doc, x);
	if (diff_is_empty(x)) {
		doc_blank(s->doc);
		doc_text(s->doc, STYLE_PLAIN, 0, _("Nothing changed."));
	}
	put_all(s->doc, x);
	return true;
}

static void choose(struct screen *s)
{
	tui_open(s->tui, &screen_scans, 0, "");
}

static const struct tui_binding keys[] = {
	{ 'e', 0, "e", N_("other scan"), N_("Choose the earlier scan that the newest one is compared with."), choose, NULL },
	{ 0 },
};

const struct screen_type screen_changes = { .name = "changes", .title = title, .open = open, .keys = keys };
