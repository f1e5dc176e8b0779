#include "flow/stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

bool stream_keep(struct stream *s, struct stream_memory *m, const struct cur *data)
{
	size_t n = cur_left(data);
	if (s->tail_len + n > s->tail_room) {
		size_t room = s->tail_room ? s->tail_room : 512;
		while (room < s->tail_len + n)
			room *= 2;
		if (room > STREAM_TAIL * 2 || m->used + room > STREAM_MEMORY) {
			m->refused++;
			stream_drop_tail(s, m);
			return false;
		}
		s->tail = xrealloc(s->tail, room);
		m->used += room - s->tail_room;
		s->tail_room = (uint32_t)room;
	}
	memcpy(s->tail + s->tail_len, cur_here(data), n);
	s->tail_len += (uint32_t)n;
	return true;
}

void stream_drop_tail(struct stream *s, struct stream_memory *m)
{
	m->used -= s->tail_room;
	free(s->tail);
	s->tail = NULL;
	s->tail_len = s->tail_room = 0;
}

bool stream_hold(struct stream *s, struct stream_memory *m, const struct packet *p, uint32_t seq,
		 const struct cur *data, uint32_t wire)
{
	size_t n = cur_left(data);
	if (s->n_ahead >= STREAM_AHEAD || s->ahead_bytes + n > STREAM_AHEAD_BYTES)
		return false;
	if (m->used + sizeof(struct stream_segment) + n > STREAM_MEMORY) {
		m->refused++;
		return false;
	}
	struct stream_segment **at = &s->ahead;
	while (*at && (int32_t)((*at)->seq - seq) < 0)
		at = &(*at)->next;
	if (*at && (*at)->seq == seq)
		return true;   /* a copy */
	struct stream_segment *x = xmalloc(sizeof *x + n);
	*x = (struct stream_segment){ .next = *at, .seq = seq, .len = (uint32_t)n, .wire = wire,
				      .frame = p->frame, .ts = p->ts };
	memcpy(x->data, cur_here(data), n);
	*at = x;
	s->n_ahead++;
	s->ahead_bytes += (uint32_t)n;
	m->used += sizeof *x + n;
	return true;
}

struct stream_segment *stream_take(struct stream *s)
{
	struct stream_segment *x = s->ahead;
	if (x) {
		s->ahead = x->next;
		s->n_ahead--;
		s->ahead_bytes -= x->len;
	}
	return x;
}

void stream_release(struct stream_segment *segment, struct stream_memory *m)
{
	m->used -= sizeof *segment + segment->len;
	free(segment);
}

void stream_done(struct stream *s, struct stream_memory *m)
{
	for (struct stream_segment *x; (x = stream_take(s));)
		stream_release(x, m);
	stream_drop_tail(s, m);
}
