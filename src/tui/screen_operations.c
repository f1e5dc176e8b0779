/* The commands that were seen: who told whom to do what, the gravest first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/facts.h"
#include "tui/tui.h"
#include "tui/words.h"

static void title(const struct screen *s, char *out, size_t size)
{
	if (s->data)
		(void)snprintf(out, size, _("Commands seen: %s"), (const char *)s->data);
	else
		(void)snprintf(out, size, "%s", _("Commands seen"));
}

static const struct table_column columns[] = {
	{ N_("By whom"), 14, 2, false, 0 },
	{ N_("To whom"), 14, 2, false, 0 },
	{ N_("Command"), 16, 0, false, 0 },
	{ N_("What exactly"), 14, 3, false, 0 },
	{ N_("Protocol"), 10, 1, false, 1 },
	{ N_("Times"), 6, 0, true, 0 },
	{ N_("Result"), 8, 1, false, 0 },
	{ NULL, 0, 0, false, 0 },
};

/* ?1 device id as text, '0' for all */
static const char sql[] =
	"SELECT a.label AS client, o.server_id, b.label AS server, o.class, o.name, o.detail, o.protocol, '' AS transport,"
	" o.port, o.confidence, o.count, o.result, o.crosses_zone"
	" FROM v_operation o LEFT JOIN v_device a ON a.id = o.client_id LEFT JOIN v_device b ON b.id = o.server_id"
	" WHERE ?1 = '0' OR o.client_id = CAST(?1 AS INTEGER) OR o.server_id = CAST(?1 AS INTEGER)"
	" ORDER BY " OPERATION_ORDER;

static bool only_looks(const char *class)
{
	return strcmp(class, "read") == 0 || strcmp(class, "identity") == 0 || strcmp(class, "diagnostic") == 0;
}

static bool take_row(void *data, const struct store_row *row)
{
	struct tui_rows *r = data;
	char text[WORDS], number[32];
	const char *class = row_text(row, "class"), *detail = row_text(row, "detail");
	bool changes = !only_looks(class);
	r->marked += changes;
	if (r->n++ >= ROWS_MOST)
		return true;
	table_row(r->table, changes && row_int(row, "crosses_zone") ? STYLE_FAIR : STYLE_PLAIN, row_int(row, "server_id"), "");
	table_cell(r->table, *row_text(row, "client") ? row_text(row, "client") : _("unknown"));
	table_cell(r->table, *row_text(row, "server") ? row_text(row, "server") : _("a group"));
	table_cell(r->table, tui_word_of("op", class, row_guess(row, "confidence"), text));
	char *weak = tui_plain_words(row_text(row, "name"));
	char *name = xasprintf("%s%s%s", weak, *detail ? ", " : "", detail);
	free(weak);
	table_cell(r->table, name);
	free(name);
	table_cell(r->table, tui_protocol(row, text));
	table_number(r->table, (double)row_int(row, "count"), tui_count(row_int(row, "count"), number));
	table_cell(r->table, tui_word("result", row_text(row, "result"), row_text(row, "result")));
	return true;
}

static bool open(struct screen *s, struct err *e)
{
	char n[32], changing[32];
	struct tui_rows r;
	if (!tui_rows_open(s, columns, sql, take_row, &r, e))
		return false;
	table_empty(s->table, s->tui->a.scan ? _("No command was seen.") :
					       _("No capture yet: commands show once one has been read."));
	char *note = xasprintf(_("%s kinds of commands, %s of them more than reading. ?: a guess"), tui_count(r.n, n),
			       tui_count(r.marked, changing));
	if (s->tui->a.scan)
		tui_note_rows(s->table, r.n, note);
	free(note);
	return true;
}

const struct screen_type screen_operations = {
	.name = "operations", .title = title, .open = open, .close = tui_rows_close,
};
