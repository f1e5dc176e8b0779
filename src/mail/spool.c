/* Mails that wait until every recipient has them. What is on the disk, and when, stands in private.h and mail.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/lang.h"
#include "mail/private.h"

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

/* ---- adding ---- */

/* The highest number that a mail of this second has in a directory. */
static int highest(const struct mail_names *names, int64_t now)
{
	int most = 0;
	char second[24];
	size_t n = (size_t)snprintf(second, sizeof second, "%010lld-", (long long)now);
	for (size_t i = 0; i < names->n; i++)
		if (strncmp(names->names[i], second, n) == 0 && atoi(names->names[i] + n) > most)
			most = atoi(names->names[i] + n);
	return most;
}

/* A name behind all others of its second, refused ones too; NULL fills e. */
static char *new_name(const struct mail_box *box, int64_t now, struct err *e)
{
	struct mail_names waiting, refused = { 0 };
	char *name = NULL;
	if (!mail_names_load(&waiting, box->fd, e))
		return NULL;
	if (waiting.n >= MAIL_WAITING_MAX) {
		err_set(e, _("%s: %zu mails wait here already; see why none is sent"), box->path, waiting.n);
	} else if (mail_names_load(&refused, box->refused, e)) {
		int a = highest(&waiting, now), b = highest(&refused, now);
		name = xasprintf("%010lld-%04d", (long long)now, (a > b ? a : b) + 1);
	}
	mail_names_done(&waiting);
	mail_names_done(&refused);
	return name;
}

/* The state of a mail that nobody has tried; its texts are borrowed from the message, but for the list. */
static struct mail_item first_state(const struct mail_message *m, int64_t now)
{
	struct mail_item item = { .added = now, .from = (char *)(uintptr_t)m->from.address,
				  .subject = (char *)(uintptr_t)(m->subject ? m->subject : "") };
	static char none[1];
	item.to = xcalloc(m->n_to, sizeof *item.to);
	for (size_t i = 0; i < m->n_to; i++) {
		bool twice = false;
		for (size_t j = 0; j < item.n_to; j++)
			twice = twice || strcmp(item.to[j].address, m->to[i].address) == 0;
		if (!twice)
			item.to[item.n_to++] = (struct mail_recipient){ .address = (char *)(uintptr_t)m->to[i].address,
				.next = now, .answer = none };
	}
	return item;
}

bool mail_spool_add(const char *spool, const struct mail_message *m, int64_t now, struct err *e)
{
	struct mail_box box;
	struct buf bytes;
	struct err why;
	bool good = false;
	if (now < 0)
		return err_set(e, _("the clock of this machine is set before 1970"));
	buf_init(&bytes, MAIL_BYTES_MAX);
	if (!mail_build(m, &bytes, e) || !mail_box_open(&box, spool, true, e)) {
		buf_done(&bytes);
		return false;
	}
	int lock = mail_box_lock(&box, "adding", true, &why);
	if (lock < 0) {
		err_set(e, "%s", why.text);
	} else {
		char *name = new_name(&box, now, e);
		struct mail_item item = first_state(m, now);
		char *state = mail_state_write(&item);
		good = name && mail_box_add(&box, name, bytes.data, bytes.len, state, e);
		free(item.to);
		free(state);
		free(name);
		close(lock);
	}
	mail_box_close(&box);
	buf_done(&bytes);
	return good;
}

/* ---- sending ---- */

struct sending {
	struct mail_box box;
	struct mail_smtp *smtp;          /* made when the first mail is due */
	const struct mail_server *server;
	int64_t now;
	struct mail_run *run;
	struct err *e;
	bool down;                       /* the server as a whole did not work: its result for all the rest */
	struct mail_smtp_result why;
	/* the mail at hand */
	struct mail_item item;
	struct mail_recipient *to;
	bool failed;                     /* its state could not be written */
};

static int64_t pause_after(int tries)
{
	static const int pauses[] = { 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR };
	return tries >= 1 && (size_t)tries <= sizeof pauses / sizeof *pauses ? pauses[tries - 1] : DAY;
}

/* No pause is longer than a day: what is due later comes of a clock that was wrong. */
static bool is_due(const struct mail_recipient *to, int64_t now)
{
	return to->progress == MAIL_TODO && (to->next <= now || to->next - now > DAY);
}

static void answer_set(struct mail_recipient *to, const char *text)
{
	free(to->answer);
	to->answer = xstrdup(text);
}

/* The server is about to get the last of the mail. */
static bool mark_sending(void *data)
{
	struct sending *s = data;
	s->to->progress = MAIL_SENDING;
	s->failed = !mail_box_save(&s->box, &s->item, s->e);
	return !s->failed;
}

/* Write into the recipient what became of it, and count it. */
static void note(struct sending *s, const struct mail_smtp_result *r)
{
	struct mail_recipient *to = s->to;
	struct err answer = r->answer;
	/* What somebody has to repair first must not make the pauses after it long. */
	to->tries += r->outcome != MAIL_CONFIG;
	to->progress = MAIL_TODO;
	to->next = s->now + pause_after(to->tries);
	switch (r->outcome) {
	case MAIL_SENT:
		to->progress = MAIL_DONE;
		s->run->sent++;
		break;
	case MAIL_LATER:
		s->run->later++;
		break;
	case MAIL_CONFIG:
		to->next = s->now;
		s->run->config++;
		break;
	case MAIL_REFUSED:
		to->progress = MAIL_GIVEN_UP;
		s->run->refused++;
		break;
	case MAIL_UNSURE:
		err_prefix(&answer, "%s", _("the whole mail was sent, but whether it was taken is not known"));
		to->unsure++;
		s->run->unsure++;
		break;
	}
	if (to->progress == MAIL_TODO && s->now - s->item.added >= (int64_t)MAIL_DAYS_MAX * DAY) {
		to->progress = MAIL_GIVEN_UP;
		s->run->refused++;
		err_prefix(&answer, _("given up after %d days"), MAIL_DAYS_MAX);
	}
	answer_set(to, answer.text);
	if (*answer.text)
		s->run->last = answer;
}

static bool send_one(struct sending *s, const char *bytes, size_t n)
{
	struct mail_smtp_result r = { .outcome = MAIL_LATER, .server = true };
	if (s->down) {
		r = s->why;
	} else {
		if (!s->smtp && !(s->smtp = mail_smtp_new(s->server, s->e)))
			return false;
		r = mail_smtp_send(s->smtp, s->item.from, s->to->address, bytes, n, mark_sending, s);
	}
	if (s->failed)
		return false;
	note(s, &r);
	if (r.server && r.outcome != MAIL_SENT) {
		s->down = true;
		s->why = r;
		/* The rest was not with the server at all. */
		if (r.outcome == MAIL_UNSURE)
			s->why.outcome = MAIL_LATER;
	}
	return mail_box_save(&s->box, &s->item, s->e);
}

/* A run was killed between the last bytes and the answer, or before it could write the answer down. */
static void after_kill(struct sending *s)
{
	for (size_t i = 0; i < s->item.n_to; i++) {
		struct mail_recipient *to = &s->item.to[i];
		if (to->progress == MAIL_SENDING) {
			to->progress = MAIL_TODO;
			to->next = s->now;
			to->unsure++;
			answer_set(to, _("broken off while it was sent: whether the server took it is not known"));
		}
	}
}

static bool send_mail(struct sending *s)
{
	size_t n = 0, waiting = 0, given_up = 0;
	char *bytes = NULL;
	bool good = true;
	after_kill(s);
	for (size_t i = 0; good && i < s->item.n_to; i++) {
		s->to = &s->item.to[i];
		if (!is_due(s->to, s->now))
			continue;
		if (!bytes && !(bytes = mail_box_message(s->box.fd, s->item.name, &n))) {
			/* Like a damaged state: it stays for people to look at. */
			err_set(&s->run->last, _("%s/%s: message.eml cannot be read"), s->box.path, s->item.name);
			break;
		}
		good = send_one(s, bytes, n);
	}
	free(bytes);
	for (size_t i = 0; i < s->item.n_to; i++) {
		waiting += s->item.to[i].progress == MAIL_TODO || s->item.to[i].progress == MAIL_SENDING;
		given_up += s->item.to[i].progress == MAIL_GIVEN_UP;
	}
	s->run->waiting += (int)waiting;
	if (good && waiting == 0)
		good = given_up ? mail_box_refuse(&s->box, s->item.name, s->e) : mail_box_remove(&s->box, s->item.name, s->e);
	return good;
}

static bool send_all(struct sending *s)
{
	struct mail_names names;
	bool good = mail_names_load(&names, s->box.fd, s->e);
	mail_box_clean(&s->box);
	for (size_t i = 0; good && i < names.n; i++) {
		if (!mail_box_load(s->box.fd, names.names[i], &s->item))
			continue;
		if (s->item.unreadable)
			err_set(&s->run->last, _("%s/%s: this mail is damaged; it is kept, but not sent"),
				s->box.path, names.names[i]);
		else
			good = send_mail(s);
		mail_item_done(&s->item);
	}
	mail_names_done(&names);
	return good;
}

bool mail_spool_send(const char *spool, const struct mail_server *server, int64_t now, struct mail_run *run,
	struct err *e)
{
	struct err why;
	struct sending s = { .server = server, .now = now, .run = run, .e = &why };
	*run = (struct mail_run){ 0 };
	if (!mail_server_check(server, e) || !mail_box_open(&s.box, spool, true, e))
		return false;
	int lock = mail_box_lock(&s.box, "sending", false, &why);
	bool good;
	if (lock >= 0) {
		good = send_all(&s);
		mail_smtp_free(s.smtp);
		close(lock);
	} else {
		run->busy = good = why.text[0] == 0;
	}
	mail_box_close(&s.box);
	return good || err_set(e, "%s", why.text);
}

/* ---- looking ---- */

static bool list_dir(struct mail_list *list, int fd, bool refused, struct err *e)
{
	struct mail_names names;
	struct mail_item item;
	if (!mail_names_load(&names, fd, e))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		/* What was sent meanwhile is not there any more. */
		if (!mail_box_load(fd, names.names[i], &item))
			continue;
		item.refused = refused;
		list->items = xrealloc(list->items, (list->n + 1) * sizeof *list->items);
		list->items[list->n++] = item;
		*(item.unreadable ? &list->unreadable : refused ? &list->refused : &list->waiting) += 1;
	}
	mail_names_done(&names);
	return true;
}

bool mail_spool_list(const char *spool, struct mail_list *list, struct err *e)
{
	struct mail_box box;
	*list = (struct mail_list){ 0 };
	if (!mail_box_open(&box, spool, false, e))
		return false;
	bool good = box.fd < 0 || (list_dir(list, box.fd, false, e) && list_dir(list, box.refused, true, e));
	mail_box_close(&box);
	if (!good)
		mail_list_done(list);
	return good;
}

void mail_list_done(struct mail_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		mail_item_done(&list->items[i]);
	free(list->items);
	*list = (struct mail_list){ 0 };
}
