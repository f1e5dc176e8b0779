/* genba conversations: who talks to whom. */
#include "base/lang.h"
#include "cli/site.h"

static const struct site_field fields[] = {
	{ "id", NULL, FIELD_NUMBER },
	{ "client_id", NULL, FIELD_NUMBER },
	{ "client", N_("CLIENT"), FIELD_TEXT },
	{ "client_address", NULL, FIELD_TEXT },
	{ "server_id", NULL, FIELD_NUMBER },
	{ "server", N_("SERVER"), FIELD_TEXT },
	{ "server_address", NULL, FIELD_TEXT },
	{ "protocol", N_("PROTOCOL"), FIELD_TEXT },
	{ "transport", N_("OVER"), FIELD_TEXT },
	{ "port", N_("PORT"), FIELD_NUMBER },
	{ "confidence", N_("CONFIDENCE"), FIELD_TEXT },
	{ "frames", N_("FRAMES"), FIELD_NUMBER },
	{ "packets_c", NULL, FIELD_NUMBER },
	{ "packets_s", NULL, FIELD_NUMBER },
	{ "bytes_c", N_("BYTES →"), FIELD_NUMBER },
	{ "bytes_s", N_("BYTES ←"), FIELD_NUMBER },
	{ "flows", NULL, FIELD_NUMBER },
	{ "refused", NULL, FIELD_NUMBER },
	{ "retransmits", NULL, FIELD_NUMBER },
	{ "risk", NULL, FIELD_TEXT },
	{ "ot", NULL, FIELD_NUMBER },
	{ "crosses_zone", NULL, FIELD_NUMBER },
	{ "crosses_subnet", NULL, FIELD_NUMBER },
	{ "multicast", NULL, FIELD_NUMBER },
	{ "answered", NULL, FIELD_NUMBER },
	{ "first_seen", NULL, FIELD_TIME },
	{ "last_seen", N_("LAST SEEN"), FIELD_TIME },
	{ "file", NULL, FIELD_TEXT },
	{ "frame", NULL, FIELD_NUMBER },
	{ "requests", NULL, FIELD_NUMBER },
	{ "unanswered", NULL, FIELD_NUMBER },
	{ "period_us", NULL, FIELD_NUMBER },
	{ "jitter_us", NULL, FIELD_NUMBER },
	{ NULL, NULL, FIELD_TEXT },
};

/* ?1 protocol, ?2 device id as text, '' for any */
static const char sql[] =
	"SELECT c.id, c.client_id, coalesce(a.label, c.client_address), c.client_address,"
	" c.server_id, coalesce(b.label, c.server_address), c.server_address, c.protocol, c.transport, c.port,"
	" c.confidence, c.frames, c.packets_c, c.packets_s, c.bytes_c, c.bytes_s, c.flows, c.refused, c.retransmits,"
	" c.risk, c.ot, c.crosses_zone, c.crosses_subnet, c.multicast, c.answered, c.first_seen, c.last_seen,"
	" e.file_name, e.frame, c.requests, c.unanswered, c.period_us, c.jitter_us"
	" FROM v_conversation c LEFT JOIN v_device a ON a.id = c.client_id LEFT JOIN v_device b ON b.id = c.server_id"
	" LEFT JOIN seen_conversation e ON e.id = c.evidence_id"
	" WHERE (?1 = '' OR c.protocol = ?1) AND (?2 = '' OR ?2 IN (CAST(c.client_id AS TEXT), CAST(c.server_id AS TEXT)))"
	" ORDER BY c.id";

static int run(struct cli *c, struct err *e)
{
	int format = site_format(c, e);
	const char *protocol = cli_get(c, "protocol"), *device = cli_get(c, "device");
	const char *const filter[] = { protocol ? protocol : "", device ? device : "", NULL };
	int64_t scan;
	if (format < 0)
		return EXIT_USAGE_ERROR;
	struct store *s = site_open(c, STORE_READ, e);
	bool ok = s && site_scan(c, s, &scan, e) &&
		  site_list(s, scan, (enum list_format)format, "genba.conversations/1", "conversations", fields, sql,
			    filter, e);
	store_close(s);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

static const struct cli_option options[] = {
	SITE_FORMAT_OPTION,
	SITE_SCAN_OPTION,
	{ 0, "protocol", "NAME", N_("only this protocol") },
	{ 0, "device", "ID", N_("only what this device takes part in") },
	{ 0, NULL, NULL, NULL },
};

const struct command command_conversations = {
	.name = "conversations",
	.summary = N_("list who talks to whom"),
	.options = options,
	.run = run,
};
