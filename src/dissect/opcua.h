/* Between opcua.c, the secure channel, and opcua_services.c, what is inside. */
#ifndef DISSECT_OPCUA_H
#define DISSECT_OPCUA_H

#include "dissect/dissect.h"

/* Of the flow's secure channel: does the policy leave the messages in clear? */
enum opcua_channel { OPCUA_UNKNOWN, OPCUA_NONE, OPCUA_SECURED };

/* Kept per flow. */
struct opcua_state {
	uint8_t channel;         /* enum opcua_channel */
	bool sure;               /* a request was answered: the flow is claimed */
	bool open[2];            /* a message of several chunks is on its way, by side … */
	uint32_t open_id[2];     /* … of this request id */
	uint32_t host;           /* hash of the host that the client asked for */
};

/* A service by the binary encoding of its messages (OPC 10000-6, NodeIds). */
struct opcua_service {
	uint16_t request, response;
	int8_t op;               /* enum op_class, -1 for none */
	const char *name;
};
/* By the id of either message; NULL where there is none. *request tells which of both. */
const struct opcua_service *opcua_service(uint32_t id, bool *request);

enum { OPCUA_SERVICE_FAULT = 397, OPCUA_OPEN_REQUEST = 446, OPCUA_OPEN_RESPONSE = 449 };

/* A security policy by its URI. */
struct opcua_policy {
	const char *name;
	bool none, obsolete;
};
const struct opcua_policy *opcua_policy(struct cur uri);

/* Basic types. */
struct cur opcua_string(struct cur *c);
/* A number for the host of "opc.tcp://HOST:4840/…", to know it again; 0 where there is none. */
uint32_t opcua_host(struct cur url);
struct opcua_node {
	uint16_t ns;
	uint8_t kind;            /* 0 number, 1 text, 2 GUID, 3 opaque */
	uint32_t number;         /* or a hash of the others */
	struct cur text;
};
struct opcua_node opcua_node(struct cur *c);
uint32_t opcua_array(struct cur *c);                /* number of elements that follow */
struct cur opcua_localized(struct cur *c);

/* ---- opcua_identity.c ---- */

struct opcua_application {
	struct cur uri, product, name, url;
	uint32_t type;
	bool here;               /* one of its addresses is the one that the client called */
};
struct opcua_application opcua_application(struct cur *c, uint32_t host);
void opcua_tell(struct dissect *d, enum attr field, struct cur v, const char *source);
void opcua_tell_application(struct dissect *d, const struct opcua_application *a);
/* Bodies that hold nothing but descriptions. False: they ended early. */
bool opcua_servers(struct dissect *d, struct cur *c);
bool opcua_registered(struct dissect *d, struct cur *c);
bool opcua_endpoints(struct dissect *d, struct cur *c);
/* What an X.509 certificate says of the sender that shows it. */
void opcua_certificate(struct dissect *d, struct cur certificate);

/* ---- opcua_services.c ---- */

/*
 * The body of a request, behind its type; r is filled but for key and op. False: it ended early.
 */
bool opcua_request(struct dissect *d, struct cur *c, const struct opcua_service *s, struct dissect_request *r);
/* The header of an answer: its status code into *status. False: it ended early. */
bool opcua_response_header(struct cur *c, uint32_t *status);
/* The first of the results of a service that has one for each item; 0 (good) where there is none. */
uint32_t opcua_first_result(const struct opcua_service *s, struct cur c);
/* The body of an answer, behind its header. r: what was asked, op -1 and all zero when nobody knows. */
bool opcua_response(struct dissect *d, struct cur *c, const struct opcua_service *s, const struct dissect_request *r);
#endif
