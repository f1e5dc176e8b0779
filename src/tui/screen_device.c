/* One device: what it is, what was found, and where everything was seen. id: v_device.id. */
#include <stdio.h>
#include <stdlib.h>

#include "tui/tui.h"

/* The title is drawn at every key: its label is read once. */
static bool label(void *data, const struct store_row *r)
{
	struct screen *s = data;
	free(s->data);
	s->data = xstrdup(r->values[0].text ? r->values[0].text : "");
	return false;
}

static bool device_rows(struct screen *s, const char *sql, store_row_fn *fn, void *data, struct err *e)
{
	char id[24];
	snprintf(id, sizeof id, "%lld", (long long)s->id);
	return store_select(s->tui->store, s->tui->a.scan, sql, (const char *const[]){ id, NULL }, fn, data, e);
}

static void title(const struct screen *s, char *out, size_t size)
{
	snprintf(out, size, "%s", s->data ? (const char *)s->data : "");
}

/* The columns of one row as pairs, in the order of these labels. */
static const char *const labels[] = {
	N_("Kind"), N_("Manufacturer"), N_("Model"), N_("Firmware"), N_("Serial number"), N_("Operating system"),
	N_("Purdue level"), N_("Zone"), N_("Owner"),
};

static bool what(void *data, const struct store_row *r)
{
	for (int i = 0; i < r->n && i < (int)(sizeof labels / sizeof *labels); i++)
		doc_pair(data, _(labels[i]), r->values[i].text);
	return false;
}

static bool address(void *data, const struct store_row *r)
{
	doc_pair(data, r->values[0].text, r->values[1].text);
	return true;
}

static bool protocol(void *data, const struct store_row *r)
{
	bool guess = r->values[4].i != 0;
	doc_printf(data, guess ? STYLE_DIM : STYLE_PLAIN, 0, "%s  %s  %s/%lld%s", r->values[0].text, r->values[1].text,
		   r->values[2].text, (long long)r->values[3].i, guess ? _("  (a guess)") : "");
	return true;
}

static bool evidence(void *data, const struct store_row *r)
{
	char text[512];
	snprintf(text, sizeof text, _("%s   (%s, %s, %s frame %lld)"), r->values[1].text, r->values[2].text, r->values[3].text,
		 r->values[4].text, (long long)r->values[5].i);
	doc_pair(data, r->values[0].text, text);
	return true;
}

static void findings(struct screen *s)
{
	const struct assessment *a = &s->tui->a;
	bool head = false;
	for (size_t i = 0; i < a->n_findings; i++) {
		bool here = false;
		for (size_t k = 0; k < a->findings[i]->n_rows && !here; k++)
			here = a->findings[i]->rows[k].device == s->id && !a->findings[i]->rows[k].candidate;
		if (!here)
			continue;
		if (!head)
			doc_head(s->doc, _("What was found"));
		head = true;
		tui_put_finding(s->doc, a->findings[i]);
	}
}

static bool open(struct screen *s, struct err *e)
{
	bool ok = device_rows(s, "SELECT label FROM v_device WHERE id = ?1", label, s, e) &&
		  device_rows(s, "SELECT kind || coalesce(' (' || kind_reason || ')', ''), coalesce(vendor, mac_vendor), model,"
				 " firmware, serial, os, level || coalesce(' (' || level_reason || ')', ''), zone, owner"
				 " FROM v_device WHERE id = ?1", what, s->doc, e) &&
		  device_rows(s, "SELECT type, group_concat(address, ' ') FROM v_address WHERE device_id = ?1 GROUP BY type"
				 " ORDER BY type", address, s->doc, e);
	findings(s);
	doc_head(s->doc, _("Protocols"));
	ok = ok && device_rows(s, "SELECT name, role, transport, port, confidence = 'guess' FROM v_protocol WHERE device_id = ?1"
				  " ORDER BY confidence = 'guess', name, role, port LIMIT 100", protocol, s->doc, e);
	doc_head(s->doc, _("Where it was seen"));
	return ok && device_rows(s, "SELECT field, value, source, confidence, file_name, frame FROM v_evidence"
				    " WHERE device_id = ?1 AND field NOT IN ('conversation', 'operation', 'conflict')"
				    " ORDER BY field, value LIMIT 200", evidence, s->doc, e);
}

static void close_screen(struct screen *s)
{
	free(s->data);
}

const struct screen_type screen_device = { .name = "device", .title = title, .open = open, .close = close_screen };
