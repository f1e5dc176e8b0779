/* genba findings: what the checks say of a scan, with the evidence. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "check/check.h"
#include "cli/cli.h"
#include "cli/site.h"
#include "score/assess.h"
#include "tui/words.h"

/* ---- which, in which order ---- */

static bool is_shown(const struct check_result *r, bool all)
{
	return all || r->outcome == OUTCOME_FAIL || r->outcome == OUTCOME_ERROR;
}

/* Failed ones first, the worst in front; then what went wrong, and what is fine or unknown. */
static int rank(const struct check_result *r)
{
	static const int ranks[] = { [OUTCOME_FAIL] = 0, [OUTCOME_ERROR] = 1, [OUTCOME_PASS] = 2,
				     [OUTCOME_NOT_OBSERVABLE] = 3, [OUTCOME_NOT_APPLICABLE] = 4 };
	return ranks[r->outcome];
}

static int by_weight(const void *a, const void *b)
{
	const struct check_result *x = *(const struct check_result *const *)a;
	const struct check_result *y = *(const struct check_result *const *)b;
	return rank(x) != rank(y) ? rank(x) - rank(y) : check_worse_first(x, y);
}

static const struct check_result **shown(const struct check_results *results, bool all, size_t *n)
{
	const struct check_result **list = xcalloc(results->n, sizeof *list);
	*n = 0;
	for (size_t i = 0; i < results->n; i++)
		if (is_shown(&results->results[i], all))
			list[(*n)++] = &results->results[i];
	if (*n)
		qsort(list, *n, sizeof *list, by_weight);
	return list;
}

/* ---- text, CSV ---- */

static const struct list_column columns[] = {
	{ "id", N_("check"), false },
	{ "severity", N_("severity"), false },
	{ "category", N_("category"), false },
	{ "outcome", N_("outcome"), false },
	{ "affected", N_("affected"), true },
	{ "population", N_("of"), true },
	{ "accepted", N_("accepted"), false },
	{ "file", N_("capture"), false },
	{ "frame", N_("frame"), true },
	{ "evidence", N_("first evidence"), false },
	{ "title", N_("title"), false },
	{ 0 },
};

static void list_result(struct list *l, bool people, const struct check_result *r)
{
	const struct finding_row *first = r->n_rows ? &r->rows[0] : NULL;
	list_text(l, r->check->id);
	list_text(l, people ? _(severity_titles[r->severity]) : severity_names[r->severity]);
	list_text(l, people ? _(category_titles[r->check->category]) : category_names[r->check->category]);
	list_text(l, people ? _(outcome_titles[r->outcome]) : outcome_names[r->outcome]);
	list_int(l, r->affected);
	list_int(l, r->population);
	list_text(l, r->excepted ? _("yes") : NULL);
	list_text(l, first ? first->file : NULL);
	if (first && first->frame)
		list_int(l, first->frame);
	else
		list_null(l);
	if (r->error) {
		list_text(l, r->error);
	} else if (first) {
		bool named = first->device_name && !strstr(first->text, first->device_name);
		char *text = xasprintf("%s%s%s", named ? first->device_name : "", named && *first->text ? ": " : "",
				       first->text);
		char *words = people ? tui_plain_words(text) : xstrdup(text);
		list_text(l, words);
		free(words);
		free(text);
	} else {
		list_null(l);
	}
	list_text(l, text2_get(&r->check->title));
}

/* ---- JSON ---- */

static json_t *row_json(const struct finding_row *f)
{
	return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:b, s:o}",
			 "subject", (json_int_t)f->id,
			 "device", f->device ? json_integer(f->device) : json_null(),
			 "device_name", site_json_text(f->device_name),
			 "file", site_json_text(f->file),
			 "frame", f->frame ? json_integer(f->frame) : json_null(),
			 "peer_frame", f->peer_frame ? json_integer(f->peer_frame) : json_null(),
			 "candidate", f->candidate, "crosses_zone", f->crosses_zone, "accepted", f->excepted,
			 "detail", site_json_text(f->text));
}

static json_t *maps_json(const struct check *c)
{
	json_t *maps = json_object();
	for (size_t i = 0; i < c->n_maps; i++) {
		json_t *ids = json_array();
		for (char **id = c->maps[i].ids; *id; id++)
			json_array_append_new(ids, site_json_text(*id));
		json_object_set_new(maps, c->maps[i].framework, ids);
	}
	return maps;
}

static json_t *result_json(const struct check_result *r)
{
	const struct check *c = r->check;
	json_t *rows = json_array();
	for (size_t i = 0; i < r->n_rows; i++)
		json_array_append_new(rows, row_json(&r->rows[i]));
	return json_pack("{s:o, s:i, s:o, s:s, s:s, s:s, s:s, s:I, s:I, s:f, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:I}",
			 "id", site_json_text(c->id), "version", c->version, "title", site_json_text(text2_get(&c->title)),
			 "severity", severity_names[r->severity], "category", category_names[c->category],
			 "outcome", outcome_names[r->outcome], "subject", c->subject,
			 "affected", (json_int_t)r->affected, "population", (json_int_t)r->population,
			 "share", r->share, "accepted", r->excepted, "why", site_json_text(text2_get(&c->why)),
			 "false_positives", site_json_text(text2_get(&c->false_positives)),
			 "action", site_json_text(c->action), "maps", maps_json(c), "error", site_json_text(r->error),
			 "rows", rows, "more_rows", (json_int_t)r->more_rows);
}

static bool write_json(const struct check_result **list, size_t n, int64_t scan, struct err *e)
{
	json_t *findings = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(findings, result_json(list[i]));
	json_t *root = json_pack("{s:s, s:I, s:o}", "schema", "genba.findings/1", "scan", (json_int_t)scan,
				 "findings", findings);
	return site_json_print(root, 12, e);
}

static bool write_results(enum list_format format, const struct check_results *results, int64_t scan, bool all,
			  struct err *e)
{
	size_t n;
	bool ok;
	const struct check_result **list = shown(results, all, &n);
	if (format == LIST_JSON) {
		ok = write_json(list, n, scan, e);
	} else {
		struct list *l = list_new(format, "genba.findings/1", "findings", columns);
		for (size_t i = 0; i < n; i++)
			list_result(l, format == LIST_TEXT, list[i]);
		ok = list_finish(l, e);
	}
	free(list);
	return ok;
}

/* ---- the command ---- */

static bool is_met(const char *what, const struct check_set *set, struct store *s, int64_t scan,
		   const struct check_results *now, bool *met, struct err *e)
{
	struct check_results before = { 0 };
	int64_t previous = strncmp(what, "new:", 4) == 0 ? score_previous_scan(s, scan) : 0;
	if (previous && !check_run(set, s, previous, &before, e))
		return false;
	bool ok = check_fail_on(what, now, &before, met, e);
	check_results_free(&before);
	return ok;
}

static int findings(const struct cli *c, struct store *s, const struct check_set *set, enum list_format format,
		    struct err *e)
{
	int64_t scan;
	struct check_results results;
	if (!site_scan(c, s, &scan, e) || !check_run(set, s, scan, &results, e))
		return EXIT_FAILED;
	const char *what = cli_get(c, "fail-on");
	bool met = false;
	bool ok = (!what || is_met(what, set, s, scan, &results, &met, e)) &&
		write_results(format, &results, scan, cli_has(c, "all"), e);
	check_results_free(&results);
	return !ok ? EXIT_FAILED : met ? EXIT_FAIL_ON : EXIT_DONE;
}

static int run(struct cli *c, struct err *e)
{
	int format = site_format(c, e);
	const char *what = cli_get(c, "fail-on");
	bool met;
	if (format < 0 || (what && !check_fail_on(what, &(struct check_results){ 0 }, NULL, &met, e)))
		return EXIT_USAGE_ERROR;
	char *folder = cli_has(c, "checks") ? xstrdup(cli_get(c, "checks")) : path_of("checks");
	struct check_set set;
	bool ok = check_load(folder, &set, e);
	free(folder);
	if (!ok)
		return EXIT_FAILED;
	struct store *s = site_open(c, STORE_READ, e);
	int status = s ? findings(c, s, &set, (enum list_format)format, e) : EXIT_FAILED;
	store_close(s);
	check_set_free(&set);
	return status;
}

static const struct cli_option options[] = {
	{ 'a', "all", NULL, N_("also what is fine, and what the capture could not show") },
	SITE_SCAN_OPTION,
	SITE_FORMAT_OPTION,
	{ 0, "checks", "FOLDER", N_("other checks than genba's own; they can read the scan and nothing else") },
	{ 0, "fail-on", N_("CONDITION"), N_("exit 1 when there is a finding of this severity or above (high), or a new one "
				   "(new:high)") },
	{ 0 },
};

const struct command command_findings = {
	.name = "findings",
	.arguments = "",
	.summary = N_("what is dangerous on the network"),
	.description = N_("Runs the checks over the newest scan and lists what failed, the worst first, with the first "
			  "frame that shows it. JSON holds every row of evidence."),
	.options = options,
	.run = run,
};
