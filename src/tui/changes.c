#include "tui/changes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEVICES_QUICK = 3000 };   /* for more, the first screen does not wait for it */

struct changes {
	struct assessment before;
	struct diff d;
};

void tui_changes_forget(struct tui *t)
{
	if (!t->changes)
		return;
	diff_free(&t->changes->d);
	score_assess_free(&t->changes->before);
	free(t->changes);
	t->changes = NULL;
}

/* 0: there is none. */
static int64_t earlier_scan(const struct tui *t)
{
	if (!t->a.scan)
		return 0;
	return t->earlier && t->earlier < t->a.scan ? t->earlier : score_previous_scan(t->store, t->a.scan);
}

const struct diff *tui_changes(struct tui *t, struct err *e)
{
	int64_t earlier = earlier_scan(t);
	struct store *const stores[2] = { t->store, t->store };
	if (t->changes && t->changes->before.scan == earlier)
		return &t->changes->d;
	tui_changes_forget(t);
	if (!earlier) {
		err_set(e, "%s", _("There is no earlier scan to compare with. Read a second capture, some days or months later."));
		return NULL;
	}
	struct changes *c = xcalloc(1, sizeof *c);
	if (!score_assess(t->store, earlier, &c->before, e)) {
		free(c);
		return NULL;
	}
	if (!diff_make(stores, &c->before, &t->a, &c->d, e)) {
		score_assess_free(&c->before);
		free(c);
		return NULL;
	}
	t->changes = c;
	return &c->d;
}

/* ---- the line of the first screen ---- */

struct found { int64_t scan, started, devices, most; };

static bool find_scan(void *data, const struct store_scan_head *h)
{
	struct found *f = data;
	if (h->id == f->scan) {
		f->started = h->started;
		f->devices = h->devices;
	}
	f->most = h->devices > f->most ? h->devices : f->most;
	return true;
}

static void add(struct buf *b, size_t n, const char *format)
{
	if (!n)
		return;
	buf_puts(b, b->len ? _(", ") : "");
	char number[32];
	snprintf(number, sizeof number, "%zu", n);
	const char *at = strstr(format, "%zu");
	buf_add(b, format, (size_t)(at - format));
	buf_puts(b, number);
	buf_puts(b, at + 3);
}

static void count(struct buf *b, const struct diff *d)
{
	size_t devices[DIFF_DEVICE_STATES] = { 0 }, findings[DIFF_FINDING_STATES] = { 0 };
	for (size_t i = 0; i < d->n_devices; i++)
		devices[d->devices[i].state]++;
	for (size_t i = 0; i < d->n_findings; i++)
		for (int k = 0; k < DIFF_FINDING_STATES; k++)
			findings[k] += d->findings[i].count[k] > 0;
	add(b, devices[DIFF_DEVICE_NEW], _("new devices: %zu"));
	add(b, devices[DIFF_DEVICE_GONE], _("devices not seen again: %zu"));
	add(b, devices[DIFF_DEVICE_CHANGED], _("devices changed: %zu"));
	add(b, findings[DIFF_FINDING_NEW], _("new findings: %zu"));
	add(b, findings[DIFF_FINDING_RETURNED], _("findings open again: %zu"));
	add(b, findings[DIFF_FINDING_FIXED], _("findings fixed: %zu"));
	if (!b->len)
		buf_puts(b, diff_is_empty(d) ? _("nothing changed") : _("small changes"));
}

char *tui_changes_line(struct tui *t)
{
	struct found f = { .scan = earlier_scan(t) };
	struct err e;
	char day[32];
	struct buf b;
	if (!f.scan || !store_scans(t->store, find_scan, &f, &e))
		return NULL;
	buf_init(&b, 2048);
	if (f.most > DEVICES_QUICK) {
		buf_puts(&b, _("what changed"));
	} else {
		const struct diff *d = tui_changes(t, &e);
		if (d)
			count(&b, d);
		else
			buf_puts(&b, e.text);
	}
	tui_time(f.started, day);
	day[10] = 0;
	char *line = xasprintf(_("Since %s: %s"), day, b.data);
	buf_done(&b);
	return line;
}
