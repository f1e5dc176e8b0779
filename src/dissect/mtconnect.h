/* What http.c hands over: the beginning of an XML body that a server sent. */
#ifndef DISSECT_MTCONNECT_H
#define DISSECT_MTCONNECT_H

#include "dissect/dissect.h"

/* Tells what an MTConnect agent's document says; any other document is left alone. */
void mtconnect_document(struct dissect *d, struct cur xml);

#endif
