/*
 * The score: pure arithmetic over answers, contradictions, findings and coverage
 * (docs/METHOD.md says how and why). Nothing here reads a file or a clock.
 */
#ifndef SCORE_SCORE_H
#define SCORE_SCORE_H

#include "check/check.h"
#include "questionnaire/questionnaire.h"

enum { GRADE_A, GRADE_B, GRADE_C, GRADE_D, GRADE_E, GRADE_NONE };
extern const char *const grade_names[];       /* "A" … "E", "-" */

/* A question as the score sees it. */
struct score_question {
	enum domain domain;
	int weight;
	int level;               /* declared: 0..4, LEVEL_UNKNOWN, LEVEL_NOT_APPLICABLE, LEVEL_UNANSWERED */
	int cap;                 /* of contradictions; 4 when there is none */
	bool capable, verified;  /* packets can test it; the wire or a record did */
};

struct score_finding {
	enum severity severity;
	enum category category;
	double share;            /* 0..1 */
};

struct score_input {
	const struct score_question *questions; size_t n_questions;
	const struct score_finding *findings; size_t n_findings;   /* failed, on more than guesses */
	bool captured;                 /* there is a scan */
	double coverage;               /* k, 0..1 */
};

enum { CAPS_MAX = 8 };
struct score_cap {
	int grade;               /* to this grade */
	const char *reason;      /* "critical", "three-high", "high", "no-capture", "low-coverage", "unknown" */
	int count;               /* how many findings, or percent of weight */
	int before;              /* the grade before this cap */
};

struct score_result {
	bool has_s;              /* false: nothing answered; N alone */
	double s, m, d, n;       /* 0..100, rounded to 0.1; d: data domain */
	double low, high;        /* interval of s */
	bool has_m, has_d, has_n;
	double domain[DOMAIN_MAX];
	bool rated[DOMAIN_MAX];
	double category[CATEGORY_MAX];
	int grade;               /* after caps */
	int grade_before;
	struct score_cap caps[CAPS_MAX]; int n_caps;
	bool declared_only;      /* no capture, or coverage below 0.3: grade in brackets */
	double unknown_share;    /* part of M's weight, 0..1, that is "don't know" or not answered */
};

/*
 * How much the captures could show, 0..1: k = t·v·d. hours: distinct minutes with frames / 60; subnets_seen_share:
 * declared subnets seen / declared (1 where one network is declared, 0.5 where nothing is); loss 0..1; mirror: unicast
 * between third parties was seen.
 */
double score_coverage(double hours, double subnets_seen_share, double loss, bool mirror);
/* 0, 30, 55, 80, 100. level 0..4 */
double score_points(int level);
/* The grade that this S alone gives, before any cap. */
int score_grade(double s);

/*
 * Answered means a level, "don't know" or "not applicable". Once anything is answered, a question that is not
 * (LEVEL_UNANSWERED) counts as "don't know": 0 points, and up to 4 in the interval. Leave out what was never asked.
 */
void score_compute(const struct score_input *in, struct score_result *out);
/* L' of the design: 0 for "don't know" and unanswered, -1 when the question is not applicable. */
int score_effective_level(const struct score_question *q);

#endif
