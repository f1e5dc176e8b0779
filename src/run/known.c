/*
 * Findings that were told lately, as setting run.known: {"OT-STOP-001 12": day}. A command that somebody gives every
 * Monday would else be a new finding every Monday, since on Tuesday nothing proves it gone.
 */
#include <stdlib.h>

#include "report/mail.h"
#include "run/private.h"

enum { KNOWN_DAYS = 31 };

static int64_t today(void)
{
	return store_now() / INT64_C(1000000000) / (24 * 60 * 60);
}

json_t *run_known(struct store *s)
{
	char *text = store_setting_get(s, "run.known");
	json_t *known = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
	free(text);
	if (!json_is_object(known)) {
		json_decref(known);
		return json_object();
	}
	const char *key;
	json_t *day;
	void *next;
	json_object_foreach_safe(known, next, key, day) {
		int64_t age = today() - json_integer_value(day);
		/* Of a day to come: the clock was wrong then. It would be known until that day. */
		if (age > KNOWN_DAYS || age < -1)
			json_object_del(known, key);
	}
	return known;
}

/* What was proven to be mended is news when it comes back. */
static void forget_fixed(json_t *known, const struct diff *d)
{
	char key[REPORT_KEY];
	for (size_t i = 0; i < d->n_findings; i++) {
		const struct diff_finding *f = &d->findings[i];
		const struct check *check = f->now ? f->now->check : f->before->check;
		for (size_t k = 0; k < f->n_devices; k++)
			if (f->devices[k].state == DIFF_FINDING_FIXED)
				(void)json_object_del(known, report_known_key(check, f->devices[k].device, key));
	}
}

bool run_known_save(struct store *s, json_t *known, const struct assessment *now, const struct diff *d, struct err *e)
{
	char key[REPORT_KEY];
	for (size_t i = 0; i < now->n_findings; i++) {
		const struct check_result *r = now->findings[i];
		for (size_t k = 0; k < r->n_rows; k++)
			if (!r->rows[k].candidate && !r->rows[k].excepted)
				json_object_set_new(known, report_known_key(r->check, r->rows[k].device, key),
						    json_integer(today()));
	}
	if (d)
		forget_fixed(known, d);
	char *text = json_dumps(known, JSON_COMPACT | JSON_SORT_KEYS);
	bool ok = text ? store_setting_set(s, "run.known", text, e) : err_set(e, "run.known: cannot be written as JSON");
	free(text);
	return ok;
}
