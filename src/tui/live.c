#include "tui/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "tui/tui.h"

enum {
	BINS = 48, BIN_SECONDS = 5,          /* of the sparkline: the last four minutes */
	NOTES = 6, NOTES_SHOWN = 3,
	FIGURE = 32,
};

struct note { char *text; char at[16]; };

struct tui_live {
	struct tui tui;
	struct screen screen;
	const struct tui_live_about *about;
	struct scan_progress now;
	double seconds;
	bool asking, helping, ending;
	/* packets/s */
	double rate, most, rate_at, bin_at;
	uint64_t rate_frames, bin_frames;
	double bins[BINS];                   /* the newest last */
	size_t n_bins;
	uint32_t devices;                    /* and when the last one came */
	double device_at;
	struct note notes[NOTES];            /* the newest last */
	size_t n_notes;
	struct sigaction before[4];
};

static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

/* ---- figures ---- */

static const char *put_time(double seconds, char out[FIGURE])
{
	long minutes = (long)(seconds / 60);
	if (seconds < 120)
		snprintf(out, FIGURE, _("%.0f s"), seconds);
	else if (minutes < 60)
		snprintf(out, FIGURE, _("%ld min"), minutes);
	else
		snprintf(out, FIGURE, _("%ld h %02ld min"), minutes / 60, minutes % 60);
	return out;
}

static const char *put_bytes(uint64_t bytes, char out[FIGURE])
{
	static const char *const units[] = { "KB", "MB", "GB", "TB" };
	double n = (double)bytes / 1000;
	size_t u = 0;
	for (; n >= 1000 && u + 1 < sizeof units / sizeof *units; u++)
		n /= 1000;
	snprintf(out, FIGURE, n < 10 ? "%.1f %s" : "%.0f %s", n, units[u]);
	return out;
}

/* "14:05" */
static const char *put_clock(int64_t ns, char out[16])
{
	char full[32];
	tui_time(ns, full);
	snprintf(out, 16, "%.5s", strlen(full) > 11 ? full + 11 : full);
	return out;
}

/* ---- packets/s ---- */

static void count_rate(struct tui_live *l, uint64_t frames)
{
	/* The process that reads hostile frames says how many there were: it is not trusted to count upwards. */
	frames = frames > l->bin_frames ? frames : l->bin_frames;
	frames = frames > l->rate_frames ? frames : l->rate_frames;
	double gone = l->seconds - l->rate_at;
	if (gone >= 1) {
		l->rate = ((double)frames - (double)l->rate_frames) / gone;
		l->most = l->rate > l->most ? l->rate : l->most;
		l->rate_at = l->seconds;
		l->rate_frames = frames;
	}
	gone = l->seconds - l->bin_at;
	if (gone < BIN_SECONDS)
		return;
	/* Where nothing was said for a while (a snapshot was stored), the frames of that time are spread over it. */
	double rate = ((double)frames - (double)l->bin_frames) / gone;
	for (int n = gone < BIN_SECONDS * BINS ? (int)(gone / BIN_SECONDS) : BINS; n > 0; n--) {
		if (l->n_bins == BINS)
			memmove(l->bins, l->bins + 1, (BINS - 1) * sizeof *l->bins);
		else
			l->n_bins++;
		l->bins[l->n_bins - 1] = rate;
	}
	l->bin_at = l->seconds;
	l->bin_frames = frames;
}

static void put_rate(struct tui_live *l)
{
	static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	struct doc *d = l->screen.doc;
	int rows, columns;
	char now[32], most[32], label[64], line[BINS * 3 + 1] = "", *text;
	text = xasprintf(_("%s now, %s at most"), text_grouped((int64_t)(l->rate + 0.5), now),
			 text_grouped((int64_t)(l->most + 0.5), most));
	doc_pair(d, _("Packets/s"), text);
	free(text);
	terminal_size(&rows, &columns);
	size_t room = columns > 50 ? (size_t)columns - 32 : 18, n = l->n_bins < room ? l->n_bins : room;
	double top = 0;
	for (size_t i = l->n_bins - n; i < l->n_bins; i++)
		top = l->bins[i] > top ? l->bins[i] : top;
	for (size_t i = l->n_bins - n; i < l->n_bins; i++)
		strcat(line, blocks[top > 0 ? (int)(l->bins[i] / top * 7 + 0.5) : 0]);
	double span = (double)(n * BIN_SECONDS);
	snprintf(label, sizeof label, _("the last %s"), put_time(span, now));
	doc_pair(d, label, line);
}

/* ---- what is heard ---- */

static void put_devices(struct tui_live *l)
{
	const struct scan_progress *p = &l->now;
	char n[32], addresses[32], ago[FIGURE];
	if (p->macs != l->devices) {
		l->devices = p->macs;
		l->device_at = l->seconds;
	}
	text_grouped(p->macs, n);
	text_grouped(p->addresses, addresses);
	char *text = !p->macs ? xasprintf(_("none yet")) :
		     xasprintf(_("about %s, the last new one %s ago; %s addresses"), n,
			       put_time(l->seconds - l->device_at, ago), addresses);
	doc_pair(l->screen.doc, _("Devices so far"), text);
	free(text);
}

static void put_stored(struct tui_live *l)
{
	char at[16], every[FIGURE];
	double pause = l->about->snapshot_every;
	const char *when = l->now.snapshot ? put_clock(l->now.snapshot, at) : _("not yet");
	char *text = pause > 0 ? xasprintf(_("%s; every %s, and at the end"), when, put_time(pause, every)) :
				 xstrdup(_("at the end only"));
	doc_pair(l->screen.doc, _("Stored"), text);
	free(text);
}

static void put_interface(struct doc *d, const struct scan_progress_interface *f)
{
	char frames[32], lost[32], bytes[FIGURE];
	struct buf b;
	buf_init(&b, 1024);
	buf_printf(&b, _("%s frames, %s, %s lost"), text_grouped((int64_t)f->frames, frames),
		   put_bytes(f->bytes, bytes), text_grouped((int64_t)f->dropped, lost));
	if (f->gone)
		buf_puts(&b, _("; GONE"));
	else if (f->down)
		buf_puts(&b, _("; DOWN NOW"));
	if (f->gaps)
		buf_printf(&b, _("; times down: %u"), f->gaps);
	if (f->keeping)
		buf_puts(&b, _("; kept in files"));
	doc_step(d, f->gone || f->down ? STYLE_BAD : f->dropped || f->gaps ? STYLE_FAIR : STYLE_PLAIN, f->name, b.data);
	buf_done(&b);
}

static void put_protocols(struct doc *d, const struct scan_progress *p)
{
	uint64_t all = 0;
	char n[32];
	for (size_t i = 0; i < p->n_protocols; i++)
		all += p->protocols[i].frames;
	if (!all)
		return;
	doc_head(d, _("Protocols"));
	for (size_t i = 0; i < p->n_protocols; i++) {
		char *text = xasprintf(_("%s frames"), text_grouped((int64_t)p->protocols[i].frames, n));
		doc_bar(d, p->protocols[i].name, (double)p->protocols[i].frames / (double)all, text);
		free(text);
	}
}

/* ---- coverage ---- */

/* What coverage is made of time alone. */
static double time_share(double hours)
{
	bool mirror;
	return observe_coverage(hours, 1, 0, 1, &mirror);
}

static void put_longer(struct doc *d, const struct scan_progress *p, double k)
{
	static const double spans[] = { 1, 2, 4, 8, 24 };
	double heard = p->minutes / 60.0, now = time_share(heard), planned = (p->seconds + p->left) / 3600;
	const char *separator = "";
	struct buf b;
	if (!(now > 0) || heard >= 24)
		return;
	buf_init(&b, 1024);
	buf_puts(&b, _("Listen longer: "));
	if (p->left >= 60) {
		buf_printf(&b, _("the planned end reaches %.2f"), k * time_share(planned) / now);
		separator = _(", ");
	}
	size_t first = 0, last = sizeof spans / sizeof *spans - 1;
	while (first < last && (spans[first] < 2 * heard || (p->left >= 0 && spans[first] <= planned)))
		first++;
	for (size_t i = first; i <= last; i += i + 1 < last ? last - i : 1) {
		if (p->left >= 0 && spans[i] <= planned)
			continue;
		buf_printf(&b, _("%s%.0f h reach %.2f"), separator, spans[i], k * time_share(spans[i]) / now);
		separator = _(", ");
	}
	doc_text(d, STYLE_PLAIN, 2, b.data);
	buf_done(&b);
}

static void put_coverage(struct tui_live *l)
{
	const struct scan_progress *p = &l->now;
	struct doc *d = l->screen.doc;
	double k = p->coverage * (l->about->declared ? 1 : 0.5);
	uint64_t lost = 0;
	char text[128];
	for (size_t i = 0; i < p->n_interfaces; i++)
		lost += p->interfaces[i].dropped;
	doc_head(d, _("How much of the site is seen"));
	if (!p->frames) {
		doc_text(d, STYLE_FAIR, 0, _("Nothing was heard yet. Is the cable in, and does the mirror port send?"));
		return;
	}
	if (!p->macs)
		return;      /* not reckoned yet */
	snprintf(text, sizeof text, _("%.2f (1: a whole day)"), k);
	doc_bar(d, _("Coverage so far"), k, text);
	doc_text(d, p->mirror ? STYLE_GOOD : STYLE_BAD, 0,
		 p->mirror ? _("This looks like a mirror port: others are heard talking to each other.")
			   : _("This does not look like a mirror port: hardly anything is heard between other "
			       "machines."));
	if (!p->mirror)
		doc_text(d, STYLE_PLAIN, 2, _("Set up a mirror port (SPAN) at the switch, or use a tap; else coverage "
					      "stays low."));
	else
		put_longer(d, p, k);
	if (!l->about->declared)
		doc_text(d, STYLE_PLAIN, 2, _("Declare the networks (genba ask, or genba zones import): until then "
					      "coverage counts half."));
	if (lost * 100 > p->frames)
		doc_text(d, STYLE_FAIR, 2, _("Frames are lost: give more memory (--buffer), or listen to less (-f)."));
}

/* ---- the screen ---- */

static void put_notes(struct tui_live *l)
{
	size_t first = l->n_notes > NOTES_SHOWN ? l->n_notes - NOTES_SHOWN : 0;
	for (size_t i = first; i < l->n_notes; i++)
		doc_printf(l->screen.doc, STYLE_FAIR, 0, "%s  %s", l->notes[i].at, l->notes[i].text);
	if (l->n_notes)
		doc_blank(l->screen.doc);
}

static void put_listening(struct tui_live *l)
{
	const struct scan_progress *p = &l->now;
	struct doc *d = l->screen.doc;
	char gone[FIGURE], left[FIGURE];
	put_time(l->seconds, gone);
	char *text = p->left < 0 ? xasprintf(_("%s, until it is ended"), gone) :
				   xasprintf(_("%s, %s left"), gone, put_time(p->left, left));
	doc_pair(d, _("Time"), text);
	free(text);
	put_rate(l);
	put_devices(l);
	put_stored(l);
	for (size_t i = 0; i < p->n_interfaces; i++)
		put_interface(d, &p->interfaces[i]);
	put_coverage(l);
	put_protocols(d, p);
}

static void put_reading(struct tui_live *l)
{
	const struct scan_progress *p = &l->now;
	struct doc *d = l->screen.doc;
	double share = p->size ? (double)p->position / (double)p->size : 1;
	char gone[FIGURE], left[FIGURE], at[32], n[32];
	char *text = xasprintf("%.0f %%", share * 100);
	doc_bar(d, _("Read so far"), share, text);
	free(text);
	text = xasprintf(_("%s of %s"), put_bytes(p->position, gone), put_bytes(p->size, left));
	doc_pair(d, _("Bytes"), text);
	free(text);
	put_time(l->seconds, gone);
	text = share > 0.02 ? xasprintf(_("%s, about %s left"), gone, put_time(l->seconds / share - l->seconds, left)) :
			      xstrdup(gone);
	doc_pair(d, _("Time"), text);
	free(text);
	text = l->about->n > 1 ? xasprintf(_("%u of %zu: %s"), p->file + 1u, l->about->n, l->about->names[p->given]) :
				 xstrdup(l->about->names[0]);
	doc_pair(d, _("Capture"), text);
	free(text);
	if (p->ts)
		doc_pair(d, _("Was heard at"), tui_time(p->ts, at));
	put_rate(l);
	doc_pair(d, _("Frames"), text_grouped((int64_t)p->frames, n));
	doc_pair(d, _("Addresses"), text_grouped(p->addresses, n));
}

static void draw(struct tui_live *l)
{
	if (!terminal_ready())
		return;
	if (l->helping) {
		tui_draw_help(&l->tui);
		return;
	}
	char n[32];
	doc_clear(l->screen.doc);
	put_notes(l);
	if (l->about->listening)
		put_listening(l);
	else
		put_reading(l);
	l->tui.message[0] = 0;
	/* The time may be over, too. */
	if (l->ending || (l->about->listening && l->now.left >= 0 && l->now.left <= 0))
		tui_say(&l->tui, "%s",
			l->about->listening ? _("It ends; what was heard is being stored.") : _("It stops."));
	else if (l->asking && l->about->listening)
		tui_say(&l->tui, _("End now? %s frames are stored. (y/n)"),
			text_grouped((int64_t)l->now.frames, n));
	else if (l->asking)
		tui_say(&l->tui, "%s", _("Stop reading? Nothing of it is stored then. (y/n)"));
	tui_draw(&l->tui);
}

/* The names of the interfaces; captures have theirs in the page. */
static void title(const struct screen *s, char *out, size_t size)
{
	const struct tui_live *l = s->data;
	struct buf b;
	if (!l->about->listening) {
		snprintf(out, size, _("reads captures into %s"), l->about->site);
		return;
	}
	buf_init(&b, 1024);
	for (size_t i = 0; i < l->about->n; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", l->about->names[i]);
	snprintf(out, size, _("listens on %s, for %s"), b.data, l->about->site);
	buf_done(&b);
}

static void ask(struct screen *s)
{
	struct tui_live *l = s->data;
	l->asking = true;
}

static const struct tui_binding keys[] = {
	{ 'q', TUI_ESCAPE, "q", N_("end"), N_("End the scan; asks first. Ctrl-C ends it at once."), ask, NULL },
	{ TUI_UP, TUI_DOWN, NULL, N_("move"), N_("Arrow keys, Page Up, Page Down, Home and End move."), NULL, NULL },
	{ 0 },
};

static const struct screen_type screen_live = { .name = "live", .title = title, .keys = keys };

static void obey(struct tui_live *l, int key)
{
	struct doc_link_target none;
	if (key == TUI_QUIT) {
		l->ending = true;
		terminal_quit(true);
	} else if (key == TUI_RESIZE || key == TUI_REDRAW || l->ending) {
		return;
	} else if (l->helping) {
		l->helping = false;
	} else if (l->asking) {
		l->asking = false;
		if (key == 'y' || key == 'Y') {
			l->ending = true;
			terminal_quit(true);
		}
	} else if (key == TUI_HELP || key == 'h') {
		l->helping = true;
	} else if (key == 'q' || key == TUI_ESCAPE) {
		l->asking = true;
	} else {
		doc_key(l->screen.doc, key, &none);
	}
}

void tui_live_show(struct tui_live *l, const struct scan_progress *p, double seconds)
{
	l->now = *p;
	l->seconds = seconds;
	count_rate(l, p->frames);
	draw(l);
	if (!terminal_ready())
		return;
	bool typed = false;
	int key;
	while ((key = tui_key_now(&l->tui)) != 0) {
		typed = true;
		obey(l, key);
		if (key == TUI_QUIT || terminal_scripted())
			break;
	}
	if (typed)
		draw(l);
}

void tui_live_note(struct tui_live *l, const char *text)
{
	struct timespec t;
	if (l->n_notes == NOTES) {
		free(l->notes[0].text);
		memmove(l->notes, l->notes + 1, (NOTES - 1) * sizeof *l->notes);
		l->n_notes--;
	}
	struct note *n = &l->notes[l->n_notes++];
	clock_gettime(CLOCK_REALTIME, &t);
	*n = (struct note){ .text = xstrdup(text) };
	put_clock(t.tv_sec * INT64_C(1000000000), n->at);
	draw(l);
}

const volatile sig_atomic_t *tui_live_end(void)
{
	return terminal_quit(false);
}

/* ---- start and end ---- */

static bool suits(void)
{
	const char *type = getenv("TERM");
	return type && *type && strcmp(type, "dumb") != 0 && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
	       isatty(STDERR_FILENO) && tcgetpgrp(STDIN_FILENO) == getpgrp();
}

/* The terminal takes the signals that end a program; a live scan has its own, which it is given back. */
static void give_back_signals(struct tui_live *l, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sigaction(ends[i], &l->before[i], NULL);
}

struct tui_live *tui_live_open(const struct tui_live_about *about, const char *script)
{
	struct err e;
	if (!script && !suits())
		return NULL;
	struct tui_live *l = xcalloc(1, sizeof *l);
	l->about = about;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		sigaction(ends[i], NULL, &l->before[i]);
	bool ok = terminal_open(script, &e);
	if (ok && !tui_choose_language(&l->tui, &e))
		terminal_close();
	else if (ok) {
		/* SIGQUIT stays the terminal's: it would leave it in disorder. */
		give_back_signals(l, about->listening ? 3 : 0);
		l->screen = (struct screen){ .type = &screen_live, .tui = &l->tui, .word = "", .doc = doc_new(),
					     .data = l };
		l->tui.site = about->site;
		l->tui.stack[l->tui.depth++] = &l->screen;
		return l;
	}
	give_back_signals(l, sizeof ends / sizeof *ends);
	free(l);
	return NULL;
}

void tui_live_close(struct tui_live *l)
{
	struct buf b;
	if (!l)
		return;
	terminal_close();
	give_back_signals(l, sizeof ends / sizeof *ends);
	for (size_t i = 0; i < l->n_notes; i++) {
		buf_init(&b, 4096);
		text_terminal(&b, l->notes[i].text);
		fprintf(stderr, "genba: %s  %s\n", l->notes[i].at, b.data);
		buf_done(&b);
		free(l->notes[i].text);
	}
	doc_free(l->screen.doc);
	free(l);
}
