/*
 * Writing a scan: its rows are replaced whole in one transaction, so that a
 * program that is killed leaves the scan as it was stored last.
 */
#include "store/private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "dissect/dissect.h"

struct saver {
	struct store *store;
	struct inventory *inv;
	const struct store_scan_info *info;
	int64_t scan;
	int64_t next_id;         /* of evidence, conversations, operations, conflicts */
	const struct obs_entity *entities;
	uint32_t n_entities;
	int64_t *segment_id;     /* index of the observations → id in this scan */
	uint32_t n_segments;
	struct err *e;
};

/*
 * One row by a prepared INSERT. The format has a letter a value: i int64_t,
 * n int64_t that is NULL when zero, p one that is NULL when negative, s text or NULL.
 */
static bool insert(struct saver *v, sqlite3_stmt *st, const char *format, ...)
{
	va_list ap;
	if ((int)strlen(format) + 1 != sqlite3_bind_parameter_count(st))
		return err_set(v->e, "store: %s: wrong number of values", sqlite3_sql(st));
	va_start(ap, format);
	sqlite3_bind_int64(st, 1, v->scan);
	for (int at = 2; *format; format++, at++) {
		if (*format == 's') {
			store_bind_text(st, at, va_arg(ap, const char *));
		} else {
			int64_t n = va_arg(ap, int64_t);
			if ((*format == 'n' && n == 0) || (*format == 'p' && n < 0))
				sqlite3_bind_null(st, at);
			else
				sqlite3_bind_int64(st, at, n);
		}
	}
	va_end(ap);
	return store_step(v->store, st, v->e);
}

/* An INSERT into a table with so many columns. */
static sqlite3_stmt *inserter(struct saver *v, const char *table, int columns)
{
	struct buf b;
	buf_init(&b, 1000);
	buf_printf(&b, "INSERT INTO main.%s VALUES(?1", table);
	for (int i = 2; i <= columns; i++)
		buf_printf(&b, ", ?%d", i);
	buf_putc(&b, ')');
	sqlite3_stmt *st = store_prepare(v->store, b.data, v->e);
	buf_done(&b);
	return st;
}

static int64_t device_id(const struct saver *v, int32_t device)
{
	return device >= 0 && (size_t)device < v->inv->n_devices ? v->inv->devices[device].id : 0;
}

/* a.b.c.0/24, /64 for IPv6, "" for what is no host's address. out: ADDR_TEXT + 4 bytes. */
static char *subnet_text(const struct addr *ip, char *out)
{
	out[0] = 0;
	if (!addr_is_host(ip))
		return out;
	struct addr net = *ip;
	bool v4 = addr_is_v4(ip);
	memset(net.b + (v4 ? 15 : 8), 0, v4 ? 1 : 8);
	addr_text(&net, out);
	return strcat(out, v4 ? "/24" : "/64");
}

static bool crosses_subnet(const struct addr *a, const struct addr *b)
{
	bool v4 = addr_is_v4(a);
	return v4 == addr_is_v4(b) && addr_is_host(a) && addr_is_host(b) && memcmp(a->b, b->b, v4 ? 15 : 8) != 0;
}

static const struct obs_entity *entity(const struct saver *v, uint32_t i)
{
	return i > 0 && i < v->n_entities ? &v->entities[i] : NULL;
}

/* The IP of an entity, zero where it is a MAC. */
static struct addr entity_ip(const struct saver *v, uint32_t i)
{
	const struct obs_entity *n = entity(v, i);
	return n && !n->is_mac ? n->ip : (struct addr){ { 0 } };
}

/* out: ADDR_TEXT bytes */
static const char *entity_text(const struct saver *v, uint32_t i, const struct addr *ip, char *out)
{
	static const struct addr none;
	const struct obs_entity *n = entity(v, i);
	out[0] = 0;
	if (memcmp(ip, &none, sizeof none) != 0)
		return addr_text(ip, out);
	if (n && n->is_mac)
		return mac_text(n->mac, out);
	return n ? addr_text(&n->ip, out) : out;
}

/* ---- what is clear by itself ---- */

static bool save_files(struct saver *v)
{
	const struct obs_file *rows;
	uint32_t n = observe_files(v->inv->observe, &rows);
	sqlite3_stmt *st = inserter(v, "scan_file", 18);
	bool ok = st != NULL;
	for (uint32_t i = 0; ok && i < n; i++) {
		const struct obs_file *f = &rows[i];
		ok = insert(v, st, "isssiiiiiiiiisiii", (int64_t)i, f->name ? f->name : "",
			    v->info->paths ? v->info->paths[i] : NULL, v->info->digests ? v->info->digests[i] : NULL,
			    (int64_t)f->frames, (int64_t)f->bytes, (int64_t)f->cut, (int64_t)f->undecoded,
			    (int64_t)f->malformed, (int64_t)f->truncated, (int64_t)f->snaplen, f->first, f->last,
			    f->problem ? f->problem : "", (int64_t)f->dropped, (int64_t)f->gaps, f->gap_ns);
	}
	sqlite3_finalize(st);
	return ok;
}

static bool save_counts(struct saver *v)
{
	sqlite3_stmt *st = inserter(v, "scan_count", 3);
	bool ok = st != NULL;
	for (int i = 0; ok && i < COUNT_MAX; i++)
		ok = insert(v, st, "si", obs_count_names[i],
			    (int64_t)observe_counted(v->inv->observe, (enum obs_count)i));
	sqlite3_finalize(st);
	return ok;
}

static bool save_silences(struct saver *v)
{
	const struct obs_silence *rows;
	uint32_t n = observe_silent(v->inv->observe, &rows);
	sqlite3_stmt *st = inserter(v, "scan_silence", 4);
	bool ok = st != NULL;
	for (uint32_t i = 0; ok && i < n; i++)
		ok = insert(v, st, "iii", (int64_t)i + 1, rows[i].first, rows[i].last);
	sqlite3_finalize(st);
	return ok;
}

struct segment_key { char *key; uint32_t index; };

static int by_key(const void *a, const void *b)
{
	const struct segment_key *x = a, *y = b;
	int order = strcmp(x->key, y->key);
	return order ? order : x->index < y->index ? -1 : x->index > y->index;
}

/* Ids in the order of the keys, whatever came first on the wire. */
static bool save_segments(struct saver *v)
{
	static const char *const tunnels[] = { "", "gre", "erspan", "vxlan", "geneve", "ipip" };
	const struct obs_segment *rows;
	uint32_t n = v->n_segments = observe_segments(v->inv->observe, &rows);
	struct segment_key *keys = xcalloc(n, sizeof *keys);
	v->segment_id = xcalloc(n, sizeof *v->segment_id);
	for (uint32_t i = 0; i < n; i++)
		keys[i] = (struct segment_key){ inventory_segment_key(&rows[i]), i };
	qsort(keys, n, sizeof *keys, by_key);
	sqlite3_stmt *st = inserter(v, "scan_segment", 6);
	bool ok = st != NULL;
	for (uint32_t i = 0; i < n; i++) {
		const struct obs_segment *r = &rows[keys[i].index];
		struct buf vlans;
		buf_init(&vlans, 64);
		for (int k = 0; k < r->vlans && k < PACKET_VLANS; k++)
			buf_printf(&vlans, "%s%u", k ? "," : "", r->vlan[k]);
		v->segment_id[keys[i].index] = (int64_t)i + 1;
		ok = ok && insert(v, st, "isssi", (int64_t)i + 1, keys[i].key, vlans.data,
				  r->tunnel < sizeof tunnels / sizeof *tunnels ? tunnels[r->tunnel] : "?",
				  (int64_t)r->frames);
		buf_done(&vlans);
		free(keys[i].key);
	}
	free(keys);
	sqlite3_finalize(st);
	return ok;
}

/* ---- devices ---- */

struct device_rows {
	sqlite3_stmt *device, *address, *many, *protocol, *evidence;
};

static bool save_addresses(struct saver *v, struct device_rows *r, const struct inv_device *d)
{
	char text[ADDR_TEXT], subnet[ADDR_TEXT + 4];
	int64_t place = 0;
	bool ok = true;
	for (size_t i = 0; ok && i < d->n_macs; i++) {
		uint32_t g = d->macs[i].segment;
		ok = insert(v, r->address, "iissisi", d->id, place++, "mac", mac_text(d->macs[i].mac, text),
			    g < v->n_segments ? v->segment_id[g] : (int64_t)0, "", (int64_t)1);
	}
	for (size_t i = 0; ok && i < d->n_ips; i++) {
		const struct addr *ip = &d->ips[i].ip;
		uint32_t g = d->ips[i].segment;
		ok = insert(v, r->address, "iissisi", d->id, place++, addr_is_v4(ip) ? "ipv4" : "ipv6",
			    addr_text(ip, text), g < v->n_segments ? v->segment_id[g] : (int64_t)0,
			    subnet_text(ip, subnet), (int64_t)addr_is_private(ip));
	}
	return ok;
}

static bool save_protocols(struct saver *v, struct device_rows *r, const struct inv_device *d)
{
	bool ok = true;
	for (size_t i = 0; ok && i < d->n_protocols + d->n_candidates; i++) {
		const struct inv_protocol *p = i < d->n_protocols ? &d->protocols[i] :
								    &d->candidates[i - d->n_protocols];
		ok = insert(v, r->protocol, "iisssisi", d->id, (int64_t)i, p->name, p->server ? "server" : "client",
			    transport_names[p->transport], (int64_t)p->port, confidence_names[p->confidence],
			    (int64_t)p->frames);
	}
	return ok;
}

/* What a line should call it. text: room for an address. */
static const char *label_of(const struct inv_device *d, char *text)
{
	if (d->name && *d->name)
		return d->name;
	if (d->n_hostnames && *d->hostnames[0])
		return d->hostnames[0];
	if (d->model && *d->model)
		return d->model;
	for (size_t i = 0; i < d->n_ips; i++)
		if (addr_is_v4(&d->ips[i].ip))
			return addr_text(&d->ips[i].ip, text);
	if (d->n_ips)
		return addr_text(&d->ips[0].ip, text);
	return d->n_macs ? mac_text(d->macs[0].mac, text) : "?";
}

/* The lower, the better it shows what the device is. */
static int evidence_rank(const struct inv_evidence *e)
{
	static const char *const fields[] = { "kind", "model", "ipv4", "ipv6", "mac" };
	int n = (int)(sizeof fields / sizeof *fields), i = 0;
	while (i < n && strcmp(e->field, fields[i]) != 0)
		i++;
	return i * 4 - (int)e->confidence;
}

static bool save_device(struct saver *v, struct device_rows *r, const struct inv_device *d)
{
	char text[ADDR_TEXT];
	bool ok = save_addresses(v, r, d) && save_protocols(v, r, d);
	int64_t best = 0;
	int best_rank = 0;
	for (size_t i = 0; ok && i < d->n_evidence; i++) {
		const struct inv_evidence *x = &d->evidence[i];
		int rank = evidence_rank(x);
		if (!best || rank < best_rank) {
			best = v->next_id;
			best_rank = rank;
		}
		ok = insert(v, r->evidence, "iissssiiniii", v->next_id++, d->id, x->field, x->value,
			    x->source ? x->source : "", confidence_names[x->confidence], (int64_t)x->file,
			    (int64_t)x->frame, (int64_t)x->peer_frame, x->first, x->last, (int64_t)x->count);
	}
	for (size_t i = 0; ok && i < d->n_hostnames; i++)
		ok = insert(v, r->many, "isis", d->id, "hostname", (int64_t)i, d->hostnames[i]);
	for (size_t i = 0; ok && i < d->n_vlans; i++) {
		snprintf(text, sizeof text, "%u", d->vlans[i]);
		ok = insert(v, r->many, "isis", d->id, "vlan", (int64_t)i, text);
	}
	if (!ok)
		return false;
	sqlite3_stmt *st = r->device;
	const char *label = label_of(d, text);
	ok = insert(v, st, "i" "sssssssssssss" "pss" "iii" "nnin", d->id, d->name, label, d->vendor, d->model, d->firmware,
		    d->hardware, d->serial, d->os, d->mode, d->software, d->mac_vendor, kind_names[d->kind],
		    d->kind_reason, (int64_t)d->level, d->level_reason, d->internet ? "internet" : "",
		    (int64_t)d->router, (int64_t)d->internet, (int64_t)d->random_mac, d->first, d->last,
		    (int64_t)d->frames, best);
	return ok;
}

static bool save_devices(struct saver *v)
{
	struct device_rows r = {
		.device = inserter(v, "scan_device", 25),
		.address = inserter(v, "scan_address", 8),
		.many = inserter(v, "scan_many", 5),
		.protocol = inserter(v, "scan_protocol", 9),
		.evidence = inserter(v, "scan_evidence", 13),
	};
	bool ok = r.device && r.address && r.many && r.protocol && r.evidence;
	for (size_t i = 0; ok && i < v->inv->n_devices; i++)
		ok = save_device(v, &r, &v->inv->devices[i]);
	sqlite3_finalize(r.device);
	sqlite3_finalize(r.address);
	sqlite3_finalize(r.many);
	sqlite3_finalize(r.protocol);
	sqlite3_finalize(r.evidence);
	return ok;
}

/* ---- what they do ---- */

static bool save_conversations(struct saver *v)
{
	sqlite3_stmt *st = inserter(v, "scan_conversation", 30);
	bool ok = st != NULL;
	char client[ADDR_TEXT], server[ADDR_TEXT];
	for (size_t i = 0; ok && i < v->inv->n_convs; i++) {
		const struct inv_conv *c = &v->inv->convs[i];
		const struct obs_conv *r = c->row;
		const char *proto = r->proto ? r->proto : "";
		ok = insert(v, st, "innsssisisiiiiiiiisiiiiiniinn", v->next_id++, device_id(v, c->client),
			    device_id(v, c->server), entity_text(v, r->client, &c->client_ip, client),
			    entity_text(v, r->server, &c->server_ip, server), proto, (int64_t)dissect_is_ot(proto),
			    transport_names[r->transport], (int64_t)r->port, confidence_names[r->confidence],
			    (int64_t)r->frames, (int64_t)r->packets_c, (int64_t)r->packets_s, (int64_t)r->bytes_c,
			    (int64_t)r->bytes_s, (int64_t)r->flows, (int64_t)r->refused, (int64_t)r->retransmits,
			    r->risk ? r->risk : "", r->first, r->last,
			    (int64_t)crosses_subnet(&c->client_ip, &c->server_ip), (int64_t)r->where.file,
			    (int64_t)r->where.frame, (int64_t)r->where.peer_frame, (int64_t)r->requests,
			    (int64_t)r->unanswered, (int64_t)obs_gaps_period(&r->gaps),
			    (int64_t)obs_gaps_jitter(&r->gaps));
	}
	sqlite3_finalize(st);
	return ok;
}

static bool save_operations(struct saver *v)
{
	static const char *const results[] = { "unknown", "ok", "refused" };
	sqlite3_stmt *st = inserter(v, "scan_operation", 21);
	bool ok = st != NULL;
	for (size_t i = 0; ok && i < v->inv->n_ops; i++) {
		const struct inv_op *o = &v->inv->ops[i];
		const struct obs_op *r = o->row;
		struct addr client = entity_ip(v, r->client), server = entity_ip(v, r->server);
		ok = insert(v, st, "innssisssssiiiiiinnn", v->next_id++, device_id(v, o->client),
			    device_id(v, o->server), r->proto ? r->proto : "", transport_names[r->transport],
			    (int64_t)r->port, op_class_names[r->cls], r->name ? r->name : "",
			    r->detail ? r->detail : "", results[r->result <= RESULT_REFUSED ? r->result : 0],
			    confidence_names[r->confidence], (int64_t)r->count, r->first, r->last,
			    (int64_t)crosses_subnet(&client, &server), (int64_t)r->where.file,
			    (int64_t)r->where.frame, (int64_t)r->where.peer_frame,
			    (int64_t)obs_gaps_period(&r->gaps), (int64_t)obs_gaps_jitter(&r->gaps));
	}
	sqlite3_finalize(st);
	return ok;
}

static bool save_conflicts(struct saver *v)
{
	sqlite3_stmt *st = inserter(v, "scan_conflict", 10);
	bool ok = st != NULL;
	char text[ADDR_TEXT];
	for (size_t i = 0; ok && i < v->inv->n_conflicts; i++) {
		const struct inv_conflict *c = &v->inv->conflicts[i];
		ok = insert(v, st, "isnniiini", v->next_id++, addr_text(&c->ip, text), device_id(v, c->a),
			    device_id(v, c->b), (int64_t)c->alternations, (int64_t)c->where.file,
			    (int64_t)c->where.frame, (int64_t)c->where.peer_frame, c->where.ts);
	}
	sqlite3_finalize(st);
	return ok;
}

/* ---- the scan ---- */

static bool save_head(struct saver *v)
{
	const struct store_scan_info *i = v->info;
	sqlite3_stmt *st = store_prepare(v->store, v->scan ?
		"UPDATE scan SET started = ?2, finished = ?3, state = ?4, point = ?5, operator = ?6,"
		" authorised_by = ?7, line_running = ?8, tool = ?9, process = ?10 WHERE id = ?1" :
		"INSERT INTO scan(started, finished, state, point, operator, authorised_by, line_running, tool, process)"
		" VALUES(?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)", v->e);
	char process[PROCESS_TEXT];
	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, v->scan);
	sqlite3_bind_int64(st, 2, i->started);
	sqlite3_bind_int64(st, 3, i->finished);
	store_bind_text(st, 4, i->state);
	store_bind_text(st, 5, i->point);
	store_bind_text(st, 6, i->operator_name);
	store_bind_text(st, 7, i->authorised_by);
	if (i->line_running_known)
		sqlite3_bind_int(st, 8, i->line_running);
	store_bind_text(st, 9, PACKAGE " " VERSION);
	store_bind_text(st, 10, strcmp(i->state, "running") == 0 ? scans_process(0, process) : NULL);
	bool ok = store_step(v->store, st, v->e);
	sqlite3_finalize(st);
	if (ok && v->scan && sqlite3_changes(v->store->db) == 0)
		return err_set(v->e, _("%s: there is no scan %lld"), v->store->path, (long long)v->scan);
	if (ok && !v->scan)
		v->scan = sqlite3_last_insert_rowid(v->store->db);
	return ok;
}

static bool forget_rows(struct saver *v)
{
	static const char *const tables[] = { "scan_file", "scan_count", "scan_silence", "scan_segment", "scan_device",
					      "scan_address", "scan_many", "scan_protocol", "scan_evidence",
					      "scan_conversation", "scan_operation", "scan_conflict" };
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		char sql[100];
		snprintf(sql, sizeof sql, "DELETE FROM main.%s WHERE scan = %lld", tables[i], (long long)v->scan);
		if (!store_run(v->store, sql, v->e))
			return false;
	}
	return true;
}

/* Devices that an earlier snapshot of this scan made, and nothing knows any more. */
static bool forget_devices(struct saver *v)
{
	char sql[1000];
	snprintf(sql, sizeof sql,
		 "CREATE TEMP TABLE gone AS SELECT id FROM main.device WHERE first_scan = %lld"
		 " AND id NOT IN (SELECT device FROM main.scan_device)"
		 " AND id NOT IN (SELECT device FROM main.exception WHERE device IS NOT NULL);"
		 "DELETE FROM main.device_key WHERE device IN (SELECT id FROM temp.gone);"
		 "DELETE FROM main.device WHERE id IN (SELECT id FROM temp.gone);"
		 "DROP TABLE temp.gone;", (long long)v->scan);
	return store_run(v->store, sql, v->e);
}

static bool save_all(struct saver *v)
{
	return save_head(v) && forget_rows(v) && identity_assign(v->store, v->inv, v->scan, v->e) &&
	       save_files(v) && save_counts(v) && save_silences(v) && save_segments(v) && save_devices(v) && save_conversations(v) &&
	       save_operations(v) && save_conflicts(v) && forget_devices(v);
}

bool store_scan_save(struct store *s, struct inventory *inv, const struct store_scan_info *info, int64_t *scan_id,
		     struct err *e)
{
	struct saver v = { .store = s, .inv = inv, .info = info, .scan = *scan_id, .next_id = 1, .e = e };
	if (strcmp(info->state, "running") != 0 && strcmp(info->state, "complete") != 0 &&
	    strcmp(info->state, "interrupted") != 0)
		return err_set(e, "%s: no such state of a scan: %s", s->path, info->state);
	v.n_entities = observe_entities(inv->observe, &v.entities);
	s->bound = -1;
	bool ok = store_begin(s, e) && save_all(&v) && store_commit(s, e);
	free(v.segment_id);
	if (!ok) {
		store_rollback(s);
		for (size_t i = 0; i < inv->n_devices; i++)
			inv->devices[i].id = 0;
		return false;
	}
	*scan_id = v.scan;
	return true;
}

bool store_scan_remove(struct store *s, int64_t scan, struct err *e)
{
	struct saver v = { .store = s, .scan = scan, .e = e };
	char sql[80];
	snprintf(sql, sizeof sql, "DELETE FROM main.scan WHERE id = %lld", (long long)scan);
	s->bound = -1;
	/* Its devices stay: their ids are never given to another, and a scan to come may know them again. */
	bool ok = store_begin(s, e) && forget_rows(&v) && store_run(s, sql, e) && store_commit(s, e);
	if (!ok)
		store_rollback(s);
	return ok;
}
