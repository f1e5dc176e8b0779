/*
 * The views of one scan: what checks, the score, the report and the listings
 * read. docs/VIEWS.md describes every column; a test compares the two.
 *
 * They are temporary views of this program, made at each open, so that a site
 * file from a stranger cannot bring its own. temp.bound holds the scan that they
 * show, temp.coverage its row of v_coverage. The columns are written as for
 * CREATE TABLE, with defaults, because checks get them as tables (query.c) and
 * an example of a check names only the columns that it cares about.
 */
#include "store/private.h"

#include "base/buf.h"
#include "zone/zone.h"

/*
 * likely(): the rows of a scan are many. SQLite would guess ten, and then search
 * them one after another for every row of a join instead of making an index.
 */
#define IN_SCAN "likely(scan = " BOUND ")"
#define R_IN_SCAN "likely(r.scan = " BOUND ")"
/* Was the respondent of this answer chosen for its question? */
#define CHOSEN(a) "EXISTS (SELECT 1 FROM main.answer_choice c WHERE c.question = " a ".question" \
	" AND c.respondent = " a ".respondent)"

/* Ends of a row r: c is the client's device, d the server's; w whether a declared conduit allows it. */
#define ENDS \
	" LEFT JOIN temp.placed c ON c.device = r.client LEFT JOIN temp.placed d ON d.device = r.server"
#define ALLOWED \
	" LEFT JOIN temp.conduit w ON w.client_zone = c.zone AND w.server_zone = d.zone AND w.protocol = r.protocol" \
	" AND w.transport = r.transport AND w.port = r.port"

/* No declared conduit allows it, and: one end is the internet; or the declared zones differ; or the office talks to the cell. */
#define CROSSES_ZONE \
	"CASE WHEN c.device IS NULL OR d.device IS NULL OR w.allowed = 1 THEN 0" \
	" WHEN c.internet <> d.internet THEN 1" \
	" WHEN c.zone_declared AND d.zone_declared THEN c.zone <> d.zone" \
	" WHEN (c.level >= 4 AND d.level <= 2) OR (c.level <= 2 AND d.level >= 4) THEN 1 ELSE 0 END"

/* "office-pc → PLC1: modbus tcp/502" */
#define FROM_TO(client, server) \
	"coalesce(c.label, " client ", '?') || ' → ' || coalesce(d.label, " server ", '?') || ': '"
#define OVER \
	"r.transport || CASE WHEN r.transport IN ('tcp', 'udp') THEN '/' || r.port ELSE '' END"

const struct view views[] = {
	{ "v_scan",
	  "id INTEGER, started INTEGER, finished INTEGER, state TEXT DEFAULT 'complete', point TEXT,"
	  " operator TEXT, authorised_by TEXT, line_running INTEGER, tool TEXT DEFAULT ''",
	  "SELECT id, started, finished, state, point, operator, authorised_by, line_running, tool"
	  " FROM main.scan WHERE id = " BOUND,
	  "id" },
	{ "v_file",
	  "id INTEGER, file INTEGER, name TEXT DEFAULT '', digest TEXT, frames INTEGER DEFAULT 0,"
	  " bytes INTEGER DEFAULT 0, cut INTEGER DEFAULT 0, undecoded INTEGER DEFAULT 0,"
	  " malformed INTEGER DEFAULT 0, truncated INTEGER DEFAULT 0, snaplen INTEGER DEFAULT 0,"
	  " first INTEGER, last INTEGER, problem TEXT DEFAULT '', dropped INTEGER DEFAULT 0, gaps INTEGER DEFAULT 0,"
	  " gap INTEGER DEFAULT 0",
	  "SELECT file + 1, file, name, digest, frames, bytes, cut, undecoded, malformed, truncated, snaplen,"
	  " nullif(first, 0), nullif(last, 0), problem, dropped, gaps, gap FROM main.scan_file WHERE " IN_SCAN,
	  "id" },
	{ "v_device",
	  "id INTEGER, name TEXT, label TEXT DEFAULT '', vendor TEXT, model TEXT, firmware TEXT, hardware TEXT,"
	  " serial TEXT, os TEXT, mode TEXT, software TEXT, mac_vendor TEXT, kind TEXT DEFAULT 'unknown',"
	  " kind_reason TEXT, level INTEGER, level_reason TEXT, zone TEXT DEFAULT '', zone_reason TEXT,"
	  " router INTEGER DEFAULT 0, internet INTEGER DEFAULT 0, random_mac INTEGER DEFAULT 0, listed INTEGER,"
	  " listed_name TEXT, owner TEXT, plan TEXT DEFAULT '', baseline INTEGER, first_seen INTEGER,"
	  " last_seen INTEGER, frames INTEGER DEFAULT 0, evidence_id INTEGER",
	  "SELECT d.device, d.name, p.label, d.vendor, d.model, d.firmware, d.hardware, d.serial, d.os, d.mode, d.software,"
	  " d.mac_vendor, p.kind, p.kind_reason, p.level, p.level_reason, p.zone, p.zone_reason, d.router, d.internet,"
	  " d.random_mac, p.listed, p.listed_name, p.owner, p.plan, p.baseline, d.first_seen, d.last_seen, d.frames,"
	  " d.evidence FROM main.scan_device d JOIN temp.placed p ON p.device = d.device WHERE likely(d.scan = " BOUND ")",
	  "id" },
	{ "v_address",
	  "device_id INTEGER, type TEXT, address TEXT, segment INTEGER, subnet TEXT DEFAULT '',"
	  " private INTEGER DEFAULT 1",
	  "SELECT device, type, address, segment, subnet, private FROM main.scan_address WHERE " IN_SCAN,
	  "device_id, type, address, segment" },
	{ "v_evidence",
	  "id INTEGER, device_id INTEGER, field TEXT DEFAULT '', value TEXT DEFAULT '', source TEXT DEFAULT '',"
	  " confidence TEXT DEFAULT 'confirmed', file INTEGER DEFAULT 0, file_name TEXT DEFAULT '',"
	  " frame INTEGER DEFAULT 1, peer_frame INTEGER, first INTEGER DEFAULT 0, last INTEGER DEFAULT 0,"
	  " count INTEGER DEFAULT 1",
	  "SELECT e.id, e.device, e.field, e.value, e.source, e.confidence, e.file, f.name, e.frame, e.peer_frame,"
	  " e.first, e.last, e.count FROM ("
	  "SELECT scan, id, device, field, value, source, confidence, file, frame, peer_frame, first, last, count"
	  " FROM main.scan_evidence WHERE " IN_SCAN
	  " UNION ALL "
	  "SELECT r.scan, r.id, coalesce(r.server, r.client), 'conversation',"
	  " " FROM_TO("r.client_address", "r.server_address")
	  " || CASE WHEN r.protocol = '' THEN '' ELSE r.protocol || ' ' END || " OVER ","
	  " 'conversation', r.confidence, r.file, r.frame, r.peer_frame, r.first, r.last, r.frames"
	  " FROM main.scan_conversation r" ENDS " WHERE " R_IN_SCAN
	  " UNION ALL "
	  "SELECT r.scan, r.id, coalesce(r.server, r.client), 'operation',"
	  " " FROM_TO("NULL", "NULL")
	  " || r.protocol || ' ' || r.name || CASE WHEN r.detail = '' THEN '' ELSE ' ' || r.detail END,"
	  " r.protocol, r.confidence, r.file, r.frame, r.peer_frame, r.first, r.last, r.count"
	  " FROM main.scan_operation r" ENDS " WHERE " R_IN_SCAN
	  " UNION ALL "
	  "SELECT r.scan, r.id, r.device_a, 'conflict',"
	  " r.address || ': ' || coalesce(a.label, '?') || ' / ' || coalesce(b.label, '?'),"
	  " 'arp', 'confirmed', r.file, r.frame, r.peer_frame, r.at, r.at, r.alternations"
	  " FROM main.scan_conflict r"
	  " LEFT JOIN temp.placed a ON a.device = r.device_a LEFT JOIN temp.placed b ON b.device = r.device_b"
	  " WHERE " R_IN_SCAN
	  ") e LEFT JOIN main.scan_file f ON f.scan = e.scan AND f.file = e.file",
	  "id" },
	{ "v_protocol",
	  "device_id INTEGER, name TEXT, role TEXT DEFAULT 'server', transport TEXT DEFAULT 'tcp',"
	  " port INTEGER DEFAULT 0, confidence TEXT DEFAULT 'confirmed', frames INTEGER DEFAULT 1",
	  "SELECT device, name, role, transport, port, confidence, frames FROM main.scan_protocol"
	  " WHERE " IN_SCAN,
	  "device_id, name, role, transport, port" },
	{ "v_conversation",
	  "id INTEGER, client_id INTEGER, server_id INTEGER, client_address TEXT DEFAULT '',"
	  " server_address TEXT DEFAULT '', protocol TEXT DEFAULT '', ot INTEGER DEFAULT 0,"
	  " transport TEXT DEFAULT 'tcp', port INTEGER DEFAULT 0, confidence TEXT DEFAULT 'confirmed',"
	  " frames INTEGER DEFAULT 1, packets_c INTEGER DEFAULT 0, packets_s INTEGER DEFAULT 0,"
	  " bytes_c INTEGER DEFAULT 0, bytes_s INTEGER DEFAULT 0, flows INTEGER DEFAULT 1,"
	  " refused INTEGER DEFAULT 0, retransmits INTEGER DEFAULT 0, risk TEXT DEFAULT '',"
	  " first_seen INTEGER DEFAULT 0, last_seen INTEGER DEFAULT 0, client_internet INTEGER DEFAULT 0,"
	  " server_internet INTEGER DEFAULT 0, client_kind TEXT DEFAULT 'unknown',"
	  " server_kind TEXT DEFAULT 'unknown', client_level INTEGER, server_level INTEGER,"
	  " client_zone TEXT DEFAULT '', server_zone TEXT DEFAULT '', allowed INTEGER, in_window INTEGER,"
	  " crosses_zone INTEGER DEFAULT 0, crosses_subnet INTEGER DEFAULT 0, multicast INTEGER DEFAULT 0,"
	  " answered INTEGER DEFAULT 1, requests INTEGER DEFAULT 0, unanswered INTEGER DEFAULT 0,"
	  " period_us INTEGER, jitter_us INTEGER, evidence_id INTEGER",
	  "SELECT r.id, r.client, r.server, r.client_address, r.server_address, r.protocol, r.ot, r.transport,"
	  " r.port, r.confidence, r.frames, r.packets_c, r.packets_s, r.bytes_c, r.bytes_s, r.flows, r.refused,"
	  " r.retransmits, r.risk, r.first, r.last, ifnull(c.internet, 0), ifnull(d.internet, 0),"
	  " ifnull(c.kind, 'unknown'), ifnull(d.kind, 'unknown'), c.level, d.level, ifnull(c.zone, ''), ifnull(d.zone, ''),"
	  " w.allowed, x.in_window, " CROSSES_ZONE ", r.crosses_subnet, r.server IS NULL,"
	  " (r.bytes_c > 0 AND r.bytes_s > 0) OR r.confidence = 'confirmed', r.requests, r.unanswered, r.period,"
	  " r.jitter, r.id"
	  " FROM main.scan_conversation r" ENDS ALLOWED " LEFT JOIN temp.visit x ON x.conversation = r.id WHERE " R_IN_SCAN,
	  "id" },
	{ "v_operation",
	  "id INTEGER, client_id INTEGER, server_id INTEGER, protocol TEXT DEFAULT '',"
	  " transport TEXT DEFAULT 'tcp', port INTEGER DEFAULT 0, class TEXT, name TEXT DEFAULT '',"
	  " detail TEXT DEFAULT '', result TEXT DEFAULT 'ok', confidence TEXT DEFAULT 'confirmed',"
	  " count INTEGER DEFAULT 1, first_seen INTEGER DEFAULT 0, last_seen INTEGER DEFAULT 0,"
	  " client_kind TEXT DEFAULT 'unknown', server_kind TEXT DEFAULT 'unknown',"
	  " crosses_zone INTEGER DEFAULT 0, crosses_subnet INTEGER DEFAULT 0, period_us INTEGER, jitter_us INTEGER,"
	  " evidence_id INTEGER",
	  "SELECT r.id, r.client, r.server, r.protocol, r.transport, r.port, r.class, r.name, r.detail, r.result,"
	  " r.confidence, r.count, r.first, r.last, ifnull(c.kind, 'unknown'), ifnull(d.kind, 'unknown'),"
	  " " CROSSES_ZONE ","
	  " r.crosses_subnet, r.period, r.jitter, r.id"
	  " FROM main.scan_operation r" ENDS ALLOWED " WHERE " R_IN_SCAN " AND r.class NOT IN ('weakness', 'relay')",
	  "id" },
	{ "v_weakness",
	  "id INTEGER, device_id INTEGER, peer_id INTEGER, protocol TEXT DEFAULT '', port INTEGER DEFAULT 0,"
	  " name TEXT, detail TEXT DEFAULT '', confidence TEXT DEFAULT 'confirmed', count INTEGER DEFAULT 1,"
	  " crosses_zone INTEGER DEFAULT 0, evidence_id INTEGER",
	  "SELECT r.id, r.server, r.client, r.protocol, r.port, r.name, r.detail, r.confidence, r.count,"
	  " " CROSSES_ZONE ", r.id"
	  " FROM main.scan_operation r" ENDS ALLOWED " WHERE " R_IN_SCAN " AND r.class = 'weakness'",
	  "id" },
	{ "v_relay",
	  "id INTEGER, device_id INTEGER, peer_id INTEGER, protocol TEXT DEFAULT '', port INTEGER DEFAULT 0,"
	  " name TEXT DEFAULT '', detail TEXT DEFAULT '', confidence TEXT DEFAULT 'confirmed', count INTEGER DEFAULT 1,"
	  " crosses_zone INTEGER DEFAULT 0, evidence_id INTEGER",
	  "SELECT r.id, r.server, r.client, r.protocol, r.port, r.name, r.detail, r.confidence, r.count,"
	  " " CROSSES_ZONE ", r.id"
	  " FROM main.scan_operation r" ENDS ALLOWED " WHERE " R_IN_SCAN " AND r.class = 'relay'",
	  "id" },
	{ "v_zone",
	  "name TEXT, declared INTEGER DEFAULT 0, level INTEGER, networks TEXT DEFAULT '', devices INTEGER DEFAULT 0,"
	  " reason TEXT",
	  "SELECT z.name, 1, z.level, z.prefixes, (SELECT count(*) FROM temp.placed p WHERE p.zone = z.name), 'zone file'"
	  " FROM temp.zone z UNION ALL SELECT p.zone, 0, min(p.level), ifnull(n.networks, ''), count(*), min(p.zone_reason)"
	  " FROM temp.placed p LEFT JOIN (SELECT zone, group_concat(subnet, ' ') AS networks FROM"
	  " (SELECT DISTINCT q.zone, a.subnet FROM main.scan_address a JOIN temp.placed q ON q.device = a.device"
	  " WHERE likely(a.scan = " BOUND ") AND a.subnet <> '' AND a.private AND a.type = 'ipv4' ORDER BY q.zone, a.subnet)"
	  " GROUP BY zone) n ON n.zone = p.zone"
	  " WHERE p.zone <> '' AND p.zone NOT IN (SELECT name FROM temp.zone) GROUP BY p.zone",
	  "name" },
	{ "v_conduit",
	  "id INTEGER, client_zone TEXT, server_zone TEXT, protocol TEXT DEFAULT '', ot INTEGER DEFAULT 0,"
	  " transport TEXT DEFAULT 'tcp', port INTEGER DEFAULT 0, conversations INTEGER DEFAULT 1,"
	  " clients INTEGER DEFAULT 1, servers INTEGER DEFAULT 1, frames INTEGER DEFAULT 1, bytes_c INTEGER DEFAULT 0,"
	  " bytes_s INTEGER DEFAULT 0, operations INTEGER DEFAULT 0, relays INTEGER DEFAULT 0, allowed INTEGER,"
	  " crosses_zone INTEGER DEFAULT 0, first_seen INTEGER DEFAULT 0, last_seen INTEGER DEFAULT 0, evidence_id INTEGER",
	  "SELECT row_number() OVER (ORDER BY client_zone, server_zone, protocol, v.transport, v.port), client_zone, server_zone,"
	  " protocol, ot, v.transport, v.port, count(*), count(DISTINCT client_id), count(DISTINCT server_id), sum(frames),"
	  " sum(bytes_c), sum(bytes_s),"
	  " ifnull(max(o.operations), 0), ifnull(max(o.relays), 0), max(allowed), max(crosses_zone), min(first_seen),"
	  " max(last_seen), min(v.id) FROM temp.v_conversation v LEFT JOIN (SELECT c.zone AS cz, d.zone AS dz, r.transport AS t,"
	  "  r.port AS p, sum(iif(r.class = 'relay', 0, r.count)) AS operations, sum(r.class = 'relay') AS relays"
	  "  FROM main.scan_operation r" ENDS " WHERE " R_IN_SCAN " AND r.class NOT IN ('weakness', 'read', 'identity', 'login',"
	  "  'diagnostic') GROUP BY c.zone, d.zone, r.transport, r.port) o"
	  " ON o.cz = client_zone AND o.dz = server_zone AND o.t = v.transport AND o.p = v.port"
	  " WHERE client_zone <> server_zone AND client_zone <> '' AND server_zone <> ''"
	  " AND answered AND confidence <> 'guess' AND protocol NOT IN ('arp', 'ndp', 'lldp', 'cdp', 'stp', 'igmp')"
	  " GROUP BY client_zone, server_zone, protocol, v.transport, v.port",
	  "id" },
	{ "v_listed",
	  "id INTEGER, name TEXT DEFAULT '', kind TEXT DEFAULT '', zone TEXT DEFAULT '', owner TEXT DEFAULT '',"
	  " plan TEXT DEFAULT '', mac TEXT DEFAULT '', ip TEXT DEFAULT '', device_id INTEGER",
	  "SELECT line, name, kind, zone, owner, plan, mac, ip, device FROM temp.listed",
	  "id" },
	{ "v_change",
	  "id INTEGER, device_id INTEGER, field TEXT, before TEXT, now TEXT, evidence_id INTEGER",
	  "SELECT row_number() OVER (ORDER BY device, field), device, field, before, now,"
	  " (SELECT e.id FROM main.scan_evidence e WHERE e.scan = " BOUND " AND e.device = t.device AND e.field = t.field"
	  "  AND e.value = t.now ORDER BY e.id LIMIT 1) FROM temp.changed t",
	  "id" },
	{ "v_segment",
	  "id INTEGER, key TEXT DEFAULT '', vlans TEXT DEFAULT '', tunnel TEXT DEFAULT '', frames INTEGER DEFAULT 0",
	  "SELECT id, key, vlans, tunnel, frames FROM main.scan_segment WHERE " IN_SCAN,
	  "id" },
	{ "v_conflict",
	  "id INTEGER, address TEXT, device_a INTEGER, device_b INTEGER, alternations INTEGER DEFAULT 1,"
	  " evidence_id INTEGER",
	  "SELECT id, address, device_a, device_b, alternations, id FROM main.scan_conflict WHERE " IN_SCAN,
	  "id" },
	{ "v_coverage",
	  "hours REAL DEFAULT 0, hours_ot REAL DEFAULT 0, span_hours REAL DEFAULT 0, days INTEGER DEFAULT 0,"
	  " frames INTEGER DEFAULT 0, third_party_share REAL DEFAULT 0, mirror INTEGER DEFAULT 0, loss REAL DEFAULT 0,"
	  " k REAL DEFAULT 0, files INTEGER DEFAULT 0, one_way REAL DEFAULT 0, cut REAL DEFAULT 0,"
	  " undecoded REAL DEFAULT 0, malformed REAL DEFAULT 0, unread REAL DEFAULT 0, capped INTEGER DEFAULT 0,"
	  " networks_declared INTEGER DEFAULT 0, networks_seen INTEGER DEFAULT 0, zones INTEGER DEFAULT 0,"
	  " conduits INTEGER DEFAULT 0, windows INTEGER DEFAULT 0, listed INTEGER, baseline INTEGER",
	  "SELECT * FROM temp.coverage",
	  "k" },
	{ "v_silence",
	  "id INTEGER, first INTEGER, last INTEGER",
	  "SELECT id, first, last FROM main.scan_silence WHERE " IN_SCAN,
	  "id" },
	{ "v_count",
	  "name TEXT, value INTEGER DEFAULT 0",
	  "SELECT name, value FROM main.scan_count WHERE " IN_SCAN,
	  "name" },
	{ "v_answer",
	  "question TEXT, level INTEGER, state TEXT DEFAULT 'level', recorded INTEGER DEFAULT 0",
	  "SELECT question, CASE WHEN level >= 0 THEN level END,"
	  " CASE level WHEN -1 THEN 'unknown' WHEN -2 THEN 'not_applicable' ELSE 'level' END, recorded"
	  " FROM main.answer a WHERE level >= -2 AND NOT EXISTS (SELECT 1 FROM main.answer b"
	  " WHERE b.question = a.question AND b.level >= -2"
	  " AND (" CHOSEN("b") ", b.at, b.respondent) > (" CHOSEN("a") ", a.at, a.respondent))",
	  "question" },
	{ NULL, NULL, NULL, NULL },
};

/*
 * Where the rows of one kind were seen, by their id. v_evidence shows the same for all kinds together, but SQLite makes
 * that whole view for every join with it; these it looks up. For queries of our own: checks do not get them.
 */
#define SEEN(name, table, more) \
	"CREATE TEMP VIEW " name " AS SELECT r.id, (SELECT f.name FROM main.scan_file f WHERE f.scan = " BOUND \
	" AND f.file = r.file) AS file_name, r.frame, r.peer_frame" more " FROM main." table " r WHERE r.scan = " BOUND ";"

static const char seen_views[] =
	SEEN("seen_attribute", "scan_evidence", ", r.confidence, r.source")
	SEEN("seen_conversation", "scan_conversation", "")
	SEEN("seen_operation", "scan_operation", ", r.first, r.last")
	SEEN("seen_conflict", "scan_conflict", "");

bool views_create(struct store *s, struct err *e)
{
	struct buf b;
	buf_init(&b, 256 * 1024);
	buf_puts(&b, "CREATE TEMP TABLE bound(scan INTEGER);");
	buf_puts(&b, place_tables);
	buf_puts(&b, coverage_table);
	for (const struct view *v = views; v->name; v++) {
		/* The view's column names are the words that stand before the types. */
		buf_printf(&b, "CREATE TEMP VIEW %s(", v->name);
		bool word = true;
		for (const char *p = v->columns; *p; p++) {
			if (*p == ',') {
				buf_putc(&b, ',');
				word = true;
				while (p[1] == ' ')
					p++;
			} else if (*p == ' ') {
				word = false;
			} else if (word) {
				buf_putc(&b, *p);
			}
		}
		buf_printf(&b, ") AS %s;", v->select);
	}
	buf_puts(&b, seen_views);
	bool ok = store_run(s, b.data, e);
	buf_done(&b);
	return ok;
}

bool views_bind(struct store *s, int64_t scan, struct err *e)
{
	int64_t version = store_number(s, "PRAGMA data_version", 0);
	if (s->bound == scan && s->bound_version == version)
		return true;
	s->bound = -1;
	sqlite3_stmt *st = store_prepare(s, "INSERT INTO temp.bound VALUES(?1)", e);
	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, scan);
	bool ok = store_run(s, "DELETE FROM temp.bound", e) && store_step(s, st, e);
	sqlite3_finalize(st);
	struct zone_plan plan;
	if (!ok || !place_plan(s, &plan, e))
		return false;
	int64_t base = place_baseline(s, scan);
	ok = place_bind(s, &plan, base, e) && coverage_bind(s, &plan, base, e);
	zone_plan_free(&plan);
	if (!ok)
		return false;
	s->bound = scan;
	s->bound_version = version;
	return true;
}
