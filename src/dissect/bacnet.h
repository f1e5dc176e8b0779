/* BACnet's tagged values and the objects behind them: between bacnet.c (frames), bacnet_service.c, bacnet_object.c. */
#ifndef DISSECT_BACNET_H
#define DISSECT_BACNET_H

#include "dissect/dissect.h"

enum { BACNET_DEVICE = 8, BACNET_ANY = 0x3fffff, BACNET_PRESENT_VALUE = 85, BACNET_OUT_OF_SERVICE = 81, BACNET_PROGRAM_CHANGE = 90 };

/* One tag; value runs over its contents (empty for an opening or closing one). */
struct bacnet_tag {
	uint8_t number;
	bool context, opening, closing;
	struct cur value;
};

bool bacnet_next(struct cur *c, struct bacnet_tag *t);
/* The next tag has this context number (and is no bracket): consumed. Else nothing is. */
bool bacnet_context(struct cur *c, uint8_t number, struct cur *value);
/* The same for a tag of the standard's own types. */
bool bacnet_application(struct cur *c, uint8_t number, struct cur *value);
/* Tags to the end, each bracket closed. */
bool bacnet_well_formed(struct cur c);
/* A number of one to four bytes. */
uint32_t bacnet_number(struct cur value);

/* describe() of an operation: extra is an object identifier, extra2 a property. */
void bacnet_describe_object(const struct dissect_request *r, char *out, size_t size);
void bacnet_describe_property(const struct dissect_request *r, char *out, size_t size);
/* Does this property of a device object say what the device is? */
bool bacnet_is_identity(uint32_t object, uint32_t property);

/* A confirmed service (r->code) by its parameters: fills op, name, extras and describe. A password is told of. */
void bacnet_classify(struct dissect *d, struct dissect_request *r, struct cur c);

/* What a device tells of itself; whose: the entity that it stands on, 0 for one behind a router. */
void bacnet_i_am(struct dissect *d, uint32_t whose, struct cur c);
void bacnet_i_have(struct dissect *d, uint32_t whose, struct cur c);
void bacnet_who_am_i(struct dissect *d, uint32_t whose, struct cur c);
void bacnet_read_answer(struct dissect *d, uint32_t whose, struct cur c);
void bacnet_read_multiple_answer(struct dissect *d, uint32_t whose, struct cur c);

#endif
