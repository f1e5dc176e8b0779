/* Text from the wire, and text on a terminal. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Bytes from the wire as UTF-8 into out (size bytes, always terminated): as they
 * are if they are UTF-8, else read as CP932 (Japanese machines), else with \xNN
 * for each byte that is no printable ASCII. Stops at the first NUL; blanks at
 * both ends are cut, line ends inside become one blank, other control characters
 * \xNN. Returns the length; 0 when
 * nothing printable is there. Cut at a character's border when out is small.
 */
size_t text_wire(const void *bytes, size_t n, char *out, size_t size);

/*
 * Loads what text_wire() needs from the system. The parsing child, which may open
 * no file, must have called it before; elsewhere it happens by itself.
 */
void text_init(void);

/* Is this valid UTF-8 (no surrogates, no overlong forms)? */
bool text_is_utf8(const void *bytes, size_t n);

/* One character of UTF-8 (valid): its code point, and its length into *n (1 where it is invalid). */
uint32_t text_char(const char *s, size_t *n);

/* Full-width letters, digits and blanks, as Japanese input gives them, as the plain ones. To be freed. */
char *text_plain(const char *s);

/* Columns on a terminal; East Asian wide characters take two, control and zero-width none. */
int text_width(const char *s);

/*
 * Append s to b for a terminal: control bytes, escape sequences, zero-width and
 * direction characters shown as \xNN or \u{NNNN}.
 */
void text_terminal(struct buf *b, const char *s);

/* Append s padded or cut (with …) to so many columns, safe for a terminal. */
void text_pad(struct buf *b, const char *s, int columns);

/*
 * Where to end a line of so many columns (at least 2): the bytes of text that stand on it, into *skip those to leave out
 * before the next line (blanks, a line end). Breaks between words and between Japanese characters, but no line begins
 * with a closing bracket or a full stop.
 */
size_t text_break(const char *text, int columns, size_t *skip);

/* 1500000 → "1,500,000", into out (32 bytes). */
char *text_grouped(int64_t n, char *out);

/* Time of day as RFC 3339 in UTC, "2024-05-01T09:00:00Z", into out (32 bytes). ns since the epoch. */
char *text_time(int64_t ns, char *out);

#endif
