/* CIP messages, whatever carries them: src/dissect/enip.c gives them a key that request and answer share. */
#ifndef DISSECT_CIP_H
#define DISSECT_CIP_H

#include "dissect/dissect.h"

/*
 * Reads one message router request or answer. False: it is no CIP, or contradicts itself. connected: it goes the way
 * that a Forward Open of this flow told.
 */
bool cip_request(struct dissect *d, uint64_t key, struct cur c, bool connected);
bool cip_response(struct dissect *d, uint64_t key, struct cur c);

/*
 * Vendor, device type, product code, revision, status and serial number, in this
 * order in List Identity and in the Identity object; source names the message.
 */
bool cip_identity(struct dissect *d, struct cur *c, const char *source);

/* PCCC inside Execute PCCC (pccc.c). request: fills op, name and describe; extra and extra2 are its own. */
bool pccc_request(struct dissect_request *r, struct cur c);
bool pccc_refused(struct cur c);
void pccc_response(struct dissect *d, const struct dissect_request *r, struct cur c);

#endif
