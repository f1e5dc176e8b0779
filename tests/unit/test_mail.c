/* Mail: what is in a message byte for byte, what is refused, and the state that a spool keeps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail/private.h"

static const struct mail_address owner[] = { { "owner@example.com", NULL } };

static struct mail_message plain(void)
{
	return (struct mail_message){ .from = { "genba@example.com", "" }, .to = owner, .n_to = 1, .subject = "s",
				      .text = "t\n", .date = 1715600000, .id = "1.2@example.com" };
}

/* The message, to be freed; NULL where it is refused. */
static char *built(const struct mail_message *m)
{
	struct buf b;
	struct err e;
	buf_init(&b, MAIL_BYTES_MAX);
	if (mail_build(m, &b, &e))
		return buf_take(&b);
	assert_true(*e.text);
	buf_done(&b);
	return NULL;
}

static void test_plain(void **state)
{
	(void)state;
	struct mail_message m = plain();
	char *s = built(&m);
	assert_string_equal(s, "Date: Mon, 13 May 2024 11:33:20 +0000\r\n"
			       "From: genba@example.com\r\n"
			       "To: owner@example.com\r\n"
			       "Subject: s\r\n"
			       "Message-ID: <1.2@example.com>\r\n"
			       "MIME-Version: 1.0\r\n"
			       "Auto-Submitted: auto-generated\r\n"
			       "Content-Type: text/plain; charset=utf-8\r\n"
			       "Content-Transfer-Encoding: quoted-printable\r\n"
			       "\r\n"
			       "t\r\n");
	free(s);
}

static void test_all_parts(void **state)
{
	(void)state;
	struct mail_message m = plain();
	struct mail_attachment a = { "報告.pdf", "application/pdf", "\0\1\2", 3 };
	m.html = "<b>t</b>";
	m.attachments = &a;
	m.n_attachments = 1;
	char *s = built(&m), *again = built(&m);
	assert_string_equal(s, again);
	assert_non_null(strstr(s, "Content-Type: multipart/mixed;\r\n boundary=\"=_"));
	assert_non_null(strstr(s, "Content-Type: multipart/alternative;\r\n boundary=\"=_"));
	assert_non_null(strstr(s, "Content-Disposition: attachment;\r\n filename*=UTF-8''%E5%A0%B1%E5%91%8A.pdf\r\n\r\nAAEC\r\n"));
	assert_true(strstr(s, "text/plain") < strstr(s, "text/html") && strstr(s, "text/html") < strstr(s, "application/pdf"));
	free(again);
	m.id = "1.3@example.com";
	again = built(&m);
	assert_string_not_equal(strstr(s, "multipart"), strstr(again, "multipart"));
	free(s);
	free(again);
}

static void test_injection(void **state)
{
	(void)state;
	static const char *const evil[] = { "a\r\nBcc: x@example.net", "a\nBcc: x@example.net", "a\rBcc: x@example.net",
					    "a\r\n\r\nBcc: x@example.net", "a\xc2\x85" "Bcc: x@example.net",
					    "\xe5\xa0\xb1\r\nBcc: x@example.net", "a\xff\nBcc: x@example.net" };
	for (size_t i = 0; i < sizeof evil / sizeof *evil; i++) {
		struct mail_message m = plain();
		struct mail_address to = { "owner@example.com", evil[i] };
		struct mail_attachment a = { evil[i], NULL, "", 0 };
		m.subject = m.from.name = evil[i];
		m.to = &to;
		m.attachments = &a;
		m.n_attachments = 1;
		char *s = built(&m);
		assert_non_null(s);
		assert_null(strstr(s, "\nBcc"));
		assert_null(strstr(s, "\rBcc"));
		assert_ptr_equal(strstr(s, "\r\n\r\n"), strstr(s, "mail\"\r\n\r\n") + 5);
		free(s);
		m = plain();
		m.from.address = evil[i];
		assert_null(built(&m));
		m = plain();
		m.id = evil[i];
		assert_null(built(&m));
		m = plain();
		a = (struct mail_attachment){ "a", evil[i], "", 0 };
		m.attachments = &a;
		m.n_attachments = 1;
		assert_null(built(&m));
	}
}

static void test_addresses(void **state)
{
	(void)state;
	static const char *const good[] = { "a@b", "a.b+c@example.co.jp", "a..b.@docomo.example", "o'neil@x-y.example" };
	static const char *const bad[] = { "", "a", "@b", "a@", "a b@c", "a@b c", "<a@b>", "a@b>", "a@b@c", "a@-b", "a@b.", "a@b..c",
					   "a,b@c", "a@b,c@d", "a@b\n", "\"a\"@b", "\xe5\xa0\xb1@b", "a@\xe5\xa0\xb1", "a@[127.0.0.1]" };
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(mail_address_check(good[i], NULL));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(mail_address_check(bad[i], NULL));
	assert_false(mail_address_check(NULL, NULL));
	struct mail_message m = plain();
	m.n_to = 0;
	assert_null(built(&m));
	m.n_to = MAIL_TO_MAX + 1;
	assert_null(built(&m));
	char *id = mail_id("genba@example.com", 5), *other = mail_id("genba@example.com", 5);
	assert_true(mail_id_check(id));
	assert_string_not_equal(id, other);
	free(id);
	free(other);
}

static void test_too_large(void **state)
{
	(void)state;
	struct mail_message m = plain();
	struct mail_attachment a = { "a", NULL, NULL, MAIL_BYTES_MAX * 3 / 4 };
	a.bytes = xcalloc(1, a.n);
	m.attachments = &a;
	m.n_attachments = 1;
	assert_null(built(&m));
	free((void *)(uintptr_t)a.bytes);
}

static void quoted(const char *text, const char *wanted)
{
	struct buf b;
	buf_init(&b, SIZE_MAX);
	mail_quoted_printable(&b, text, strlen(text));
	assert_string_equal(b.data, wanted);
	buf_done(&b);
}

static void test_quoted_printable(void **state)
{
	(void)state;
	quoted("a=b\r\n", "a=3Db\r\n");
	quoted(".\r\n..\r\nFrom x\r\nxFrom .\r\n", "=2E\r\n=2E.\r\n=46rom x\r\nxFrom .\r\n");
	quoted("a \r\nb\t", "a=20\r\nb=09\r\n");
	quoted("", "");
	/* A dot that a soft line end would put in front. */
	char long_line[78];
	memset(long_line, 'x', 75);
	strcpy(long_line + 75, ".y");
	char wanted[100];
	snprintf(wanted, sizeof wanted, "%.75s=\r\n=2Ey\r\n", long_line);
	quoted(long_line, wanted);
}

static void test_server(void **state)
{
	(void)state;
	struct mail_server s = { .host = "smtp.example.com" };
	enum mail_security security;
	assert_true(mail_server_check(&s, NULL));
	s.security = MAIL_PLAIN;
	assert_false(mail_server_check(&s, NULL));
	static const char *const here[] = { "localhost", "127.0.0.1", "127.1.2.3", "::1" };
	static const char *const elsewhere[] = { "127.0.0.1.example.com", "128.0.0.1", "localhost.example.com", "::2", "a/b", "", "a b",
						 "x@y", "-a", NULL };
	for (size_t i = 0; i < sizeof here / sizeof *here; i++) {
		s.host = here[i];
		assert_true(mail_server_check(&s, NULL));
	}
	for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++) {
		s.host = elsewhere[i];
		assert_false(mail_server_check(&s, NULL));
	}
	s = (struct mail_server){ .host = "smtp.example.com", .user = "u" };
	assert_false(mail_server_check(&s, NULL));
	s.password = "p";
	assert_true(mail_server_check(&s, NULL));
	s.port = 65536;
	assert_false(mail_server_check(&s, NULL));
	assert_true(mail_security_parse("starttls", &security) && security == MAIL_STARTTLS);
	assert_true(mail_security_parse("tls", &security) && security == MAIL_TLS);
	assert_true(mail_security_parse("none", &security) && security == MAIL_PLAIN);
	assert_false(mail_security_parse("ssl", &security));
}

static void test_state(void **state)
{
	(void)state;
	struct mail_recipient to[] = {
		{ .address = (char *)"a@example.com", .progress = MAIL_SENDING, .tries = 3, .next = 17, .unsure = 1,
		  .answer = (char *)"x\ty\nto\tsent" },
		{ .address = (char *)"b@example.com", .progress = MAIL_GIVEN_UP, .answer = (char *)"" },
	};
	struct mail_item item = { .added = 5, .from = (char *)"g@example.com", .subject = (char *)"a\tb\nend\n", .to = to, .n_to = 2 };
	struct mail_item got = { 0 };
	char *text = mail_state_write(&item);
	assert_true(mail_state_read(&got, text));
	assert_int_equal(got.added, 5);
	assert_string_equal(got.subject, "a b end");
	assert_int_equal(got.n_to, 2);
	assert_string_equal(got.to[0].answer, "x y to sent");
	assert_int_equal(got.to[0].progress, MAIL_SENDING);
	assert_int_equal(got.to[0].tries, 3);
	assert_int_equal(got.to[0].next, 17);
	assert_int_equal(got.to[0].unsure, 1);
	assert_int_equal(got.to[1].progress, MAIL_GIVEN_UP);
	mail_item_done(&got);
	/* Cut anywhere it is damaged, not half believed. */
	for (size_t n = 0; n + 1 < strlen(text); n++) {
		char *cut = xstrdup(text);
		cut[n] = 0;
		assert_false(mail_state_read(&got, cut));
		mail_item_done(&got);
		free(cut);
	}
	free(text);
}

static void test_spool(void **state)
{
	(void)state;
	char dir[] = "/tmp/genba-mail.XXXXXX", name[64], command[64];
	struct mail_list list;
	struct err e;
	assert_non_null(mkdtemp(dir));
	snprintf(name, sizeof name, "%s/spool", dir);
	struct mail_message m = plain();
	assert_true(mail_spool_list(name, &list, &e));
	assert_int_equal(list.n, 0);
	for (int i = 0; i < 12; i++)
		assert_true(mail_spool_add(name, &m, 1000 - i / 11, &e));
	m.id = NULL;
	assert_false(mail_spool_add(name, &m, 1000, &e));
	assert_true(mail_spool_list(name, &list, &e));
	assert_int_equal(list.n, 12);
	assert_int_equal(list.waiting, 12);
	assert_string_equal(list.items[0].name, "0000000999-0001");
	assert_string_equal(list.items[11].name, "0000001000-0011");
	assert_string_equal(list.items[0].to[0].address, "owner@example.com");
	mail_list_done(&list);
	assert_int_equal(chmod(name, 0750), 0);
	assert_false(mail_spool_list(name, &list, &e));
	snprintf(command, sizeof command, "rm -rf %s", dir);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain), cmocka_unit_test(test_all_parts), cmocka_unit_test(test_injection),
		cmocka_unit_test(test_addresses), cmocka_unit_test(test_too_large), cmocka_unit_test(test_quoted_printable),
		cmocka_unit_test(test_server), cmocka_unit_test(test_state), cmocka_unit_test(test_spool),
	};
	return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
