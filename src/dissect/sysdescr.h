/* What a system description says by its maker's form: shared by snmp_system.c and lldp.c. */
#ifndef DISSECT_SYSDESCR_H
#define DISSECT_SYSDESCR_H

#include "dissect/dissect.h"

/* The names of the sources, by what is told. */
struct sysdescr_sources { const char *vendor, *model, *firmware, *hardware, *serial, *role, *os, *order_number; };

void sysdescr(struct dissect *d, uint32_t whose, const char *text, const struct sysdescr_sources *from);

#endif
