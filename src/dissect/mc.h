/*
 * What the MELSEC protocols share: numbers of commands, CPU models and devices, and
 * how a request names the station that it is meant for. SLMP (the MC protocol) and
 * MELSOFT give the same commands the same numbers.
 */
#ifndef DISSECT_MC_H
#define DISSECT_MC_H

#include "dissect/dissect.h"

enum {
	MC_RUN = 0x1001, MC_STOP = 0x1002, MC_PAUSE = 0x1003, MC_UNLOCK = 0x1630, MC_LOCK = 0x1631,
	MC_OWN_STATION = 0xff, MC_OWN_MODULE = 0x03ff, MC_CPU_1 = 0x03e0,
};

/* The command of this number, NULL where it is unknown to the manuals. */
const struct dissect_code *mc_command(uint32_t code);

/* Type name of the CPU with this model code; NULL where unknown or shared by several types. */
const char *mc_model(uint32_t code);

/* Tells model, code and, where the name is one of Mitsubishi's CPUs or `maker` says so, the maker. name may be NULL. */
void mc_identity(struct dissect *d, const uint8_t *name, size_t n, uint32_t code, bool maker, const char *source);

/* Whom the request is for. */
struct mc_route {
	uint8_t network, station, multidrop;
	uint16_t module;         /* start of its I/O numbers, divided by 16 */
};
/* Can such a station exist? */
bool mc_route_possible(const struct mc_route *r);
/* Observes a relay where that is another than the answering one. */
void mc_relay(struct dissect *d, const struct mc_route *r);

/* A device by its binary code or by the letters of ASCII code ("D*", "ZR", "STN*"). */
struct mc_device {
	uint8_t code;
	bool hex;                /* its numbers are written in hexadecimal */
	bool bit;                /* a word of it is 16 points */
	char name[5];
	char short_name[3];      /* in two letters, where that is another */
};
const struct mc_device *mc_device(uint32_t code);
const struct mc_device *mc_device_ascii(const uint8_t *letters, size_t n);

/* For dissect_request: the device's code, whose it is (a module's start I/O number plus one), how many more ranges. */
static inline uint32_t mc_device_code(const struct mc_device *x, uint32_t module, uint32_t more)
{
	return (uint32_t)x->code | (module & 0xfff) << 8 | (more < 0xfff ? more : 0xfffu) << 20;
}
/* "D100-D109, 2 more", "U4\G100": code as above, extra the first number, extra2 how many. */
void mc_describe_devices(const struct dissect_request *r, char *out, size_t size);

/* A file's name, shortened to what fits into code and extras, and written from there. */
void mc_pack_file(struct dissect_request *r, const char *path);
void mc_describe_file(const struct dissect_request *r, char *out, size_t size);
/* UTF-16 of the wire as ASCII ('?' for what is not). */
void mc_narrow(struct cur c, char *out, size_t size);

/* The detail of a remote RUN: was it forced, what does it clear? extra: the mode, extra2: what is cleared. */
void mc_describe_run(const struct dissect_request *r, char *out, size_t size);
void mc_describe_command(const struct dissect_request *r, char *out, size_t size);

/* The A-compatible 1E frames (mc1e.c), binary and ASCII, on a flow of slmp. */
struct mc1e {
	uint16_t expect;         /* bytes that the answer has behind its end code */
	uint8_t command;
	bool waits;
	bool proved;             /* an answer fitted its request */
};
bool mc1e_probe(const struct cur *c, enum side side);
int32_t mc1e_length(const struct cur *c, enum side side);
enum dissect_result mc1e_message(struct dissect *d, struct mc1e *state, struct cur c);

#endif
