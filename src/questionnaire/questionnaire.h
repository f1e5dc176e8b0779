/*
 * Questions, their levels, and what people answered. Levels 0 to 4, "don't know"
 * and "not applicable".
 */
#ifndef QUESTIONNAIRE_QUESTIONNAIRE_H
#define QUESTIONNAIRE_QUESTIONNAIRE_H

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
	struct text2 alternative;/* level-3 alternative for stand-alone shops, may be empty */
	struct { char *framework; char **ids; } *maps; size_t n_maps;
	struct benchmark *benchmarks; size_t n_benchmarks;
};

/* Profile: unscored. */
struct profile_question {
	char *id;                /* "P1" */
	struct text2 text, help;
	struct { char *value; struct text2 text; } *choices; size_t n_choices;   /* none: free text */
};

struct questionnaire {
	struct question *questions; size_t n;     /* file order: G A Z H R C D */
	struct profile_question *profile; size_t n_profile;
};

bool questionnaire_load(const char *folder, struct questionnaire *q, struct err *e) MUST_CHECK;
void questionnaire_free(struct questionnaire *q);
const struct question *questionnaire_find(const struct questionnaire *q, const char *id);

/* One answer as it counts (one respondent's, the chosen one). */
struct answer {
	const struct question *question;
	int level;               /* 0..4 or LEVEL_… */
	char *reason, *note, *evidence, *respondent, *when;
	bool recorded;
};
struct answers {
	struct answer *answers; size_t n;         /* one per question of the questionnaire, in its order */
	struct { char *id, *value; } *profile; size_t n_profile;
	size_t n_answered;                        /* level is not LEVEL_UNANSWERED */
};
bool answers_load(const struct questionnaire *q, struct store *s, struct answers *out, struct err *e) MUST_CHECK;
void answers_free(struct answers *a);

#endif
