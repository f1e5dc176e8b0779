/*
 * The Wireshark filter of the conversation that a row of evidence belongs to: the frame alone says what was said, the
 * filter shows what came before and after. By addresses and port, which hold in every version of Wireshark.
 */
#include "report/model.h"

#include <string.h>

struct talk {
	const char *client, *server;     /* IP addresses, or MAC addresses */
	const char *transport;
	int64_t port;
};

static void put_address(struct buf *b, const char *address)
{
	if (!address || !*address)
		return;
	size_t colons = 0;
	for (const char *s = address; *s; s++)
		colons += *s == ':';
	bool mac = colons == 5 && strlen(address) == 17;
	buf_printf(b, "%s%s == %s", b->len ? " && " : "", mac ? "eth.addr" : colons ? "ipv6.addr" : "ip.addr", address);
}

static void put_filter(json_t *o, const char *key, const struct talk *t)
{
	struct buf b;
	buf_init(&b, 512);
	put_address(&b, t->client);
	put_address(&b, t->server);
	bool ethernet = strcmp(t->transport, "ethernet") == 0;
	if (b.len && t->port > 0 && ethernet)
		buf_printf(&b, " && eth.type == 0x%04x", (unsigned)(t->port & 0xffff));
	else if (b.len && t->port > 0 && (strcmp(t->transport, "tcp") == 0 || strcmp(t->transport, "udp") == 0))
		buf_printf(&b, " && %s.port == %lld", t->transport, (long long)t->port);
	model_text(o, key, b.len ? b.data : NULL);
	buf_done(&b);
}

static bool take_filter(void *data, const struct store_row *row)
{
	struct store_value key = store_column(row, "key");
	struct talk t = { store_column(row, "client").text, store_column(row, "server").text,
			  store_column(row, "transport").text, store_column(row, "port").i };
	if (key.text && t.transport && !json_object_get(data, key.text))
		put_filter(data, key.text, &t);
	return true;
}

/* What a row's subject and its evidence are keys for; the first of several conversations speaks. */
static const char filters_sql[] =
	"SELECT 'c' || id AS key, client_address AS client, server_address AS server, transport, port FROM v_conversation"
	" UNION ALL "
	"SELECT 'e' || evidence_id, client_address, server_address, transport, port FROM v_conversation"
	" WHERE evidence_id IS NOT NULL";
static const char operations_sql[] =
	"SELECT 'e' || o.evidence_id AS key, c.client_address AS client, c.server_address AS server, c.transport, c.port"
	" FROM (SELECT DISTINCT evidence_id, client_id, server_id, protocol, port FROM v_operation"
	"  WHERE class NOT IN ('read', 'identity', 'diagnostic')"
	"  UNION SELECT DISTINCT evidence_id, peer_id, device_id, protocol, port FROM v_weakness) o"
	" JOIN v_conversation c ON c.client_id = o.client_id AND c.server_id = o.server_id AND c.port = o.port"
	" AND c.protocol = o.protocol WHERE o.evidence_id IS NOT NULL";

static void fill_rows(const json_t *filters, json_t *finding)
{
	const char *subject = json_string_value(json_object_get(finding, "subject"));
	bool conversation = subject && strcmp(subject, "conversation") == 0;
	size_t i;
	json_t *row;
	json_array_foreach(json_object_get(finding, "rows"), i, row) {
		char key[32];
		(void)snprintf(key, sizeof(key), "%c%" JSON_INTEGER_FORMAT, conversation ? 'c' : 'e',
			       json_integer_value(json_object_get(row, conversation ? "subject_id" : "evidence_id")));
		json_t *found = json_object_get(filters, key);
		json_object_set(row, "filter", found ? found : json_null());
	}
}

bool model_filters(json_t *model, struct store *s, int64_t scan, struct err *e)
{
	json_t *filters = json_object(), *x, *c;
	size_t i, j;
	bool good = !scan || (store_select(s, scan, operations_sql, NULL, take_filter, filters, e) &&
			      store_select(s, scan, filters_sql, NULL, take_filter, filters, e)) ||
		    err_prefix(e, "report: filters");
	static const char *const lists[] = { "findings", "candidates" };
	for (size_t l = 0; l < sizeof(lists) / sizeof(*lists); l++)
		json_array_foreach(json_object_get(model, lists[l]), i, x)
			fill_rows(filters, x);
	json_array_foreach(json_object_get(model, "questions"), i, x)
		json_array_foreach(json_object_get(x, "contradictions"), j, c)
			fill_rows(filters, c);
	json_decref(filters);
	return good;
}
