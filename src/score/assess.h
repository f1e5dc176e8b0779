/*
 * The assessment: one scan, the answers and everything that follows from the two. The report and the commands
 * score, actions and findings all start from score_assess() and read struct assessment; none of them computes
 * anything of its own.
 *
 * Pointers inside point to what the assessment owns (or to what score_assess_build was given), never into the structure
 * itself: it may be moved by assignment.
 */
#ifndef SCORE_ASSESS_H
#define SCORE_ASSESS_H

#include "score/actions.h"
#include "score/score.h"

/* One row of v_coverage, and the factors of k. */
struct assess_coverage {
	double hours, hours_ot;        /* with frames; with cyclic factory traffic */
	int64_t days, frames, files;
	double third_party_share;      /* of the unicast frames */
	bool mirror;                   /* unicast between third parties was seen: a mirror port */
	double loss;                   /* 0..1 */
	double k;                      /* 0..1 */
	double one_way, cut, unread, undecoded;   /* shares 0..1, as in v_coverage */
	double span_hours;             /* first to last frame of the captures; beyond hours nothing was heard */
	double t, v, d;                /* k = t·v·d, times 0.3 when not a mirror port */
	bool subnets_declared;         /* setting "subnets"; else v is 0.5 */
};

/* What would raise coverage, in the order of what it brings; the last three show more, but do not count in k. */
enum assess_lack { LACK_CAPTURE, LACK_MIRROR, LACK_HOURS, LACK_SUBNETS_DECLARED, LACK_SUBNETS_SEEN, LACK_LOSS,
		   LACK_ONE_WAY, LACK_CUT, LACK_SILENCE, LACK_MAX };
extern const char *const assess_lack_names[];   /* "capture", "mirror", "hours", … for JSON and strings */
struct assess_raise {
	enum assess_lack lack;
	double k_after;                /* coverage if this alone were put right */
};

/* What the wire says against an answer: 食い違い（要確認）. */
struct assess_contradiction {
	const struct check_result *result;       /* the finding; its rows are the evidence */
	const struct check_contradiction *rule;  /* which cap, above which share */
};

struct assess_question {
	const struct question *question;
	const struct answer *answer;
	int level;                     /* declared: 0..4 or LEVEL_… */
	bool counted;                  /* part of the score: a quick question, or a further one that was answered */
	int effective;                 /* L'; -1 when it does not count or is not applicable */
	int cap;                       /* of contradictions that bite (declared above it); 4 when there is none */
	struct assess_contradiction *contradictions; size_t n_contradictions;   /* lowest cap first; the biting ones */
	bool verified;                 /* the wire confirmed it, or there is a record */
	bool recorded;                 /* … a record */
	const struct check_result *verified_by;  /* … the check that passed over an adequate capture, or NULL */
	bool held;                     /* declared 4, counts 3 because neither wire nor record verified it */
};

/* Something to find out or to answer: "don't know" and unanswered questions; security first, heaviest first. */
struct assess_unknown {
	const struct assess_question *question;
	double gain;                   /* S (D for a data question) if it were level 4, as far as that may count, − now */
};

enum lane { LANE_NOW, LANE_PLANNED_STOP, LANE_LONG_HOLIDAY, LANE_YEAR, LANE_WATCH, LANE_MAX };
extern const char *const lane_names[];           /* "now", "planned_stop", "long_holiday", "year", "watch" */
/* N_() English title of a lane; give it to _(). */
extern const char *const lane_titles[];

struct assess_question_raise {
	const struct assess_question *question;
	int from, to;                  /* effective levels before and after; from -1: not answered (no answers) */
};

/* An action that would help here. */
struct assess_action {
	const struct action *action;
	const struct check_result **findings; size_t n_findings;   /* what it fixes, worst first; accepted risks are out */
	struct assess_question_raise *raises; size_t n_raises;     /* security and data questions */
	enum lane lane;
	bool interim;                  /* this row is the action's interim_title/interim_steps, in lane "now" */
	bool critical;                 /* fixes a critical finding */
	bool verified;                 /* the wire showed the need; else only the answers did */
	double gain;                   /* of S (of N when has_s is false; of D when action->data), this action alone */
	double gain_n;                 /* of N */
	bool removes_cap;
	double effort, priority;
	/* After this and all that stand before it in the list; only for security actions that are not interim. */
	bool forecast;
	double s_after, n_after;       /* s_after 0 when has_s is false */
	int grade_after;
	const struct assess_action **after; size_t n_after_actions; /* pending prerequisites, all earlier in the list */
};

struct assessment {
	int64_t scan;                  /* 0: no capture, answers only */
	int64_t scan_finished;         /* ns; when the capture ended; 0 without one */

	/* Owned where score_assess made them; all set. */
	struct check_set checks;
	struct check_results results;  /* every check, by id, whatever came out (n 0 without a scan) */
	struct questionnaire questionnaire;
	struct answers answers;
	struct action_set action_set;

	/* A check of this category passed or failed; else it is "not measured". */
	bool measured[CATEGORY_MAX];

	/* Failed checks, accepted risks among them, severest first, then by share, then id. */
	const struct check_result **findings; size_t n_findings;
	size_t by_severity[SEVERITY_CRITICAL + 1];   /* how many of them, stability included, accepted ones not */
	size_t n_candidates;           /* checks whose rows rest on guesses alone: shown, cost nothing */
	size_t by_outcome[OUTCOME_ERROR + 1];        /* of all checks */

	struct assess_question *questions;           /* n = questionnaire.n, in its order */
	size_t n_counted, n_unknown, n_unanswered, n_not_applicable;   /* of the counted ones */
	bool full;                     /* a question outside the quick set was answered */
	size_t n_contradicted;         /* questions with a biting contradiction */
	struct assess_unknown *unknowns; size_t n_unknowns;

	struct assess_coverage coverage;             /* all 0 without a scan */
	struct assess_raise raises[LACK_MAX]; size_t n_raises;

	struct score_result score;     /* the headline: accepted risks count */
	struct score_result accepted;  /* the second score: accepted risks left out */
	bool any_accepted;

	/* Security actions in the order to do them (lanes ascending, prerequisites first). */
	struct assess_action *actions; size_t n_actions;
	/* Data actions (攻め), by gain of D. */
	struct assess_action *data_actions; size_t n_data_actions;
};

/*
 * Everything over one scan (0: the newest that is not running; a site without any scan is assessed by its answers
 * alone). Loads checks, questionnaire and actions from path_of(). On false, nothing is to be freed.
 */
bool score_assess(struct store *s, int64_t scan, struct assessment *out, struct err *e) MUST_CHECK;
void score_assess_free(struct assessment *a);

/*
 * Read the answers again and reckon anew with the checks' results as they are: quick enough for every answer. On
 * false the assessment is as it was.
 */
bool score_answers_changed(struct assessment *a, struct store *s, struct err *e) MUST_CHECK;

/*
 * The same without store and files: fills in what follows from scan, results, questionnaire, answers, action_set and
 * coverage, which the caller has set. Pure.
 */
void score_assess_build(struct assessment *a);

/*
 * What the findings say of one answer to one question, be it the one that counts or somebody's own; out->contradictions
 * is to be freed. Pure.
 */
void score_question(const struct assessment *a, const struct answer *answer, struct assess_question *out);

/* The score of a site with the answers and the coverage of a, had its checks come out so. Pure. */
void score_had(const struct assessment *a, const struct check_results *results, struct score_result *out);

/*
 * The score as an older scan of the site shows it, with the checks and the answers as they are now. What the trend is
 * made of: a check that was learned since then moves all of its points.
 */
struct score_point {
	struct score_result score;
	double k;                      /* coverage */
	size_t by_severity[SEVERITY_CRITICAL + 1];   /* as in struct assessment */
};
bool score_of_scan(const struct assessment *a, struct store *s, int64_t scan, struct score_point *out,
		   struct err *e) MUST_CHECK;

/*
 * The site took this action out of its plan: it is nothing for here, or it is done and no finding speaks against that.
 */
bool score_action_left_out(const struct assessment *a, const struct action *action);

/*
 * The last scans up to this one (0: all) that are over: at most `most`, oldest first. Their names and texts are not
 * kept: NULL. How many: *n.
 */
bool score_last_scans(struct store *s, int64_t until, struct store_scan_head *out, size_t most, size_t *n,
		      struct err *e) MUST_CHECK;

/* The scan before this one, 0 when there is none. */
int64_t score_previous_scan(struct store *s, int64_t scan);

#endif
