/* Internet Printing Protocol, which HTTP carries. */
#ifndef DISSECT_IPP_H
#define DISSECT_IPP_H

#include "dissect/dissect.h"

/* An answer: what the printer says of itself. */
void ipp_attributes(struct dissect *d, struct cur body);

#endif
