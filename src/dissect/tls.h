/* TLS that another protocol began by agreement: its hello and certificate. */
#ifndef DISSECT_TLS_H
#define DISSECT_TLS_H

#include "dissect/dissect.h"

enum tls_use { TLS_ITSELF, TLS_REMOTE_DESKTOP };
enum { TLS_HEADER = 5 };

/* A record of the handshake, with its head whole. */
bool tls_begins(const struct cur *c);

/* Records of the server: tells an old version and whose certificate it is; anything else is passed over. */
void tls_inside(struct dissect *d, struct cur c, enum tls_use use);

#endif
