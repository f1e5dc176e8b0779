/* The first screen: how the site stands, and what to do next. */
#include <limits.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "capture/interface.h"
#include "tui/changes.h"
#include "tui/standing.h"

struct home { char *name; };     /* of the site, as it was when the screen was filled */

static void title(const struct screen *s, char *out, size_t size)
{
	const struct home *h = s->data;
	snprintf(out, size, "%s", h && h->name && *h->name ? h->name : s->tui->site);
}

static void score(struct doc *d, const struct assessment *a)
{
	const struct score_result *r = &a->score;
	char text[32];
	doc_head(d, _("How this factory stands"));
	tui_put_standing(d, a);
	if (r->has_s) {
		snprintf(text, sizeof text, "%.0f", r->s);
		doc_bar(d, _("Security"), r->s / 100, text);
	}
	tui_put_network(d, a);
	if (r->has_d) {
		snprintf(text, sizeof text, "%.0f", r->d);
		doc_bar(d, _("Use of data"), r->d / 100, text);
	}
}

/* ---- the three steps ---- */

static void count_answers(const struct answers *a, size_t *n, size_t *of)
{
	*n = *of = 0;
	for (size_t i = 0; i < a->n; i++) {
		*of += a->answers[i].question->quick;
		*n += a->answers[i].question->quick && a->answers[i].level != LEVEL_UNANSWERED;
	}
}

/* The step to take now stands out. */
static void step(struct doc *d, bool now, const char *name, const char *state)
{
	doc_step(d, now ? STYLE_STRONG : STYLE_PLAIN, name, state);
}

static void step_report(struct screen *s, bool now)
{
	char at[32];
	struct stat st;
	char *path = tui_report_path(s->tui), *full = realpath(path, NULL);
	if (full && stat(full, &st) == 0) {
		tui_time((int64_t)st.st_mtim.tv_sec * 1000000000, at);
		char *text = xasprintf(_("%s (%s): open it in a browser"), full, at);
		step(s->doc, false, _("4. w  Write the report"), text);
		free(text);
	} else {
		step(s->doc, now, _("4. w  Write the report"), _("not written yet"));
	}
	free(full);
	free(path);
}

static void steps(struct screen *s)
{
	size_t n, of;
	char scan[128], answered[128], grade[64];
	bool scanned = tui_last_scan(s->tui, scan, sizeof scan);
	count_answers(&s->tui->a.answers, &n, &of);
	bool open = n < of;
	snprintf(answered, sizeof answered, _("%zu of %zu answered"), n, of);
	doc_head(s->doc, _("How to go on"));
	step(s->doc, open, _("1. a  Answer the questions"), answered);
	step(s->doc, !open && !scanned, _("2. s  Measure the network"), scanned ? scan : _("none read yet"));
	snprintf(grade, sizeof grade, _("grade %s"), grade_names[s->tui->a.score.grade]);
	step(s->doc, false, _("3. r  See the result"), s->tui->a.score.has_s ? grade : _("no grade yet"));
	step_report(s, !open && scanned);
}

static void changes(struct screen *s)
{
	char *line = tui_changes_line(s->tui);
	if (line) {
		doc_blank(s->doc);
		doc_link(s->doc, STYLE_PLAIN, 0, line, &screen_changes, 0, "");
	}
	free(line);
}

static void actions(struct doc *d, const struct assessment *a)
{
	enum { SHOWN = 3 };
	if (a->n_actions == 0 || (!a->score.has_s && !a->score.has_n))
		return;
	doc_head(d, _("What to do first"));
	for (size_t i = 0; i < a->n_actions && i < SHOWN; i++)
		doc_link(d, STYLE_PLAIN, 0, text2_get(a->actions[i].interim ? &a->actions[i].action->interim_title
									    : &a->actions[i].action->title),
			 &screen_action, 0, a->actions[i].action->id);
}

static void findings(struct doc *d, const struct assessment *a)
{
	enum { SHOWN = 5 };
	if (a->n_findings == 0)
		return;
	doc_head(d, _("What the capture shows"));
	for (size_t i = 0; i < a->n_findings && i < SHOWN; i++)
		tui_put_finding(d, a->findings[i]);
}

static bool open(struct screen *s, struct err *e)
{
	(void)e;
	struct home *h = s->data ? s->data : xcalloc(1, sizeof *h);
	s->data = h;
	free(h->name);
	h->name = store_setting_get(s->tui->store, "name");
	score(s->doc, &s->tui->a);
	changes(s);
	steps(s);
	actions(s->doc, &s->tui->a);
	findings(s->doc, &s->tui->a);
	return true;
}

static void close_screen(struct screen *s)
{
	struct home *h = s->data;
	if (h)
		free(h->name);
	free(h);
}

/* ---- a capture, the report ---- */

/* A path as it is typed, or as a file manager drops it: quotes and blanks around it, ~ for the home folder. */
static char *typed_path(char *text)
{
	text += strspn(text, " ");
	size_t n = strlen(text);
	while (n > 0 && text[n - 1] == ' ')
		text[--n] = 0;
	if (n >= 2 && (*text == '\'' || *text == '"') && text[n - 1] == *text) {
		text[--n] = 0;
		text++;
	}
	const char *home = getenv("HOME");
	if (strncmp(text, "~/", 2) == 0 && home)
		return xasprintf("%s%s", home, text + 1);
	return *text == '-' ? xasprintf("./%s", text) : xstrdup(text);
}

static char *ask_path(struct screen *s, const char *prompt, const char *before)
{
	char text[PATH_MAX] = "";
	snprintf(text, sizeof text, "%s", before);
	if (!tui_input_path(s->tui, prompt, text, sizeof text))
		return NULL;
	char *path = typed_path(text);
	if (*path)
		return path;
	free(path);
	return NULL;
}

static void add_interfaces(struct buf *b, const struct interface *list, size_t n, bool hardware)
{
	enum { COLUMNS = 18 };
	for (size_t i = 0; i < n; i++)
		if (!(list[i].flags & IFF_LOOPBACK) && (!hardware || !*list[i].kind) &&
		    b->len + strlen(list[i].name) < COLUMNS)
			buf_printf(b, "%s%s", b->len ? ", " : "", list[i].name);
}

/* Interfaces that one may listen to, as many as there is room for: "eth0, eth1"; "" for none. To be freed. */
static char *interfaces(void)
{
	struct interface *list = NULL;
	struct err e;
	struct buf b;
	size_t n = 0;
	buf_init(&b, 256);
	if (interface_list(&list, &n, &e)) {
		add_interfaces(&b, list, n, true);
		if (!b.len)
			add_interfaces(&b, list, n, false);
		free(list);
	}
	char *text = xstrdup(b.len ? b.data : "");
	buf_done(&b);
	return text;
}

static void listen_to(struct screen *s, const char *name)
{
	char how_long[32] = "";
	if (!tui_input(s->tui, _("How long (8h, 30m; empty: until ended):"), how_long, sizeof how_long))
		return;
	const char *words[] = { "scan", "-s", s->tui->site, "-i", name, *how_long ? "-d" : NULL, how_long, NULL };
	bool ok = tui_command(s->tui, words, true);
	if (tui_site_changed(s->tui) && tui_refill(s) && ok)
		tui_say(s->tui, _("What was heard on %s is stored. f: what it shows; r: the result."), name);
}

static void read_capture(struct screen *s)
{
	char *names = interfaces();
	char *prompt = *names && !terminal_scripted() ? xasprintf(_("Capture file, or interface (%s):"), names) :
							xstrdup(_("Capture file:"));
	char *path = ask_path(s, prompt, "");
	struct stat st;
	free(prompt);
	free(names);
	if (!path)
		return;
	if (stat(path, &st) != 0 && if_nametoindex(path))
		listen_to(s, path);
	else if (stat(path, &st) != 0 || S_ISDIR(st.st_mode)) {
		tui_say(s->tui, _("There is no file %s"), path);
	} else {
		bool ok = tui_command(s->tui, (const char *[]){ "scan", "-s", s->tui->site, path, NULL }, true);
		if (tui_site_changed(s->tui) && tui_refill(s) && ok)
			tui_say(s->tui, _("%s was read. f: what it shows; r: the result."), path);
	}
	free(path);
}

static void write_report(struct screen *s)
{
	if (!s->tui->a.scan && !s->tui->a.answers.n_answered) {
		tui_say(s->tui, "%s", _("There is nothing to report yet: answer the questions (a), or measure the network (s)."));
		return;
	}
	char *usual = tui_report_path(s->tui), *path = ask_path(s, _("Write the report to:"), usual);
	struct stat st;
	free(usual);
	if (!path)
		return;
	if ((stat(path, &st) != 0 || tui_confirm(s->tui, _("There is a file of that name. Replace it?"))) &&
	    tui_command(s->tui, (const char *[]){ "report", "-s", s->tui->site, "-o", path, NULL }, false)) {
		char *full = realpath(path, NULL);
		tui_refill(s);
		tui_say(s->tui, _("The report is written. Open it in a browser: %s"), full ? full : path);
		free(full);
	}
	free(path);
}

/* ---- keys ---- */

static void to_question(struct screen *s)
{
	tui_open(s->tui, &screen_question, 0, "");
}

static void to_questions(struct screen *s)
{
	tui_open(s->tui, &screen_questions, 0, "");
}

static void to_devices(struct screen *s)
{
	tui_open(s->tui, &screen_devices, 0, "");
}

static void to_findings(struct screen *s)
{
	tui_open(s->tui, &screen_findings, 0, "");
}

static void to_map(struct screen *s)
{
	tui_open(s->tui, &screen_map, 0, "");
}

static void to_actions(struct screen *s)
{
	tui_open(s->tui, &screen_actions, 0, "");
}

static void to_result(struct screen *s)
{
	tui_open(s->tui, &screen_result, 0, "");
}

static void to_changes(struct screen *s)
{
	tui_open(s->tui, &screen_changes, 0, "");
}

static const struct tui_binding keys[] = {
	{ 'a', 0, "a", N_("answer"), N_("Answer the questions, from the first open one on."), to_question, NULL },
	{ 's', 0, "s", N_("measure"), N_("Read a capture of the network into this site, or listen on an interface."),
	  read_capture, NULL },
	{ 'r', 0, "r", N_("result"), N_("The grade, what it is made of, and what limits it."), to_result, NULL },
	{ 'w', 0, "w", N_("report"), N_("Write the report as a page for the browser."), write_report, NULL },
	{ 'd', 0, "d", N_("devices"), N_("All devices that were seen."), to_devices, NULL },
	{ 'f', 0, "f", N_("findings"), N_("All that the capture shows."), to_findings, NULL },
	{ 'm', 0, "m", N_("map"), N_("The map of zones, and what passes between them."), to_map, NULL },
	{ 'l', 0, "l", N_("list"), N_("All questions and their answers."), to_questions, NULL },
	{ 'p', 0, "p", N_("plan"), N_("All actions, in the order to do them."), to_actions, NULL },
	{ 'c', 0, "c", N_("changes"), N_("What changed between two scans."), to_changes, NULL },
	{ 0 },
};

const struct screen_type screen_home = { .name = "home", .title = title, .open = open, .close = close_screen, .keys = keys };
