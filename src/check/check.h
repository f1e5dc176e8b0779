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
enum category { CATEGORY_ASSET, CATEGORY_BOUNDARY, CATEGORY_REMOTE, CATEGORY_PROTOCOL, CATEGORY_PLATFORM,
		CATEGORY_STABILITY, CATEGORY_MAX };
extern const char *const category_names[];
enum outcome { OUTCOME_PASS, OUTCOME_FAIL, OUTCOME_NOT_APPLICABLE, OUTCOME_NOT_OBSERVABLE, OUTCOME_ERROR };
extern const char *const outcome_names[];   /* "pass", "fail", "not_applicable", "not_observable", "error" */

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
	char *subject;                            /* device | conversation | segment | site */
	char *needs, *population, *query;         /* SQL; needs and population may be NULL */
	struct check_contradiction *contradicts; size_t n_contradicts;
	char **confirms;                          /* question ids, NULL-terminated */
	char *action;
	struct { char *framework; char **ids; } *maps; size_t n_maps;
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
	char *file;              /* evidence: capture, frame, counterpart */
	int64_t frame, peer_frame;
	int64_t device;          /* the device it is about, 0 for none */
	char *device_name;       /* its name or address, as the inventory shows it */
};

struct check_result {
	const struct check *check;
	enum outcome outcome;
	enum severity severity;  /* of this finding, after severity_when */
	double share;            /* affected / population, 0..1; 1 for a site's */
	int64_t affected, population;
	struct finding_row *rows; size_t n_rows;  /* capped at CHECK_ROWS, sorted */
	uint64_t more_rows;      /* beyond the cap */
	char *error;             /* OUTCOME_ERROR */
	bool excepted;           /* every row is an accepted risk */
};

enum { CHECK_ROWS = 1000 };

struct check_set { struct check *checks; size_t n; };

/* All *.yaml of a folder, sorted by id. One bad file fails the whole, naming file and line. */
bool check_load(const char *folder, struct check_set *set, struct err *e) MUST_CHECK;
void check_set_free(struct check_set *set);

struct check_results { struct check_result *results; size_t n; };
/* Run all of them over one scan. A check whose SQL fails is OUTCOME_ERROR, never a pass. */
bool check_run(const struct check_set *set, struct store *s, int64_t scan, struct check_results *out,
	       struct err *e) MUST_CHECK;
void check_results_free(struct check_results *r);

#endif
