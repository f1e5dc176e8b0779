/* genba diff for people: the most important first, long lists cut. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/assessed.h"
#include "cli/diff_print.h"
#include "cli/site.h"
#include "tui/words.h"

enum {
	ROWS = 20,               /* of a section */
	NAMES = 4,               /* devices named in one line */
};

static const char *const fields[] = {
	N_("kind"), N_("name"), N_("vendor"), N_("model"), N_("firmware"), N_("hardware"), N_("serial"), N_("os"),
	N_("mode"), N_("software"), N_("address"),
};

/* The field's word in the reader's language. */
static const char *field_title(const char *field)
{
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (strcmp(fields[i], field) == 0)
			return _(fields[i]);
	return field;
}

static void heading(struct buf *b, const char *title, size_t n)
{
	buf_printf(b, "\n%s (%zu)\n", title, n);
}

static void more(struct buf *b, size_t n)
{
	if (n > ROWS)
		buf_printf(b, _("  and %zu more; --format json has all\n"), n - ROWS);
}

static void put_id(struct buf *b, int64_t id)
{
	if (id)
		buf_printf(b, "  %5lld  ", (long long)id);
	else
		buf_puts(b, "         ");
}

/* ---- head: which two, score, coverage ---- */

static void put_moved(struct buf *b, const char *name, const char *title, double before, double now, bool had, bool has)
{
	if (had == has && (!has || before == now))
		return;
	buf_printf(b, "    %s", name);
	buf_puts(b, *name ? "  " : "");
	if (had)
		buf_printf(b, "%5.1f", before);
	else
		buf_puts(b, "    -");
	if (has)
		buf_printf(b, " → %5.1f", now);
	else
		buf_puts(b, " →     -");
	buf_printf(b, "  %s\n", title);
}

static void put_grade(struct buf *b, const struct score_result *r)
{
	/* In brackets: declared only. */
	buf_printf(b, r->declared_only ? "%.1f (%s)" : "%.1f %s", r->s, grade_names[r->grade]);
}

/* What the difference is made of; nothing where nothing can be told apart. */
static void put_parts(struct buf *b, const struct diff *d)
{
	const struct diff_score *s = &d->score;
	const struct { double part; const char *title; } parts[] = {
		{ s->findings, N_("findings that are new or fixed") },
		{ s->coverage, N_("what only one of the scans could show") },
		{ s->answers, N_("what people answered") },
	};
	for (size_t i = 0; s->comparable && i < sizeof parts / sizeof *parts; i++)
		if (fabs(parts[i].part) >= 0.05)
			buf_printf(b, "    %+5.1f  %s\n", parts[i].part, _(parts[i].title));
}

static void score_text(struct buf *b, const struct diff *d)
{
	const struct score_result *x = &d->before->score, *y = &d->now->score;
	if (x->has_s && y->has_s) {
		buf_printf(b, "\n%s  ", _("Score (S):"));
		put_grade(b, x);
		buf_puts(b, " → ");
		put_grade(b, y);
		buf_putc(b, '\n');
	} else if (x->has_s != y->has_s) {
		buf_printf(b, "\n%s\n", _("Score (S): only one of the two sites was answered for; nothing to compare."));
	} else {
		buf_putc(b, '\n');
	}
	buf_printf(b, _("Network (N):  %.1f → %.1f\n"), x->n, y->n);
	buf_printf(b, _("Coverage:  %.0f %% → %.0f %%\n"), d->before->coverage.k * 100, d->now->coverage.k * 100);
	put_parts(b, d);
	for (int i = 0; i < DOMAIN_MAX; i++)
		put_moved(b, domain_names[i], domain_title((enum domain)i, lang_now()), x->domain[i], y->domain[i],
			  x->rated[i], y->rated[i]);
	for (int i = 0; i < CATEGORY_STABILITY; i++)
		put_moved(b, "", _(category_titles[i]), x->category[i], y->category[i], d->before->measured[i],
			  d->now->measured[i]);
	if (!d->score.answers_told && d->score.comparable && !d->score.of_n)
		buf_printf(b, "    %s\n", _("Both are counted with the answers as they are now. What S was with the earlier "
					      "answers is not known."));
}

/* ---- findings ---- */

static const struct check *check_of(const struct diff_finding *f)
{
	return f->now ? f->now->check : f->before->check;
}

static void put_names(struct buf *b, const struct diff_finding *f, enum diff_finding_state state)
{
	size_t n = 0;
	for (size_t i = 0; i < f->n_devices; i++) {
		const struct diff_finding_device *x = &f->devices[i];
		if (x->state != state || !x->name)
			continue;
		if (n++ >= NAMES)
			continue;
		buf_puts(b, n == 1 ? "            " : ", ");
		text_terminal(b, x->name);
	}
	if (n > NAMES)
		buf_printf(b, _(" and %zu more"), n - NAMES);
	if (n)
		buf_putc(b, '\n');
}

static enum diff_doubt first_doubt(const struct diff_finding *f, enum diff_finding_state state)
{
	for (size_t i = 0; i < f->n_devices; i++)
		if (f->devices[i].state == state && f->devices[i].doubt)
			return f->devices[i].doubt;
	return DIFF_DOUBT_NONE;
}

static void put_finding(struct buf *b, const struct diff_finding *f, enum diff_finding_state state)
{
	buf_puts(b, "  ");
	text_pad(b, _(severity_titles[f->severity]), 8);
	buf_printf(b, "  %-14s  ", check_of(f)->id);
	text_terminal(b, text2_get(&check_of(f)->title));
	buf_printf(b, "%s\n", f->accepted ? _(" (accepted risk)") : "");
	put_names(b, f, state);
	if (diff_is_worse(f))
		buf_printf(b, _("            more severe; before: %s\n"), _(severity_titles[f->before->severity]));
	enum diff_doubt doubt = first_doubt(f, state);
	if (doubt && state == DIFF_FINDING_NEW)
		buf_printf(b, _("            earlier scan: %s\n"), _(diff_doubt_titles[doubt]));
	else if (doubt)
		buf_printf(b, _("            later scan: %s\n"), _(diff_doubt_titles[doubt]));
	if (state == DIFF_FINDING_RETURNED)
		for (size_t i = 0; i < f->n_devices; i++)
			if (f->devices[i].expired) {
				buf_printf(b, _("            accepted until %s\n"), f->devices[i].expired);
				break;
			}
}

/* Findings with a device in this state; a check may stand in several sections. */
static void findings_text(struct buf *b, const struct diff *d, enum diff_finding_state state, const char *title)
{
	size_t n = 0;
	for (size_t i = 0; i < d->n_findings; i++)
		n += d->findings[i].count[state] > 0;
	if (!n)
		return;
	heading(b, title, n);
	size_t row = 0;
	for (int severity = SEVERITY_CRITICAL; severity >= SEVERITY_INFO; severity--)
		for (size_t i = 0; i < d->n_findings; i++)
			if (d->findings[i].count[state] && (int)d->findings[i].severity == severity && row++ < ROWS)
				put_finding(b, &d->findings[i], state);
	more(b, n);
}

/* Open at both, on the same devices, and more severe now. */
static void worse_text(struct buf *b, const struct diff *d)
{
	size_t n = 0;
	for (size_t i = 0; i < d->n_findings; i++)
		n += diff_is_worse(&d->findings[i]) && !d->findings[i].count[DIFF_FINDING_NEW];
	if (!n)
		return;
	heading(b, _("Findings that became more severe"), n);
	size_t row = 0;
	for (size_t i = 0; i < d->n_findings; i++)
		if (diff_is_worse(&d->findings[i]) && !d->findings[i].count[DIFF_FINDING_NEW] && row++ < ROWS)
			put_finding(b, &d->findings[i], DIFF_FINDING_REMAINING);
	more(b, n);
}

static void actions_text(struct buf *b, const struct diff *d)
{
	if (!d->n_actions)
		return;
	heading(b, _("Actions whose effect shows"), d->n_actions);
	for (size_t i = 0; i < d->n_actions && i < ROWS; i++) {
		const struct diff_action *a = &d->actions[i];
		const char *of = d->score.of_n ? "N" : "S";
		if (a->told)
			buf_printf(b, "  %s %+5.1f  ", of, a->gain);
		else
			buf_printf(b, "  %s     ?  ", of);
		text_terminal(b, a->action ? text2_get(&a->action->title) : a->id);
		buf_putc(b, '\n');
	}
	more(b, d->n_actions);
}

/* ---- devices, services, the rest ---- */

static void put_device(struct buf *b, const struct diff_device *x)
{
	char time[32];
	put_id(b, x->id);
	text_terminal(b, x->label);
	buf_puts(b, "  ");
	text_terminal(b, lang_now() == LANG_EN ? x->kind : tui_word("kind", x->kind, x->kind));
	if (strcmp(x->address, x->label) != 0 && *x->address) {
		buf_puts(b, "  ");
		text_terminal(b, x->address);
	}
	if (x->state == DIFF_DEVICE_RETURNED)
		buf_printf(b, _("  (last seen in the scan of %s)"), text_time(x->last_seen, time));
	else if (x->state == DIFF_DEVICE_GONE && x->now == DIFF_SPOKEN_OF)
		buf_puts(b, _("  (others still call it)"));
	else if (x->state == DIFF_DEVICE_GONE && !x->watched)
		buf_puts(b, _("  (nothing of its network was seen)"));
	else if (x->now == DIFF_SPOKEN_OF)
		buf_puts(b, _("  (others call it, it sent nothing)"));
	buf_putc(b, '\n');
}

static void put_values(struct buf *b, const struct diff_device *x)
{
	for (size_t i = 0; i < x->n_values; i++) {
		put_id(b, x->id);
		text_terminal(b, x->label);
		buf_printf(b, "  %s: ", field_title(x->values[i].field));
		text_terminal(b, x->values[i].before);
		buf_puts(b, " → ");
		text_terminal(b, x->values[i].now);
		buf_putc(b, '\n');
	}
}

static void devices_text(struct buf *b, const struct diff *d, enum diff_device_state state, const char *title)
{
	size_t n = 0, row = 0;
	for (size_t i = 0; i < d->n_devices; i++)
		n += d->devices[i].state == state;
	if (!n)
		return;
	heading(b, title, n);
	for (size_t i = 0; i < d->n_devices; i++) {
		if (d->devices[i].state != state || row++ >= ROWS)
			continue;
		if (state == DIFF_DEVICE_CHANGED)
			put_values(b, &d->devices[i]);
		else
			put_device(b, &d->devices[i]);
	}
	more(b, n);
}

/* Services of new devices are left out: the device is the news. */
static void services_text(struct buf *b, const struct diff *d, enum diff_service_state state, const char *title)
{
	size_t n = 0, row = 0;
	for (size_t i = 0; i < d->n_services; i++)
		n += d->services[i].state == state && !d->services[i].device_new;
	if (!n)
		return;
	heading(b, title, n);
	for (size_t i = 0; i < d->n_services; i++) {
		const struct diff_service *x = &d->services[i];
		if (x->state != state || x->device_new || row++ >= ROWS)
			continue;
		put_id(b, x->device);
		text_terminal(b, x->label);
		buf_puts(b, "  ");
		text_terminal(b, x->what);
		buf_printf(b, "%s\n", state == DIFF_SERVICE_NEW && !x->shown_before
					      ? _("  (the earlier scan could hardly have shown it)") : "");
	}
	more(b, n);
}

static void links_text(struct buf *b, const struct diff_link *list, size_t n, const char *title)
{
	if (!n)
		return;
	heading(b, title, n);
	for (size_t i = 0; i < n && i < ROWS; i++) {
		put_id(b, list[i].device);
		text_terminal(b, list[i].label);
		buf_puts(b, "  ");
		text_terminal(b, list[i].what);
		if (*list[i].from) {
			buf_puts(b, " ← ");
			text_terminal(b, list[i].from);
		}
		buf_putc(b, '\n');
	}
	more(b, n);
}

static void put_level(struct buf *b, int level)
{
	if (level >= 0)
		buf_printf(b, "%d", level);
	else
		buf_puts(b, level == LEVEL_UNKNOWN ? _("don't know") : level == LEVEL_NOT_APPLICABLE
									  ? _("not applicable") : _("not answered"));
}

static void answers_text(struct buf *b, const struct diff *d, bool two_files)
{
	if (!d->n_answers)
		return;
	heading(b, two_files ? _("Answers that differ") : _("Answers given after the earlier scan"), d->n_answers);
	for (size_t i = 0; i < d->n_answers && i < ROWS; i++) {
		const struct diff_answer *x = &d->answers[i];
		buf_printf(b, "  %-4s  ", x->now->question->id);
		if (x->before) {
			put_level(b, x->before->level);
			buf_puts(b, " → ");
		}
		put_level(b, x->now->level);
		buf_puts(b, "  ");
		text_terminal(b, text2_get(&x->now->question->text));
		buf_putc(b, '\n');
	}
	more(b, d->n_answers);
}

static void scan_text(struct buf *b, const struct diff *d, int side, const char *file)
{
	char time[32];
	const struct assessment *a = side ? d->now : d->before;
	buf_printf(b, side ? _("Now: scan %lld of %s") : _("Before: scan %lld of %s"), (long long)a->scan,
		   text_time(d->began[side], time));
	if (file) {
		buf_puts(b, " (");
		text_terminal(b, file);
		buf_putc(b, ')');
	}
	buf_putc(b, '\n');
}

static size_t count_open(const struct diff *d)
{
	size_t n = 0;
	for (size_t i = 0; i < d->n_findings; i++)
		n += d->findings[i].count[DIFF_FINDING_REMAINING] > 0 && !d->findings[i].accepted;
	return n;
}

bool diff_print_text(const struct diff *d, const char *const files[2], struct err *e)
{
	struct buf b;
	buf_init(&b, 1 << 24);
	for (int i = 0; i < 2; i++)
		scan_text(&b, d, i, files[i]);
	score_text(&b, d);
	if (diff_is_empty(d))
		buf_printf(&b, "\n%s\n", _("Nothing changed."));
	findings_text(&b, d, DIFF_FINDING_NEW, _("New findings, or on further devices"));
	findings_text(&b, d, DIFF_FINDING_RETURNED, _("Findings that are open again: accepted risks that ran out"));
	worse_text(&b, d);
	devices_text(&b, d, DIFF_DEVICE_NEW, _("New devices"));
	devices_text(&b, d, DIFF_DEVICE_RETURNED, _("Devices that are back"));
	findings_text(&b, d, DIFF_FINDING_FIXED, _("Fixed"));
	actions_text(&b, d);
	findings_text(&b, d, DIFF_FINDING_UNSEEN, _("Not observed again: neither fixed nor still open"));
	devices_text(&b, d, DIFF_DEVICE_CHANGED, _("Changed devices"));
	services_text(&b, d, DIFF_SERVICE_NEW, _("New services"));
	services_text(&b, d, DIFF_SERVICE_GONE, _("Services that are not used any more"));
	links_text(&b, d->operations, d->n_operations, _("New kinds of commands"));
	links_text(&b, d->conversations, d->n_conversations, _("New conversations"));
	devices_text(&b, d, DIFF_DEVICE_GONE, _("Devices that were not seen again"));
	services_text(&b, d, DIFF_SERVICE_UNSEEN, _("Services that were not seen again, which says nothing"));
	answers_text(&b, d, files[0] != NULL);
	size_t open = count_open(d);
	if (open)
		buf_printf(&b, _("\nOpen as before: %zu findings (genba findings)\n"), open);
	return cli_write(&b, e);
}
