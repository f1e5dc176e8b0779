/* A job's configuration out of YAML. */
#include "run/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/yaml.h"
#include "check/check.h"
#include "run/fail_on.h"
#include "scan/scan.h"

const char *const run_when_names[] = { "always", "changed", "low", "medium", "high", "critical", NULL };
static const char *const attach_names[] = { "none", "masked", "report", NULL };
static const char *const language_names[] = { "en", "ja", NULL };
static const char *const security_names[] = { "starttls", "tls", "none", NULL };

enum { DAY = 24 * 60 * 60, SNAPSHOT = 5 * 60, NEWEST = 30, NUMBER_MAX = 1000000000 };

/* ---- numbers with a unit ---- */

struct unit { char letter; int64_t factor; };

static bool number_with_unit(const char *text, const struct unit *units, int64_t *out)
{
	char *end;
	if (*text < '0' || *text > '9')
		return false;
	long n = strtol(text, &end, 10);
	if (n < 1 || n > NUMBER_MAX || strlen(end) != 1)
		return false;
	for (const struct unit *u = units; u->letter; u++)
		if (*end == u->letter)
			return !__builtin_mul_overflow(n, u->factor, out);
	return false;
}

bool run_seconds(const char *text, int64_t *out)
{
	static const struct unit units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', DAY }, { 'w', 7 * DAY },
					     { 0 } };
	return number_with_unit(text, units, out);
}

bool run_bytes(const char *text, int64_t *out)
{
	static const struct unit units[] = { { 'K', 1 << 10 }, { 'M', 1 << 20 }, { 'G', 1 << 30 },
					     { 'T', INT64_C(1) << 40 }, { 0 } };
	return number_with_unit(text, units, out);
}

/* A key that holds such a number; absent: out stays as it is. */
static bool get_number(const struct yaml *node, const char *key, bool (*read)(const char *text, int64_t *out),
		       const char *wanted, int64_t *out, struct err *e)
{
	const char *text = node ? yaml_text(node) : NULL;
	if (!node || (text && read(text, out)))
		return true;
	return yaml_error(node, e, _("%s: expected %s, got \"%.60s\""), key, wanted, text ? text : "…");
}

/* Not N_(): gettext must see what stands in the sentence. */
#define SECONDS _("a number with s, m, h, d or w (24h, 90d)")
#define BYTES _("a number with K, M, G or T (500M, 10G)")

/* ---- paths ---- */

/* From the configuration's folder. */
static void resolve(const struct run_config *c, char **path)
{
	const char *slash = strrchr(c->path, '/');
	if (!*path || **path == '/' || !slash)
		return;
	char *whole = xasprintf("%.*s%s", (int)(slash - c->path) + 1, c->path, *path);
	free(*path);
	*path = whole;
}

/* "" is nobody's file. */
static bool not_empty(const struct yaml *map, const struct yaml_field *fields, const void *from, struct err *e)
{
	for (const struct yaml_field *f = fields; f->key; f++) {
		const char *text = f->type == YAML_STRING ? *(char *const *)((const char *)from + f->offset) : NULL;
		if (text && !*text)
			return yaml_error(yaml_get(map, f->key), e, _("%s: there is nothing in it"), f->key);
	}
	return true;
}

static bool bind(const struct yaml *map, const struct yaml_field *fields, void *into, struct err *e)
{
	return yaml_bind(map, fields, into, e) && not_empty(map, fields, into, e);
}

/* ---- scan ---- */

#define SCAN(key, type, member) { key, type, offsetof(struct scan_read, member), false, NULL }
struct scan_read {
	struct run_scan_config c;
	const struct yaml *duration, *snapshot, *keep;
};
static const struct yaml_field scan_fields[] = {
	SCAN("interface", YAML_STRINGS, c.interfaces), SCAN("files", YAML_STRINGS, c.files),
	SCAN("duration", YAML_NODE, duration), SCAN("snapshot", YAML_NODE, snapshot),
	SCAN("filter", YAML_STRING, c.filter),
	SCAN("point", YAML_STRING, c.point), SCAN("operator", YAML_STRING, c.operator_name),
	SCAN("authorised_by", YAML_STRING, c.authorised_by), SCAN("keep", YAML_NODE, keep),
	{ NULL, 0, 0, false, NULL },
};

struct keep_read {
	struct run_keep k;
	const struct yaml *size, *age;
};
static const struct yaml_field keep_fields[] = {
	{ "directory", YAML_STRING, offsetof(struct keep_read, k.directory), true, NULL },
	{ "size", YAML_NODE, offsetof(struct keep_read, size), false, NULL },
	{ "age", YAML_NODE, offsetof(struct keep_read, age), false, NULL },
	{ NULL, 0, 0, false, NULL },
};

static bool read_keep(struct run_config *c, const struct yaml *map, struct err *e)
{
	struct keep_read r = { 0 };
	bool ok = bind(map, keep_fields, &r, e) && get_number(r.size, "size", run_bytes, BYTES, &r.k.size, e) &&
		  get_number(r.age, "age", run_seconds, SECONDS, &r.k.age, e) &&
		  (r.k.size || r.k.age ||
		   yaml_error(map, e, _("keep: say how much (size: 20G) or how long (age: 7d), or the disk fills up")));
	c->scan.keep = r.k;
	resolve(c, &c->scan.keep.directory);
	return ok;
}

static bool read_scan(struct run_config *c, const struct yaml *map, struct err *e)
{
	struct scan_read r = { .c = { .duration = DAY, .snapshot = SNAPSHOT } };
	bool ok = bind(map, scan_fields, &r, e) &&
		  get_number(r.duration, "duration", run_seconds, SECONDS, &r.c.duration, e) &&
		  get_number(r.snapshot, "snapshot", run_seconds, SECONDS, &r.c.snapshot, e);
	c->scan = r.c;
	if (!ok)
		return false;
	bool live = r.c.interfaces && r.c.interfaces[0], files = r.c.files && r.c.files[0];
	if (live == files)
		return yaml_error(map, e, _("scan: give either interface: [eth1] to listen, "
					    "or files: [captures/*.pcap]"));
	for (size_t i = 0; live && r.c.interfaces[i]; i++)
		if (i == SCAN_INTERFACES)
			return yaml_error(map, e, _("interface: %d at most"), SCAN_INTERFACES);
	for (size_t i = 0; files && r.c.files[i]; i++)
		resolve(c, &c->scan.files[i]);
	if (r.snapshot && files)
		return yaml_error(r.snapshot, e, _("snapshot: belongs to interface; captures are read at once"));
	if (r.keep && files)
		return yaml_error(r.keep, e, _("keep: belongs to interface; the files are kept by who writes them"));
	return !r.keep || read_keep(c, r.keep, e);
}

/* ---- report ---- */

struct report_read {
	struct run_report_config c;
	const struct yaml *retain;
};
static const struct yaml_field report_fields[] = {
	{ "format", YAML_ENUM, offsetof(struct report_read, c.format), false, report_format_names },
	{ "for", YAML_ENUM, offsetof(struct report_read, c.audience), false, report_audience_names },
	{ "with_grade", YAML_BOOL, offsetof(struct report_read, c.with_grade), false, NULL },
	{ "mask", YAML_BOOL, offsetof(struct report_read, c.mask), false, NULL },
	{ "template", YAML_STRING, offsetof(struct report_read, c.templates), false, NULL },
	{ "directory", YAML_STRING, offsetof(struct report_read, c.directory), true, NULL },
	{ "retain", YAML_NODE, offsetof(struct report_read, retain), false, NULL },
	{ NULL, 0, 0, false, NULL },
};

static bool read_report(struct run_config *c, const struct yaml *map, struct err *e)
{
	struct report_read r = { .c = { .made = true, .format = REPORT_HTML, .audience = REPORT_ALL,
				    .retain = 90 * DAY } };
	bool ok = bind(map, report_fields, &r, e);
	c->report = r.c;
	if (!ok)
		return false;
	resolve(c, &c->report.directory);
	resolve(c, &c->report.templates);
	const char *retain = r.retain ? yaml_text(r.retain) : NULL;
	if (retain && strcmp(retain, "all") == 0)
		c->report.retain = 0;
	else if (!get_number(r.retain, "retain", run_seconds, _("a number with s, m, h, d or w (90d), or all"),
			     &c->report.retain, e))
		return false;
	if (r.c.format == REPORT_JSON && (r.c.audience != REPORT_ALL || r.c.templates))
		return yaml_error(map, e, _("report: format json is the whole model: for and template have no meaning there"));
	return !r.c.with_grade || r.c.audience == REPORT_CUSTOMER ||
	       yaml_error(map, e, _("report: with_grade goes with for: customer; the others see the grade anyway"));
}

/* ---- mail ---- */

#define MAIL(key, type, member, required, names) \
	{ key, type, offsetof(struct run_mail_config, member), required, names }
static const struct yaml_field mail_fields[] = {
	MAIL("server", YAML_STRING, server, true, NULL), MAIL("port", YAML_INT, port, false, NULL),
	MAIL("security", YAML_ENUM, security, false, security_names), MAIL("user", YAML_STRING, user, false, NULL),
	MAIL("secret_file", YAML_STRING, secret_file, false, NULL), MAIL("ca_file", YAML_STRING, ca_file, false, NULL),
	MAIL("from", YAML_STRING, from, true, NULL), MAIL("to", YAML_STRINGS, to, true, NULL),
	MAIL("when", YAML_ENUM, when, false, run_when_names), MAIL("attach", YAML_ENUM, attach, false, attach_names),
	MAIL("mask", YAML_BOOL, mask, false, NULL), MAIL("spool", YAML_STRING, spool, false, NULL),
	{ NULL, 0, 0, false, NULL },
};

static bool check_addresses(const struct run_mail_config *m, const struct yaml *map, struct err *e)
{
	struct err why;
	if (!mail_address_check(m->from, &why))
		return yaml_error(yaml_get(map, "from"), e, "from: %s", why.text);
	size_t n = 0;
	for (; m->to[n]; n++) {
		const struct yaml *to = yaml_get(map, "to");
		if (!mail_address_check(m->to[n], &why))
			return yaml_error(yaml_kind(to) == YAML_LIST ? yaml_at(to, n) : to, e, "to: %s", why.text);
	}
	if (n == 0 || n > MAIL_TO_MAX)
		return yaml_error(yaml_get(map, "to"), e, _("to: expected 1 to %d addresses, got %zu"), MAIL_TO_MAX, n);
	return true;
}

static bool read_mail(struct run_config *c, const struct yaml *map, struct err *e)
{
	struct run_mail_config *m = &c->mail;
	m->security = MAIL_STARTTLS;
	m->when = RUN_CHANGED;
	if (!bind(map, mail_fields, m, e) || !check_addresses(m, map, e))
		return false;
	m->sent = true;
	resolve(c, &m->secret_file);
	resolve(c, &m->ca_file);
	resolve(c, &m->spool);
	if (m->port < 0 || m->port > 65535)
		return yaml_error(yaml_get(map, "port"), e, _("port: expected 1 to 65535, got %d"), m->port);
	if (!m->user != !m->secret_file)
		return yaml_error(map, e, _("mail: user and secret_file (a file that holds the password alone) go together"));
	/* A word that nobody reads, where a password is wanted: what else is wrong with the server is said here. */
	const struct mail_server server = { .host = m->server, .port = m->port,
					    .security = (enum mail_security)m->security, .user = m->user,
					    .password = m->user ? "?" : NULL, .ca_file = m->ca_file };
	struct err why;
	return mail_server_check(&server, &why) || yaml_error(map, e, "mail: %s", why.text);
}

/* ---- the scans that stay ---- */

struct keep_scans { int newest; bool monthly; };
static const struct yaml_field scans_fields[] = {
	{ "newest", YAML_INT, offsetof(struct keep_scans, newest), false, NULL },
	{ "monthly", YAML_BOOL, offsetof(struct keep_scans, monthly), false, NULL },
	{ NULL, 0, 0, false, NULL },
};

static bool read_scans(struct run_config *c, const struct yaml *node, struct err *e)
{
	const char *text = yaml_text(node);
	if (text && strcmp(text, "all") == 0) {
		c->newest = 0;
		return true;
	}
	struct keep_scans k = { c->newest, c->monthly };
	if (!yaml_bind(node, scans_fields, &k, e))
		return false;
	c->newest = k.newest;
	c->monthly = k.monthly;
	return k.newest >= 2 || yaml_error(node, e, _("keep_scans: newest: expected 2 or more (or keep_scans: all), got %d"),
					   k.newest);
}

/* ---- the whole ---- */

struct root_read {
	char *site;
	int lang;
	const struct yaml *scan, *report, *mail, *keep_scans;
	char **fail_on;
};
static const struct yaml_field root_fields[] = {
	{ "site", YAML_STRING, offsetof(struct root_read, site), true, NULL },
	{ "language", YAML_ENUM, offsetof(struct root_read, lang), false, language_names },
	{ "scan", YAML_NODE, offsetof(struct root_read, scan), true, NULL },
	{ "report", YAML_NODE, offsetof(struct root_read, report), false, NULL },
	{ "mail", YAML_NODE, offsetof(struct root_read, mail), false, NULL },
	{ "keep_scans", YAML_NODE, offsetof(struct root_read, keep_scans), false, NULL },
	{ "fail_on", YAML_STRINGS, offsetof(struct root_read, fail_on), false, NULL },
	{ NULL, 0, 0, false, NULL },
};

static bool check_fail_words(const struct run_config *c, const struct yaml *node, struct err *e)
{
	struct err why;
	for (size_t i = 0; c->fail_on && c->fail_on[i]; i++)
		if (!run_fail_on_check(c->fail_on[i], &why))
			return yaml_error(yaml_kind(node) == YAML_LIST ? yaml_at(node, i) : node, e, "%s", why.text);
	return true;
}

static bool read_root(struct run_config *c, const struct yaml *root, struct err *e)
{
	struct root_read r = { .lang = -1 };
	bool ok = bind(root, root_fields, &r, e);
	c->site = r.site;
	c->lang = r.lang;
	c->fail_on = r.fail_on;
	if (!ok)
		return false;
	resolve(c, &c->site);
	ok = read_scan(c, r.scan, e) && (!r.report || read_report(c, r.report, e)) &&
	     (!r.mail || read_mail(c, r.mail, e)) && (!r.keep_scans || read_scans(c, r.keep_scans, e)) &&
	     check_fail_words(c, yaml_get(root, "fail_on"), e);
	if (ok && c->mail.attach != RUN_ATTACH_NONE && !c->report.made)
		return yaml_error(yaml_get(r.mail, "attach"), e, _("attach: there is no section report"));
	/* Names in the mail beside pseudonyms in its attachment would tell which is which. */
	if (ok && c->mail.attach == RUN_ATTACH_MASKED && !c->mail.mask)
		return yaml_error(yaml_get(r.mail, "attach"), e, _("attach: masked goes with mask: true, or the mail would give "
								   "away what the report hides"));
	if (ok && c->mail.attach == RUN_ATTACH_REPORT && c->mail.mask && !c->report.mask)
		return yaml_error(yaml_get(r.mail, "attach"), e, _("attach: report would give away what mask: true hides; "
								   "give attach: masked"));
	if (ok && c->mail.sent && !c->mail.spool)
		c->mail.spool = xasprintf("%s.spool", c->site);
	return ok;
}

struct run_config *run_config_parse(const char *name, const char *bytes, size_t n, struct err *e)
{
	struct yaml_doc *doc = yaml_parse(name, bytes, n, e);
	if (!doc)
		return NULL;
	struct run_config *c = xcalloc(1, sizeof *c);
	c->path = xstrdup(name);
	c->newest = NEWEST;
	c->monthly = true;
	bool ok = read_root(c, yaml_root(doc), e);
	yaml_doc_free(doc);
	if (ok)
		return c;
	run_config_free(c);
	return NULL;
}

struct run_config *run_config_load(const char *path, struct err *e)
{
	size_t n;
	char *bytes = file_load(path, &n, e);
	if (!bytes)
		return NULL;
	struct run_config *c = run_config_parse(path, bytes, n, e);
	free(bytes);
	return c;
}

static void free_strings(char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

void run_config_free(struct run_config *c)
{
	if (!c)
		return;
	struct scan_read scan = { .c = c->scan };
	struct report_read report = { .c = c->report };
	yaml_unbind(scan_fields, &scan);
	yaml_unbind(report_fields, &report);
	yaml_unbind(mail_fields, &c->mail);
	free_strings(c->fail_on);
	free(c->scan.keep.directory);
	free(c->site);
	free(c->path);
	free(c);
}
