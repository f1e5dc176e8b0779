/*
 * What was told, and telling it once. The order is: the report's file, the mail in
 * the spool, then the setting run.told of the site file, then handing over. Who is
 * killed between the second and the third has left a mail whose Message-ID names
 * the scan; the next run finds it before anything is sent.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/lang.h"
#include "base/text.h"
#include "report/mail.h"
#include "run/private.h"

/* A head holds 100 recipients of 320 bytes at most. */
enum { HEAD_BYTES = 64 << 10, FAILURE_AGAIN = 20 * 60 * 60 };

/* ---- Message-IDs ---- */

static const char *domain(const struct run_config *c)
{
	const char *at = strrchr(c->mail.from, '@');
	return at ? at + 1 : "localhost";
}

/* Of this site file, made once. */
static char *token(struct store *s, struct err *e)
{
	char *held = store_setting_get(s, "run.token");
	if (held)
		return held;
	unsigned char bytes[8];
	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) {
		(void)err_errno(e, "getrandom");
		return NULL;
	}
	char *made = xasprintf("%02x%02x%02x%02x%02x%02x%02x%02x", bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5],
			       bytes[6], bytes[7]);
	if (store_setting_set(s, "run.token", made, e))
		return made;
	free(made);
	return NULL;
}

/* number: how many scans were told before. The captures of an old scan may come again under its old number. */
static char *scan_id(const struct run_config *c, const char *site_token, int64_t number, int64_t scan)
{
	return xasprintf("genba.%s.%lld.scan%lld@%s", site_token, (long long)number, (long long)scan, domain(c));
}

/* ---- is it in the spool? ---- */

/* In the head of the message: its own identity is the only place where it stands there. */
static bool has_id(const char *spool, const struct mail_item *item, const char *id)
{
	char *path = xasprintf("%s/%s%s/message.eml", spool, item->refused ? "refused/" : "", item->name);
	char *wanted = xasprintf("<%s>", id), head[HEAD_BYTES + 1];
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(head, 1, HEAD_BYTES, f) : 0;
	head[n] = 0;
	char *end = strstr(head, "\r\n\r\n");
	if (end)
		*end = 0;
	bool has = strstr(head, wanted) != NULL;
	if (f)
		fclose(f);
	free(path);
	free(wanted);
	return has;
}

/* A spool that cannot be read holds nothing: adding to it says why. */
static bool in_spool(const char *spool, const char *id)
{
	struct mail_list list;
	if (!mail_spool_list(spool, &list, NULL))
		return false;
	bool found = false;
	for (size_t i = 0; i < list.n && !found; i++)
		found = has_id(spool, &list.items[i], id);
	mail_list_done(&list);
	return found;
}

/* ---- what was told ---- */

/* Setting run.told: the scan, and how many were told with it. */
struct told { int64_t scan, number; };

static struct told get_told(struct store *s)
{
	struct told t = { 0 };
	char *held = store_setting_get(s, "run.told"), *end = held;
	if (held)
		t.scan = strtoll(held, &end, 10);
	if (held && *end == ' ')
		t.number = strtoll(end, NULL, 10);
	free(held);
	return t;
}

struct left { const struct run_config *c; const char *token; struct told told; int64_t scan; };

static bool left_in_spool(void *data, const struct store_scan_head *h)
{
	struct left *l = data;
	char *id = scan_id(l->c, l->token, l->told.number, h->id);
	if (in_spool(l->c->mail.spool, id))
		l->scan = h->id;
	free(id);
	return !l->scan;
}

int64_t run_told(const struct run_config *c, struct store *s)
{
	char *site_token = store_setting_get(s, "run.token");
	struct left l = { .c = c, .token = site_token, .told = get_told(s) };
	/* Where it cannot be written down, the mail is found again by the next one who asks. */
	if (site_token && c->mail.sent && store_scans(s, left_in_spool, &l, NULL) && l.scan)
		(void)!run_told_set(s, l.scan, NULL);
	free(site_token);
	return l.scan ? l.scan : l.told.scan;
}

bool run_told_set(struct store *s, int64_t scan, struct err *e)
{
	char text[64];
	snprintf(text, sizeof text, "%lld %lld", (long long)scan, (long long)get_told(s).number + 1);
	return store_setting_set(s, "run.told", text, e);
}

/* ---- into the spool ---- */

static bool spool(const struct run_config *c, const struct report_mail *mail, const char *id, const struct run_file *file,
		  struct err *e)
{
	struct mail_address to[MAIL_TO_MAX];
	struct mail_attachment a = { 0 };
	size_t n = 0;
	for (; n < MAIL_TO_MAX && c->mail.to[n]; n++)
		to[n] = (struct mail_address){ .address = c->mail.to[n] };
	if (file->name)
		a = (struct mail_attachment){ .name = file->name, .type = file->type, .bytes = file->bytes->data,
					      .n = file->bytes->len };
	const struct mail_message m = {
		.from = { .address = c->mail.from, .name = "genba" }, .to = to, .n_to = n, .subject = mail->subject,
		.text = mail->text, .html = mail->html, .attachments = &a, .n_attachments = file->name ? 1 : 0,
		.date = store_now() / INT64_C(1000000000), .id = id,
	};
	return in_spool(c->mail.spool, id) || mail_spool_add(c->mail.spool, &m, time(NULL), e);
}

bool run_tell(const struct run_config *c, struct store *s, const struct report_news *news, const struct run_file *file,
	      struct err *e)
{
	struct report_mail mail;
	char *site_token = token(s, e);
	bool ok = site_token && report_mail(news, &mail, e);
	if (ok) {
		char *id = scan_id(c, site_token, get_told(s).number, news->now->scan);
		ok = spool(c, &mail, id, file, e);
		free(id);
		report_mail_free(&mail);
	}
	free(site_token);
	return ok;
}

/* ---- a scan that was none ---- */

static char *failure_path(const struct run_config *c)
{
	return xasprintf("%s.failed", c->site);
}

bool run_failed_before(const struct run_config *c)
{
	char *path = failure_path(c);
	bool there = access(path, F_OK) == 0;
	free(path);
	return there;
}

void run_failed_over(const struct run_config *c)
{
	char *path = failure_path(c);
	(void)unlink(path);
	free(path);
}

/* The same reason was told less than a day ago: "seconds reason". */
static bool told_lately(const char *path, const char *reason, int64_t now)
{
	char line[600];
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(line, 1, sizeof line - 1, f) : 0;
	line[n] = 0;
	if (f)
		fclose(f);
	char *end;
	long long when = strtoll(line, &end, 10);
	return end > line && *end == ' ' && strcmp(end + 1, reason) == 0 && when <= now && now - when < FAILURE_AGAIN;
}

/* The site's name and clock, where the file can be read. */
static void name_site(const struct run_config *c, char **name, char **zone)
{
	struct store *s = access(c->site, F_OK) == 0 ? store_open(c->site, STORE_READ, NULL) : NULL;
	*name = s ? store_setting_get(s, "name") : NULL;
	*zone = s ? store_setting_get(s, "timezone") : NULL;
	store_close(s);
	if (!*name) {
		const char *slash = strrchr(c->site, '/');
		*name = xstrdup(slash ? slash + 1 : c->site);
	}
}

/* FNV-1a: the same for the same file in every run. */
static uint64_t hash_path(const char *path)
{
	char whole[PATH_MAX];
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	for (const char *p = realpath(path, whole) ? whole : path; *p; p++)
		h = (h ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
	return h;
}

/* Reasons name files, and files bear the names of sites and machines. */
const char *run_reason(const struct run_config *c, const char *reason)
{
	return c->mail.mask && reason ? _("The reason may name files or machines, so it stands in the log of the run only.") : reason;
}

static bool mail_failure(const struct run_config *c, const char *reason, struct err *e)
{
	char *name, *zone, day[32];
	name_site(c, &name, &zone);
	/* The site may be what failed, so that there are no pseudonyms: then no name at all. */
	const struct report_news news = { .site = c->mail.mask ? NULL : name, .timezone = zone, .lang = lang_now(),
					  .failed = run_reason(c, reason),
					  .templates = c->report.templates, .began = store_now() };
	struct report_mail mail;
	bool ok = report_mail(&news, &mail, e);
	if (ok) {
		text_time((int64_t)time(NULL) * INT64_C(1000000000), day);
		char *id = xasprintf("genba.%016llx.failed.%.10s@%s", (unsigned long long)(hash_path(c->site) ^ hash_path(reason)),
				     day, domain(c));
		ok = spool(c, &mail, id, &(struct run_file){ 0 }, e);
		free(id);
		report_mail_free(&mail);
	}
	free(name);
	free(zone);
	return ok;
}

bool run_tell_failure(const struct run_config *c, const char *reason, bool *told, struct err *e)
{
	char *path = failure_path(c);
	int64_t now = time(NULL);
	bool ok = true;
	*told = false;
	if (!told_lately(path, reason, now)) {
		ok = !c->mail.sent || mail_failure(c, reason, e);
		*told = ok && c->mail.sent;
		char *line = xasprintf("%lld %s", (long long)now, reason);
		/* A disk that is full is no reason not to send. */
		if (ok)
			(void)!file_save(path, line, strlen(line), NULL);
		free(line);
	}
	free(path);
	return ok;
}

/* ---- handing over ---- */

bool run_send(const struct run_job *j, struct err *e)
{
	const struct run_mail_config *m = &j->config->mail;
	struct mail_list waiting;
	if (!mail_spool_list(m->spool, &waiting, e))
		return false;
	size_t n = waiting.waiting;
	mail_list_done(&waiting);
	if (n == 0)
		return true;
	char *secret = m->secret_file ? mail_secret_read(m->secret_file, e) : NULL;
	if (m->secret_file && !secret)
		return err_prefix(e, "%s", _("mail waits"));
	const struct mail_server server = { .host = m->server, .port = m->port, .security = (enum mail_security)m->security,
					    .user = m->user, .password = secret, .ca_file = m->ca_file };
	struct mail_run r;
	bool ok = mail_spool_send(m->spool, &server, time(NULL), &r, e);
	mail_secret_free(secret);
	if (!ok)
		return false;
	if (r.busy)
		run_say(j, "%s", _("mail: another run is sending"));
	else if (r.sent)
		run_say(j, _("mail: sent to %d"), r.sent);
	if (r.later + r.unsure)
		run_say(j, _("mail: the server takes nothing now, it is tried again in a later run: %s"), r.last.text);
	if (r.config + r.refused)
		return err_set(e, _("mail: %s"), r.last.text);
	return true;
}
