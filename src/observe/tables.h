/* Inside observe/ only: the tables, shared by observe.c (filling) and record.c (the pipe). */
#ifndef OBSERVE_TABLES_H
#define OBSERVE_TABLES_H

#include "observe/observe.h"

enum table { T_SEGMENT, T_ENTITY, T_LINK, T_ATTR, T_CONV, T_OP, T_FILE, T_SILENCE, T_MAX };

/* Rows of one kind, an index over them by hash, and which of them the pipe has not sent. */
struct table_rows {
	void *rows;
	uint8_t *dirty;
	uint32_t *next;          /* chain of rows with the same bucket, index + 1 */
	uint32_t *bucket;        /* index + 1 */
	uint32_t n, room, cap;
	uint32_t buckets;        /* power of two */
	size_t size;
};

struct string_pool {
	char **slots;            /* interned texts by hash */
	uint32_t n, room;
	uint64_t seed;
	char *chunk;
	size_t used, size;       /* of the chunk */
	char **chunks;
	size_t n_chunks;
};

struct observe {
	struct table_rows t[T_MAX];
	uint64_t seed;           /* of all hashes here */
	uint64_t counts[COUNT_MAX];
	bool counts_dirty;
	struct string_pool pool;
	/* Distinct minutes: an open hash of minute * 2 + 2, the low bit says that OT was in it. */
	int64_t *minutes;
	uint32_t minutes_n, minutes_room;
	int64_t last_minute;
	bool last_minute_ot;
	uint32_t last_segment;
};

/* A new row at the end (zeroed); NULL when the table is full. hash links it into the index. */
void *table_add(struct table_rows *t, uint64_t hash);
static inline void *table_row(const struct table_rows *t, uint32_t i)
{
	return (char *)t->rows + (size_t)i * t->size;
}
/* The one copy of a text; "" for NULL; cut at OBS_TEXT bytes; "" when the memory for texts is used up. */
const char *observe_intern(struct observe *o, const char *s, size_t n);
const char *observe_intern_own(struct observe *o, const char *s);    /* a term of ours … */
const char *observe_intern_wire(struct observe *o, const char *s);   /* … and what the wire said */
/* The copy if there is one, else NULL. */
const char *observe_known(struct observe *o, const char *s);
void observe_texts_done(struct observe *o);

#endif
