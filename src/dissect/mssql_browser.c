/*
 * SQL Server Browser (Microsoft MC-SQLR): which instances a machine has, and where they listen.
 *
 *   client: 02 (to all), 03 (to one), 04 name 0 (one instance)
 *   server: 05, length (2, little endian), "ServerName;DB01;InstanceName;SCADA;IsClustered;No;Version;15.0.2000.5;tcp;1433;;" …
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "dissect/dissect.h"

enum { PORT = 1434, ASK_ALL = 2, ASK_ONE = 3, ASK_INSTANCE = 4, ANSWER = 5, HEADER = 3, INSTANCE_MAX = 33, KEY = 0 };

static const char first[] = "ServerName;";

static bool probe(const struct cur *c, enum side side)
{
	uint8_t type = cur_peek(c, 0);
	if (side == SIDE_CLIENT)
		return (cur_left(c) == 1 && (type == ASK_ALL || type == ASK_ONE)) ||
		       (type == ASK_INSTANCE && cur_left(c) >= 3 && cur_left(c) <= INSTANCE_MAX + 1 && cur_peek(c, cur_left(c) - 1) == 0 &&
			cur_peek(c, 1) > ' ');
	struct cur text = *c;
	cur_skip(&text, HEADER);
	return type == ANSWER && cur_peek_le16(c, 1) + (size_t)HEADER == cur_left(c) && cur_starts(&text, first, sizeof first - 1);
}

/* The value up to the next semicolon, which is consumed. */
static struct cur part(struct cur *c)
{
	const uint8_t *end = cur_left(c) ? memchr(cur_here(c), ';', cur_left(c)) : NULL;
	struct cur value = cur_sub(c, end ? (size_t)(end - cur_here(c)) : cur_left(c));
	if (end)
		cur_skip(c, 1);
	return value;
}

static bool is(const struct cur *c, const char *word)
{
	return cur_left(c) == strlen(word) && cur_starts(c, word, strlen(word));
}

static void tell(struct dissect *d, struct cur c)
{
	char instance[64] = "", version[64], text[160];
	while (cur_left(&c)) {
		struct cur name = part(&c);
		if (!cur_left(&name))
			continue;                           /* the end of an instance */
		struct cur value = part(&c);
		if (is(&name, "ServerName"))
			dissect_attr_bytes(d, ATTR_HOSTNAME, cur_here(&value), cur_left(&value), "mssql-browser.ServerName");
		else if (is(&name, "InstanceName"))
			text_wire(cur_here(&value), cur_left(&value), instance, sizeof instance);
		else if (is(&name, "Version") && text_wire(cur_here(&value), cur_left(&value), version, sizeof version)) {
			snprintf(text, sizeof text, "Microsoft SQL Server %s%s%s%s", version, *instance ? " (" : "", instance,
				 *instance ? ")" : "");
			dissect_attr(d, ATTR_SOFTWARE, text, "mssql-browser.Version");
		}
	}
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	uint8_t type = cur_peek(&c, 0);
	if (type == ANSWER) {
		if (!probe(&c, SIDE_SERVER))
			return DISSECT_NOT_MINE;
		dissect_response(d, KEY, RESULT_OK, NULL);
		cur_skip(&c, HEADER);
		tell(d, c);
		return DISSECT_OK;
	}
	if (!probe(&c, SIDE_CLIENT))
		return DISSECT_NOT_MINE;
	dissect_request(d, &(struct dissect_request){ .key = KEY, .op = -1, .name = "request" });
	return DISSECT_OK;
}

const struct dissector dissect_mssql_browser = {
	.name = "mssql-browser",
	.title = "SQL Server Browser",
	.apart = true,
	.udp = { PORT },
	.probe = probe,
	.message = message,
	.reference = "Microsoft MC-SQLR",
	.recognition = "question of one byte or a name, answered with names and values whose length fits",
	.identity = "name of the machine, version and name of each instance",
	.operations = "",
	.verified = "from the manual, not yet seen in a real capture",
};
