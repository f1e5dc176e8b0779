/* What the objects that SNMP carries say of a device: between snmp.c (messages) and snmp_system.c (MIBs, descriptions). */
#ifndef DISSECT_SNMP_H
#define DISSECT_SNMP_H

#include "dissect/dissect.h"

enum { SNMP_ARCS = 24 };

/* An object identifier; n is 0 where it has more arcs than are looked at. */
struct snmp_oid { uint32_t arc[SNMP_ARCS]; unsigned n; };

struct snmp_oid snmp_oid(struct cur contents);
/* One of the system group, or another that says what the device is? */
bool snmp_is_identity(const struct snmp_oid *oid);
/* The value of an object in an answer or a trap; whose: the agent. */
void snmp_object(struct dissect *d, uint32_t whose, const struct snmp_oid *oid, uint8_t tag, struct cur value);
/* SNMPv3: the name that an agent's engine gave itself, with its maker's number and often its MAC. */
void snmp_engine(struct dissect *d, uint32_t whose, struct cur id);
/* describe() of a write: extra and extra2 by snmp_pack(). */
void snmp_pack(const struct snmp_oid *oid, struct dissect_request *r);
void snmp_describe(const struct dissect_request *r, char *out, size_t size);

#endif
