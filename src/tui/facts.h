/* Facts of devices and traffic in words, alike on several screens. */
#ifndef TUI_FACTS_H
#define TUI_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/store.h"
#include "tui/tui.h"

enum {
	WORDS = 256,             /* bytes of a phrase */
	ROWS_MOST = 50000,       /* rows of a table; more than anybody looks through */
};

/* The word of the report for a kind, a command, …, with "?" behind it where it is a guess. Into out, which is returned. */
const char *tui_word_of(const char *prefix, const char *name, bool guess, char out[WORDS]);
/* A zone for a column: a proposed one without its network, which the address shows. */
const char *tui_zone_short(const char *zone, bool declared, char out[WORDS]);
/* Why a kind, level or zone was given: an English msgid, then ": value" where a value decided. */
const char *tui_reason(const char *reason, char out[WORDS]);
/* "guess" → how sure that is, in words */
const char *tui_confidence(const char *confidence);
/* A field of a device, as v_evidence names it. */
const char *tui_field(const char *field);
/* "1.2 MB" */
const char *tui_bytes(int64_t n, char out[32]);
/* Thousands apart. */
const char *tui_count(int64_t n, char out[32]);
/* "modbus tcp/502", with "?" where the protocol is a guess, of a row with protocol, transport, port, confidence. */
const char *tui_protocol(const struct store_row *row, char out[WORDS]);
/* At most so many columns of a text of the network, with … where it was cut; to be freed. */
char *tui_cut(const char *text, int columns);

/* The label of a device of the scan, NULL for device 0; to be freed. False: there is no such device. */
bool tui_device_label(const struct tui *t, int64_t id, char **label, struct err *e) MUST_CHECK;

/*
 * A table of what one device does, or everybody: of s->id, 0 for all. sql has it as ?1, as text; take fills the rows'
 * cells. What s->data holds afterwards is the device's label, NULL for all: tui_rows_close() frees it.
 */
struct tui_rows {
	struct table *table;
	int64_t n, marked;       /* all rows, and those that take marked; ROWS_MOST of them are shown */
};
bool tui_rows_open(struct screen *s, const struct table_column *columns, const char *sql, store_row_fn *take,
		   struct tui_rows *r, struct err *e) MUST_CHECK;
void tui_rows_close(struct screen *s);

/* The note of a table of n rows, which says where only some of them are shown. */
void tui_note_rows(struct table *t, int64_t n, const char *note);

/* A column's text, "" where there is none; its whole number; did it say "guess"? */
const char *row_text(const struct store_row *row, const char *column);
int64_t row_int(const struct store_row *row, const char *column);
bool row_guess(const struct store_row *row, const char *column);

/* The order of commands, most serious first. */
#define OPERATION_ORDER \
	"CASE o.class WHEN 'firmware' THEN 0 WHEN 'stop' THEN 1 WHEN 'start' THEN 2 WHEN 'reset' THEN 3 WHEN 'mode' THEN 4" \
	" WHEN 'download' THEN 5 WHEN 'force' THEN 6 WHEN 'configuration' THEN 7 WHEN 'log_erase' THEN 8" \
	" WHEN 'upload' THEN 9 WHEN 'clock' THEN 10 WHEN 'write' THEN 11 WHEN 'file' THEN 12 WHEN 'login' THEN 13" \
	" WHEN 'diagnostic' THEN 15 WHEN 'identity' THEN 16 WHEN 'read' THEN 17 ELSE 14 END," \
	" o.crosses_zone DESC, o.count DESC, o.id"

#endif
