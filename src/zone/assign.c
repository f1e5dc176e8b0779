/*
 * The place of every device. What the user declared comes first: a MAC, then the
 * longest prefix, then a VLAN. Otherwise a proposal: a network in which something
 * of level 0 to 2 stands is a control zone, what is of level 3 or of level 4 and
 * up gets a zone of its own there, whatever wire it hangs on today.
 */
#include "zone/zone.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"

enum group { GROUP_CONTROL, GROUP_OPERATIONS, GROUP_OFFICE, GROUP_UNKNOWN };
const char *const zone_groups[] = { "control", "operations", "office", "network", NULL };

/* A network in one segment, and who stands in it. */
struct net {
	int64_t segment;
	const char *segment_key, *subnet;
	size_t devices;
	bool has[GROUP_UNKNOWN + 1];
	bool twice;                      /* the same subnet is another network in another VLAN, too */
	struct net *same;                /* the one that stands for all views of this network */
};

int zone_group_of(const char *name)
{
	for (int i = 0; zone_groups[i]; i++) {
		size_t n = strlen(zone_groups[i]);
		if (strncmp(name, zone_groups[i], n) == 0 && (name[n] == ' ' || !name[n]))
			return i;
	}
	return -1;
}

struct zone_places {
	char **strings; size_t n;
};

static char *keep(struct zone_places *p, char *text)
{
	p->strings = xrealloc(p->strings, (p->n + 1) * sizeof *p->strings);
	return p->strings[p->n++] = text;
}

void zone_places_free(struct zone_places *p)
{
	for (size_t i = 0; p && i < p->n; i++)
		free(p->strings[i]);
	if (p)
		free(p->strings);
	free(p);
}

/* ---- declared ---- */

static bool mac_fits(const struct zone_mac *m, const uint8_t mac[6])
{
	return memcmp(m->mac, mac, (size_t)m->bytes) == 0;
}

/* The innermost VLAN of a segment's key, -1 for none. */
static int vlan_of(const char *key)
{
	int vlan = -1;
	for (const char *p = key; (p = strstr(p, "vlan ")); p += 5)
		vlan = atoi(p + 5);
	return vlan;
}

/* How well a declared zone fits an address: 0 not at all, 1 VLAN, 2 + bits of a prefix, 200 + bytes of a MAC. */
static int fit(const struct zone_declared *z, const struct zone_address *a)
{
	int best = 0;
	for (size_t i = 0; a->is_mac && i < z->n_macs; i++)
		if (mac_fits(&z->macs[i], a->mac) && best < 200 + z->macs[i].bytes)
			best = 200 + z->macs[i].bytes;
	for (size_t i = 0; !a->is_mac && i < z->n_prefixes; i++)
		if (prefix_has(&z->prefixes[i], &a->ip) && best < 2 + z->prefixes[i].bits)
			best = 2 + z->prefixes[i].bits;
	int vlan = vlan_of(a->segment_key);
	for (size_t i = 0; !best && vlan >= 0 && i < z->n_vlans; i++)
		if (z->vlans[i] == vlan)
			best = 1;
	return best;
}

static const struct zone_declared *zone_named(const struct zone_plan *p, const char *name)
{
	for (size_t i = 0; i < p->n_zones; i++)
		if (strcmp(p->zones[i].name, name) == 0)
			return &p->zones[i];
	return NULL;
}

/* Its line of the device list: a whole MAC rather than an address. */
static const struct zone_listed *listed(const struct zone_plan *p, const struct zone_device *d)
{
	const struct zone_listed *found = NULL;
	for (size_t i = 0; i < p->n_listed; i++) {
		const struct zone_listed *l = &p->listed[i];
		for (size_t k = 0; k < d->n_addresses; k++) {
			const struct zone_address *a = &d->addresses[k];
			for (size_t m = 0; a->is_mac && m < l->n_macs; m++)
				if (mac_fits(&l->macs[m], a->mac))
					return l;
			for (size_t m = 0; !a->is_mac && !found && m < l->n_ips; m++)
				if (addr_equal(&l->ips[m], &a->ip))
					found = l;
		}
	}
	return found;
}

static void take(struct zone_device *d, const struct zone_declared *z, const char *reason)
{
	d->zone = z->name;
	d->declared = true;
	d->declared_level = z->level;
	d->reason = reason;
}

static bool place_declared(const struct zone_plan *p, struct zone_device *d, struct zone_places *places)
{
	char text[ADDR_TEXT];
	const struct zone_declared *best = NULL, *by_list = d->listed ? zone_named(p, d->listed->zone) : NULL;
	const struct zone_address *at = NULL;
	int best_fit = 0;
	bool several = false;
	if (by_list) {
		take(d, by_list, keep(places, xasprintf("%s: %d", N_("line of the device list"), d->listed->line)));
		return true;
	}
	for (size_t k = 0; k < d->n_addresses; k++) {
		const struct zone_declared *here = NULL;
		int here_fit = 0;
		for (size_t i = 0; i < p->n_zones; i++) {
			int f = fit(&p->zones[i], &d->addresses[k]);
			if (f > here_fit) {
				here_fit = f;
				here = &p->zones[i];
			}
		}
		several |= here && best && here != best && here_fit < 200 && best_fit < 200;
		if (here_fit > best_fit) {
			best_fit = here_fit;
			best = here;
			at = &d->addresses[k];
		}
	}
	if (!best)
		return false;
	if (several && d->router) {
		d->zone = "";
		d->reason = N_("it stands between zones");
		return true;
	}
	if (best_fit >= 200)
		mac_text(at->mac, text);
	else if (best_fit > 1)
		addr_text(&at->ip, text);
	take(d, best, best_fit > 1 ? keep(places, xasprintf("%s: %s", N_("zone file"), text)) :
				     keep(places, xasprintf("%s: VLAN %d", N_("zone file"), vlan_of(at->segment_key))));
	return true;
}

/* ---- proposed ---- */

static int net_order(const void *a, const void *b)
{
	const struct net *x = a, *y = b;
	int c = strcmp(x->subnet, y->subnet);
	return c ? c : (x->segment > y->segment) - (x->segment < y->segment);
}

/* The first network that a device stands in: IPv4 before IPv6. */
static const struct zone_address *home(const struct zone_device *d)
{
	const struct zone_address *six = NULL;
	for (size_t i = 0; i < d->n_addresses; i++) {
		const struct zone_address *a = &d->addresses[i];
		if (a->is_mac || !*a->subnet || !addr_is_private(&a->ip))
			continue;
		if (addr_is_v4(&a->ip) && !addr_is_link_local(&a->ip))
			return a;
		if (!six && !addr_is_link_local(&a->ip))
			six = a;
	}
	return six;
}

static enum group group_of(int level)
{
	return level < 0 ? GROUP_UNKNOWN : level <= 2 ? GROUP_CONTROL : level == 3 ? GROUP_OPERATIONS : GROUP_OFFICE;
}

static struct net *net_find(struct net *nets, size_t n, const struct zone_address *a)
{
	struct net key = { .segment = a->segment, .subnet = a->subnet };
	return n ? bsearch(&key, nets, n, sizeof *nets, net_order) : NULL;   /* take ->same of it */
}

/*
 * A mirror port shows one network tagged and untagged; the same subnet in two VLANs is two networks, as cells of
 * machines that a builder gave the same addresses.
 */
static void nets_merge(struct net *nets, size_t n)
{
	for (size_t i = 0, to; i < n; i = to) {
		size_t tagged = 0;
		for (to = i; to < n && strcmp(nets[i].subnet, nets[to].subnet) == 0; to++)
			tagged += *nets[to].segment_key != 0;
		for (size_t k = i; k < to; k++) {
			nets[k].same = tagged < 2 ? &nets[i] : &nets[k];
			nets[k].twice = tagged > 1;
		}
	}
}

/* All networks, sorted, with who stands in them. */
static struct net *nets_collect(const struct zone_device *devices, size_t n, size_t *n_nets)
{
	struct net *nets = xcalloc(n + 1, sizeof *nets);
	size_t count = 0, kept = 0;
	for (size_t i = 0; i < n; i++) {
		const struct zone_address *a = devices[i].internet ? NULL : home(&devices[i]);
		if (a)
			nets[count++] = (struct net){ .segment = a->segment, .segment_key = a->segment_key,
						      .subnet = a->subnet };
	}
	qsort(nets, count, sizeof *nets, net_order);
	for (size_t i = 0; i < count; i++)
		if (!kept || net_order(&nets[kept - 1], &nets[i]) != 0)
			nets[kept++] = nets[i];
	nets_merge(nets, kept);
	for (size_t i = 0; i < n; i++) {
		const struct zone_address *a = devices[i].internet ? NULL : home(&devices[i]);
		struct net *net = a ? net_find(nets, kept, a) : NULL;
		if (!net)
			continue;
		net = net->same;
		net->devices++;
		if (!devices[i].router)
			net->has[group_of(devices[i].level)] = true;
	}
	*n_nets = kept;
	return nets;
}

/* Where a device without a network of its own belongs: the one with the most devices on the same wire. */
static const struct net *net_of_segment(const struct net *nets, size_t n, int64_t segment)
{
	const struct net *most = NULL;
	for (size_t i = 0; i < n; i++)
		if (nets[i].segment == segment && (!most || nets[i].same->devices > most->devices))
			most = nets[i].same;
	return most;
}

/* Has it addresses in several networks of the site? */
static bool stands_between(const struct zone_device *d, const struct zone_address *first)
{
	for (size_t i = 0; first && i < d->n_addresses; i++) {
		const struct zone_address *a = &d->addresses[i];
		if (!a->is_mac && *a->subnet && addr_is_v4(&a->ip) && addr_is_private(&a->ip) &&
		    !addr_is_link_local(&a->ip) && strcmp(a->subnet, first->subnet) != 0)
			return true;
	}
	return false;
}

static void propose(struct zone_device *d, struct net *nets, size_t n_nets, struct zone_places *places)
{
	const struct zone_address *a = home(d);
	if (d->router && stands_between(d, a)) {
		d->zone = "";
		d->reason = N_("it stands between zones");
		return;
	}
	const struct net *view = a ? net_find(nets, n_nets, a) : NULL;
	const struct net *net = view ? view->same :
			d->n_addresses ? net_of_segment(nets, n_nets, d->addresses[0].segment) : NULL;
	enum group g = d->router ? GROUP_UNKNOWN : group_of(d->level);
	if (g == GROUP_UNKNOWN && net)
		g = net->has[GROUP_CONTROL] ? GROUP_CONTROL : net->has[GROUP_OPERATIONS] ? GROUP_OPERATIONS :
		    net->has[GROUP_OFFICE] ? GROUP_OFFICE : GROUP_UNKNOWN;
	const char *wire = net ? net->segment_key : d->n_addresses ? d->addresses[0].segment_key : "";
	if (net && !net->twice)
		wire = "";
	const char *subnet = net ? net->subnet : "";
	d->zone = keep(places, xasprintf("%s%s%s%s%s", zone_groups[g], *subnet ? " " : "", subnet, *wire ? " " : "", wire));
	d->reason = d->level < 0 || d->router ? N_("proposed: its network") : N_("proposed: its network and level");
}

struct zone_places *zone_assign(const struct zone_plan *plan, struct zone_device *devices, size_t n)
{
	struct zone_places *places = xcalloc(1, sizeof *places);
	size_t n_nets = 0;
	struct net *nets = NULL;
	for (size_t i = 0; i < n; i++) {
		struct zone_device *d = &devices[i];
		d->declared_level = -1;
		d->listed = plan ? listed(plan, d) : NULL;
		if (plan && place_declared(plan, d, places))
			continue;
		if (d->internet) {
			d->zone = "internet";
			d->reason = N_("public address");
			continue;
		}
		if (!nets)
			nets = nets_collect(devices, n, &n_nets);
		propose(d, nets, n_nets, places);
	}
	free(nets);
	return places;
}
