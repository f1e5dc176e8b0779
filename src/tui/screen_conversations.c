/* Who talks to whom: everybody, or one device. */
#include <stdio.h>
#include <stdlib.h>

#include "tui/facts.h"
#include "tui/tui.h"

static void title(const struct screen *s, char *out, size_t size)
{
	if (s->data)
		(void)snprintf(out, size, _("Who talks to whom: %s"), (const char *)s->data);
	else
		(void)snprintf(out, size, "%s", _("Who talks to whom"));
}

static const struct table_column columns[] = {
	{ N_("From"), 16, 2, false, 0 },
	{ N_("To"), 16, 2, false, 0 },
	{ N_("Protocol"), 16, 1, false, 0 },
	{ N_("Packets"), 9, 0, true, 2 },
	{ N_("Bytes"), 9, 0, true, 0 },
	{ N_("Last seen"), 16, 0, false, 1 },
	{ N_("Zones"), 8, 0, false, 0 },
	{ NULL, 0, 0, false, 0 },
};

/* ?1 device id as text, '0' for all */
static const char sql[] =
	"SELECT coalesce(a.label, c.client_address) AS client, c.server_id, coalesce(b.label, c.server_address) AS server,"
	" c.protocol, c.transport, c.port, c.confidence, c.packets_c + c.packets_s AS packets, c.bytes_c + c.bytes_s AS bytes,"
	" c.frames, c.last_seen, c.crosses_zone"
	" FROM v_conversation c LEFT JOIN v_device a ON a.id = c.client_id LEFT JOIN v_device b ON b.id = c.server_id"
	" WHERE ?1 = '0' OR c.client_id = CAST(?1 AS INTEGER) OR c.server_id = CAST(?1 AS INTEGER)"
	" ORDER BY c.crosses_zone DESC, bytes DESC, c.frames DESC, c.id";

static bool take_row(void *data, const struct store_row *row)
{
	struct tui_rows *r = data;
	char protocol[WORDS], number[32];
	bool crosses = row_int(row, "crosses_zone") != 0;
	r->marked += crosses;
	if (r->n++ >= ROWS_MOST)
		return true;
	/* What is no IP has frames, but no packets. */
	int64_t packets = row_int(row, "packets");
	packets = packets ? packets : row_int(row, "frames");
	table_row(r->table, crosses ? STYLE_FAIR : STYLE_PLAIN, row_int(row, "server_id"), "");
	table_cell(r->table, *row_text(row, "client") ? row_text(row, "client") : _("unknown"));
	table_cell(r->table, *row_text(row, "server") ? row_text(row, "server") : _("a group"));
	table_cell(r->table, tui_protocol(row, protocol));
	table_number(r->table, (double)packets, tui_count(packets, number));
	table_number(r->table, (double)row_int(row, "bytes"), tui_bytes(row_int(row, "bytes"), number));
	table_cell(r->table, tui_time(row_int(row, "last_seen"), number));
	table_cell(r->table, crosses ? _("crosses") : "");
	return true;
}

static bool open(struct screen *s, struct err *e)
{
	char n[32], crossing[32];
	struct tui_rows r;
	if (!tui_rows_open(s, columns, sql, take_row, &r, e))
		return false;
	table_empty(s->table, s->tui->a.scan ? _("Nobody was heard talking.") :
					       _("No capture yet: conversations show once one has been read."));
	char *note = xasprintf(_("%s conversations, %s across zones and not declared. ?: a guess"),
			       tui_count(r.n, n), tui_count(r.marked, crossing));
	if (s->tui->a.scan)
		tui_note_rows(s->table, r.n, note);
	free(note);
	return true;
}

const struct screen_type screen_conversations = {
	.name = "conversations", .title = title, .open = open, .close = tui_rows_close,
};
