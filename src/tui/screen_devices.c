/* All devices of the newest scan. */
#include <stdio.h>

#include "tui/tui.h"

static const struct table_column columns[] = {
	{ .title = N_("Device"), .width = 20, .stretch = 3 },
	{ .title = N_("Kind"), .width = 11 },
	{ .title = N_("Model"), .width = 14, .stretch = 2, .drop = 2 },
	{ .title = N_("Address"), .width = 15 },
	{ .title = N_("Zone"), .width = 12, .stretch = 2, .drop = 1 },
	{ .title = N_("Protocols"), .width = 20, .stretch = 3, .drop = 3 },
	{ 0 },
};

static bool row(void *data, const struct store_row *r)
{
	struct table *t = data;
	table_row(t, STYLE_PLAIN, r->values[0].i, "");
	for (int i = 1; i < r->n; i++)
		table_cell(t, r->values[i].text);
	return true;
}

static void title(const struct screen *s, char *out, size_t size)
{
	(void)s;
	snprintf(out, size, "%s", _("Devices"));
}

static bool open(struct screen *s, struct err *e)
{
	s->table = table_new(columns, &screen_device);
	table_empty(s->table, _("No device was seen yet: read a capture with \"genba scan FILE\"."));
	return !s->tui->a.scan ||
	       store_select(s->tui->store, s->tui->a.scan,
			    "SELECT d.id, d.label, d.kind, d.model, (SELECT address FROM v_address WHERE device_id = d.id"
			    " ORDER BY type = 'mac', address LIMIT 1), d.zone, (SELECT group_concat(name, ' ') FROM"
			    " (SELECT DISTINCT name FROM v_protocol WHERE device_id = d.id AND confidence != 'guess' ORDER BY name))"
			    " FROM v_device d WHERE d.internet = 0 ORDER BY d.id", NULL, row, s->table, e);
}

const struct screen_type screen_devices = { .name = "devices", .title = title, .open = open };
