/*
 * One interface. A port that listens must stay silent: no address (the kernel answers
 * ARP and neighbour solicitations), no IPv6 (it solicits routers and reports groups by
 * itself), no program that talks on it. And the frames must arrive as they were on the wire.
 */
#include <linux/if_link.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"
#include "cli/doctor.h"

enum { NAMED_MAX = 8 };

/* What all checks of one interface need. */
struct exam {
	struct doctor *d;
	const struct interface *i;
	char *name;              /* as a word of a command line */
	enum doctor_result bad;  /* what makes listening impossible or harmful */
	bool sends;              /* a reason to send was found */
};

static void ok(struct exam *x, const char *id, const char *text)
{
	doctor_add(x->d, id, x->i->name, DOCTOR_OK, "%s", text);
}

/* ---- the link ---- */

static void check_link(struct exam *x)
{
	const struct interface *i = x->i;
	if (!(i->flags & IFF_UP)) {
		doctor_add(x->d, "link", i->name, x->bad, "%s",
			   _("It is not up, so nothing is heard. Where it is to listen, put the rest in order first: an "
			     "interface that comes up sends by itself."));
		doctor_mend(x->d, "ip link set dev %s up", x->name);
	} else if (!i->carrier) {
		doctor_add(x->d, "link", i->name, x->bad, "%s",
			   _("It is up, but there is no link: look at the cable and at the port of the switch."));
	} else if (i->full_duplex == 0) {
		doctor_add(x->d, "link", i->name, DOCTOR_ADVICE,
			   _("Only half duplex (%d Mbit/s): frames get lost. Set both ends to negotiate by themselves."),
			   i->speed);
		doctor_mend(x->d, "ethtool -s %s autoneg on", x->name);
	} else if (i->speed > 0 && i->speed < 1000) {
		doctor_add(x->d, "link", i->name, DOCTOR_ADVICE,
			   _("The link has %d Mbit/s. What the mirrored ports carry together can be more, and is lost "
			     "then: a port and a cable for 1000 Mbit/s are better."), i->speed);
	} else if (i->speed > 0) {
		doctor_add(x->d, "link", i->name, DOCTOR_OK, _("It is up and has a link (%d Mbit/s)."), i->speed);
	} else {
		ok(x, "link", _("It is up and has a link."));
	}
}

static void check_type(struct exam *x)
{
	const struct interface *i = x->i;
	if (i->wireless)
		doctor_add(x->d, "type", i->name, x->bad, "%s",
			   _("It is wireless: it sends all the time and hears hardly more than its own traffic. Listen at "
			     "a mirror port with a cable."));
	else if (*i->parent)
		doctor_add(x->d, "type", i->name, DOCTOR_ADVICE,
			   _("It is one VLAN of %s and shows nothing of the others: listen at %s itself."), i->parent,
			   i->parent);
	else if (i->type != ARPHRD_ETHER)
		doctor_add(x->d, "type", i->name, DOCTOR_ADVICE, "%s",
			   _("It is no Ethernet: MAC addresses and what machines say below IP stay unseen."));
	if (strcmp(i->master_kind, "bridge") == 0) {
		x->sends = true;
		doctor_add(x->d, "bridge", i->name, x->bad,
			   _("It belongs to the bridge %s, which sends frames of other ports out of it. Take a port that "
			     "is to listen out of the bridge."), i->master);
		doctor_mend(x->d, "ip link set dev %s nomaster", x->name);
	}
}

/* ---- silence ---- */

static void check_address(struct exam *x)
{
	const struct interface *i = x->i;
	struct buf all;
	if (!i->n_addresses) {
		ok(x, "address", _("It has no address, so nobody asks it anything."));
		return;
	}
	x->sends = true;
	buf_init(&all, 1024);
	for (size_t k = 0; k < i->n_addresses; k++)
		buf_printf(&all, "%s%s", k ? ", " : "", i->addresses[k]);
	doctor_add(x->d, "address", i->name, DOCTOR_ADVICE,
		   _("It has an address (%s): this machine would answer those who ask for it, and look for others. A port "
		     "that listens needs none."), all.data);
	doctor_mend(x->d, "ip addr flush dev %s", x->name);
	buf_done(&all);
}

static void check_ipv6(struct exam *x)
{
	const struct interface *i = x->i;
	if (i->ipv6 == 0) {
		ok(x, "ipv6", _("IPv6 is off."));
		return;
	}
	if (i->ipv6 < 0)
		return;
	x->sends = true;
	/* Without a link-local address of its own the kernel still reports groups. */
	doctor_add(x->d, "ipv6", i->name, DOCTOR_ADVICE, "%s", i->address_mode == IN6_ADDR_GEN_MODE_NONE ?
		   _("IPv6 is on: it makes no address by itself, but reports to groups and takes part when a router "
		     "asks.") :
		   _("IPv6 is on: as soon as there is a link, the kernel looks for routers and announces its address, by "
		     "itself."));
	/* In sysctl's names a dot parts words. */
	char *setting = strchr(i->name, '.') ? xasprintf("net/ipv6/conf/%s/disable_ipv6=1", i->name) :
					       xasprintf("net.ipv6.conf.%s.disable_ipv6=1", i->name);
	char *word = doctor_word(setting);
	doctor_mend(x->d, "sysctl -w %s", word);
	free(word);
	free(setting);
}

/*
 * Linux answers on any port for the addresses of all its ports, on one without an address as well, unless arp_ignore
 * or rp_filter forbids that.
 */
static void check_arp(struct exam *x)
{
	const struct interface *i = x->i;
	if ((i->flags & IFF_NOARP) || (!i->has_ipv4 && (i->arp_ignore >= 1 || i->rp_filter >= 1))) {
		ok(x, "arp", _("It does not answer ARP."));
		return;
	}
	x->sends = true;
	doctor_add(x->d, "arp", i->name, DOCTOR_ADVICE, "%s",
		   _("It answers ARP: Linux does so on every port for the addresses of the others, too."));
	doctor_mend(x->d, "ip link set dev %s arp off", x->name);
}

/* ---- programs that talk on it ---- */

/* Has this file a line that begins so? */
static bool file_says(const char *path, const char *start)
{
	char line[512];
	bool found = false;
	FILE *f = fopen(path, "re");
	while (f && !found && fgets(line, sizeof line, f))
		found = strncmp(line, start, strlen(start)) == 0;
	if (f)
		fclose(f);
	return found;
}

static void check_manager(struct exam *x)
{
	const struct interface *i = x->i;
	char *manager = xasprintf("/run/NetworkManager/devices/%u", i->index);
	char *networkd = xasprintf("/run/systemd/netif/links/%u", i->index);
	if (file_says(manager, "managed=true")) {
		x->sends = true;
		doctor_add(x->d, "manager", i->name, DOCTOR_ADVICE, "%s",
			   _("NetworkManager looks after it, and asks for an address (DHCP) whenever there is a link."));
		doctor_mend(x->d, "nmcli device set %s managed no", x->name);
	}
	if (access(networkd, R_OK) == 0 && !file_says(networkd, "ADMIN_STATE=unmanaged")) {
		x->sends = true;
		doctor_add(x->d, "manager", i->name, DOCTOR_ADVICE, "%s",
			   _("systemd-networkd looks after it, and may ask for an address (DHCP) or announce itself (LLDP)."));
		/* The name stands between quotes here. */
		if (strcmp(i->name, x->name) == 0) {
			doctor_mend(x->d, "printf '[Match]\\nName=%s\\n[Link]\\nUnmanaged=yes\\n' "
				    ">/etc/systemd/network/00-%s.network", i->name, i->name);
			doctor_mend(x->d, "networkctl reload");
		}
	}
	free(manager);
	free(networkd);
}

static void check_programs(struct exam *x)
{
	const struct interface *i = x->i;
	check_manager(x);
	char *dhcpcd = xasprintf("/run/dhcpcd/%s.pid", i->name), *dhclient = xasprintf("/run/dhclient.%s.pid", i->name);
	bool pid[2] = { access(dhcpcd, F_OK) == 0, access(dhclient, F_OK) == 0 };
	if (pid[0] || pid[1] || i->packet_sockets[0]) {
		x->sends = true;
		doctor_add(x->d, "dhcp", i->name, DOCTOR_ADVICE, "%s",
			   _("A program asks for an address on it (a DHCP client, it seems). End it."));
		/* -x: without a last word to the server. */
		if (pid[0])
			doctor_mend(x->d, "dhcpcd -x %s", x->name);
		if (pid[1])
			doctor_mend(x->d, "dhclient -x %s", x->name);
	}
	if (i->packet_sockets[1]) {
		x->sends = true;
		doctor_add(x->d, "lldp", i->name, DOCTOR_ADVICE, "%s",
			   _("A program announces this machine on it (LLDP)."));
		doctor_mend(x->d, "systemctl disable --now lldpd");
	}
	free(dhcpcd);
	free(dhclient);
}

static void check_sent(struct exam *x)
{
	char sent[32];
	text_grouped((int64_t)x->i->tx, sent);
	if (!x->i->tx)
		ok(x, "sent", _("Nothing was ever sent from it."));
	else if (x->sends)
		doctor_add(x->d, "sent", x->i->name, DOCTOR_ADVICE,
			   _("Frames sent from it so far: %s, and not by genba. Mend the above, then this number must stand "
			     "still."), sent);
	else
		doctor_add(x->d, "sent", x->i->name, DOCTOR_OK,
			   _("Frames sent from it so far: %s. Nothing was found that still sends; ask again later: the "
			     "number must stand still."), sent);
}

/* ---- frames as they were on the wire ---- */

/* What merges frames on the way out (TSO, GSO) does not matter where nothing is sent. */
static void check_offloads(struct exam *x)
{
	const struct { int on; const char *name; } offloads[] = {
		{ x->i->gro, "gro" }, { x->i->lro, "lro" }, { x->i->rxvlan, "rxvlan" },
	};
	struct buf names, off;
	bool merges = x->i->gro > 0 || x->i->lro > 0;
	buf_init(&names, 100);
	buf_init(&off, 100);
	for (size_t k = 0; k < sizeof offloads / sizeof *offloads; k++)
		if (offloads[k].on > 0) {
			buf_printf(&names, "%s%s", names.len ? ", " : "", offloads[k].name);
			buf_printf(&off, " %s off", offloads[k].name);
		}
	if (names.len) {
		doctor_add(x->d, "offload", x->i->name, DOCTOR_ADVICE,
			   merges ? _("Frames are changed before they are seen (%s): several become one, so that sizes and "
				      "counts are not those of the wire.") :
				    _("Frames are changed before they are seen (%s): VLAN tags are taken off and put back."),
			   names.data);
		doctor_mend(x->d, "ethtool -K %s%s", x->name, off.data);
	} else if (x->i->gro == 0) {
		ok(x, "offload", _("Frames are seen as they were on the wire."));
	}
	buf_done(&names);
	buf_done(&off);
}

static void check_losses(struct exam *x)
{
	const struct interface *i = x->i;
	char n[32];
	if (i->ring > 0 && i->ring < i->ring_max) {
		doctor_add(x->d, "ring", i->name, DOCTOR_ADVICE,
			   _("It keeps %d frames until they are fetched, and could keep %d: more are lost when many come at "
			     "once."), i->ring, i->ring_max);
		doctor_mend(x->d, "ethtool -G %s rx %d", x->name, i->ring_max);
	}
	if (i->rx_lost)
		doctor_add(x->d, "lost", i->name, DOCTOR_ADVICE,
			   _("Frames lost because it had no room for them: %s (%.2g %% of all)."),
			   text_grouped((int64_t)i->rx_lost, n),
			   100 * (double)i->rx_lost / ((double)i->rx_lost + (double)i->rx));
	if (i->rx_damaged)
		doctor_add(x->d, "damaged", i->name, DOCTOR_ADVICE,
			   _("Frames that arrived damaged: %s. Look at the cable and the plugs."),
			   text_grouped((int64_t)i->rx_damaged, n));
	if (!i->rx_lost && !i->rx_damaged)
		ok(x, "lost", _("No frame was lost or damaged."));
}

void doctor_interface(struct doctor *d, const struct interface *i, bool asked)
{
	struct exam x = { .d = d, .i = i, .name = doctor_word(i->name), .bad = asked ? DOCTOR_PROBLEM : DOCTOR_ADVICE };
	bool up = (i->flags & IFF_UP) != 0;
	/* Nor may its address be taken away. */
	if (i->flags & IFF_LOOPBACK) {
		doctor_add(d, "type", i->name, DOCTOR_PROBLEM, "%s",
			   _("This is the machine talking to itself: nothing of the network is heard here."));
		free(x.name);
		return;
	}
	if (!up && !asked) {
		doctor_add(d, "link", i->name, DOCTOR_ADVICE, "%s",
			   _("It is not up, so nothing is heard. Is it to listen? Then see what it needs:"));
		doctor_mend(d, "genba doctor -i %s", x.name);
		free(x.name);
		return;
	}
	if (up)
		check_link(&x);
	check_type(&x);
	/* Its commands would cut this machine off, perhaps from the very person who types them. */
	if (i->is_default) {
		doctor_add(d, "route", i->name, DOCTOR_ADVICE, "%s",
			   _("This machine's own traffic goes through it (the default route), so it sends. Keep it for that, "
			     "and listen at a second port."));
	} else {
		check_address(&x);
		check_ipv6(&x);
		check_arp(&x);
		check_programs(&x);
		check_sent(&x);
	}
	check_offloads(&x);
	check_losses(&x);
	if (!up)
		check_link(&x);
	free(x.name);
}
