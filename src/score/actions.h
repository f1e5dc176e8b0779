/*
 * Actions: what to do, one YAML file each (actions/<id>.yaml). Which findings an action fixes stands in the
 * checks (`action: <id>`), not here: one truth, one place.
 */
#ifndef SCORE_ACTIONS_H
#define SCORE_ACTIONS_H

#include "base/lang.h"
#include "check/check.h"
#include "questionnaire/questionnaire.h"

enum complexity { COMPLEXITY_LOW, COMPLEXITY_MEDIUM, COMPLEXITY_HIGH };
extern const char *const complexity_names[];   /* "low", "medium", "high" */
enum downtime { DOWNTIME_NONE, DOWNTIME_PLANNED_STOP, DOWNTIME_LINE_STOP };
extern const char *const downtime_names[];     /* "none", "planned_stop", "line_stop" */
extern const char *const downtime_titles[];    /* for people, _() translates them */

/* The action brings this question to at least this level. */
struct action_raise {
	char *question;
	int level;
};

struct action {
	char *path;
	char *id;                              /* "backup-offline", as the file is called */
	struct text2 title, summary;           /* summary: one or two sentences, what it is and why */
	struct action_raise *raises; size_t n_raises;
	bool data;                             /* raises data questions only (D): never raises S */
	int yen_min, yen_max;                  /* paid to others; 0 and 0: no cost */
	double hours_min, hours_max;           /* the firm's own work */
	enum complexity complexity;
	enum downtime downtime;
	struct text2 who;                      /* who does it */
	struct text2 *steps; size_t n_steps;
	struct text2 check_first;              /* 事前確認 */
	struct text2 may_stop;                 /* 止まるおそれ */
	struct text2 way_back;                 /* 元に戻す方法 */
	struct text2 confirm;                  /* how to see that it worked */
	struct text2 record;                   /* what record remains */
	bool has_interim;
	struct text2 interim_title, interim_steps;   /* until the real thing can be done; needs no stop */
	char **prerequisites;                  /* ids, NULL-terminated, or NULL */
	/* A firm that did it: retold, with its source. */
	bool has_case;
	struct action_case { struct text2 company, what, result, source; } example;

	/* What the site says of it: score_actions_adapt(). */
	bool adapted;                          /* some figure above is the site's own */
	bool done;                             /* … it says; the wire may say otherwise */
	char *not_here;                        /* why it is nothing for this site, or NULL */
};

struct action_set { struct action *actions; size_t n; };   /* sorted by id */

/*
 * All *.yaml of a folder. One bad file fails the whole, naming file and line: unknown keys, an id that is not the
 * file's name, a prerequisite that does not exist or goes in a circle, a question that q does not have (q NULL: not
 * looked at).
 */
bool score_actions_load(const char *folder, const struct questionnaire *q, struct action_set *out,
			struct err *e) MUST_CHECK;
void score_actions_free(struct action_set *set);

/* The setting of the site file that holds its own figures: the text that score_actions_adapt() takes. */
#define ACTIONS_SETTING "actions"
/*
 * A site's own figures over ours: YAML, {<action>: {yen, hours, complexity, downtime, who, done, not_here}}, every key
 * optional. name stands in front of errors, with the line. On false the set is partly changed: free it.
 */
bool score_actions_adapt(struct action_set *set, const char *name, const char *text, size_t n,
			 struct err *e) MUST_CHECK;

/*
 * What score_actions_load() does not refuse: texts that are missing, no Japanese or no sentences, no interim measure
 * where the action needs a stop or money, an action that no check names and that raises nothing. message names the file.
 */
typedef void score_actions_problem_fn(void *data, const char *message);
void score_actions_lint(const struct action_set *set, const struct check_set *checks, score_actions_problem_fn *fn,
			void *data);
const struct action *score_actions_find(const struct action_set *set, const char *id);

#endif
