#include "run/fail_on.h"

#include <string.h>

#include "base/lang.h"

/* "grade:D": 1 with the grade; 0: another word; -1 no grade. */
static int grade_of(const char *what, int *grade)
{
	if (strncmp(what, "grade:", 6) != 0)
		return 0;
	for (*grade = GRADE_A; *grade < GRADE_NONE; ++*grade)
		if (strcmp(what + 6, grade_names[*grade]) == 0)
			return 1;
	return -1;
}

bool run_fail_on_check(const char *what, struct err *e)
{
	static const struct assessment nobody;
	const struct diff empty = { .before = &nobody, .now = &nobody };
	int grade, is = grade_of(what, &grade);
	bool met;
	if (is < 0)
		return err_set(e, _("fail_on: %s: expected a grade from A to E"), what);
	return is || diff_fail_on(what, &empty, &met, e);
}

bool run_fail_on(const char *what, const struct assessment *now, const struct diff *d, bool *met, struct err *e)
{
	int grade;
	*met = false;
	if (grade_of(what, &grade)) {
		*met = now->score.has_s && now->score.grade >= grade;
		return true;
	}
	if (d)
		return diff_fail_on(what, d, met, e);
	if (strncmp(what, "new:", 4) == 0)
		return true;
	return check_fail_on(what, &now->results, NULL, met, e);
}
