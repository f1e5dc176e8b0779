/*
 * The tables of a site file, by version. A new version is one more entry of
 * migrations[]: never change one that was released.
 *
 * Rows of a scan carry its id first, so that a scan lies together in the file
 * and goes in one sweep. Ids of evidence, conversations, operations and
 * conflicts are one sequence in their scan: each is its own evidence.
 */
#include "store/private.h"

#include <stdio.h>

static const char version_1[] =
	"CREATE TABLE setting(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"

	"CREATE TABLE scan("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT, started INTEGER NOT NULL, finished INTEGER NOT NULL,"
	"  state TEXT NOT NULL, point TEXT, operator TEXT, authorised_by TEXT, line_running INTEGER,"
	"  tool TEXT NOT NULL) STRICT;"

	/* A device of the site: AUTOINCREMENT, so that an id is never given twice. */
	"CREATE TABLE device(id INTEGER PRIMARY KEY AUTOINCREMENT, first_scan INTEGER NOT NULL) STRICT;"
	"CREATE TABLE device_key("
	"  key TEXT NOT NULL, device INTEGER NOT NULL REFERENCES device(id),"
	"  PRIMARY KEY(key, device)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX device_key_device ON device_key(device);"

	"CREATE TABLE scan_file("
	"  scan INTEGER NOT NULL REFERENCES scan(id), file INTEGER NOT NULL, name TEXT NOT NULL, path TEXT,"
	"  digest TEXT, frames INTEGER NOT NULL, bytes INTEGER NOT NULL, cut INTEGER NOT NULL,"
	"  undecoded INTEGER NOT NULL, malformed INTEGER NOT NULL, truncated INTEGER NOT NULL,"
	"  snaplen INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, problem TEXT NOT NULL,"
	"  PRIMARY KEY(scan, file)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX scan_file_digest ON scan_file(digest);"

	"CREATE TABLE scan_count("
	"  scan INTEGER NOT NULL REFERENCES scan(id), name TEXT NOT NULL, value INTEGER NOT NULL,"
	"  PRIMARY KEY(scan, name)) STRICT, WITHOUT ROWID;"

	"CREATE TABLE scan_segment("
	"  scan INTEGER NOT NULL REFERENCES scan(id), id INTEGER NOT NULL, key TEXT NOT NULL,"
	"  vlans TEXT NOT NULL, tunnel TEXT NOT NULL, frames INTEGER NOT NULL,"
	"  PRIMARY KEY(scan, id)) STRICT, WITHOUT ROWID;"

	"CREATE TABLE scan_device("
	"  scan INTEGER NOT NULL REFERENCES scan(id), device INTEGER NOT NULL REFERENCES device(id),"
	"  name TEXT, label TEXT NOT NULL, vendor TEXT, model TEXT, firmware TEXT, hardware TEXT, serial TEXT,"
	"  os TEXT, mode TEXT, software TEXT, mac_vendor TEXT, kind TEXT NOT NULL, kind_reason TEXT,"
	"  level INTEGER, level_reason TEXT, zone TEXT NOT NULL, router INTEGER NOT NULL,"
	"  internet INTEGER NOT NULL, random_mac INTEGER NOT NULL, first_seen INTEGER, last_seen INTEGER,"
	"  frames INTEGER NOT NULL, evidence INTEGER,"
	"  PRIMARY KEY(scan, device)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE scan_address("
	"  scan INTEGER NOT NULL REFERENCES scan(id), device INTEGER NOT NULL, place INTEGER NOT NULL,"
	"  type TEXT NOT NULL, address TEXT NOT NULL, segment INTEGER NOT NULL, subnet TEXT NOT NULL,"
	"  private INTEGER NOT NULL,"
	"  PRIMARY KEY(scan, device, place)) STRICT, WITHOUT ROWID;"
	/* kind: 'hostname' or 'vlan', what a device has several of and no view shows */
	"CREATE TABLE scan_many("
	"  scan INTEGER NOT NULL REFERENCES scan(id), device INTEGER NOT NULL, what TEXT NOT NULL,"
	"  place INTEGER NOT NULL, value TEXT NOT NULL,"
	"  PRIMARY KEY(scan, device, what, place)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE scan_protocol("
	"  scan INTEGER NOT NULL REFERENCES scan(id), device INTEGER NOT NULL, place INTEGER NOT NULL,"
	"  name TEXT NOT NULL, role TEXT NOT NULL, transport TEXT NOT NULL, port INTEGER NOT NULL,"
	"  confidence TEXT NOT NULL, frames INTEGER NOT NULL,"
	"  PRIMARY KEY(scan, device, place)) STRICT, WITHOUT ROWID;"

	"CREATE TABLE scan_evidence("
	"  scan INTEGER NOT NULL REFERENCES scan(id), id INTEGER NOT NULL, device INTEGER NOT NULL,"
	"  field TEXT NOT NULL, value TEXT NOT NULL, source TEXT NOT NULL, confidence TEXT NOT NULL,"
	"  file INTEGER NOT NULL, frame INTEGER NOT NULL, peer_frame INTEGER, first INTEGER NOT NULL,"
	"  last INTEGER NOT NULL, count INTEGER NOT NULL,"
	"  PRIMARY KEY(scan, id)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE scan_conversation("
	"  scan INTEGER NOT NULL REFERENCES scan(id), id INTEGER NOT NULL, client INTEGER, server INTEGER,"
	"  client_address TEXT NOT NULL, server_address TEXT NOT NULL, protocol TEXT NOT NULL,"
	"  ot INTEGER NOT NULL, transport TEXT NOT NULL, port INTEGER NOT NULL, confidence TEXT NOT NULL,"
	"  frames INTEGER NOT NULL, packets_c INTEGER NOT NULL, packets_s INTEGER NOT NULL,"
	"  bytes_c INTEGER NOT NULL, bytes_s INTEGER NOT NULL, flows INTEGER NOT NULL,"
	"  refused INTEGER NOT NULL, retransmits INTEGER NOT NULL, risk TEXT NOT NULL,"
	"  first INTEGER NOT NULL, last INTEGER NOT NULL, crosses_subnet INTEGER NOT NULL,"
	"  file INTEGER NOT NULL, frame INTEGER NOT NULL, peer_frame INTEGER,"
	"  PRIMARY KEY(scan, id)) STRICT, WITHOUT ROWID;"
	/* Operations; what the wire proved to be weak (class 'weakness'); doors to somewhere else (class 'relay'). */
	"CREATE TABLE scan_operation("
	"  scan INTEGER NOT NULL REFERENCES scan(id), id INTEGER NOT NULL, client INTEGER, server INTEGER,"
	"  protocol TEXT NOT NULL, transport TEXT NOT NULL, port INTEGER NOT NULL, class TEXT NOT NULL,"
	"  name TEXT NOT NULL, detail TEXT NOT NULL, result TEXT NOT NULL, confidence TEXT NOT NULL,"
	"  count INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,"
	"  crosses_subnet INTEGER NOT NULL, file INTEGER NOT NULL, frame INTEGER NOT NULL, peer_frame INTEGER,"
	"  PRIMARY KEY(scan, id)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE scan_conflict("
	"  scan INTEGER NOT NULL REFERENCES scan(id), id INTEGER NOT NULL, address TEXT NOT NULL,"
	"  device_a INTEGER, device_b INTEGER, alternations INTEGER NOT NULL,"
	"  file INTEGER NOT NULL, frame INTEGER NOT NULL, peer_frame INTEGER, at INTEGER NOT NULL,"
	"  PRIMARY KEY(scan, id)) STRICT, WITHOUT ROWID;"

	"CREATE TABLE answer("
	"  question TEXT NOT NULL, respondent TEXT NOT NULL, level INTEGER NOT NULL, text TEXT, reason TEXT,"
	"  note TEXT, evidence TEXT, recorded INTEGER NOT NULL, at TEXT NOT NULL,"
	"  PRIMARY KEY(question, respondent)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE exception("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT, check_id TEXT NOT NULL, device INTEGER REFERENCES device(id),"
	"  reason TEXT NOT NULL, approver TEXT NOT NULL, expires TEXT NOT NULL, added TEXT NOT NULL) STRICT;";

/* How regularly machines talk, and what nobody answered. Times in microseconds, empty where nothing repeats. */
static const char version_2[] =
	"ALTER TABLE scan_conversation ADD COLUMN requests INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE scan_conversation ADD COLUMN unanswered INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE scan_conversation ADD COLUMN period INTEGER;"
	"ALTER TABLE scan_conversation ADD COLUMN jitter INTEGER;"
	"ALTER TABLE scan_operation ADD COLUMN period INTEGER;"
	"ALTER TABLE scan_operation ADD COLUMN jitter INTEGER;";

/* When nothing was heard. */
static const char version_3[] =
	"CREATE TABLE scan_silence("
	"  scan INTEGER NOT NULL REFERENCES scan(id), id INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,"
	"  PRIMARY KEY(scan, id)) STRICT, WITHOUT ROWID;";

/* Whose answer to a question counts, where it is not simply the last one. */
static const char version_4[] =
	"CREATE TABLE answer_choice("
	"  question TEXT PRIMARY KEY, respondent TEXT NOT NULL, at TEXT NOT NULL) STRICT, WITHOUT ROWID;";

/* The secret that pseudonyms are made with: made once, so that they stay the same for a site. */
static const char version_5[] =
	"CREATE TABLE mask(key BLOB NOT NULL) STRICT;"
	"INSERT INTO mask VALUES(randomblob(32));";

/* Live scans: who runs them (a line of our own, private.h), and what an interface lost. */
static const char version_6[] =
	"ALTER TABLE scan ADD COLUMN process TEXT;"
	"ALTER TABLE scan_file ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE scan_file ADD COLUMN gaps INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE scan_file ADD COLUMN gap INTEGER NOT NULL DEFAULT 0;";

static const char *const migrations[] = { version_1, version_2, version_3, version_4, version_5, version_6 };

int schema_version(void)
{
	return (int)(sizeof migrations / sizeof *migrations);
}

bool schema_migrate(struct store *s, int from, struct err *e)
{
	for (int v = from; v < schema_version(); v++) {
		char sql[128];
		snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
			 STORE_APPLICATION_ID, v + 1);
		if (!store_begin(s, e))
			return false;
		/* Somebody else may have done it while we waited for the lock. */
		if (store_number(s, "PRAGMA user_version", 0) > v) {
			store_rollback(s);
			continue;
		}
		if (!store_run(s, migrations[v], e) || !store_run(s, sql, e) || !store_commit(s, e)) {
			store_rollback(s);
			return false;
		}
	}
	return true;
}
