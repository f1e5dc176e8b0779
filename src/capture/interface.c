#include "capture/interface.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/wireless.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/lang.h"

enum { INTERFACES_MAX = 4096, ANSWER_MAX = 1 << 16, PROTO_LLDP = 0x88cc, PROTO_IPV4 = 0x0800 };

struct links {
	struct interface *list;
	unsigned *master, *below;        /* indices, 0 for none */
	size_t n;
};

const char *capture_library(void)
{
	static char name[64];
	/* "libpcap version 1.10.3 (with TPACKET_V3)" */
	const char *v = pcap_lib_version(), *number = strpbrk(v, "0123456789");
	snprintf(name, sizeof name, "libpcap %.*s", number ? (int)strcspn(number, " ") : 0, number ? number : "");
	return name;
}

bool interface_may_capture(int *error)
{
	/* Protocol 0: the socket receives nothing. */
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	*error = fd < 0 ? errno : 0;
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* ---- netlink ---- */

static void copy_name(char out[INTERFACE_NAME], const struct rtattr *a)
{
	size_t n = RTA_PAYLOAD(a);
	n = n < INTERFACE_NAME ? n : INTERFACE_NAME - 1;
	memcpy(out, RTA_DATA(a), n);
	out[n] = 0;
}

static uint32_t number(const struct rtattr *a)
{
	uint32_t n = 0;
	memcpy(&n, RTA_DATA(a), RTA_PAYLOAD(a) < sizeof n ? RTA_PAYLOAD(a) : sizeof n);
	return n;
}

static const struct rtattr *next(const struct rtattr *a, int *left)
{
	int step = (int)RTA_ALIGN(a->rta_len);
	*left -= step;
	return (const struct rtattr *)(const void *)((const char *)a + step);
}

/* The attribute of this type among those nested in a, NULL for none. */
static const struct rtattr *nested(const struct rtattr *a, unsigned short type)
{
	int left = (int)RTA_PAYLOAD(a);
	for (const struct rtattr *in = RTA_DATA(a); RTA_OK(in, left); in = next(in, &left))
		if ((in->rta_type & NLA_TYPE_MASK) == type)
			return in;
	return NULL;
}

static void read_counters(struct interface *i, const struct rtattr *a)
{
	struct rtnl_link_stats64 s = { 0 };
	memcpy(&s, RTA_DATA(a), RTA_PAYLOAD(a) < sizeof s ? RTA_PAYLOAD(a) : sizeof s);
	i->rx = s.rx_packets;
	i->tx = s.tx_packets;
	i->rx_lost = s.rx_missed_errors + s.rx_fifo_errors + s.rx_over_errors;
	i->rx_damaged = s.rx_crc_errors + s.rx_frame_errors + s.rx_length_errors;
}

static void add_link(struct links *l, const struct nlmsghdr *h)
{
	const struct ifinfomsg *info = NLMSG_DATA(h);
	if (l->n == INTERFACES_MAX || h->nlmsg_len < NLMSG_LENGTH(sizeof *info))
		return;
	struct interface *i = &l->list[l->n];
	*i = (struct interface){ .index = (unsigned)info->ifi_index, .flags = info->ifi_flags, .type = info->ifi_type,
				 .carrier = (info->ifi_flags & IFF_RUNNING) != 0, .address_mode = -1 };
	l->master[l->n] = l->below[l->n] = 0;
	int left = (int)(h->nlmsg_len - NLMSG_LENGTH(sizeof *info));
	for (const struct rtattr *a = IFLA_RTA(info); RTA_OK(a, left); a = next(a, &left)) {
		const struct rtattr *in;
		switch (a->rta_type & NLA_TYPE_MASK) {
		case IFLA_IFNAME:
			copy_name(i->name, a);
			break;
		case IFLA_MASTER:
			l->master[l->n] = number(a);
			break;
		case IFLA_LINK:
			l->below[l->n] = number(a);
			break;
		case IFLA_CARRIER:
			i->carrier = RTA_PAYLOAD(a) >= 1 && *(const uint8_t *)RTA_DATA(a) != 0;
			break;
		case IFLA_STATS64:
			read_counters(i, a);
			break;
		case IFLA_LINKINFO:
			if ((in = nested(a, IFLA_INFO_KIND)))
				copy_name(i->kind, in);
			break;
		case IFLA_AF_SPEC:
			if ((in = nested(a, AF_INET6)) && (in = nested(in, IFLA_INET6_ADDR_GEN_MODE)) &&
			    RTA_PAYLOAD(in) >= 1)
				i->address_mode = *(const uint8_t *)RTA_DATA(in);
			break;
		default:
			break;
		}
	}
	if (*i->name)
		l->n++;
}

/* Reads the answer of a dump. False: errno says. */
static bool read_links(int fd, struct links *l)
{
	union { char bytes[ANSWER_MAX]; struct nlmsghdr h; } *answer = xmalloc(sizeof *answer);
	bool more = true, ok = true;
	while (more && ok) {
		ssize_t n = recv(fd, answer, sizeof *answer, 0);
		if (n < 0 && errno == EINTR)
			continue;
		ok = n > 0;
		unsigned left = ok ? (unsigned)n : 0;
		for (const struct nlmsghdr *h = &answer->h; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
			if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR) {
				more = false;
				ok = h->nlmsg_type == NLMSG_DONE;
				break;
			}
			if (h->nlmsg_type == RTM_NEWLINK)
				add_link(l, h);
		}
	}
	free(answer);
	return ok;
}

static bool ask_links(struct links *l)
{
	struct { struct nlmsghdr h; struct ifinfomsg info; } ask = {
		.h = { .nlmsg_len = sizeof ask, .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.info = { .ifi_family = AF_UNSPEC },
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		return false;
	bool ok = send(fd, &ask, sizeof ask, 0) == sizeof ask && read_links(fd, l);
	int saved = errno;
	close(fd);
	errno = saved;
	return ok;
}

static void name_relatives(struct links *l)
{
	for (size_t a = 0; a < l->n; a++)
		for (size_t b = 0; b < l->n; b++) {
			if (l->list[b].index == l->master[a]) {
				memcpy(l->list[a].master, l->list[b].name, INTERFACE_NAME);
				memcpy(l->list[a].master_kind, l->list[b].kind, INTERFACE_NAME);
			}
			if (l->list[b].index == l->below[a] && strcmp(l->list[a].kind, "vlan") == 0)
				memcpy(l->list[a].parent, l->list[b].name, INTERFACE_NAME);
		}
}

/* ---- ioctl ---- */

/* data begins with the command. */
static bool ethtool(int fd, const char *name, void *data)
{
	struct ifreq r = { 0 };
	memcpy(r.ifr_name, name, INTERFACE_NAME);
	r.ifr_data = data;
	return ioctl(fd, SIOCETHTOOL, &r) == 0;
}

static int ethtool_flag(int fd, const char *name, uint32_t command, uint32_t mask)
{
	struct ethtool_value v = { .cmd = command };
	return ethtool(fd, name, &v) ? (v.data & mask) != 0 : -1;
}

static void ask_speed(int fd, struct interface *i)
{
	/* The kernel answers first with how many words the masks of link modes take, negated. */
	struct { struct ethtool_link_settings s; uint32_t masks[3 * 128]; } ask = { .s.cmd = ETHTOOL_GLINKSETTINGS };
	i->speed = i->full_duplex = -1;
	if (!ethtool(fd, i->name, &ask) || ask.s.link_mode_masks_nwords >= 0)
		return;
	int8_t words = (int8_t)-ask.s.link_mode_masks_nwords;
	ask.s = (struct ethtool_link_settings){ .cmd = ETHTOOL_GLINKSETTINGS, .link_mode_masks_nwords = words };
	if (!ethtool(fd, i->name, &ask))
		return;
	if (ask.s.speed > 0 && ask.s.speed < INT32_MAX)
		i->speed = (int)ask.s.speed;
	if (ask.s.duplex == DUPLEX_FULL || ask.s.duplex == DUPLEX_HALF)
		i->full_duplex = ask.s.duplex == DUPLEX_FULL;
}

static void ask_driver(int fd, struct interface *i)
{
	struct ethtool_ringparam ring = { .cmd = ETHTOOL_GRINGPARAM };
	struct iwreq wireless = { 0 };
	ask_speed(fd, i);
	i->gro = ethtool_flag(fd, i->name, ETHTOOL_GGRO, 1);
	i->lro = ethtool_flag(fd, i->name, ETHTOOL_GFLAGS, ETH_FLAG_LRO);
	i->rxvlan = ethtool_flag(fd, i->name, ETHTOOL_GFLAGS, ETH_FLAG_RXVLAN);
	i->ring = i->ring_max = -1;
	if (ethtool(fd, i->name, &ring) && ring.rx_max_pending > 0) {
		i->ring = (int)ring.rx_pending;
		i->ring_max = (int)ring.rx_max_pending;
	}
	memcpy(wireless.ifr_name, i->name, INTERFACE_NAME);
	i->wireless = ioctl(fd, SIOCGIWNAME, &wireless) == 0;
	char *path = xasprintf("/sys/class/net/%s/phy80211", i->name);
	i->wireless = i->wireless || access(path, F_OK) == 0;
	free(path);
}

/* ---- /proc/sys/net, /proc/net ---- */

static int setting(const char *family, const char *name, const char *what)
{
	char *path = xasprintf("/proc/sys/net/%s/conf/%s/%s", family, name, what);
	FILE *f = fopen(path, "re");
	int value = -1;
	if (f && fscanf(f, "%d", &value) != 1)
		value = -1;
	if (f)
		fclose(f);
	free(path);
	return value;
}

static int larger_setting(const char *name, const char *what)
{
	int own = setting("ipv4", name, what), all = setting("ipv4", "all", what);
	return own > all ? own : all;
}

static void ask_settings(struct interface *i)
{
	int disabled = setting("ipv6", i->name, "disable_ipv6");
	/* No such file: a kernel without IPv6. */
	i->ipv6 = disabled < 0 ? access("/proc/net/if_inet6", F_OK) == 0 ? -1 : 0 : disabled == 0;
	i->arp_ignore = larger_setting(i->name, "arp_ignore");
	i->rp_filter = larger_setting(i->name, "rp_filter");
}

static struct interface *by_name(struct links *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->list[i].name, name) == 0)
			return &l->list[i];
	return NULL;
}

/* Which interfaces have a default route that leads to a gateway? */
static void ask_routes(struct links *l)
{
	enum { GATEWAY = 2 };   /* RTF_GATEWAY */
	char line[512], name[32], target[40];
	unsigned destination, length, flags;
	struct interface *i;
	FILE *f = fopen("/proc/net/route", "re");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "%31s %x %*x %x", name, &destination, &flags) == 3 && destination == 0 &&
		    (flags & GATEWAY) && (i = by_name(l, name)))
			i->is_default = true;
	if (f)
		fclose(f);
	f = fopen("/proc/net/ipv6_route", "re");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "%39s %x %*s %*s %*s %*s %*s %*s %x %31s", target, &length, &flags, name) == 4 &&
		    length == 0 && strspn(target, "0") == 32 && (flags & GATEWAY) && (i = by_name(l, name)))
			i->is_default = true;
	if (f)
		fclose(f);
}

/* Programs that talk below IP bind a packet socket: a DHCP client for IPv4, an LLDP daemon for its own. */
static void ask_packet_sockets(struct links *l)
{
	char line[512];
	unsigned proto, index;
	FILE *f = fopen("/proc/net/packet", "re");
	while (f && fgets(line, sizeof line, f)) {
		if (sscanf(line, "%*s %*s %*s %x %u", &proto, &index) != 2)
			continue;
		for (size_t i = 0; i < l->n; i++)
			if (l->list[i].index == index) {
				l->list[i].packet_sockets[0] += proto == PROTO_IPV4;
				l->list[i].packet_sockets[1] += proto == PROTO_LLDP;
			}
	}
	if (f)
		fclose(f);
}

static void add_address(struct interface *i, const struct sockaddr *a)
{
	if (i->n_addresses == INTERFACE_ADDRESSES)
		return;
	char *out = i->addresses[i->n_addresses];
	if (a->sa_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, a, sizeof in);
		i->has_ipv4 = true;
		i->n_addresses += inet_ntop(AF_INET, &in.sin_addr, out, ADDR_TEXT) != NULL;
	} else if (a->sa_family == AF_INET6) {
		struct sockaddr_in6 in;
		memcpy(&in, a, sizeof in);
		i->n_addresses += inet_ntop(AF_INET6, &in.sin6_addr, out, ADDR_TEXT) != NULL;
	}
}

static bool ask_addresses(struct links *l)
{
	struct ifaddrs *all;
	if (getifaddrs(&all) != 0)
		return false;
	for (const struct ifaddrs *a = all; a; a = a->ifa_next) {
		/* A label such as eth0:1 is an address of eth0. */
		char name[INTERFACE_NAME] = "";
		memcpy(name, a->ifa_name, strnlen(a->ifa_name, INTERFACE_NAME - 1));
		struct interface *i = by_name(l, name);
		if (!i && strchr(name, ':')) {
			*strchr(name, ':') = 0;
			i = by_name(l, name);
		}
		if (i && a->ifa_addr)
			add_address(i, a->ifa_addr);
	}
	freeifaddrs(all);
	return true;
}

bool interface_list(struct interface **list, size_t *n, struct err *e)
{
	struct links l = { .list = xcalloc(INTERFACES_MAX, sizeof *l.list),
			   .master = xcalloc(INTERFACES_MAX, sizeof *l.master),
			   .below = xcalloc(INTERFACES_MAX, sizeof *l.below) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ok = fd >= 0 && ask_links(&l) && ask_addresses(&l);
	if (!ok)
		err_errno(e, "%s", _("the kernel does not tell which interfaces there are"));
	for (size_t i = 0; ok && i < l.n; i++) {
		ask_driver(fd, &l.list[i]);
		ask_settings(&l.list[i]);
	}
	name_relatives(&l);
	ask_routes(&l);
	ask_packet_sockets(&l);
	if (fd >= 0)
		close(fd);
	free(l.master);
	free(l.below);
	if (!ok) {
		free(l.list);
		return false;
	}
	*list = l.list;
	*n = l.n;
	return true;
}
