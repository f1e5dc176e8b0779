/* Facts of devices and traffic in words, alike on several screens. */
#include "tui/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "tui/words.h"
#include "zone/zone.h"

/* What was cut may have been cut inside a character. */
static const char *ended(char out[WORDS])
{
	size_t n = strlen(out);
	if (n < WORDS - 1)
		return out;
	while (n > 0 && ((unsigned char)out[n - 1] & 0xc0) == 0x80)
		n--;
	out[n > 0 ? n - 1 : 0] = 0;
	return out;
}

const char *tui_word_of(const char *prefix, const char *name, bool guess, char out[WORDS])
{
	(void)snprintf(out, WORDS, "%s%s", tui_word(prefix, name, name), guess ? "?" : "");
	return ended(out);
}

const char *tui_zone_short(const char *zone, bool declared, char out[WORDS])
{
	int group = declared ? -1 : zone_group_of(zone);
	char *whole = group >= 0 || !*zone ? NULL : tui_zone_name(zone, declared);
	if (group >= 0)
		(void)snprintf(out, WORDS, "%s", tui_word("zone", zone_groups[group], zone_groups[group]));
	else
		(void)snprintf(out, WORDS, "%s", whole ? whole : "");
	free(whole);
	return ended(out);
}

const char *tui_reason(const char *reason, char out[WORDS])
{
	const char *value = strstr(reason, ": ");
	char head[WORDS];
	(void)snprintf(head, sizeof head, "%.*s", (int)(value ? value - reason : (long)strlen(reason)), reason);
	/* gettext() answers "" with the head of its catalogue; a reason may hold a colon of its own. */
	if (!*reason || strcmp(_(reason), reason) != 0 || !value || !*head)
		(void)snprintf(out, WORDS, "%s", *reason ? _(reason) : "");
	else if (strcmp(head, "kind") == 0)
		(void)snprintf(out, WORDS, _("%s: %s"), _(head), tui_word("kind", value + 2, value + 2));
	else {
		char *words = tui_plain_words(value + 2);
		(void)snprintf(out, WORDS, _("%s: %s"), _(head), words);
		free(words);
	}
	return ended(out);
}

const char *tui_confidence(const char *confidence)
{
	return tui_word("confidence", confidence, confidence);
}

const char *tui_field(const char *field)
{
	static const struct { const char *field, *title; } titles[] = {
		{ "kind", N_("kind") }, { "level", N_("level") }, { "name", N_("name") }, { "vendor", N_("vendor") },
		{ "model", N_("model") }, { "firmware", N_("firmware") }, { "hardware", N_("hardware") },
		{ "serial", N_("serial") }, { "os", N_("os") }, { "hostname", N_("host name") },
		{ "description", N_("description") }, { "location", N_("location") }, { "role", N_("it says it is") },
		{ "mode", N_("mode") }, { "software", N_("software") }, { "dhcp_vendor", N_("DHCP vendor class") },
		{ "dhcp_fingerprint", N_("options asked for by DHCP") }, { "product_code", N_("product code") },
		{ "tls_fingerprint", N_("TLS fingerprint") }, { "mac", N_("MAC address") }, { "ipv4", N_("IP address") },
		{ "ipv6", N_("IP address (v6)") },
	};
	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
		if (strcmp(titles[i].field, field) == 0)
			return _(titles[i].title);
	return field;
}

const char *tui_bytes(int64_t n, char out[32])
{
	static const char *const units[] = { "kB", "MB", "GB", "TB" };
	double x = (double)n;
	int unit = -1;
	for (; x >= 999.95 && unit < 3; unit++)
		x /= 1000;
	if (unit < 0)
		(void)snprintf(out, 32, "%lld B", (long long)n);
	else
		(void)snprintf(out, 32, "%.1f %s", x, units[unit]);
	return out;
}

const char *tui_count(int64_t n, char out[32])
{
	char digits[24];
	int len = snprintf(digits, sizeof digits, "%lld", (long long)(n < 0 ? 0 : n)), to = 0;
	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			out[to++] = ',';
		out[to++] = digits[i];
	}
	out[to] = 0;
	return out;
}

const char *row_text(const struct store_row *row, const char *column)
{
	const char *text = store_column(row, column).text;
	return text ? text : "";
}

int64_t row_int(const struct store_row *row, const char *column)
{
	return store_column(row, column).i;
}

bool row_guess(const struct store_row *row, const char *column)
{
	return strcmp(row_text(row, column), "guess") == 0;
}

const char *tui_protocol(const struct store_row *row, char out[WORDS])
{
	const char *name = row_text(row, "protocol"), *transport = row_text(row, "transport");
	int64_t port = row_int(row, "port");
	(void)snprintf(out, WORDS, "%s%s", *name ? name : _("unknown"), *name && row_guess(row, "confidence") ? "?" : "");
	size_t n = strlen(out);
	if (strcmp(transport, "tcp") == 0 || strcmp(transport, "udp") == 0)
		(void)snprintf(out + n, WORDS - n, " %s/%lld", transport, (long long)port);
	else if (!*name)
		(void)snprintf(out + n, WORDS - n, " %s", transport);
	return ended(out);
}

char *tui_cut(const char *text, int columns)
{
	struct buf safe, out;
	buf_init(&safe, 64 * 1024);
	buf_init(&out, 64 * 1024);
	text_terminal(&safe, text);
	int width = text_width(safe.data);
	text_pad(&out, safe.data, width < columns ? width : columns);
	buf_done(&safe);
	return buf_take(&out);
}

void tui_note_rows(struct table *t, int64_t n, const char *note)
{
	char shown[32], all[32];
	char *cut = xasprintf(_("Only the first %s of %s rows are shown. ?: a guess"), tui_count(ROWS_MOST, shown),
			      tui_count(n, all));
	table_note(t, n > ROWS_MOST ? cut : note);
	free(cut);
}

static bool take_label(void *data, const struct store_row *row)
{
	char **label = data;
	*label = tui_cut(row_text(row, "label"), 60);
	return false;
}

bool tui_device_label(const struct tui *t, int64_t id, char **label, struct err *e)
{
	char number[32];
	(void)snprintf(number, sizeof number, "%lld", (long long)id);
	const char *const parameters[] = { number, NULL };
	*label = NULL;
	if (id == 0)
		return true;
	if (t->a.scan && !store_select(t->store, t->a.scan, "SELECT label FROM v_device WHERE id = CAST(?1 AS INTEGER)",
				       parameters, take_label, label, e))
		return false;
	return *label || err_set(e, "%s", _("The newest scan does not show this device."));
}

bool tui_rows_open(struct screen *s, const struct table_column *columns, const char *sql, store_row_fn *take,
		   struct tui_rows *r, struct err *e)
{
	char id[32];
	(void)snprintf(id, sizeof id, "%lld", (long long)s->id);
	const char *const parameters[] = { id, NULL };
	int64_t scan = s->tui->a.scan;
	*r = (struct tui_rows){ .table = table_new(columns, &screen_device) };
	tui_rows_close(s);
	if (scan && (!store_select(s->tui->store, scan, sql, parameters, take, r, e) ||
		     !tui_device_label(s->tui, s->id, (char **)&s->data, e))) {
		table_free(r->table);
		return false;
	}
	s->table = r->table;
	return true;
}

void tui_rows_close(struct screen *s)
{
	free(s->data);
	s->data = NULL;
}
