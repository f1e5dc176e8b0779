/*
 * The records on the pipe. One record: type (1 byte), length of what follows (4,
 * little-endian), row index (4), the row's fields in the order of its struct;
 * a text is its length (1) and its bytes. The counters are one record of type
 * T_MAX without an index.
 */
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "observe/observe.h"
#include "observe/tables.h"

enum { RECORD_MAX = 4096 };

static void put_text(struct buf *b, const char *s)
{
	size_t n = s ? strlen(s) : 0;
	if (n > OBS_TEXT)
		n = OBS_TEXT;
	buf_u8(b, (uint8_t)n);
	buf_add(b, s, n);
}

static void put_where(struct buf *b, const struct obs_where *w)
{
	buf_le16(b, w->file);
	buf_le32(b, w->frame);
	buf_le32(b, w->peer_frame);
	buf_le64(b, (uint64_t)w->ts);
}

static void put_row(struct buf *b, enum table table, const void *row)
{
	switch (table) {
	case T_SEGMENT: {
		const struct obs_segment *s = row;
		buf_le16(b, s->file_set);
		buf_u8(b, s->tunnel);
		buf_u8(b, s->vlans);
		for (int i = 0; i < PACKET_VLANS; i++)
			buf_le16(b, s->vlan[i]);
		buf_le32(b, s->tunnel_id);
		buf_add(b, s->tunnel_src.b, 16);
		buf_le64(b, s->frames);
		break;
	}
	case T_ENTITY: {
		const struct obs_entity *e = row;
		buf_le32(b, e->segment);
		buf_u8(b, e->is_mac);
		buf_add(b, e->mac, 6);
		buf_add(b, e->ip.b, 16);
		buf_le64(b, (uint64_t)e->first);
		buf_le64(b, (uint64_t)e->last);
		put_where(b, &e->where);
		buf_le64(b, e->frames);
		buf_le32(b, e->ttl);
		break;
	}
	case T_LINK: {
		const struct obs_link *l = row;
		buf_le32(b, l->a);
		buf_le32(b, l->b);
		buf_u8(b, l->reason);
		buf_le32(b, l->alternations);
		buf_le64(b, l->count);
		buf_le64(b, (uint64_t)l->first);
		buf_le64(b, (uint64_t)l->last);
		put_where(b, &l->where);
		put_text(b, l->source);
		break;
	}
	case T_ATTR: {
		const struct obs_attr *a = row;
		buf_le32(b, a->entity);
		buf_u8(b, a->field);
		buf_u8(b, a->confidence);
		put_text(b, a->value);
		put_text(b, a->source);
		buf_le64(b, a->count);
		buf_le64(b, (uint64_t)a->first);
		buf_le64(b, (uint64_t)a->last);
		put_where(b, &a->where);
		break;
	}
	case T_CONV: {
		const struct obs_conv *c = row;
		buf_le32(b, c->client);
		buf_le32(b, c->server);
		buf_u8(b, c->transport);
		buf_u8(b, c->confidence);
		buf_le16(b, c->port);
		put_text(b, c->proto);
		put_text(b, c->risk);
		const uint64_t n[] = { c->frames, c->packets_c, c->packets_s, c->bytes_c, c->bytes_s, c->flows,
				       c->refused, c->retransmits, c->requests, c->unanswered, c->gaps.n, c->gaps.sum,
				       c->gaps.sum2, (uint64_t)c->first, (uint64_t)c->last };
		for (size_t i = 0; i < sizeof n / sizeof *n; i++)
			buf_le64(b, n[i]);
		put_where(b, &c->where);
		break;
	}
	case T_OP: {
		const struct obs_op *x = row;
		buf_le32(b, x->client);
		buf_le32(b, x->server);
		buf_u8(b, x->transport);
		buf_u8(b, x->cls);
		buf_u8(b, x->confidence);
		buf_u8(b, x->result);
		buf_le16(b, x->port);
		put_text(b, x->proto);
		put_text(b, x->name);
		put_text(b, x->detail);
		buf_le64(b, x->count);
		buf_le64(b, x->gaps.n);
		buf_le64(b, x->gaps.sum);
		buf_le64(b, x->gaps.sum2);
		buf_le64(b, (uint64_t)x->first);
		buf_le64(b, (uint64_t)x->last);
		put_where(b, &x->where);
		break;
	}
	case T_FILE: {
		const struct obs_file *f = row;
		put_text(b, f->name);
		const uint64_t n[] = { f->frames, f->bytes, f->cut, f->undecoded, f->malformed, f->truncated,
				       f->snaplen, f->dropped, f->gaps, (uint64_t)f->gap_ns, (uint64_t)f->first,
				       (uint64_t)f->last };
		for (size_t i = 0; i < sizeof n / sizeof *n; i++)
			buf_le64(b, n[i]);
		put_text(b, f->problem);
		buf_le16(b, f->given);
		buf_le16(b, f->set);
		buf_u8(b, f->live);
		buf_u8(b, f->failed);
		break;
	}
	case T_SILENCE: {
		const struct obs_silence *x = row;
		buf_le64(b, (uint64_t)x->first);
		buf_le64(b, (uint64_t)x->last);
		break;
	}
	case T_MAX:
		break;
	}
}

bool observe_flush_some(struct observe *o, struct buf *b, size_t enough)
{
	struct buf row;
	buf_init(&row, RECORD_MAX);
	for (int t = 0; t < T_MAX; t++) {
		struct table_rows *table = &o->t[t];
		for (uint32_t i = 0; i < table->n; i++) {
			if (!table->dirty[i])
				continue;
			if (b->len >= enough) {
				buf_done(&row);
				return true;
			}
			table->dirty[i] = 0;
			buf_reset(&row);
			put_row(&row, (enum table)t, table_row(table, i));
			buf_u8(b, (uint8_t)t);
			buf_le32(b, (uint32_t)(row.len + 4));
			buf_le32(b, i);
			buf_add(b, row.data, row.len);
		}
	}
	buf_done(&row);
	if (o->counts_dirty) {
		o->counts_dirty = false;
		buf_u8(b, T_MAX);
		buf_le32(b, COUNT_MAX * 8);
		for (int i = 0; i < COUNT_MAX; i++)
			buf_le64(b, o->counts[i]);
	}
	return false;
}

void observe_flush(struct observe *o, struct buf *b)
{
	(void)observe_flush_some(o, b, SIZE_MAX);
}

/* Texts come from the untrusted child: what is no UTF-8 is no text. */
static const char *get_text(struct observe *o, struct cur *c)
{
	size_t n = cur_u8(c);
	const uint8_t *p = cur_bytes(c, n);
	if (!p || memchr(p, 0, n) || !text_is_utf8(p, n)) {
		cur_fail(c);
		return "";
	}
	return observe_intern(o, (const char *)p, n);
}

static struct obs_where get_where(struct cur *c)
{
	struct obs_where w;
	w.file = cur_le16(c);
	w.frame = cur_le32(c);
	w.peer_frame = cur_le32(c);
	w.ts = (int64_t)cur_le64(c);
	return w;
}

/* A number that must be below `limit`; else the record is bad. */
static uint32_t get_below(struct cur *c, uint32_t value, uint32_t limit)
{
	if (value >= limit) {
		cur_fail(c);
		return 0;
	}
	return value;
}

static void get_row(struct observe *o, enum table table, struct cur *c, void *row)
{
	uint32_t entities = o->t[T_ENTITY].n;
	switch (table) {
	case T_SEGMENT: {
		struct obs_segment *s = row;
		s->file_set = cur_le16(c);
		s->tunnel = cur_u8(c);
		s->vlans = (uint8_t)get_below(c, cur_u8(c), PACKET_VLANS + 1);
		for (int i = 0; i < PACKET_VLANS; i++)
			s->vlan[i] = cur_le16(c);
		s->tunnel_id = cur_le32(c);
		cur_copy(c, s->tunnel_src.b, 16);
		s->frames = cur_le64(c);
		break;
	}
	case T_ENTITY: {
		struct obs_entity *e = row;
		e->segment = get_below(c, cur_le32(c), o->t[T_SEGMENT].n);
		e->is_mac = cur_u8(c) != 0;
		cur_copy(c, e->mac, 6);
		cur_copy(c, e->ip.b, 16);
		e->first = (int64_t)cur_le64(c);
		e->last = (int64_t)cur_le64(c);
		e->where = get_where(c);
		e->frames = cur_le64(c);
		e->ttl = cur_le32(c);
		break;
	}
	case T_LINK: {
		struct obs_link *l = row;
		l->a = get_below(c, cur_le32(c), entities);
		l->b = get_below(c, cur_le32(c), entities);
		l->reason = (uint8_t)get_below(c, cur_u8(c), LINK_MAX);
		l->alternations = cur_le32(c);
		l->count = cur_le64(c);
		l->first = (int64_t)cur_le64(c);
		l->last = (int64_t)cur_le64(c);
		l->where = get_where(c);
		l->source = get_text(o, c);
		break;
	}
	case T_ATTR: {
		struct obs_attr *a = row;
		a->entity = get_below(c, cur_le32(c), entities);
		a->field = (uint8_t)get_below(c, cur_u8(c), ATTR_MAX);
		a->confidence = (uint8_t)get_below(c, cur_u8(c), CONF_CONFIRMED + 1);
		a->value = get_text(o, c);
		a->source = get_text(o, c);
		a->count = cur_le64(c);
		a->first = (int64_t)cur_le64(c);
		a->last = (int64_t)cur_le64(c);
		a->where = get_where(c);
		break;
	}
	case T_CONV: {
		struct obs_conv *x = row;
		x->client = get_below(c, cur_le32(c), entities);
		x->server = get_below(c, cur_le32(c), entities);
		x->transport = (uint8_t)get_below(c, cur_u8(c), TRANSPORT_UDP + 1);
		x->confidence = (uint8_t)get_below(c, cur_u8(c), CONF_CONFIRMED + 1);
		x->port = cur_le16(c);
		x->proto = get_text(o, c);
		x->risk = get_text(o, c);
		uint64_t *const n[] = { &x->frames, &x->packets_c, &x->packets_s, &x->bytes_c, &x->bytes_s,
					&x->flows, &x->refused, &x->retransmits, &x->requests, &x->unanswered,
					&x->gaps.n, &x->gaps.sum, &x->gaps.sum2 };
		for (size_t i = 0; i < sizeof n / sizeof *n; i++)
			*n[i] = cur_le64(c);
		x->first = (int64_t)cur_le64(c);
		x->last = (int64_t)cur_le64(c);
		x->where = get_where(c);
		break;
	}
	case T_OP: {
		struct obs_op *x = row;
		x->client = get_below(c, cur_le32(c), entities);
		x->server = get_below(c, cur_le32(c), entities);
		x->transport = (uint8_t)get_below(c, cur_u8(c), TRANSPORT_UDP + 1);
		x->cls = (uint8_t)get_below(c, cur_u8(c), OP_MAX);
		x->confidence = (uint8_t)get_below(c, cur_u8(c), CONF_CONFIRMED + 1);
		x->result = (uint8_t)get_below(c, cur_u8(c), RESULT_REFUSED + 1);
		x->port = cur_le16(c);
		x->proto = get_text(o, c);
		x->name = get_text(o, c);
		x->detail = get_text(o, c);
		x->count = cur_le64(c);
		x->gaps.n = cur_le64(c);
		x->gaps.sum = cur_le64(c);
		x->gaps.sum2 = cur_le64(c);
		x->first = (int64_t)cur_le64(c);
		x->last = (int64_t)cur_le64(c);
		x->where = get_where(c);
		break;
	}
	case T_FILE: {
		struct obs_file *f = row;
		f->name = get_text(o, c);
		uint64_t snaplen = 0, gap_ns = 0;
		uint64_t *const n[] = { &f->frames, &f->bytes, &f->cut, &f->undecoded, &f->malformed,
					&f->truncated, &snaplen, &f->dropped, &f->gaps, &gap_ns };
		for (size_t i = 0; i < sizeof n / sizeof *n; i++)
			*n[i] = cur_le64(c);
		f->snaplen = (uint32_t)snaplen;
		f->gap_ns = (int64_t)gap_ns;
		f->first = (int64_t)cur_le64(c);
		f->last = (int64_t)cur_le64(c);
		f->problem = get_text(o, c);
		f->given = cur_le16(c);
		f->set = cur_le16(c);
		f->live = cur_u8(c) != 0;
		f->failed = cur_u8(c) != 0;
		break;
	}
	case T_SILENCE: {
		struct obs_silence *x = row;
		x->first = (int64_t)cur_le64(c);
		x->last = (int64_t)cur_le64(c);
		break;
	}
	case T_MAX:
		break;
	}
}

/* One whole record's body. */
static bool apply(struct observe *o, uint8_t type, struct cur body)
{
	if (type == T_MAX) {
		uint64_t counts[COUNT_MAX];
		for (int i = 0; i < COUNT_MAX; i++)
			counts[i] = cur_le64(&body);
		if (!cur_ok(&body) || cur_left(&body))
			return false;
		memcpy(o->counts, counts, sizeof counts);
		return true;
	}
	if (type > T_MAX)
		return false;
	struct table_rows *table = &o->t[type];
	uint32_t index = cur_le32(&body);
	union {
		struct obs_segment segment;
		struct obs_entity entity;
		struct obs_link link;
		struct obs_attr attr;
		struct obs_conv conv;
		struct obs_op op;
		struct obs_file file;
		struct obs_silence silence;
	} row;
	memset(&row, 0, sizeof row);
	get_row(o, (enum table)type, &body, &row);
	if (!cur_ok(&body) || cur_left(&body) || index > table->n)
		return false;
	if (index == table->n && !table_add(table, hash_mix(index)))
		return false;
	memcpy(table_row(table, index), &row, table->size);
	return true;
}

bool observe_read(struct observe *o, struct cur *c)
{
	while (cur_left(c) >= 5) {
		struct cur rest = *c;
		uint8_t type = cur_u8(&rest);
		uint32_t n = cur_le32(&rest);
		if (n > RECORD_MAX + 4)
			return false;
		if (!cur_has(&rest, n))
			return true;   /* the rest is still to come */
		if (!apply(o, type, cur_sub(&rest, n)))
			return false;
		*c = rest;
	}
	return true;
}
