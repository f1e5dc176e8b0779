/*
 * nDPI labels the IT traffic that no dissector claimed. Written for 4.2; the
 * functions that later releases changed are all here (NDPI_API tells which).
 */
#include "flow/ndpi.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* nDPI's headers are not clean under the warnings that genba keeps. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wundef"
#include <ndpi/ndpi_api.h>
#pragma GCC diagnostic pop

#include "base/buf.h"
#include "base/err.h"

enum { PACKETS_MAX = 12, NAME_MAX_LEN = 24, LABELS_MAX = 4096, RISK_TEXT = 256 };

struct ndpi {
	struct ndpi_detection_module_struct *module;
	char (*names)[NAME_MAX_LEN];
	unsigned n_names;
	struct ndpi_label **labels;
	size_t n_labels;
};

struct ndpi_state {
	struct ndpi_flow_struct *flow;
	ndpi_protocol found;
	unsigned packets;
	bool ja3;                /* was told */
};

/* Names of the field where nDPI's own is another one. */
static const struct { const char *ndpi, *ours; } renamed[] = {
	{ "netbios", "nbns" }, { "smbv1", "smb1" }, { "smbv23", "smb" },
	{ "dce_rpc", "dcerpc" }, { "ftp_control", "ftp" }, { "mssql-tds", "tds" }, { "pops", "pop3s" },
};

/*
 * OT labels of nDPI are guesses: where genba reads the protocol itself and did
 * not claim the flow, nDPI is more likely wrong, and elsewhere its test is thin.
 */
static const char *const ot_names[] = {
	"modbus", "dnp3", "iec60870", "s7comm", "ethernet/ip", "ethernetip", "bacnet", "ethersbus", "ethersio",
	"rtps", "hart-ip", "opc-ua", "profinet-io", "targus dataspeed", "corba",
};

/*
 * Labels that a few bytes of anything earn: seen on traffic of controllers, and on LDAP. They are guesses, but for
 * those that have a port, on that port.
 */
static const struct { const char *name; uint16_t port; } thin[] = {
	{ "rtp", 0 }, { "rtcp", 0 }, { "skype_teams", 0 }, { "skype_teamscall", 0 }, { "skype", 0 }, { "skypecall", 0 },
	{ "cassandra", 9042 }, { "mqtt", 1883 }, { "netflow", 2055 }, { "rx", 7001 }, { "noe", 0 }, { "halflife2", 0 },
	{ "starcraft", 0 }, { "steam", 0 }, { "gnutella", 0 }, { "xbox", 0 },
};

static bool is_thin(const char *name, const uint16_t port[2])
{
	for (size_t i = 0; i < sizeof ot_names / sizeof *ot_names; i++)
		if (strcmp(name, ot_names[i]) == 0)
			return true;
	for (size_t i = 0; i < sizeof thin / sizeof *thin; i++)
		if (strcmp(name, thin[i].name) == 0)
			return !thin[i].port || (port[0] != thin[i].port && port[1] != thin[i].port);
	return false;
}

const char *ndpi_library(void)
{
	static char name[64];
	snprintf(name, sizeof name, "nDPI %s", ndpi_revision());
	return name;
}

struct ndpi *ndpi_open(void)
{
	struct ndpi_detection_module_struct *m =
		ndpi_init_detection_module(ndpi_dont_load_tor_hosts);
	if (!m)
		return NULL;
	NDPI_PROTOCOL_BITMASK all;
	NDPI_BITMASK_SET_ALL(all);
	ndpi_set_protocol_detection_bitmask2(m, &all);
	ndpi_finalize_initialization(m);
	struct ndpi *n = xcalloc(1, sizeof *n);
	n->module = m;
	n->n_names = (unsigned)ndpi_get_num_supported_protocols(m);
	n->names = xcalloc(n->n_names, sizeof *n->names);
	for (unsigned i = 0; i < n->n_names; i++) {
		const char *name = ndpi_get_proto_name(m, (uint16_t)i);
		for (size_t k = 0; name && name[k] && k < NAME_MAX_LEN - 1; k++)
			n->names[i][k] = (char)tolower((unsigned char)name[k]);
		for (size_t k = 0; k < sizeof renamed / sizeof *renamed; k++)
			if (strcmp(n->names[i], renamed[k].ndpi) == 0)
				snprintf(n->names[i], NAME_MAX_LEN, "%s", renamed[k].ours);
	}
	return n;
}

void ndpi_close(struct ndpi *n)
{
	if (!n)
		return;
	ndpi_exit_detection_module(n->module);
	for (size_t i = 0; i < n->n_labels; i++) {
		free(n->labels[i]->risk);
		free(n->labels[i]);
	}
	free(n->labels);
	free(n->names);
	free(n);
}

bool ndpi_feed(struct ndpi *n, struct ndpi_state **state, const struct cur *l3, int64_t ts)
{
	struct ndpi_state *s = *state;
	size_t len = cur_left(l3);
	if (!s) {
		s = *state = xcalloc(1, sizeof *s);
		s->flow = xcalloc(1, SIZEOF_FLOW_STRUCT);
	}
	if (len == 0 || len > UINT16_MAX)
		return false;
	s->found = ndpi_detection_process_packet(n->module, s->flow, cur_here(l3), (unsigned short)len,
						 (uint64_t)(ts / 1000000));
	s->packets++;
	if (s->found.app_protocol != NDPI_PROTOCOL_UNKNOWN && !ndpi_extra_dissection_possible(n->module, s->flow))
		return true;
	return s->packets >= PACKETS_MAX;
}

const char *ndpi_ja3(struct ndpi_state *s)
{
	if (s->ja3 || (s->found.master_protocol != NDPI_PROTOCOL_TLS && s->found.app_protocol != NDPI_PROTOCOL_TLS) ||
	    !s->flow->protos.tls_quic.ja3_client[0])
		return NULL;
	s->ja3 = true;
	return s->flow->protos.tls_quic.ja3_client;
}

static const char *name_of(const struct ndpi *n, uint16_t id)
{
	return id != NDPI_PROTOCOL_UNKNOWN && id < n->n_names ? n->names[id] : "";
}

static char *risk_text(uint64_t risks)
{
	struct buf b;
	buf_init(&b, RISK_TEXT);
	for (unsigned i = 1; i < NDPI_MAX_RISK; i++) {
		const char *name = ndpi_risk2str((ndpi_risk_enum)i);
		if ((risks >> i & 1) && b.len + strlen(name) + 1 < RISK_TEXT)
			buf_printf(&b, "%s%s", b.len ? "," : "", name);
	}
	return buf_take(&b);
}

/* The one label with these; a few hundred at most differ. */
static const struct ndpi_label *label_of(struct ndpi *n, uint16_t id, uint64_t risks, enum confidence confidence,
					 bool door)
{
	for (size_t i = 0; i < n->n_labels; i++)
		if (n->labels[i]->id == id && n->labels[i]->risks == risks && n->labels[i]->confidence == confidence &&
		    n->labels[i]->door == door)
			return n->labels[i];
	if (n->n_labels == LABELS_MAX)
		return n->labels[0];
	struct ndpi_label *x = xcalloc(1, sizeof *x);
	*x = (struct ndpi_label){ .name = name_of(n, id), .risk = risk_text(risks), .risks = risks, .id = id,
				  .confidence = confidence, .door = door };
	n->labels = xrealloc(n->labels, (n->n_labels + 1) * sizeof *n->labels);
	return n->labels[n->n_labels++] = x;
}

const struct ndpi_label *ndpi_take(struct ndpi *n, struct ndpi_state **state, const uint16_t port[2])
{
	struct ndpi_state *s = *state;
	if (!s)
		return label_of(n, NDPI_PROTOCOL_UNKNOWN, 0, CONF_GUESS, false);
	if (s->found.app_protocol == NDPI_PROTOCOL_UNKNOWN && s->found.master_protocol == NDPI_PROTOCOL_UNKNOWN) {
		uint8_t guessed = 0;
		s->found = ndpi_detection_giveup(n->module, s->flow, 1, &guessed);
	}
	/* What runs inside counts only where it opens a door: TeamViewer over TLS, but not Google over TLS. */
	ndpi_protocol_category_t category = ndpi_get_proto_category(n->module, s->found);
	bool door = category == NDPI_PROTOCOL_CATEGORY_REMOTE_ACCESS || category == NDPI_PROTOCOL_CATEGORY_VPN;
	uint16_t id = s->found.master_protocol != NDPI_PROTOCOL_UNKNOWN && !door ? s->found.master_protocol
										    : s->found.app_protocol;
	bool seen = s->flow->confidence == NDPI_CONFIDENCE_DPI || s->flow->confidence == NDPI_CONFIDENCE_DPI_CACHE;
	if (is_thin(name_of(n, id), port))
		seen = false;
	const struct ndpi_label *label = label_of(n, id, s->flow->risk, seen ? CONF_CONTENT : CONF_GUESS, door);
	ndpi_drop(state);
	return label;
}

void ndpi_drop(struct ndpi_state **state)
{
	if (!*state)
		return;
	ndpi_free_flow((*state)->flow);
	free(*state);
	*state = NULL;
}
