/*
 * The interfaces of this machine, as the kernel knows them: asked through netlink and
 * ioctl, of the network namespace that we are in. Nothing is sent or changed.
 */
#ifndef CAPTURE_INTERFACE_H
#define CAPTURE_INTERFACE_H

#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"

enum { INTERFACE_NAME = 16, INTERFACE_ADDRESSES = 8 };

/* Of features and settings: -1 where the kernel or the driver does not say. */
struct interface {
	char name[INTERFACE_NAME];
	unsigned index;
	unsigned flags;                  /* IFF_… */
	uint16_t type;                   /* ARPHRD_… */
	char kind[INTERFACE_NAME];       /* "vlan", "bridge", "veth", …; "" for hardware */
	char master[INTERFACE_NAME];     /* the bridge or bond that it belongs to, "" for none */
	char master_kind[INTERFACE_NAME];
	char parent[INTERFACE_NAME];     /* a VLAN's interface below, "" for none */
	bool carrier;
	bool wireless;
	int speed;                       /* Mbit/s */
	int full_duplex;
	int gro, lro, rxvlan;
	int ring, ring_max;              /* receive descriptors */
	uint64_t rx, tx;                 /* frames since the interface was made */
	uint64_t rx_lost;                /* frames the hardware had no room for */
	uint64_t rx_damaged;             /* frames with errors */
	int ipv6;                        /* 1: enabled */
	int address_mode;                /* IN6_ADDR_GEN_MODE_… */
	int arp_ignore, rp_filter;       /* the larger of its own and that of all */
	bool is_default;                 /* the way out of this machine's own traffic */
	char addresses[INTERFACE_ADDRESSES][ADDR_TEXT];
	size_t n_addresses;
	bool has_ipv4;
	int packet_sockets[2];           /* programs bound to it for IPv4 only (DHCP), for LLDP */
};

/* All of them, in the kernel's order, to be freed. */
bool interface_list(struct interface **list, size_t *n, struct err *e) MUST_CHECK;

/* May this process open an interface for capture? *error: errno where not. */
bool interface_may_capture(int *error);

/* "libpcap 1.10.3" */
const char *capture_library(void);

#endif
