/* A hand-made frame of every encapsulation: what decode is tested with, and fuzzing starts from. */
#ifndef TESTS_UNIT_KINDS_H
#define TESTS_UNIT_KINDS_H

#include "base/packet.h"
#include "frames.h"

#define PAYLOAD "payload!"

/* One maker a kind of frame: all end in the payload, or in 10.0.0.1:1111 to 10.0.0.2:2222 and the payload. */
static inline void udp_payload(struct made *m)
{
	frame_udp(m, 1111, 2222);
	frame_text(m, PAYLOAD);
}

static inline void v4_udp(struct made *m)
{
	frame_ipv4(m, 1, 2, 17);
	udp_payload(m);
}

static inline void inner_ethernet(struct made *m)
{
	frame_ethernet(m, 12, 11, 0x8100);
	frame_vlan(m, 7, 0x0800);
	v4_udp(m);
}

static inline void make_tcp(struct made *m)
{
	frame_ethernet(m, 2, 1, 0x0800);
	frame_ipv4_piece(m, 1, 2, 6, 8, 1, 0x4000);
	frame_tcp(m, 1111, 2222, TCP_PSH | TCP_ACK, 12);
	frame_text(m, PAYLOAD);
}

static inline void make_udp(struct made *m)
{
	frame_ethernet(m, 2, 1, 0x0800);
	v4_udp(m);
}

static inline void make_vlan(struct made *m)
{
	frame_ethernet(m, 2, 1, 0x88a8);
	frame_vlan(m, 0x2000 + 100, 0x8100);
	frame_vlan(m, 0xe000, 0x9100);
	frame_vlan(m, 10, 0x0800);
	v4_udp(m);
}

static inline void make_pppoe(struct made *m)
{
	frame_ethernet(m, 2, 1, 0x8864);
	frame_pppoe(m, 0x0021);
	v4_udp(m);
}

static inline void make_mpls(struct made *m)
{
	frame_ethernet(m, 2, 1, 0x8847);
	frame_be32(m, 0x00010040);
	frame_be32(m, 0x00020140);
	v4_udp(m);
}

static inline void make_pseudowire(struct made *m)
{
	frame_ethernet(m, 2, 1, 0x8847);
	frame_be32(m, 0x00020140);
	frame_be32(m, 0);
	inner_ethernet(m);
}

static inline void make_pseudowire_bare(struct made *m)
{
	frame_ethernet(m, 2, 1, 0x8847);
	frame_be32(m, 0x00020140);
	inner_ethernet(m);
}

static inline void make_snap_ip(struct made *m)
{
	frame_ethernet(m, 2, 1, 0);
	frame_llc(m, 0xaa, 0xaa, 3);
	frame_bytes(m, "\0\0", 3);
	frame_be16(m, 0x0800);
	v4_udp(m);
}

static inline void make_cooked(struct made *m)
{
	m->linktype = 113;
	frame_be16(m, 0);
	frame_be16(m, 1);
	frame_be16(m, 6);
	frame_bytes(m, "\2\0\0\0\0\1\0", 8);
	frame_be16(m, 0x0800);
	v4_udp(m);
}

static inline void make_cooked2(struct made *m)
{
	m->linktype = 276;
	frame_be16(m, 0x0800);
	frame_be16(m, 0);
	frame_be32(m, 3);
	frame_be16(m, 1);
	frame_u8(m, 0);
	frame_u8(m, 6);
	frame_bytes(m, "\2\0\0\0\0\1\0", 8);
	v4_udp(m);
}

static inline void make_raw(struct made *m)
{
	m->linktype = 101;
	v4_udp(m);
}

static inline void make_raw4(struct made *m)
{
	m->linktype = 228;
	v4_udp(m);
}

static inline void make_null_big(struct made *m)
{
	m->linktype = 0;
	frame_be32(m, 2);
	v4_udp(m);
}

static inline void make_null_little(struct made *m)
{
	m->linktype = 0;
	frame_be32(m, 0x02000000);
	v4_udp(m);
}

static inline void make_ppp(struct made *m)
{
	m->linktype = 9;
	frame_be16(m, 0xff03);
	frame_be16(m, 0x0021);
	v4_udp(m);
}

static inline void make_ppp_squeezed(struct made *m)
{
	m->linktype = 9;
	frame_u8(m, 0x21);
	v4_udp(m);
}

static inline void make_v6_extensions(struct made *m)
{
	frame_ethernet(m, 2, 1, 0x86dd);
	frame_ipv6(m, 1, 2, 0);
	frame_extension(m, 43, 0);
	frame_extension(m, 60, 2);
	frame_extension(m, 44, 0);
	frame_fragment6(m, 51, 0, 99);    /* all of it: no fragment at all */
	frame_u8(m, 17);
	frame_u8(m, 4);
	for (int i = 0; i < 22; i++)
		frame_u8(m, 0);
	udp_payload(m);
}

static inline void make_6in4(struct made *m)
{
	frame_ethernet(m, 2, 1, 0x0800);
	frame_ipv4(m, 8, 9, 41);
	frame_ipv6(m, 1, 2, 17);
	udp_payload(m);
}

static inline void make_4in6(struct made *m)
{
	frame_ethernet(m, 2, 1, 0x86dd);
	frame_ipv6(m, 8, 9, 4);
	v4_udp(m);
}

static inline void make_gre(struct made *m)
{
	frame_ethernet(m, 2, 1, 0x0800);
	frame_ipv4(m, 8, 9, 47);
	frame_gre(m, 0xb000, 0x0800);
	v4_udp(m);
}

static inline void make_gre_bridged(struct made *m)
{
	frame_ethernet(m, 2, 1, 0x0800);
	frame_ipv4(m, 8, 9, 47);
	frame_gre(m, 0x2000, 0x6558);
	inner_ethernet(m);
}

static inline void make_erspan1(struct made *m)
{
	frame_ethernet(m, 2, 1, 0x0800);
	frame_ipv4(m, 8, 9, 47);
	frame_gre(m, 0, 0x88be);
	inner_ethernet(m);
}

static inline void make_erspan2(struct made *m)
{
	frame_ethernet(m, 2, 1, 0x0800);
	frame_ipv4(m, 8, 9, 47);
	frame_gre(m, 0x1000, 0x88be);
	frame_be32(m, 0x10070000 + 77);
	frame_be32(m, 0);
	inner_ethernet(m);
}

static inline void make_erspan3(struct made *m)
{
	frame_ethernet(m, 2, 1, 0x0800);
	frame_ipv4(m, 8, 9, 47);
	frame_gre(m, 0x1000, 0x22eb);
	frame_be32(m, 0x20070000 + 77);
	frame_be32(m, 0x11223344);
	frame_be32(m, 1);
	frame_be32(m, 0x55667788);
	frame_be32(m, 0x55667788);
	inner_ethernet(m);
}

static inline void make_vxlan(struct made *m)
{
	frame_ethernet(m, 2, 1, 0x8100);
	frame_vlan(m, 99, 0x0800);
	frame_ipv4(m, 8, 9, 17);
	frame_udp(m, 50000, 4789);
	frame_be32(m, 0x08000000);
	frame_be32(m, 77 << 8);
	inner_ethernet(m);
}

static inline void make_geneve(struct made *m)
{
	frame_ethernet(m, 2, 1, 0x0800);
	frame_ipv4(m, 8, 9, 17);
	frame_udp(m, 50000, 6081);
	frame_be16(m, 0x0200);
	frame_be16(m, 0x6558);
	frame_be32(m, 77 << 8);
	frame_be32(m, 0);
	frame_be32(m, 0);
	inner_ethernet(m);
}

static const struct {
	const char *name;
	void (*make)(struct made *m);
	enum tunnel tunnel;
	uint32_t tunnel_id;
	int ip;
	unsigned mac;             /* last byte of the source MAC, 0 for none */
	int vlan;                 /* first VLAN, 0 for none */
} kinds[] = {
	{ "tcp", make_tcp, TUNNEL_NONE, 0, 4, 1, 0 },
	{ "udp", make_udp, TUNNEL_NONE, 0, 4, 1, 0 },
	{ "vlan", make_vlan, TUNNEL_NONE, 0, 4, 1, 100 },
	{ "pppoe", make_pppoe, TUNNEL_NONE, 0, 4, 1, 0 },
	{ "mpls", make_mpls, TUNNEL_NONE, 0, 4, 1, 0 },
	{ "pseudowire", make_pseudowire, TUNNEL_NONE, 0, 4, 11, 7 },
	{ "pseudowire without control word", make_pseudowire_bare, TUNNEL_NONE, 0, 4, 11, 7 },
	{ "snap", make_snap_ip, TUNNEL_NONE, 0, 4, 1, 0 },
	{ "linux cooked", make_cooked, TUNNEL_NONE, 0, 4, 1, 0 },
	{ "linux cooked 2", make_cooked2, TUNNEL_NONE, 0, 4, 1, 0 },
	{ "raw", make_raw, TUNNEL_NONE, 0, 4, 0, 0 },
	{ "raw ipv4", make_raw4, TUNNEL_NONE, 0, 4, 0, 0 },
	{ "null, big endian", make_null_big, TUNNEL_NONE, 0, 4, 0, 0 },
	{ "null, little endian", make_null_little, TUNNEL_NONE, 0, 4, 0, 0 },
	{ "ppp", make_ppp, TUNNEL_NONE, 0, 4, 0, 0 },
	{ "ppp, squeezed", make_ppp_squeezed, TUNNEL_NONE, 0, 4, 0, 0 },
	{ "ipv6 extension headers", make_v6_extensions, TUNNEL_NONE, 0, 6, 1, 0 },
	{ "6in4", make_6in4, TUNNEL_IPIP, 0, 6, 0, 0 },
	{ "4in6", make_4in6, TUNNEL_IPIP, 0, 4, 0, 0 },
	{ "gre", make_gre, TUNNEL_GRE, 0x00c0ffee, 4, 0, 0 },
	{ "gre, bridged", make_gre_bridged, TUNNEL_GRE, 0x00c0ffee, 4, 11, 7 },
	{ "erspan I", make_erspan1, TUNNEL_ERSPAN, 0, 4, 11, 7 },
	{ "erspan II", make_erspan2, TUNNEL_ERSPAN, 77, 4, 11, 7 },
	{ "erspan III", make_erspan3, TUNNEL_ERSPAN, 77, 4, 11, 7 },
	{ "vxlan", make_vxlan, TUNNEL_VXLAN, 77, 4, 11, 7 },
	{ "geneve", make_geneve, TUNNEL_GENEVE, 77, 4, 11, 7 },
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

#endif
