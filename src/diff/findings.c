/*
 * Findings of two scans, device by device. That a check passed says that it found nothing; whether there was
 * nothing to be found depends on what the later scan could show of each device.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "diff/side.h"

const char *const diff_finding_names[] = { "new", "returned", "remaining", "fixed", "not_observed_again", NULL };
const char *const diff_doubt_names[] = { "none", "outcome", "coverage", "device", "identity", "guess", "cut", NULL };
const char *const diff_doubt_titles[] = {
	[DIFF_DOUBT_OUTCOME] = N_("the check could not be made"),
	[DIFF_DOUBT_COVERAGE] = N_("too little was captured"),
	[DIFF_DOUBT_DEVICE] = N_("the device, or what it says to others, was not seen"),
	[DIFF_DOUBT_IDENTITY] = N_("the device was seen, but not recognised"),
	[DIFF_DOUBT_GUESS] = N_("there are signs of it, but no proof"),
	[DIFF_DOUBT_CUT] = N_("there is too much of it to list every device"),
};

/* The devices that the rows of a result name, each once, by id; apart those that only a guess points to. */
struct named { int64_t device; const char *name; bool guess, accepted; };
struct names { struct named *list; size_t n; };

static int by_device(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	return (int)x->guess - (int)y->guess;
}

static struct names names_of(const struct check_result *r)
{
	struct names out = { 0 };
	if (!r || (r->outcome != OUTCOME_FAIL && r->outcome != OUTCOME_PASS))
		return out;
	out.list = xcalloc(r->n_rows + 1, sizeof *out.list);
	for (size_t i = 0; i < r->n_rows; i++)
		out.list[out.n++] = (struct named){ r->rows[i].device, r->rows[i].device_name, r->rows[i].candidate,
						    r->rows[i].excepted };
	if (!out.n)
		return out;
	qsort(out.list, out.n, sizeof *out.list, by_device);
	size_t n = 1;
	for (size_t i = 1; i < out.n; i++)
		if (out.list[i].device != out.list[n - 1].device)
			out.list[n++] = out.list[i];
	out.n = n;
	return out;
}

static const struct named *find_name(const struct names *names, int64_t device)
{
	for (size_t low = 0, high = names->n; low < high;) {
		size_t middle = low + (high - low) / 2;
		if (names->list[middle].device == device)
			return &names->list[middle];
		if (names->list[middle].device < device)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* Does the SQL of a check name this column, also as client_… or server_…? */
static bool reads(const char *sql, const char *field)
{
	size_t n = strlen(field);
	for (const char *at = sql; at && (at = strstr(at, field)); at++)
		if ((at == sql || !isalnum((unsigned char)at[-1])) && !isalnum((unsigned char)at[n]) && at[n] != '_')
			return true;
	return false;
}

/* Is something that the check looks at known of the device in `other`, and not in this scan? */
static bool is_less_known(const struct check *c, const struct side_device *d, const struct side_device *other)
{
	for (int f = 0; d && other && f < SIDE_ADDRESS; f++) {
		bool unknown = !*d->fields[f] || (f == SIDE_KIND && strcmp(d->fields[f], "unknown") == 0);
		bool known = *other->fields[f] && strcmp(d->fields[f], other->fields[f]) != 0;
		if (unknown && known && (reads(c->query, side_fields[f]) || reads(c->population, side_fields[f])))
			return true;
	}
	return false;
}

/*
 * One scan's result does not name a device that the other one's names. What speaks against "so it was not so then",
 * or against "so it is not so any more", which has to be proved?
 */
static enum diff_doubt doubt_of(const struct diff *d, bool later, const struct check_result *r,
				const struct names *names, int64_t device)
{
	const struct diff_side *s = &d->sides[later], *other = &d->sides[!later];
	if (!r || (r->outcome != OUTCOME_FAIL && r->outcome != OUTCOME_PASS) || !r->observable)
		return DIFF_DOUBT_OUTCOME;
	if (!(later ? side_proves(s, other) : side_compares(s, other)))
		return DIFF_DOUBT_COVERAGE;
	if (device && !side_saw(s, other, device))
		return DIFF_DOUBT_DEVICE;
	const struct named *guess = find_name(names, device);
	if (guess && guess->guess)
		return DIFF_DOUBT_GUESS;
	if (device && is_less_known(r->check, side_find(s, device), side_find(other, device)))
		return DIFF_DOUBT_IDENTITY;
	return r->more_rows ? DIFF_DOUBT_CUT : DIFF_DOUBT_NONE;
}

/* The last day of an accepted risk of this check and device that has run out, the latest of them. */
static const char *expired(const struct diff_side *s, const char *check, int64_t device)
{
	const char *last = NULL;
	for (size_t i = 0; i < s->n_expired; i++) {
		const struct side_expired *x = &s->expired[i];
		if (strcmp(x->check, check) == 0 && (!x->device || x->device == device) &&
		    (!last || strcmp(x->expires, last) > 0))
			last = x->expires;
	}
	return last;
}

static void put(struct diff_finding *f, int64_t device, const char *name, enum diff_finding_state state,
		enum diff_doubt doubt)
{
	f->devices[f->n_devices++] = (struct diff_finding_device){ .device = device, .name = name, .state = state,
								   .doubt = doubt };
}

static bool is_failed(const struct check_result *r)
{
	return r && r->outcome == OUTCOME_FAIL;
}

/* Named now: has it come, or stayed? */
static void put_now(const struct diff *d, struct diff_finding *f, const struct named *x, const struct names *before)
{
	const struct named *old = find_name(before, x->device);
	bool was = is_failed(f->before) && old && !old->guess;
	enum diff_doubt doubt = was ? DIFF_DOUBT_NONE : doubt_of(d, false, f->before, before, x->device);
	if (!was && is_failed(f->before) && doubt == DIFF_DOUBT_CUT) {
		put(f, x->device, x->name, DIFF_FINDING_REMAINING, doubt);   /* it may well have stood behind the cut */
	} else if (!was) {
		put(f, x->device, x->name, DIFF_FINDING_NEW, doubt);
	} else {
		const char *day = x->accepted ? NULL : expired(&d->sides[1], f->now->check->id, x->device);
		put(f, x->device, x->name, day ? DIFF_FINDING_RETURNED : DIFF_FINDING_REMAINING, DIFF_DOUBT_NONE);
		f->devices[f->n_devices - 1].expired = day;
	}
	f->devices[f->n_devices - 1].accepted = x->accepted;
}

static int by_state(const void *a, const void *b)
{
	const struct diff_finding_device *x = a, *y = b;
	if (x->state != y->state)
		return (int)x->state - (int)y->state;
	return x->device < y->device ? -1 : x->device > y->device;
}

static void settle(struct diff_finding *f)
{
	if (f->n_devices)
		qsort(f->devices, f->n_devices, sizeof *f->devices, by_state);
	for (size_t i = 0; i < f->n_devices; i++) {
		struct diff_finding_device *x = &f->devices[i];
		f->count[x->state]++;
		if (!f->doubt)
			f->doubt = x->doubt;
		x->device = side_shown_id(x->device);
	}
	bool now = is_failed(f->now);
	if (now)
		f->state = !is_failed(f->before) ? DIFF_FINDING_NEW :
			   f->count[DIFF_FINDING_RETURNED] ? DIFF_FINDING_RETURNED : DIFF_FINDING_REMAINING;
	else
		f->state = f->count[DIFF_FINDING_UNSEEN] ? DIFF_FINDING_UNSEEN : DIFF_FINDING_FIXED;
	f->severity = now ? f->now->severity : f->before->severity;
	f->accepted = now && f->now->excepted;
}

static void compare(struct diff *d, const struct check_result *before, const struct check_result *now)
{
	if (!is_failed(before) && !is_failed(now))
		return;
	struct names a = names_of(before), b = names_of(now);
	struct diff_finding *f = &d->findings[d->n_findings++];
	*f = (struct diff_finding){ .before = before, .now = now,
				    .devices = xcalloc(a.n + b.n + 1, sizeof *f->devices) };
	for (size_t i = 0; i < b.n && is_failed(now); i++)
		if (!b.list[i].guess)
			put_now(d, f, &b.list[i], &a);
	for (size_t i = 0; i < a.n && is_failed(before); i++) {
		const struct named *x = &a.list[i], *y = find_name(&b, x->device);
		if (x->guess || (y && !y->guess && is_failed(now)))
			continue;
		enum diff_doubt doubt = doubt_of(d, true, now, &b, x->device);
		put(f, x->device, x->name, doubt ? DIFF_FINDING_UNSEEN : DIFF_FINDING_FIXED, doubt);
	}
	settle(f);
	free(a.list);
	free(b.list);
}

static double share_of(const struct diff_finding *f)
{
	return is_failed(f->now) ? f->now->share : f->before->share;
}

static const struct check *check_of(const struct diff_finding *f)
{
	return f->now ? f->now->check : f->before->check;
}

static int worst_first(const void *a, const void *b)
{
	const struct diff_finding *x = a, *y = b;
	if (x->state != y->state)
		return (int)x->state - (int)y->state;
	if (x->accepted != y->accepted)
		return x->accepted ? 1 : -1;
	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	if (share_of(x) != share_of(y))
		return share_of(x) > share_of(y) ? -1 : 1;
	return strcmp(check_of(x)->id, check_of(y)->id);
}

/* Results stand in the order of the checks' ids. */
void diff_findings(struct diff *d)
{
	const struct check_results *a = &d->before->results, *b = &d->now->results;
	d->findings = xcalloc(a->n + b->n + 1, sizeof *d->findings);
	for (size_t i = 0, k = 0; i < a->n || k < b->n;) {
		const struct check_result *x = i < a->n ? &a->results[i] : NULL, *y = k < b->n ? &b->results[k] : NULL;
		int order = !x ? 1 : !y ? -1 : strcmp(x->check->id, y->check->id);
		compare(d, order <= 0 ? x : NULL, order >= 0 ? y : NULL);
		i += order <= 0;
		k += order >= 0;
	}
	if (d->n_findings)
		qsort(d->findings, d->n_findings, sizeof *d->findings, worst_first);
}
