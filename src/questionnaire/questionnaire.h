/*
 * Questions, their levels, and what people answered. Levels 0 to 4, "don't know"
 * and "not applicable".
 */
#ifndef QUESTIONNAIRE_QUESTIONNAIRE_H
#define QUESTIONNAIRE_QUESTIONNAIRE_H

#include "base/buf.h"
#include "base/lang.h"
#include "store/store.h"

enum { LEVEL_UNKNOWN = -1, LEVEL_NOT_APPLICABLE = -2, LEVEL_TEXT = -3, LEVEL_UNANSWERED = -4, LEVELS = 5 };

enum domain { DOMAIN_G, DOMAIN_A, DOMAIN_Z, DOMAIN_H, DOMAIN_R, DOMAIN_C, DOMAIN_D, DOMAIN_MAX };
extern const char *const domain_names[];      /* "G" … "D" */
extern const double domain_weights[];         /* 9 7 14 11 9 4, D 0: never mixed in */
const char *domain_title(enum domain d, enum lang lang);

struct benchmark {
	struct text2 label;      /* what the share is of */
	double share;            /* percent */
	double planned;          /* percent of firms that plan it, or -1 */
	int n;
	char *source;            /* "METI 2017-12" */
	struct text2 base;       /* whom n counts, and whether that is an estimate */
	bool certain;            /* mapping: certain, else inferred */
};

struct question {
	char *id;                /* "Z1" */
	enum domain domain;
	int weight;
	bool quick;
	bool capable;            /* packets can test it: level 4 needs verification */
	struct text2 text, help, ask_whom;
	struct text2 level[LEVELS];
	bool needs_network;      /* not asked where no machine is networked: profile "networked" is "none" */
	struct text2 alternative;/* what level 3 means in a stand-alone shop, may be empty */
	struct { char *framework; char **ids; } *maps; size_t n_maps;
	struct benchmark *benchmarks; size_t n_benchmarks;
};

/* A whole distribution that a survey printed, for example reasons; shares of firms. */
struct chart {
	char *id;                /* "meti-2017/no-worry" */
	struct text2 title;
	int n;
	char *source;
	struct text2 base;
	bool certain;
	struct chart_item { char *id; double share; struct text2 label; } *items; size_t n_items;
};

/* Profile: unscored. "name" and "subnets" become settings of the site too. */
struct profile_question {
	char *id;                /* "employees" */
	struct text2 text, help;
	bool needs_network;
	struct choice { char *value; struct text2 text; } *choices; size_t n_choices;   /* none: free text */
};

struct questionnaire {
	struct question *questions; size_t n;     /* file order: G A Z H R C D */
	struct profile_question *profile; size_t n_profile;
	struct chart *charts; size_t n_charts;    /* "self-view" is the profile question self_view, "no-worry" */
};

/* All of folder: profile.yaml, benchmarks/…, and every other *.yaml that holds questions. */
bool questionnaire_load(const char *folder, struct questionnaire *q, struct err *e) MUST_CHECK;
void questionnaire_free(struct questionnaire *q);
const struct question *questionnaire_find(const struct questionnaire *q, const char *id);
const struct profile_question *questionnaire_profile(const struct questionnaire *q, const char *id);
const struct chart *questionnaire_chart(const struct questionnaire *q, const char *id);

/* One answer as it counts: that of the respondent who was chosen, else the last one. */
struct answer {
	const struct question *question;
	int level;               /* 0..4 or LEVEL_… */
	char *reason, *note, *evidence, *respondent, *when;
	bool recorded;
	bool chosen;             /* it counts because its respondent was chosen */
	struct answer_voice { char *respondent, *when; int level; bool counts; } *voices;   /* of all, by name */
	size_t n_respondents;
	int lowest, highest;     /* of all respondents who gave 0..4; LEVEL_UNANSWERED where none did */
};
struct answers {
	struct answer *answers; size_t n;         /* one per question of the questionnaire, in its order */
	struct { char *id, *value; } *profile; size_t n_profile;
	size_t n_answered;                        /* level is not LEVEL_UNANSWERED */
};
/*
 * From the site file. Of several respondents the chosen one counts (store_answer_choose),
 * else the one who answered last. Once anything is answered, unanswered questions that
 * need a network are not applicable in a shop without one.
 */
bool answers_load(const struct questionnaire *q, struct store *s, struct answers *out, struct err *e) MUST_CHECK;
/* The same with the answers of one respondent to questions; profile answers are everybody's. NULL or "": answers_load(). */
bool answers_load_own(const struct questionnaire *q, struct store *s, const char *respondent, struct answers *out,
		      struct err *e) MUST_CHECK;
void answers_free(struct answers *a);
/* Did several people give different answers to it? "Don't know" and "not applicable" differ from a level. */
bool answer_differs(const struct answer *a);
/* A profile answer's value, NULL where there is none. */
const char *answers_profile(const struct answers *a, const char *id);
/* The profile says that no machine is networked: what needs_network is not asked. */
bool answers_standalone(const struct answers *a);

/*
 * Answers on their way in or out: everything the site holds, all respondents. In a
 * profile answer level is LEVEL_TEXT and text its value.
 */
struct answer_entry {
	char *question, *respondent;
	int level;
	char *text, *reason, *note, *evidence;    /* NULL where there is none */
	bool recorded, chosen;
	char *when;                               /* RFC 3339, UTC; NULL: now */
};
struct answer_list {
	struct answer_entry *entries; size_t n;
};
/*
 * A file as people write it: YAML, or the table of answers_table() filled in and saved
 * by a spreadsheet (UTF-8 or CP932; comma, semicolon or tab). All or nothing; errors
 * name file and line. respondent, may be NULL: of the answers that name nobody.
 */
bool answers_read(const struct questionnaire *q, const char *path, const char *respondent, struct answer_list *out,
		  struct err *e) MUST_CHECK;
bool answers_parse(const struct questionnaire *q, const char *name, const char *bytes, size_t n,
		   const char *respondent, struct answer_list *out, struct err *e) MUST_CHECK;
/* What the site holds, in the questionnaire's order, then respondent. */
bool answers_get(const struct questionnaire *q, struct store *s, struct answer_list *out, struct err *e) MUST_CHECK;
/* Into the site: an entry replaces the answer of that respondent to that question; one that is chosen counts from now on. */
bool answers_put(struct store *s, const struct answer_list *l, struct err *e) MUST_CHECK;
/* The YAML file, which answers_read() takes back. */
void answers_write(const struct questionnaire *q, const struct answer_list *l, struct buf *out);
void answer_list_free(struct answer_list *l);
void answer_list_add(struct answer_list *l, const struct answer_entry *entry);   /* copies */

/*
 * Blanks of the quick questions or of all, in a language: a table for a spreadsheet,
 * and a page to print, made with sheet.html of the folder.
 */
void answers_table(const struct questionnaire *q, bool quick, enum lang lang, struct buf *out);
bool answers_sheet(const char *folder, const struct questionnaire *q, bool quick, enum lang lang, struct buf *out,
		   struct err *e) MUST_CHECK;

#endif
