/* What the protocols of PROFINET share: vendor ids, and what an id of vendor and device tells. */
#ifndef DISSECT_PROFINET_H
#define DISSECT_PROFINET_H

#include "dissect/dissect.h"

/* The owner of a vendor id of PROFIBUS & PROFINET International (IO-Link has the same), NULL for others. */
const char *profinet_vendor(uint16_t id);

/* Vendor (where the id is known) and product code "0x002a/0x0a01" of this entity. */
void profinet_device_id(struct dissect *d, uint32_t entity, uint16_t vendor, uint16_t device, const char *source);

#endif
