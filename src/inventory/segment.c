/* A segment as text, and the order of segments. */
#include "inventory/resolve.h"

#include "base/buf.h"

static const char *const tunnel_names[] = {
	[TUNNEL_GRE] = "gre", [TUNNEL_ERSPAN] = "erspan", [TUNNEL_VXLAN] = "vxlan",
	[TUNNEL_GENEVE] = "geneve", [TUNNEL_IPIP] = "ipip",
};

char *inventory_segment_key(const struct obs_segment *s)
{
	struct buf b;
	buf_init(&b, 256);
	if (s->file_set)
		buf_printf(&b, "interface %u", s->file_set + 1u);
	if (s->tunnel != TUNNEL_NONE) {
		bool known = s->tunnel < sizeof tunnel_names / sizeof *tunnel_names;
		buf_printf(&b, "%s%s", b.len ? " " : "", known ? tunnel_names[s->tunnel] : "tunnel");
		if (s->tunnel_id)
			buf_printf(&b, " %u", s->tunnel_id);
		if (!addr_is_zero(&s->tunnel_src)) {
			char text[ADDR_TEXT];
			buf_printf(&b, " from %s", addr_text(&s->tunnel_src, text));
		}
	}
	for (int i = 0; i < s->vlans && i < PACKET_VLANS; i++)
		buf_printf(&b, i ? "/%u" : b.len ? " vlan %u" : "vlan %u", s->vlan[i]);
	return buf_take(&b);
}
