/* Devices, services and conversations of two scans, compared by id and by what they are. */
#include "diff/diff.h"

#include <stdlib.h>
#include <string.h>

#include "diff/side.h"

const char *const diff_presence_names[] = { "absent", "spoken_of", "seen", NULL };
const char *const diff_device_names[] = { "new", "returned", "gone", "changed", NULL };
const char *const diff_service_names[] = { "new", "gone", "not_seen_again", NULL };

/* ---- devices ---- */

static enum diff_presence presence(const struct side_device *d)
{
	return !d ? DIFF_ABSENT : d->seen ? DIFF_SEEN : DIFF_SPOKEN_OF;
}

static const struct side_past *past_of(const struct diff_side *s, int64_t id)
{
	return side_row(s->past, s->n_past, sizeof *s->past, id);
}

static struct diff_device *put_device(struct diff *out, enum diff_device_state state, const struct side_device *d)
{
	struct diff_device *to = &out->devices[out->n_devices++];
	*to = (struct diff_device){
		.state = state, .id = side_shown_id(d->id), .label = xstrdup(d->label),
		.kind = xstrdup(d->fields[SIDE_KIND]), .address = xstrdup(d->fields[SIDE_ADDRESS]),
		.internet = d->internet,
	};
	return to;
}

/* A kind that was not recognised before, or is not any more, is no change of the device. */
static bool is_known(int field, const char *value)
{
	return *value && !(field == SIDE_KIND && strcmp(value, "unknown") == 0);
}

/* Is there an address in b that a does not have? That one was not used this time is no change. */
static bool is_moved(const char *a, const char *b)
{
	for (size_t n; *b; b += n + (b[n] == ' ')) {
		n = strcspn(b, " ");
		bool found = false;
		for (const char *x = a; *x && !found; x += strcspn(x, " "), x += *x == ' ')
			found = strcspn(x, " ") == n && strncmp(x, b, n) == 0;
		if (!found)
			return true;
	}
	return false;
}

static void compare_values(struct diff *out, const struct side_device *a, const struct side_device *b)
{
	struct diff_device *to = NULL;
	for (int f = 0; f < SIDE_FIELDS; f++) {
		const char *x = a->fields[f], *y = b->fields[f];
		if (!is_known(f, x) || !is_known(f, y) || (f == SIDE_ADDRESS ? !is_moved(x, y) : strcmp(x, y) == 0))
			continue;
		if (!to) {
			to = put_device(out, DIFF_DEVICE_CHANGED, b);
			to->before = presence(a);
			to->now = presence(b);
			to->values = xcalloc(SIDE_FIELDS, sizeof *to->values);
		}
		to->values[to->n_values++] = (struct diff_value){ side_fields[f], xstrdup(x), xstrdup(y) };
	}
}

static void compare_device(struct diff *out, const struct side_device *a, const struct side_device *b)
{
	enum diff_presence before = presence(a), now = presence(b);
	struct diff_device *to;
	if (now > before) {
		const struct side_past *past = past_of(&out->sides[0], b->id);
		bool back = past && past->presence >= now;
		to = put_device(out, back ? DIFF_DEVICE_RETURNED : DIFF_DEVICE_NEW, b);
		to->last_seen = back ? past->started : 0;
		to->before = before;
		to->now = now;
	} else if (now < before) {
		to = put_device(out, DIFF_DEVICE_GONE, a);
		to->watched = side_watched(&out->sides[1], a);
		to->before = before;
		to->now = now;
	}
	if (a && b)
		compare_values(out, a, b);
}

static int by_state(const void *a, const void *b)
{
	const struct diff_device *x = a, *y = b;
	if (x->state != y->state)
		return (int)x->state - (int)y->state;
	if (x->internet != y->internet)
		return x->internet ? 1 : -1;
	if (x->id != y->id)
		return !x->id || (y->id && x->id > y->id) ? 1 : -1;
	int order = strcmp(x->label, y->label);
	return order ? order : strcmp(x->address, y->address);
}

static void compare_devices(struct diff *out)
{
	const struct diff_side *a = &out->sides[0], *b = &out->sides[1];
	/* At most one coming or going and one change for each device. */
	out->devices = xcalloc(2 * (a->n_devices + b->n_devices) + 1, sizeof *out->devices);
	for (size_t i = 0, k = 0; i < a->n_devices || k < b->n_devices;) {
		const struct side_device *x = i < a->n_devices ? &a->devices[i] : NULL;
		const struct side_device *y = k < b->n_devices ? &b->devices[k] : NULL;
		bool only_x = x && (!y || x->id < y->id), only_y = y && (!x || y->id < x->id);
		compare_device(out, only_y ? NULL : x, only_x ? NULL : y);
		i += !only_y;
		k += !only_x;
	}
	if (out->n_devices)
		qsort(out->devices, out->n_devices, sizeof *out->devices, by_state);
}

/* ---- services, conversations, operations ---- */

static int by_what(const void *a, const void *b)
{
	const struct side_thing *x = a, *y = b;
	if (x->client != y->client)
		return x->client < y->client ? -1 : 1;
	if (x->server != y->server)
		return x->server < y->server ? -1 : 1;
	int order = strcmp(x->what, y->what);
	return order ? order : strcmp(x->ends, y->ends);
}

static void sort_things(struct side_things *t)
{
	if (t->n)
		qsort(t->list, t->n, sizeof *t->list, by_what);
}

/* The next thing of a, or of b, that the other does not have, both sorted; false at the end. */
struct walk { const struct side_things *a, *b; size_t i, k; };

static bool next_lone(struct walk *w, const struct side_thing **gone, const struct side_thing **new)
{
	*gone = *new = NULL;
	while (w->i < w->a->n || w->k < w->b->n) {
		const struct side_thing *x = w->i < w->a->n ? &w->a->list[w->i] : NULL;
		const struct side_thing *y = w->k < w->b->n ? &w->b->list[w->k] : NULL;
		int order = !x ? 1 : !y ? -1 : by_what(x, y);
		w->i += order <= 0;
		w->k += order >= 0;
		if (order == 0)
			continue;
		*(order < 0 ? gone : new) = order < 0 ? x : y;
		return true;
	}
	return false;
}

static struct diff_link *compare_links(struct side_things *a, struct side_things *b, size_t *n)
{
	sort_things(a);
	sort_things(b);
	struct diff_link *list = xcalloc(b->n + 1, sizeof *list);
	const struct side_thing *gone, *new;
	for (struct walk w = { a, b, 0, 0 }; next_lone(&w, &gone, &new);) {
		/* The same thing twice, as two segments may have it, is one. */
		if (!new || (new > b->list && by_what(new - 1, new) == 0))
			continue;
		list[(*n)++] = (struct diff_link){ side_shown_id(new->server ? new->server : new->client),
						   xstrdup(new->label), xstrdup(new->what), xstrdup(new->from) };
	}
	return list;
}

static int by_service(const void *a, const void *b)
{
	const struct diff_service *x = a, *y = b;
	if (x->state != y->state)
		return (int)x->state - (int)y->state;
	if (x->device_new != y->device_new)
		return x->device_new ? 1 : -1;
	if (x->device != y->device)
		return !x->device || (y->device && x->device > y->device) ? 1 : -1;
	int order = strcmp(x->label, y->label);
	return order ? order : strcmp(x->what, y->what);
}

static void put_service(struct diff *out, enum diff_service_state state, const struct side_thing *t)
{
	const struct diff_side *s = out->sides;
	out->services[out->n_services++] = (struct diff_service){
		.state = state, .device = side_shown_id(t->server), .label = xstrdup(t->label), .what = xstrdup(t->what),
		.device_new = state == DIFF_SERVICE_NEW && !side_find(&s[0], t->server),
		.shown_before = state == DIFF_SERVICE_NEW && side_compares(&s[0], &s[1]) &&
				side_saw(&s[0], &s[1], t->server),
	};
}

static void compare_services(struct diff *out)
{
	struct diff_side *s = out->sides;
	sort_things(&s[0].services);
	sort_things(&s[1].services);
	out->services = xcalloc(s[0].services.n + s[1].services.n + 1, sizeof *out->services);
	bool proves = side_proves(&s[1], &s[0]);
	const struct side_thing *gone, *new;
	for (struct walk w = { &s[0].services, &s[1].services, 0, 0 }; next_lone(&w, &gone, &new);) {
		if (new)
			put_service(out, DIFF_SERVICE_NEW, new);
		else if (presence(side_find(&s[1], gone->server)) == DIFF_SEEN)
			put_service(out, proves && side_saw(&s[1], &s[0], gone->server) ? DIFF_SERVICE_GONE
										      : DIFF_SERVICE_UNSEEN, gone);
	}
	if (out->n_services)
		qsort(out->services, out->n_services, sizeof *out->services, by_service);
}

/* ---- all of it ---- */

static bool read_sides(struct store *const stores[2], struct assessment *now, struct diff *out, struct err *e)
{
	struct diff_side *s = out->sides;
	return side_read(stores[0], out->before, &s[0], e) && side_read_past(stores[0], out->before->scan, &s[0], e) &&
	       side_read(stores[1], now, &s[1], e) &&
	       side_read_expired(stores[1], out->before->scan_finished, &s[1], e) &&
	       (stores[0] == stores[1] || side_rename(stores[0], stores[1], &s[1], now, e));
}

bool diff_make(struct store *const stores[2], const struct assessment *before, struct assessment *now,
	       struct diff *out, struct err *e)
{
	*out = (struct diff){ .before = before, .now = now, .sides = xcalloc(2, sizeof *out->sides) };
	if (!read_sides(stores, now, out, e)) {
		diff_free(out);
		return false;
	}
	struct diff_side *s = out->sides;
	out->began[0] = s[0].started;
	out->began[1] = s[1].started;
	compare_devices(out);
	compare_services(out);
	out->conversations = compare_links(&s[0].convs, &s[1].convs, &out->n_conversations);
	out->operations = compare_links(&s[0].ops, &s[1].ops, &out->n_operations);
	diff_findings(out);
	diff_scores(out, stores[0] != stores[1]);
	return true;
}

static void free_links(struct diff_link *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(list[i].label);
		free(list[i].what);
		free(list[i].from);
	}
	free(list);
}

void diff_free(struct diff *d)
{
	for (size_t i = 0; i < d->n_devices; i++) {
		struct diff_device *x = &d->devices[i];
		free(x->label);
		free(x->kind);
		free(x->address);
		for (size_t k = 0; k < x->n_values; k++) {
			free(x->values[k].before);
			free(x->values[k].now);
		}
		free(x->values);
	}
	for (size_t i = 0; i < d->n_services; i++) {
		free(d->services[i].label);
		free(d->services[i].what);
	}
	for (size_t i = 0; i < d->n_findings; i++)
		free(d->findings[i].devices);
	for (size_t i = 0; i < d->n_actions; i++)
		free(d->actions[i].findings);
	free_links(d->conversations, d->n_conversations);
	free_links(d->operations, d->n_operations);
	free(d->devices);
	free(d->services);
	free(d->findings);
	free(d->actions);
	free(d->answers);
	for (int i = 0; i < 2; i++)
		side_done(&d->sides[i]);
	free(d->sides);
	*d = (struct diff){ 0 };
}

bool diff_is_worse(const struct diff_finding *f)
{
	return f->before && f->now && f->before->outcome == OUTCOME_FAIL && f->now->outcome == OUTCOME_FAIL &&
	       f->now->severity > f->before->severity;
}

bool diff_is_empty(const struct diff *d)
{
	size_t same = 0;
	for (size_t i = 0; i < d->n_findings; i++)
		same += d->findings[i].count[DIFF_FINDING_REMAINING] == d->findings[i].n_devices &&
			!diff_is_worse(&d->findings[i]);
	return !d->n_devices && !d->n_services && !d->n_conversations && !d->n_operations && same == d->n_findings &&
	       !d->n_answers && d->score.before == d->score.now;
}

bool diff_fail_on(const char *what, const struct diff *d, bool *met, struct err *e)
{
	if (strcmp(what, "new:device") != 0)
		return check_fail_on(what, &d->now->results, &d->before->results, met, e);
	*met = false;
	for (size_t i = 0; i < d->n_devices; i++)
		*met = *met || (d->devices[i].state == DIFF_DEVICE_NEW && !d->devices[i].internet);
	return true;
}
