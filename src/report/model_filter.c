/*
 * The Wireshark filter of the conversation that a row of evidence belongs to: the frame alone says what was said, the
 * filter shows what came before and after. By addresses and port, which hold in every version of Wireshark.
 */
#include "report/model.h"

#include <stdlib.h>
#include <string.h>

#include "base/addr.h"

struct talk {
	const char *client, *server;     /* IP addresses, or MAC addresses */
	const char *transport;
	int64_t port;
};

static void put_address(struct buf *b, const char *address)
{
	if (!address || !*address)
		return;
	struct addr ip;
	uint8_t mac[6];
	const char *field = addr_parse(address, &ip) ? (addr_is_v4(&ip) ? "ip.addr" : "ipv6.addr") :
			    mac_parse(address, mac) == 6 ? "eth.addr" : NULL;
	if (field)
		buf_printf(b, "%s%s == %s", b->len ? " && " : "", field, address);
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

/* One pass over the conversations; what is joined to them is looked up by key, which scales with what a site holds. */
struct traffic {
	json_t *filters;         /* "c<conversation>", "e<evidence>", "p<client>/<server>/<protocol>/<port>" */
	json_t *weak;            /* "<device>/<peer or 0>/<protocol>/<port>": true; false: no login by design */
	json_t *ways;            /* "<zone>\n<zone>": a weak protocol goes this way */
};

static char *pair_key(const struct store_row *row)
{
	return xasprintf("p%lld/%lld/%s/%lld", (long long)store_column(row, "client_id").i,
			 (long long)store_column(row, "server_id").i, store_column(row, "protocol").text,
			 (long long)store_column(row, "port").i);
}

/* Nobody's login at all is a weakness only where it crosses from one zone to another. */
static bool weak_between(const json_t *weak, const struct store_row *row, int64_t peer)
{
	char *key = xasprintf("%lld/%lld/%s/%lld", (long long)store_column(row, "server_id").i, (long long)peer,
			      store_column(row, "protocol").text, (long long)store_column(row, "port").i);
	const json_t *found = json_object_get(weak, key);
	free(key);
	return found && (json_is_true(found) || store_column(row, "crosses_zone").i == 1);
}

static bool take_weakness(void *data, const struct store_row *row)
{
	struct traffic *t = data;
	char *key = xasprintf("%lld/%lld/%s/%lld", (long long)store_column(row, "device_id").i,
			      (long long)store_column(row, "peer_id").i, store_column(row, "protocol").text,
			      (long long)store_column(row, "port").i);
	if (!json_is_true(json_object_get(t->weak, key)))
		json_object_set_new(t->weak, key, json_boolean(store_column(row, "weak").i != 0));
	free(key);
	return true;
}

static bool take_conversation(void *data, const struct store_row *row)
{
	struct traffic *t = data;
	struct talk talk = { store_column(row, "client_address").text, store_column(row, "server_address").text,
			     store_column(row, "transport").text, store_column(row, "port").i };
	int64_t evidence = store_column(row, "evidence_id").i;
	char key[48], *pair = pair_key(row);
	if (!talk.transport)
		talk.transport = "";
	(void)snprintf(key, sizeof(key), "c%lld", (long long)store_column(row, "id").i);
	put_filter(t->filters, key, &talk);
	json_t *filter = json_object_get(t->filters, key);
	if (!json_object_get(t->filters, pair))
		json_object_set(t->filters, pair, filter);
	free(pair);
	(void)snprintf(key, sizeof(key), "e%lld", (long long)evidence);
	if (evidence && !json_object_get(t->filters, key))
		json_object_set(t->filters, key, filter);
	const char *from = store_column(row, "client_zone").text, *to = store_column(row, "server_zone").text;
	if (from && to && store_column(row, "answered").i == 1 &&
	    (weak_between(t->weak, row, 0) || weak_between(t->weak, row, store_column(row, "client_id").i))) {
		char *way = xasprintf("%s\n%s", from, to);
		json_object_set_new(t->ways, way, json_true());
		free(way);
	}
	return true;
}

/* Commands and weaknesses have evidence of their own. */
static bool take_evidence(void *data, const struct store_row *row)
{
	struct traffic *t = data;
	char key[48], *pair = pair_key(row);
	json_t *filter = json_object_get(t->filters, pair);
	(void)snprintf(key, sizeof(key), "e%lld", (long long)store_column(row, "evidence_id").i);
	if (filter && !json_object_get(t->filters, key))
		json_object_set(t->filters, key, filter);
	free(pair);
	return true;
}

static bool read_traffic(struct traffic *t, struct store *s, int64_t scan, struct err *e)
{
	static const char weaknesses[] =
		"SELECT device_id, peer_id, protocol, port, max(name <> 'no-authentication') AS weak"
		" FROM v_weakness WHERE confidence <> 'guess' GROUP BY device_id, peer_id, protocol, port";
	static const char conversations[] =
		"SELECT id, client_id, server_id, client_address, server_address, protocol, transport, port, evidence_id,"
		" client_zone, server_zone, answered, crosses_zone FROM v_conversation ORDER BY id";
	static const char evidence[] =
		"SELECT evidence_id, client_id, server_id, protocol, port FROM v_operation"
		" WHERE evidence_id IS NOT NULL AND class NOT IN ('read', 'identity', 'diagnostic')"
		" UNION SELECT evidence_id, peer_id, device_id, protocol, port FROM v_weakness"
		" WHERE evidence_id IS NOT NULL";
	return store_select(s, scan, weaknesses, NULL, take_weakness, t, e) &&
	       store_select(s, scan, conversations, NULL, take_conversation, t, e) &&
	       store_select(s, scan, evidence, NULL, take_evidence, t, e);
}

static void fill_ways(const json_t *ways, json_t *list)
{
	size_t i;
	json_t *x;
	json_array_foreach(list, i, x) {
		const char *from = json_string_value(json_object_get(x, "client"));
		const char *to = json_string_value(json_object_get(x, "server"));
		char *way = xasprintf("%s\n%s", from ? from : "", to ? to : "");
		model_bool(x, "weak", json_object_get(ways, way) != NULL);
		free(way);
	}
}

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
	struct traffic t = { json_object(), json_object(), json_object() };
	json_t *x, *c;
	size_t i, j;
	bool good = !scan || read_traffic(&t, s, scan, e) || err_prefix(e, "report: filters");
	static const char *const lists[] = { "findings", "candidates" };
	for (size_t l = 0; l < sizeof(lists) / sizeof(*lists); l++)
		json_array_foreach(json_object_get(model, lists[l]), i, x)
			fill_rows(t.filters, x);
	json_array_foreach(json_object_get(model, "questions"), i, x)
		json_array_foreach(json_object_get(x, "contradictions"), j, c)
			fill_rows(t.filters, c);
	fill_ways(t.ways, json_object_get(model, "zone_conduits"));
	json_decref(t.filters);
	json_decref(t.weak);
	json_decref(t.ways);
	return good;
}
