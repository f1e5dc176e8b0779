/*
 * Drives src/mail for the test scripts, with a clock that they turn:
 *
 *     mail_drive message OPTION...        the bytes of a message
 *     mail_drive add SPOOL OPTION...      a message into the spool
 *     mail_drive send SPOOL OPTION...     a run; prints what it did
 *     mail_drive list SPOOL               what is in the spool
 *     mail_drive secret FILE              the password in a file
 *
 * Options: from, from-name, to, to-name, subject, text, text-file, html-file, attach (NAME TYPE FILE), date, id, now;
 * host, port, security, user, secret (a file), ca, connect, total.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "mail/mail.h"

static struct mail_address to[MAIL_TO_MAX + 1];
static struct mail_attachment attachments[8];
static struct mail_message message = { .from = { .address = "genba@example.com" }, .to = to, .subject = "", .text = "",
				       .attachments = attachments };
static struct mail_server server = { .host = "127.0.0.1" };
static int64_t now;
static char *secret;

static _Noreturn void fail(const char *text)
{
	fprintf(stderr, "%s\n", text);
	exit(2);
}

static char *load(const char *path, size_t *n)
{
	struct err e;
	char *bytes = file_load(path, n, &e);
	if (!bytes)
		fail(e.text);
	bytes = xrealloc(bytes, *n + 1);
	bytes[*n] = 0;
	return bytes;
}

static void attach(char **words)
{
	struct mail_attachment *a = &attachments[message.n_attachments++];
	*a = (struct mail_attachment){ .name = words[0], .type = *words[1] ? words[1] : NULL };
	a->bytes = load(words[2], &a->n);
}

static void server_option(const char *name, const char *value)
{
	struct err e;
	if (strcmp(name, "host") == 0) {
		server.host = value;
	} else if (strcmp(name, "port") == 0) {
		server.port = atoi(value);
	} else if (strcmp(name, "security") == 0) {
		if (!mail_security_parse(value, &server.security))
			fail("security?");
	} else if (strcmp(name, "user") == 0) {
		server.user = value;
	} else if (strcmp(name, "secret") == 0) {
		server.password = secret = mail_secret_read(value, &e);
		if (!secret)
			fail(e.text);
	} else if (strcmp(name, "ca") == 0) {
		server.ca_file = value;
	} else if (strcmp(name, "connect") == 0) {
		server.connect_seconds = atoi(value);
	} else if (strcmp(name, "total") == 0) {
		server.total_seconds = atoi(value);
	} else {
		fail(name);
	}
}

static void option(const char *name, char *value)
{
	size_t n;
	if (strcmp(name, "from") == 0)
		message.from.address = value;
	else if (strcmp(name, "from-name") == 0)
		message.from.name = value;
	else if (strcmp(name, "to") == 0 && message.n_to <= MAIL_TO_MAX)
		to[message.n_to++].address = value;
	else if (strcmp(name, "to-name") == 0 && message.n_to)
		to[message.n_to - 1].name = value;
	else if (strcmp(name, "subject") == 0)
		message.subject = value;
	else if (strcmp(name, "text") == 0)
		message.text = value;
	else if (strcmp(name, "text-file") == 0)
		message.text = load(value, &n);
	else if (strcmp(name, "html-file") == 0)
		message.html = load(value, &n);
	else if (strcmp(name, "date") == 0)
		message.date = atoll(value);
	else if (strcmp(name, "id") == 0)
		message.id = value;
	else if (strcmp(name, "now") == 0)
		now = atoll(value);
	else
		server_option(name, value);
}

static void options(char **words)
{
	while (*words) {
		const char *name = *words++;
		if (strcmp(name, "attach") == 0 && words[0] && words[1] && words[2]) {
			attach(words);
			words += 3;
		} else if (*words) {
			option(name, *words++);
		} else {
			fail(name);
		}
	}
}

static bool build(struct err *e)
{
	struct buf b;
	buf_init(&b, MAIL_BYTES_MAX);
	bool good = mail_build(&message, &b, e);
	if (good)
		fwrite(b.data, 1, b.len, stdout);
	buf_done(&b);
	return good;
}

static bool add(const char *spool, struct err *e)
{
	char *id = message.id ? NULL : mail_id(message.from.address, now);
	if (id)
		message.id = id;
	bool good = mail_spool_add(spool, &message, now, e);
	free(id);
	return good;
}

static bool send_due(const char *spool, struct err *e)
{
	struct mail_run run;
	if (!mail_spool_send(spool, &server, now, &run, e))
		return false;
	printf("sent=%d later=%d config=%d refused=%d unsure=%d waiting=%d busy=%d: %s\n", run.sent, run.later, run.config,
		run.refused, run.unsure, run.waiting, run.busy, run.last.text);
	return true;
}

static bool list(const char *spool, struct err *e)
{
	static const char *const words[] = { "todo", "sending", "done", "given up" };
	struct mail_list all;
	if (!mail_spool_list(spool, &all, e))
		return false;
	printf("waiting=%zu refused=%zu unreadable=%zu\n", all.waiting, all.refused, all.unreadable);
	for (size_t i = 0; i < all.n; i++) {
		const struct mail_item *item = &all.items[i];
		printf("%s%s %s\n", item->name, item->refused ? " refused" : "", item->subject ? item->subject : "-");
		for (size_t k = 0; k < item->n_to; k++)
			printf("  %s: %s, tries %d, next %lld, unsure %d: %s\n", item->to[k].address, words[item->to[k].progress],
				item->to[k].tries, (long long)item->to[k].next, item->to[k].unsure, item->to[k].answer);
	}
	mail_list_done(&all);
	return true;
}

int main(int argc, char **argv)
{
	struct err e = { "" };
	bool good;
	if (argc < 2)
		fail("what?");
	const char *what = argv[1], *place = argc > 2 ? argv[2] : "";
	if (strcmp(what, "message") == 0) {
		options(argv + 2);
		good = build(&e);
	} else if (strcmp(what, "secret") == 0) {
		secret = mail_secret_read(place, &e);
		good = secret;
		if (good)
			puts(secret);
	} else if (argc < 3) {
		fail(what);
	} else {
		options(argv + 3);
		good = strcmp(what, "add") == 0 ? add(place, &e) : strcmp(what, "send") == 0 ? send_due(place, &e) :
			list(place, &e);
	}
	for (size_t i = 0; i < message.n_attachments; i++)
		free((void *)(uintptr_t)attachments[i].bytes);
	mail_secret_free(secret);
	if (!good)
		fail(e.text);
	return 0;
}
