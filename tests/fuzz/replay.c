/*
 * Runs a fuzz target without libFuzzer:
 *
 *     TARGET [-m MUTATIONS] FILE...
 *
 * over each file, and over so many damaged copies of it: bits flipped, bytes
 * replaced by edge values, pieces cut out or moved. The same every time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static uint64_t state = 88172645463325252u;

static size_t below(size_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return n ? (size_t)(state >> 11) % n : 0;
}

/* Damages n bytes in place; they do not become more. */
static size_t damage(uint8_t *b, size_t n)
{
	static const uint8_t edges[] = { 0x00, 0x01, 0x7f, 0x80, 0xff, 0xfe, 0x20, 0x04 };
	for (size_t times = 1 + below(6); times && n; times--) {
		size_t at = below(n), len = 1 + below(n - at < 64 ? n - at : 64);
		switch (below(6)) {
		case 0:
			b[at] = (uint8_t)(b[at] ^ 1u << below(8));
			break;
		case 1:
			b[at] = edges[below(sizeof edges)];
			break;
		case 2:
			memset(b + at, edges[below(sizeof edges)], len < 4 ? len : 4);
			break;
		case 3:
			memmove(b + at, b + at + len, n - at - len);
			n -= len;
			break;
		case 4:
			memmove(b + below(n - len + 1), b + at, len);
			break;
		default:
			if (below(8) == 0)
				n = at;
			else
				b[at] = (uint8_t)below(256);
		}
	}
	return n;
}

static int one(const char *path, unsigned long mutations)
{
	FILE *f = fopen(path, "rb");
	if (!f || fseek(f, 0, SEEK_END) != 0) {
		perror(path);
		return 1;
	}
	size_t n = (size_t)ftell(f);
	rewind(f);
	uint8_t *whole = malloc(n + 1);
	if (!whole || fread(whole, 1, n, f) != n) {
		perror(path);
		return 1;
	}
	fclose(f);
	LLVMFuzzerTestOneInput(whole, n);
	for (unsigned long i = 0; i < mutations; i++) {
		uint8_t *copy = malloc(n + 1);
		if (!copy)
			return 1;
		memcpy(copy, whole, n);
		LLVMFuzzerTestOneInput(copy, damage(copy, n));
		free(copy);
	}
	free(whole);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long mutations = 0;
	int status = 0;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-m") == 0 && i + 1 < argc)
			mutations = strtoul(argv[++i], NULL, 10);
		else
			status |= one(argv[i], mutations);
	}
	return status;
}
