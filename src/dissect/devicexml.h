/* What a device says of itself in XML, inside an answer of HTTP. */
#ifndef DISSECT_DEVICEXML_H
#define DISSECT_DEVICEXML_H

#include "dissect/dissect.h"

/* The beginning of a body: tells what it says of its sender, if it is a description of a device. */
void device_description(struct dissect *d, struct cur body);

#endif
