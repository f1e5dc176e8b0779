/* What POP3, IMAP and SMTP have in common: lines, and passwords that cross the wire in clear. */
#ifndef DISSECT_MAIL_H
#define DISSECT_MAIL_H

#include <string.h>
#include <strings.h>

#include "dissect/dissect.h"
#include "dissect/ntlmssp.h"

enum { MAIL_LINE = 8192 };

/* Does the line begin with this word, whatever the case, and end there or go on behind a blank? */
static inline bool mail_word(const struct cur *c, const char *word)
{
	size_t n = strlen(word);
	uint8_t next = cur_peek(c, n);
	return cur_has(c, n) && strncasecmp((const char *)cur_here(c), word, n) == 0 &&
	       (next == ' ' || next == '\r' || next == '\n' || next == 0);
}

/* One line with its end. */
static inline int32_t mail_line(const struct cur *c)
{
	struct cur x = *c, line;
	if (cur_line(&x, &line))
		return (int32_t)(cur_left(c) - cur_left(&x));
	return cur_left(c) > MAIL_LINE ? DISSECT_NO_FRAME : DISSECT_NEED_MORE;
}

/* The line without the word and the blanks behind it. */
static inline struct cur mail_rest(struct cur c, size_t n)
{
	struct cur line;
	if (!cur_line(&c, &line))
		line = c;
	cur_skip(&line, n);
	while (cur_peek(&line, 0) == ' ')
		cur_skip(&line, 1);
	return line;
}

/* Of one mail protocol's flow. */
struct mail_session {
	bool encrypted;          /* STARTTLS was accepted: what follows is TLS */
	bool body;               /* a mail is on its way: no line of it is a command */
	bool secret;             /* lines with names and passwords follow … */
	bool clear;              /* … in clear */
};

/* A method of login that shows the password (`how`: what follows AUTH): is it in this line already? */
static inline bool mail_clear(struct mail_session *s, struct cur how)
{
	s->clear = mail_word(&how, "PLAIN") || mail_word(&how, "LOGIN");
	cur_skip(&how, s->clear ? 5 : 0);
	while (cur_peek(&how, 0) == ' ')
		cur_skip(&how, 1);
	bool here = s->clear && cur_left(&how) > 0;
	s->clear &= !here;
	return here;
}

#endif
