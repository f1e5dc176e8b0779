/* Whether a run is to be told apart by its exit status: --fail-on high, --fail-on new:high. */
#include "check/check.h"

#include <string.h>

bool check_names_question(const struct check *c, const char *question)
{
	for (size_t i = 0; i < c->n_contradicts; i++)
		if (strcmp(c->contradicts[i].question, question) == 0)
			return true;
	for (char **id = c->confirms; id && *id; id++)
		if (strcmp(*id, question) == 0)
			return true;
	return false;
}

int check_worse_first(const struct check_result *x, const struct check_result *y)
{
	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	if (x->share < y->share || x->share > y->share)
		return x->share > y->share ? -1 : 1;
	return strcmp(x->check->id, y->check->id);
}

bool check_is_open(const struct check_result *r)
{
	return r->outcome == OUTCOME_FAIL && !r->excepted;
}

/* Does a row that counts name this device (or, where rows name none, this subject)? */
static bool names(const struct check_result *r, const struct finding_row *row)
{
	for (size_t i = 0; i < r->n_rows; i++) {
		const struct finding_row *x = &r->rows[i];
		if (x->candidate)
			continue;
		/* Ids of conversations and segments belong to one scan; only those of devices last. */
		if (x->device == row->device)
			return true;
	}
	return false;
}

bool check_is_new(const struct check_result *r, const struct check_results *before)
{
	if (r->outcome != OUTCOME_FAIL)
		return false;
	const struct check_result *old = NULL;
	for (size_t i = 0; before && i < before->n; i++) {
		if (strcmp(before->results[i].check->id, r->check->id) == 0)
			old = &before->results[i];
	}
	if (!old || old->outcome != OUTCOME_FAIL)
		return true;
	for (size_t i = 0; i < r->n_rows; i++) {
		if (!r->rows[i].candidate && !r->rows[i].excepted && !names(old, &r->rows[i]))
			return true;
	}
	return false;
}

bool check_fail_on(const char *what, const struct check_results *now, const struct check_results *before, bool *met,
		   struct err *e)
{
	bool only_new = strncmp(what, "new:", 4) == 0;
	const char *name = only_new ? what + 4 : what;
	int severity = 0;
	while (severity_names[severity] && strcmp(severity_names[severity], name) != 0)
		severity++;
	if (!severity_names[severity])
		return err_set(e, _("--fail-on %s: expected info, low, medium, high or critical, or new: and one of "
				    "these"), what);
	*met = false;
	for (size_t i = 0; i < now->n; i++) {
		const struct check_result *r = &now->results[i];
		if (check_is_open(r) && (int)r->severity >= severity && (!only_new || check_is_new(r, before)))
			*met = true;
	}
	return true;
}
