/* genba operations: commands that were seen on the wire, what it proved to be weak, and doors to somewhere else. */
#include "base/lang.h"
#include "cli/site.h"

static const struct site_field fields[] = {
	{ "id", NULL, FIELD_NUMBER },
	{ "class", N_("CLASS"), FIELD_TEXT },
	{ "client_id", NULL, FIELD_NUMBER },
	{ "client", N_("WHO"), FIELD_TEXT },
	{ "server_id", NULL, FIELD_NUMBER },
	{ "server", N_("TO WHOM"), FIELD_TEXT },
	{ "protocol", N_("PROTOCOL"), FIELD_TEXT },
	{ "transport", NULL, FIELD_TEXT },
	{ "port", NULL, FIELD_NUMBER },
	{ "name", N_("WHAT"), FIELD_TEXT },
	{ "detail", N_("DETAIL"), FIELD_TEXT },
	{ "result", N_("RESULT"), FIELD_TEXT },
	{ "confidence", NULL, FIELD_TEXT },
	{ "count", N_("COUNT"), FIELD_NUMBER },
	{ "crosses_zone", NULL, FIELD_NUMBER },
	{ "first_seen", NULL, FIELD_TIME },
	{ "last_seen", NULL, FIELD_TIME },
	{ "file", N_("FILE"), FIELD_TEXT },
	{ "frame", N_("FRAME"), FIELD_NUMBER },
	{ "peer_frame", NULL, FIELD_NUMBER },
	{ "period_us", NULL, FIELD_NUMBER },
	{ "jitter_us", NULL, FIELD_NUMBER },
	{ NULL, NULL, FIELD_TEXT },
};

/* ?1 class, ?2 protocol, '' for any */
static const char sql[] =
	"SELECT o.id, o.class, o.client_id, a.label, o.server_id, b.label, o.protocol, o.transport, o.port, o.name,"
	" o.detail, o.result, o.confidence, o.count, o.crosses_zone, e.first, e.last, e.file_name, e.frame, e.peer_frame,"
	" o.period_us, o.jitter_us"
	" FROM (SELECT id, class, client_id, server_id, protocol, transport, port, name, detail, result, confidence,"
	"  count, crosses_zone, evidence_id, period_us, jitter_us FROM v_operation"
	"  UNION ALL SELECT id, 'weakness', peer_id, device_id, protocol, NULL, port, name, detail, NULL, confidence,"
	"  count, crosses_zone, evidence_id, NULL, NULL FROM v_weakness"
	"  UNION ALL SELECT id, 'relay', peer_id, device_id, protocol, NULL, port, name, detail, NULL, confidence,"
	"  count, crosses_zone, evidence_id, NULL, NULL FROM v_relay) o"
	" LEFT JOIN v_device a ON a.id = o.client_id LEFT JOIN v_device b ON b.id = o.server_id"
	" LEFT JOIN seen_operation e ON e.id = o.evidence_id"
	" WHERE (?1 = '' OR o.class = ?1) AND (?2 = '' OR o.protocol = ?2) ORDER BY o.id";

static int run(struct cli *c, struct err *e)
{
	int format = site_format(c, e), cls = cli_choice(c, "class", op_class_names, OP_MAX, e);
	if (format < 0 || cls < 0)
		return EXIT_USAGE_ERROR;
	const char *protocol = cli_get(c, "protocol");
	const char *const filter[] = { cls == OP_MAX ? "" : op_class_names[cls], protocol ? protocol : "", NULL };
	int64_t scan;
	struct store *s = site_open(c, STORE_READ, e);
	bool ok = s && site_scan(c, s, &scan, e) &&
		  site_list(s, scan, (enum list_format)format, "genba.operations/1", "operations", fields, sql, filter,
			    e);
	store_close(s);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

static const struct cli_option options[] = {
	SITE_FORMAT_OPTION,
	SITE_SCAN_OPTION,
	{ 0, "class", "CLASS", N_("only this class: write, stop, download, firmware, weakness and so on") },
	{ 0, "protocol", "NAME", N_("only this protocol") },
	{ 0, NULL, NULL, NULL },
};

const struct command command_operations = {
	.name = "operations",
	.summary = N_("list the commands that were seen on the wire"),
	.options = options,
	.run = run,
};
