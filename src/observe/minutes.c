/* When something was heard: the distinct minutes that hold frames, and the silences between them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "observe/observe.h"
#include "observe/tables.h"

enum {
	SILENT_MINUTES = 10,             /* this long, and it is told */
	MINUTES_CAP = 4 * 1024 * 1024,
};

/* Value in the set: minute * 4 + 2 (never 0), low bit 1 when OT was in it. */
void observe_minute(struct observe *o, int64_t ts, bool ot)
{
	int64_t minute = ts / 60000000000;
	if (minute == o->last_minute && (!ot || o->last_minute_ot))
		return;
	if (o->minutes_n * 2 >= o->minutes_room) {
		if (o->minutes_room >= MINUTES_CAP)
			return;
		uint32_t room = o->minutes_room ? o->minutes_room * 2 : 1024;
		int64_t *set = xcalloc(room, sizeof *set);
		for (uint32_t i = 0; i < o->minutes_room; i++) {
			if (!o->minutes[i])
				continue;
			uint32_t at = (uint32_t)hash_mix(o->seed ^ (uint64_t)o->minutes[i] >> 2) & (room - 1);
			while (set[at])
				at = (at + 1) & (room - 1);
			set[at] = o->minutes[i];
		}
		free(o->minutes);
		o->minutes = set;
		o->minutes_room = room;
	}
	int64_t value = minute * 4 + 2;
	uint32_t at = (uint32_t)hash_mix(o->seed ^ (uint64_t)value >> 2) & (o->minutes_room - 1);
	while (o->minutes[at] && (o->minutes[at] & ~(int64_t)1) != value)
		at = (at + 1) & (o->minutes_room - 1);
	if (!o->minutes[at]) {
		o->minutes[at] = value;
		o->minutes_n++;
		o->counts[COUNT_MINUTES]++;
	}
	if (ot && !(o->minutes[at] & 1)) {
		o->minutes[at] |= 1;
		o->counts[COUNT_MINUTES_OT]++;
	}
	o->counts_dirty = true;
	o->last_minute = minute;
	o->last_minute_ot = (o->minutes[at] & 1) != 0;
}

static int longest_first(const void *a, const void *b)
{
	const struct obs_silence *x = a, *y = b;
	int64_t lx = x->last - x->first, ly = y->last - y->first;
	return lx != ly ? (lx > ly ? -1 : 1) : (x->first > y->first) - (x->first < y->first);
}

static int by_time(const void *a, const void *b)
{
	int64_t x, y;
	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return (x > y) - (x < y);
}

/* Between two files nothing was captured; that is no silence. What an interface's files hold follows on one another. */
static bool in_one_capture(const struct observe *o, int64_t first, int64_t last)
{
	const struct table_rows *t = &o->t[T_FILE];
	for (uint32_t i = 0; i < t->n; i++) {
		const struct obs_file *f = table_row(t, i);
		if (f->frames && f->first <= first && f->last >= last)
			return true;
	}
	bool begun[OBS_SETS] = { false }, ended[OBS_SETS] = { false };
	for (uint32_t i = 0; i < t->n; i++) {
		const struct obs_file *f = table_row(t, i);
		if (!f->frames || !f->live || f->set >= OBS_SETS)
			continue;
		begun[f->set] |= f->first <= first;
		ended[f->set] |= f->last >= last;
		if (begun[f->set] && ended[f->set])
			return true;
	}
	return false;
}

double observe_coverage(double hours, double v, double loss, double third_share, bool *mirror)
{
	/* Less than this share of the unicast between third parties: no mirror port, or a broken one. */
	const double mirror_share = 0.05, not_mirrored = 0.3;
	*mirror = third_share >= mirror_share;
	return fmin(1, log2(1 + hours) / log2(25)) * v * (1 - loss) * (*mirror ? 1 : not_mirrored);
}

void observe_silences(struct observe *o)
{
	int64_t *minute = xcalloc((size_t)o->minutes_n + 1, sizeof *minute);
	struct obs_silence *found = xcalloc((size_t)o->minutes_n + 1, sizeof *found);
	size_t n = 0, k = 0;
	o->t[T_SILENCE].n = 0;   /* they are found anew each time; their index is not used */
	for (uint32_t i = 0; i < o->minutes_room; i++)
		if (o->minutes[i])
			minute[n++] = ((o->minutes[i] & ~(int64_t)1) - 2) / 4;
	qsort(minute, n, sizeof *minute, by_time);
	for (size_t i = 1; i < n; i++) {
		struct obs_silence s = { (minute[i - 1] + 1) * 60000000000, minute[i] * 60000000000 };
		if (minute[i] - minute[i - 1] > SILENT_MINUTES && in_one_capture(o, s.first, s.last))
			found[k++] = s;
	}
	qsort(found, k, sizeof *found, longest_first);
	for (size_t i = 0; i < k && i < OBS_SILENCES; i++) {
		struct obs_silence *row = table_add(&o->t[T_SILENCE], i);
		if (row)
			*row = found[i];
	}
	free(minute);
	free(found);
}
