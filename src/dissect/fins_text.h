/* What dissect/fins says about a request: each of these fits dissect_request.describe. */
#ifndef DISSECT_FINS_TEXT_H
#define DISSECT_FINS_TEXT_H

#include "dissect/dissect.h"

enum { FINS_UNIT_CPU = 0 };

/* extra: area, address, bit; extra2: how many */
void fins_describe_area(const struct dissect_request *r, char *out, size_t size);
/* extra: mode of RUN */
void fins_describe_mode(const struct dissect_request *r, char *out, size_t size);
/* extra: parameter area */
void fins_describe_parameter(const struct dissect_request *r, char *out, size_t size);
/* extra: number of the program */
void fins_describe_program(const struct dissect_request *r, char *out, size_t size);
/* code: command */
void fins_describe_code(const struct dissect_request *r, char *out, size_t size);
/* code, extra and extra2: the twelve characters of a file's name */
void fins_describe_file(const struct dissect_request *r, char *out, size_t size);
/* extra: network; extra2: unit, node */
void fins_describe_node(const struct dissect_request *r, char *out, size_t size);
/* extra: unit */
void fins_describe_unit(const struct dissect_request *r, char *out, size_t size);

#endif
