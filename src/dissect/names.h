/*
 * Names of the numbers that the protocols' owners give out (the tables in data): ODVA's vendors and device types, ASHRAE's
 * vendors. Sorted by number; NULL where a number has no name.
 */
#ifndef DISSECT_NAMES_H
#define DISSECT_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct number_name { uint16_t number; const char *name; };

extern const struct number_name names_cip_vendors[], names_cip_device_types[], names_bacnet_vendors[];
extern const size_t names_cip_vendors_n, names_cip_device_types_n, names_bacnet_vendors_n;

const char *name_of_number(const struct number_name *table, size_t n, uint32_t number);
#define NAME_OF(table, number) name_of_number(names_##table, names_##table##_n, number)

#endif
