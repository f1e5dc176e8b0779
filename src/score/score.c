#include "score/score.h"

#include <math.h>
#include <stdlib.h>

const char *const grade_names[] = { "A", "B", "C", "D", "E", "-", NULL };

static const double points[LEVELS] = { 0, 30, 55, 80, 100 };
static const double base_points[] = { [SEVERITY_INFO] = 0, [SEVERITY_LOW] = 3, [SEVERITY_MEDIUM] = 10,
				      [SEVERITY_HIGH] = 25, [SEVERITY_CRITICAL] = 50 };
static const double grade_from[] = { 80, 60, 40, 20 };   /* A B C D */

/* Below this coverage the headline is "declared only". */
#define COVERAGE_ENOUGH 0.3
/* More than this part of the weight unknown costs the A. */
#define UNKNOWN_MOST 0.2
/* A domain with this part of its weight not applicable is not rated. */
#define NOT_APPLICABLE_MOST 0.5

static double clamp(double x, double low, double high)
{
	return x > low ? (x < high ? x : high) : low;   /* not a number: low */
}

/* To 0.1. The small push keeps 30.05, which binary holds as 30.0499…, on the side a reader expects. */
static double round1(double x)
{
	return floor(x * 10 + 0.5 + 1e-9) / 10;
}

double score_points(int level)
{
	return points[level < 0 ? 0 : level >= LEVELS ? LEVELS - 1 : level];
}

int score_grade(double s)
{
	int grade = GRADE_A;
	while (grade < GRADE_E && s < grade_from[grade])
		grade++;
	return grade;
}

double score_coverage(double hours, double subnets_seen_share, double loss, bool mirror)
{
	double t = clamp(log2(1 + clamp(hours, 0, 24)) / log2(25), 0, 1);
	return t * clamp(subnets_seen_share, 0, 1) * (1 - clamp(loss, 0, 1)) * (mirror ? 1 : 0.3);
}

static int limited(const struct score_question *q, int level)
{
	if (level > q->cap)
		level = q->cap < 0 ? 0 : q->cap;
	if (q->capable && !q->verified && level > 3)
		level = 3;
	return level;
}

static bool unknown(const struct score_question *q)
{
	return q->level == LEVEL_UNKNOWN || q->level == LEVEL_UNANSWERED;
}

int score_effective_level(const struct score_question *q)
{
	if (q->level == LEVEL_NOT_APPLICABLE)
		return -1;
	return unknown(q) || q->level < 0 ? 0 : limited(q, q->level >= LEVELS ? LEVELS - 1 : q->level);
}

/* Mean points of the domains, and the weighted mean over the security ones. */
struct maturity {
	double domain[DOMAIN_MAX], best[DOMAIN_MAX];   /* best: every unknown as 4 */
	double unknown[DOMAIN_MAX];                    /* part of the domain's weight */
	bool rated[DOMAIN_MAX];
	double m, m_best, unknown_share;
	bool has_m;
};

static void maturity(const struct score_input *in, struct maturity *out)
{
	*out = (struct maturity){ 0 };
	double all[DOMAIN_MAX] = { 0 }, weight[DOMAIN_MAX] = { 0 };
	bool answered[2] = { false, false };           /* security, data */

	for (size_t i = 0; i < in->n_questions; i++) {
		const struct score_question *q = &in->questions[i];
		double w = q->weight > 0 ? q->weight : 0;
		all[q->domain] += w;
		if (q->level != LEVEL_UNANSWERED)
			answered[q->domain == DOMAIN_D] = true;
		if (q->level == LEVEL_NOT_APPLICABLE)
			continue;
		double now = score_points(score_effective_level(q));
		weight[q->domain] += w;
		out->domain[q->domain] += w * now;
		out->best[q->domain] += w * (unknown(q) ? score_points(limited(q, LEVELS - 1)) : now);
		if (unknown(q))
			out->unknown[q->domain] += w;
	}
	double sum = 0;
	for (int d = 0; d < DOMAIN_MAX; d++) {
		out->rated[d] = answered[d == DOMAIN_D] && weight[d] > 0 &&
				all[d] - weight[d] < NOT_APPLICABLE_MOST * all[d];
		if (!out->rated[d])
			continue;
		out->domain[d] /= weight[d];
		out->best[d] /= weight[d];
		out->unknown[d] /= weight[d];
		if (d == DOMAIN_D)
			continue;
		sum += domain_weights[d];
		out->m += domain_weights[d] * out->domain[d];
		out->m_best += domain_weights[d] * out->best[d];
		out->unknown_share += domain_weights[d] * out->unknown[d];
	}
	out->has_m = sum > 0;
	if (out->has_m) {
		out->m /= sum;
		out->m_best /= sum;
		out->unknown_share /= sum;
	}
}

static int downwards(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? 1 : x > y ? -1 : 0;
}

/* 100 − Σ p_i / 2^i, the worst finding in full, each further one half as much as the one before. */
static double category_score(const struct score_input *in, enum category c, double *p)
{
	size_t n = 0;
	for (size_t i = 0; i < in->n_findings; i++) {
		const struct score_finding *f = &in->findings[i];
		if (f->category == c)
			p[n++] = base_points[f->severity] * (0.5 + 0.5 * sqrt(clamp(f->share, 0, 1)));
	}
	qsort(p, n, sizeof *p, downwards);
	double score = 100, half = 1;
	for (size_t i = 0; i < n; i++, half /= 2)
		score -= p[i] * half;
	return clamp(score, 0, 100);
}

static double network(const struct score_input *in, double category[CATEGORY_MAX])
{
	double *p = xcalloc(in->n_findings + 1, sizeof *p);
	double least = 100, sum = 0;
	int n = 0;
	for (int c = 0; c < CATEGORY_MAX; c++) {
		category[c] = category_score(in, (enum category)c, p);
		if (c == CATEGORY_STABILITY)           /* shown, never scored */
			continue;
		least = category[c] < least ? category[c] : least;
		sum += category[c];
		n++;
	}
	free(p);
	return 0.5 * least + 0.5 * sum / n;
}

static void cap(struct score_result *r, int grade, const char *reason, int count)
{
	r->caps[r->n_caps++] = (struct score_cap){ grade, reason, count, r->grade };
	if (r->grade < grade)
		r->grade = grade;
}

/* Every cap that holds is listed, also one that another makes idle. */
static void grade(const struct score_input *in, struct score_result *r)
{
	int critical = 0, high = 0;
	for (size_t i = 0; i < in->n_findings; i++) {
		if (in->findings[i].category == CATEGORY_STABILITY)
			continue;
		critical += in->findings[i].severity == SEVERITY_CRITICAL;
		high += in->findings[i].severity == SEVERITY_HIGH;
	}
	r->grade = r->grade_before = score_grade(r->s);
	if (critical)
		cap(r, GRADE_D, "critical", critical);
	if (critical + high >= 3)
		cap(r, GRADE_C, "three-high", critical + high);
	else if (high)
		cap(r, GRADE_B, "high", high);
	if (!in->captured)
		cap(r, GRADE_B, "no-capture", 0);
	else if (r->declared_only)
		cap(r, GRADE_B, "low-coverage", (int)floor(in->coverage * 100));
	if (r->unknown_share > UNKNOWN_MOST)
		cap(r, GRADE_B, "unknown", (int)floor(r->unknown_share * 100 + 0.5));
}

void score_compute(const struct score_input *in, struct score_result *out)
{
	*out = (struct score_result){ .grade = GRADE_NONE, .grade_before = GRADE_NONE };
	struct maturity m;
	maturity(in, &m);

	double n = network(in, out->category);
	out->n = round1(n);
	out->has_n = in->captured;
	out->declared_only = !in->captured || !(in->coverage >= COVERAGE_ENOUGH);

	for (int d = 0; d < DOMAIN_MAX; d++) {
		out->rated[d] = m.rated[d];
		out->domain[d] = m.rated[d] ? round1(m.domain[d]) : 0;
	}
	out->has_d = m.rated[DOMAIN_D];
	out->d = out->domain[DOMAIN_D];
	for (int c = 0; c < CATEGORY_MAX; c++)
		out->category[c] = round1(out->category[c]);
	out->has_m = out->has_s = m.has_m;
	if (!m.has_m)
		return;

	double factor = 0.5 + 0.5 * n / 100;
	out->m = round1(m.m);
	out->unknown_share = m.unknown_share;
	out->s = out->low = round1(m.m * factor);
	out->high = round1(m.m_best * factor);
	grade(in, out);
}
