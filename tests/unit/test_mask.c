#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/mask.h"

static struct mask *sample(const char *key)
{
	struct mask *m = mask_new((const unsigned char *)key, strlen(key));
	mask_learn(m, MASK_SERIAL, "S C-C2UR28922012");
	mask_keep(m, "SIMATIC S7-300");
	mask_keep(m, "1.0.8.3");
	mask_keep(m, "model S C-C2UR28922012");
	mask_learn(m, MASK_DEVICE, "SEIGI-PC01");
	mask_learn(m, MASK_DEVICE, "事務所PC");
	mask_learn(m, MASK_DEVICE, "press3.kojo.example.jp");
	mask_learn(m, MASK_DEVICE, "SIMATIC");
	mask_learn(m, MASK_DEVICE, "QPX");
	mask_learn(m, MASK_DEVICE, "register");
	mask_learn(m, MASK_DEVICE, "00:1d:9c:c7:b0:10");
	mask_learn_detail(m, "DB 3, file NENRIN.CSV");
	return m;
}

/* Nothing of `secret` is left of `text`, and the rest is. */
static void hidden(const struct mask *m, const char *text, const char *secret, const char *rest)
{
	char *shown = mask_text(m, text);
	if (strstr(shown, secret) || !strstr(shown, rest))
		print_error("%s: %s\n", text, shown);
	assert_null(strstr(shown, secret));
	assert_non_null(strstr(shown, rest));
	free(shown);
}

static void stays(const struct mask *m, const char *text)
{
	char *shown = mask_text(m, text);
	assert_string_equal(shown, text);
	free(shown);
}

/* A device list may hold names of any length: none of their end is left, and the same name has one pseudonym. */
static void endless(void **state)
{
	(void)state;
	struct mask *m = sample("key");
	char name[401], *line;
	memset(name, 'x', sizeof(name));
	memcpy(name + 380, "the end of the name.", 21);
	mask_learn(m, MASK_DEVICE, name);
	char *whole = mask_whole(m, MASK_DEVICE, name);
	line = xasprintf("%s: stopped", name);
	hidden(m, line, "end", ": stopped");
	hidden(m, line, "end", whole);
	free(line);
	line = xasprintf("asked: %.*s, the en", 300, name);
	hidden(m, line, "en", "asked: device-");
	free(line);
	free(whole);
	mask_free(m);
}

static void texts(void **state)
{
	(void)state;
	struct mask *m = sample("key");
	hidden(m, "事務所PC → SEIGI-PC01: fins Stop", "SEIGI", ": fins Stop");
	hidden(m, "事務所PC → SEIGI-PC01: fins Stop", "事務所", " → device-");
	hidden(m, "seigi-pc01$", "seigi", "$");
	hidden(m, "asked press3.kojo.example.jp", "press3", "asked device-");
	hidden(m, "asked press3.kojo.example.jp", "kojo", ".domain-");
	hidden(m, "ARP of 192.168.1.1.", "192", "ARP of net-");
	hidden(m, "192.168.1.0/24", "192.168", "net-");
	hidden(m, "AMS NetId 192.168.1.20.6.1", "192.168", ".6.1");
	hidden(m, "opc.tcp:192.168.1.20:4840", "192.168", ":4840");
	hidden(m, "fe80::21d:9cff:fec7:b010: ping", "9cff", ": ping");
	hidden(m, "00-1D-9C-C7-B0-10", "9C", "02:");
	hidden(m, "00:1d:9c:c7:b0:10: x", "9c", ": x");
	hidden(m, "001d.9cc7.b010", "9cc7", "02:");
	hidden(m, "id 001D9CC7B010", "9CC7", "id word-");
	hidden(m, "at http://press.example/x?y, twice", "press", ", twice");
	hidden(m, "mail.kojo.example.jp esmtp", "kojo", " esmtp");
	hidden(m, "220 ns1.lan ready", "ns1", ".lan ready");
	hidden(m, "no file /srv/kojo/a.pcap", "kojo", "no file word-");
	hidden(m, "by tanaka@example.jp", "tanaka", "by word-");
	hidden(m, "read NENRIN.CSV", "NENRIN", "read word-");
	hidden(m, "model S C-C2UR28922012", "28922012", "model serial-");
	hidden(m, "QPX: stop, QPXs too", "QPX:", ": stop, QPXs too");
	/* what names nobody */
	stays(m, "SIMATIC S7-300 and PLCs");
	stays(m, "firmware 1.0.8.3, OID 1.3.6.1.4.1.2001.1.1");
	stays(m, "239.255.255.250, 255.255.255.255, 01:80:c2:00:00:0e, 12:30:45");
	stays(m, "Write register 12");
	mask_learn(m, MASK_SERIAL, "502");
	stays(m, "modbus tcp/502, 1734-AENT/B");
	mask_free(m);
}

static void same(const char *a, const char *b, bool equal)
{
	assert_int_equal(strcmp(a, b) == 0, equal);
}

static void pseudonyms(void **state)
{
	(void)state;
	struct mask *m = sample("key"), *other = sample("another");
	char *a = mask_whole(m, MASK_DEVICE, "SEIGI-PC01"), *b = mask_text(m, "seigi-pc01");
	char *c = mask_whole(other, MASK_DEVICE, "SEIGI-PC01"), *d = mask_whole(m, MASK_PERSON, "Sato");
	same(a, b, true);
	same(a, c, false);
	assert_memory_equal(d, "person-", 7);
	free(b);
	b = mask_text(m, a);
	same(a, b, true);        /* a pseudonym is not masked again */
	free(a), free(b), free(c), free(d);

	/* A network and its hosts stay together. */
	a = mask_text(m, "192.168.7.1");
	b = mask_text(m, "192.168.7.2");
	c = mask_text(m, "192.168.7.0/24");
	d = mask_text(m, "192.168.0.0/16");
	assert_memory_equal(a, b, strlen(c));
	assert_memory_equal(a, c, strlen(c));
	same(a, b, false);
	same(c, d, false);
	free(a), free(b), free(c), free(d);
	a = mask_whole(m, MASK_DEVICE, "SIMATIC S7-300");
	assert_string_equal(a, "SIMATIC S7-300");
	free(a);
	assert_null(mask_text(m, NULL));
	mask_free(m);
	mask_free(other);
}

static void detail(const struct mask *m, const char *text, const char *want, const char *gone)
{
	char *shown = mask_detail(m, text);
	if (!strstr(shown, want))
		print_error("%s: %s\n", text, shown);
	assert_non_null(strstr(shown, want));
	assert_true(!gone || !strstr(shown, gone));
	free(shown);
}

static void details(void **state)
{
	(void)state;
	struct mask *m = sample("key");
	detail(m, "holding registers 2-4", "holding registers 2-4", NULL);
	detail(m, "address 0x100, 2 words", "address 0x100, 2 words", NULL);
	detail(m, "DB 3, D100", "DB 3, D100", NULL);
	detail(m, "file KIMITSU.PRG", "file word-", "KIMITSU");
	detail(m, "\\\\SEIGI-PC01\\zumen", "word-", "zumen");
	detail(m, "unit 3 at 10.1.2.3", "unit 3 at net-", "10.1");
	mask_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(pseudonyms),
		cmocka_unit_test(details),
		cmocka_unit_test(endless),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
