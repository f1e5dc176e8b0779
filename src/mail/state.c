/*
 * The state of a mail as a small text, fields between tabs:
 *
 *     mail 1
 *     added	1715600000
 *     from	genba@example.co.jp
 *     subject	…
 *     to	todo	2	1715603600	0	owner@example.co.jp	last answer
 *     end
 */
#include <stdlib.h>
#include <string.h>

#include "mail/private.h"

static const char *const words[] = { [MAIL_TODO] = "todo", [MAIL_SENDING] = "sending", [MAIL_DONE] = "sent",
				     [MAIL_GIVEN_UP] = "refused" };

char *mail_state_write(const struct mail_item *item)
{
	struct buf b;
	buf_init(&b, SIZE_MAX);
	/* mail_clean() leaves neither tab nor line end in what came from elsewhere. */
	char *subject = mail_clean(item->subject);
	buf_printf(&b, "mail 1\nadded\t%lld\nfrom\t%s\nsubject\t%s\n", (long long)item->added, item->from, subject);
	free(subject);
	for (size_t i = 0; i < item->n_to; i++) {
		const struct mail_recipient *to = &item->to[i];
		char *answer = mail_clean(to->answer);
		buf_printf(&b, "to\t%s\t%d\t%lld\t%d\t%s\t%s\n", words[to->progress], to->tries, (long long)to->next,
			to->unsure, to->address, answer);
		free(answer);
	}
	buf_puts(&b, "end\n");
	return buf_take(&b);
}

/* A whole number that fills the field. */
static bool number(const char *s, int64_t *v)
{
	char *end;
	*v = strtoll(s, &end, 10);
	return *s && *end == 0;
}

static bool recipient(struct mail_item *item, char *fields)
{
	char *field[6], *rest = fields;
	int64_t tries, next, unsure;
	for (size_t i = 0; i < 6; i++)
		if (!(field[i] = strsep(&rest, "\t")))
			return false;
	size_t w = 0;
	while (w < sizeof words / sizeof *words && strcmp(field[0], words[w]) != 0)
		w++;
	if (rest || w == sizeof words / sizeof *words || item->n_to == MAIL_TO_MAX || !number(field[1], &tries) ||
	    !number(field[2], &next) || !number(field[3], &unsure) || !mail_address_check(field[4], NULL))
		return false;
	item->to = xrealloc(item->to, (item->n_to + 1) * sizeof *item->to);
	item->to[item->n_to++] = (struct mail_recipient){ .address = xstrdup(field[4]), .progress = (enum mail_progress)w,
		.tries = (int)tries, .next = next, .unsure = (int)unsure, .answer = xstrdup(field[5]) };
	return true;
}

static bool line(struct mail_item *item, char *s)
{
	char *value = strchr(s, '\t');
	if (!value)
		return false;
	*value++ = 0;
	if (strcmp(s, "added") == 0)
		return number(value, &item->added);
	if (strcmp(s, "from") == 0 && !item->from)
		return mail_address_check(value, NULL) && (item->from = xstrdup(value));
	if (strcmp(s, "subject") == 0 && !item->subject) {
		item->subject = xstrdup(value);
		return true;
	}
	return strcmp(s, "to") == 0 && recipient(item, value);
}

bool mail_state_read(struct mail_item *item, const char *text)
{
	char *copy = xstrdup(text), *rest = copy, *s = strsep(&rest, "\n");
	bool good = strcmp(s, "mail 1") == 0, ended = false;
	while (good && !ended && (s = strsep(&rest, "\n"))) {
		ended = strcmp(s, "end") == 0;
		good = ended || line(item, s);
	}
	free(copy);
	return good && ended && item->from && item->subject && item->n_to;
}

void mail_item_done(struct mail_item *item)
{
	for (size_t i = 0; i < item->n_to; i++) {
		free(item->to[i].address);
		free(item->to[i].answer);
	}
	free(item->to);
	free(item->name);
	free(item->from);
	free(item->subject);
	*item = (struct mail_item){ 0 };
}
