/*
 * Checks: YAML files with SQL over the v_* tables of one scan. A finding is one
 * failed check; its rows are its evidence.
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "base/lang.h"
#include "store/store.h"

enum severity { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };
extern const char *const severity_names[];
extern const char *const severity_titles[];  /* … and of the two below: for people, _() translates them */
enum category { CATEGORY_ASSET, CATEGORY_BOUNDARY, CATEGORY_REMOTE, CATEGORY_PROTOCOL, CATEGORY_PLATFORM,
		CATEGORY_STABILITY, CATEGORY_MAX };
extern const char *const category_names[];
extern const char *const category_titles[];
enum outcome { OUTCOME_PASS, OUTCOME_FAIL, OUTCOME_NOT_APPLICABLE, OUTCOME_NOT_OBSERVABLE, OUTCOME_ERROR };
extern const char *const outcome_names[];   /* "pass", "fail", "not_applicable", "not_observable", "error" */
extern const char *const outcome_titles[];

extern const char *const subject_names[];   /* "device", "conversation", "segment", "site" */

/* A check says of a question: more than `above` of its population contradicts, which caps the answer. */
struct check_contradiction {
	char *question;
	double above;            /* share 0..1; the finding's share must exceed it */
	int cap;                 /* level the answer is capped to */
};

struct check {
	char *path;
	char *id;                /* "OT-STOP-001" */
	int version;
	struct text2 title, why, false_positives;
	enum severity severity;                   /* severity, or the higher of severity_when */
	bool by_zone;                             /* severity_when was given: */
	enum severity confined, crosses_zone;
	enum category category;
	const char *subject;                      /* of subject_names: what a row's id is */
	/*
	 * SQL; needs and population may be NULL. The query's columns: id (of the subject; not for a site),
	 * evidence_id, detail, device (where the subject is none), crosses_zone, and confidence or candidate.
	 */
	char *needs, *population, *query;
	struct check_contradiction *contradicts; size_t n_contradicts;
	char **confirms;                          /* question ids, NULL-terminated */
	char *action;
	struct { char *framework; char **ids; } *maps; size_t n_maps;   /* the file's, then jama and meti by category */
	char *example_fail, *example_pass;        /* SQL INSERTs */
};

/* One row of evidence: what the query gave. */
struct finding_row {
	int64_t id;              /* subject's id: device, conversation, segment; 0 for site */
	int64_t evidence_id;     /* row of v_evidence, 0 for none */
	bool candidate;          /* rests on a guess only: shown, costs nothing */
	bool crosses_zone;
	bool excepted;           /* an accepted risk covers it */
	char *text;              /* the query's column `detail`, or a made-up line; may be "" */
	char *file;              /* evidence: capture (NULL for none), frame, counterpart (0 for none) */
	int64_t frame, peer_frame;
	int64_t device;          /* the device it is about, 0 for none */
	char *device_name;       /* its name or address, as the inventory shows it; NULL for none */
};

struct check_result {
	const struct check *check;
	enum outcome outcome;
	bool observable;         /* the check's needs were met: what the query did not find was not there */
	enum severity severity;  /* of this finding, after severity_when */
	double share;            /* affected / population, 0..1; 1 for a site's */
	int64_t affected, population;
	/* Capped at CHECK_ROWS; sorted: candidates last, those that cross a zone first, then by device and id.
	   A check that passes has only candidates. */
	struct finding_row *rows; size_t n_rows;
	uint64_t more_rows;      /* beyond the cap */
	char *error;             /* OUTCOME_ERROR */
	bool excepted;           /* failed, and every row is an accepted risk */
};

enum { CHECK_ROWS = 1000 };

struct check_set { struct check *checks; size_t n; };

/* All *.yaml of a folder, sorted by id. One bad file fails the whole, naming file and line. */
bool check_load(const char *folder, struct check_set *set, struct err *e) MUST_CHECK;
void check_set_free(struct check_set *set);

struct check_results { struct check_result *results; size_t n; };
/*
 * Run all of them over one scan: results in the order of the set. A check whose SQL fails is OUTCOME_ERROR, never a
 * pass. Where `needs` says that the capture could not show it, what the query found nevertheless is a failure;
 * finding nothing is OUTCOME_NOT_OBSERVABLE.
 */
bool check_run(const struct check_set *set, struct store *s, int64_t scan, struct check_results *out,
	       struct err *e) MUST_CHECK;
void check_results_free(struct check_results *r);

/* Failed, so on more than guesses, and not an accepted risk. */
bool check_is_open(const struct check_result *r);
/* Did the check not fail in `before` (may be NULL), or does it name a device now that it did not name then? */
bool check_is_new(const struct check_result *r, const struct check_results *before);
/*
 * --fail-on: is there an open finding of this severity or above ("high"), or a new one ("new:high")?
 * False with e filled: `what` is neither. "grade:D" is the score's, not for here.
 */
bool check_fail_on(const char *what, const struct check_results *now, const struct check_results *before, bool *met,
		   struct err *e) MUST_CHECK;

/* ---- for people who write checks ---- */
/* A problem of a check: message names the file. */
typedef void check_problem_fn(void *data, const struct check *c, const char *message);
/*
 * What check_load() cannot see of one file alone: does its SQL run over empty tables, are its ids of frameworks well
 * formed, do its action and its questions exist under the data folder (looked at where actions/ and questionnaires/
 * hold files). False: the folders cannot be read; problems only go to fn.
 */
bool check_lint(const struct check_set *set, const char *data, check_problem_fn *fn, void *fn_data,
		struct err *e) MUST_CHECK;
/* NULL where an id has the form of its framework's, or the form is not known; else an example of one. */
const char *check_map_fault(const char *framework, const char *id);
/* Run both examples of a check: the one has to fail, the other to pass. */
bool check_test(const struct check *c, struct err *e) MUST_CHECK;

#endif
