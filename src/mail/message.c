/* A message as bytes: RFC 5322 headers and a MIME body. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hash.h"
#include "base/lang.h"
#include "base/text.h"
#include "mail/private.h"

/* Characters of an atom, RFC 5322 3.2.3. */
static bool is_atom(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool is_domain(const char *s)
{
	size_t n = strlen(s);
	if (n == 0 || n > 255 || strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") != n)
		return false;
	return s[0] != '.' && s[0] != '-' && s[n - 1] != '.' && s[n - 1] != '-' && !strstr(s, "..");
}

/* atoms and dots, @, domain. Dots may follow each other: old addresses of Japanese mobile phones have them. */
static bool is_address(const char *s, size_t local_max)
{
	size_t n = 0;
	while (is_atom(s[n]) || s[n] == '.')
		n++;
	return n > 0 && n <= local_max && s[n] == '@' && is_domain(s + n + 1);
}

bool mail_address_check(const char *address, struct err *e)
{
	if (address && is_address(address, 64))
		return true;
	char *shown = mail_clean(address ? address : "");
	err_set(e, _("\"%.100s\" is no mail address; expected one like name@example.co.jp, in ASCII"), shown);
	free(shown);
	return false;
}

bool mail_id_check(const char *id)
{
	return id && is_address(id, 200);
}

char *mail_id(const char *from_address, int64_t now)
{
	const char *at = strrchr(from_address, '@');
	return xasprintf("%lld.%016llx@%s", (long long)now, (unsigned long long)hash_seed(),
		at && is_domain(at + 1) ? at + 1 : "localhost");
}

/* "type/subtype", with parameters where someone gives them; what could end the header is refused. */
static bool is_type(const char *s)
{
	size_t n = 0, slash = 0;
	while (is_atom(s[n])) {
		if (s[n] == '/')
			slash = slash || n == 0 ? SIZE_MAX : n;
		n++;
	}
	if (slash == 0 || slash == SIZE_MAX || slash + 1 == n || strlen(s) > 60 || (s[n] && s[n] != ';'))
		return false;
	for (; s[n]; n++)
		if ((unsigned char)s[n] < 0x20 || (unsigned char)s[n] > 0x7e)
			return false;
	return true;
}

/* RFC 5322 3.3. Not strftime(): names of days and months are English whatever the locale. */
static void date_header(struct buf *b, int64_t date)
{
	static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
					  "Dec" };
	time_t t = (time_t)date;
	struct tm tm;
	if (!gmtime_r(&t, &tm)) {
		t = 0;
		(void)gmtime_r(&t, &tm);
	}
	buf_printf(b, "Date: %s, %02d %s %d %02d:%02d:%02d +0000\r\n", days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
		tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void mailboxes(struct buf *b, const char *header, const struct mail_address *list, size_t n)
{
	size_t column = strlen(header) + 2;
	buf_printf(b, "%s: ", header);
	for (size_t i = 0; i < n; i++) {
		if (i) {
			buf_puts(b, ",\r\n ");
			column = 1;
		}
		char *name = mail_clean(list[i].name ? list[i].name : "");
		column = mail_mailbox(b, column, name, list[i].address);
		free(name);
	}
	buf_puts(b, "\r\n");
}

/* Text with CRLF line ends and U+FFFD for what is no UTF-8. */
static void normalise(struct buf *b, const char *s)
{
	size_t len;
	for (; *s; s += len) {
		uint32_t c = text_char(s, &len);
		if (len == 1 && c >= 0x80)
			buf_puts(b, "\xef\xbf\xbd");
		else if (c == '\n' || (c == '\r' && s[1] != '\n'))
			buf_puts(b, "\r\n");
		else if (c != '\r')
			buf_add(b, s, len);
	}
	if (b->len && b->data[b->len - 1] != '\n')
		buf_puts(b, "\r\n");
}

/* A part of text: its headers, and its body in the encoding that keeps it shorter and, if it can be, readable. */
static void text_part(struct buf *b, const char *type, const char *s)
{
	struct buf text;
	size_t other = 0;
	buf_init(&text, MAIL_BYTES_MAX);
	normalise(&text, s);
	for (size_t i = 0; i < text.len; i++)
		other += (unsigned char)text.data[i] >= 0x80;
	bool base64 = other > text.len / 6;
	buf_printf(b, "Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n", type,
		base64 ? "base64" : "quoted-printable");
	if (base64)
		mail_base64(b, text.data, text.len);
	else
		mail_quoted_printable(b, text.data, text.len);
	b->overflow = b->overflow || text.overflow;
	buf_done(&text);
}

static void attachment(struct buf *b, const struct mail_attachment *a)
{
	char *name = mail_clean(a->name ? a->name : "");
	for (char *p = name; *p; p++)
		if (*p == '/' || *p == '\\')
			*p = '_';
	buf_printf(b, "Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment",
		a->type ? a->type : "application/octet-stream");
	mail_parameter(b, "filename", *name ? name : "attachment");
	buf_puts(b, "\r\n\r\n");
	mail_base64(b, a->bytes, a->n);
	free(name);
}

/* A boundary cannot occur in a body: neither base64 nor quoted-printable can hold "=_" (RFC 2045 6.7). */
struct boundary { char text[32]; };

static struct boundary boundary(const char *id, const char *which)
{
	struct boundary r;
	snprintf(r.text, sizeof r.text, "=_%016llx_%s", (unsigned long long)hash_bytes(id, strlen(id), 0), which);
	return r;
}

static void multipart(struct buf *b, const char *kind, const struct boundary *border)
{
	buf_printf(b, "Content-Type: multipart/%s;\r\n boundary=\"%s\"\r\n\r\n", kind, border->text);
}

static void bodies(struct buf *b, const struct mail_message *m)
{
	struct boundary border = boundary(m->id, "text");
	if (!m->html) {
		text_part(b, "plain", m->text);
		return;
	}
	multipart(b, "alternative", &border);
	buf_printf(b, "--%s\r\n", border.text);
	text_part(b, "plain", m->text);
	buf_printf(b, "\r\n--%s\r\n", border.text);
	text_part(b, "html", m->html);
	buf_printf(b, "\r\n--%s--\r\n", border.text);
}

static bool check(const struct mail_message *m, struct err *e)
{
	if (m->n_to == 0 || m->n_to > MAIL_TO_MAX)
		return err_set(e, _("a mail needs 1 to %d recipients, this one has %zu"), MAIL_TO_MAX, m->n_to);
	if (!mail_address_check(m->from.address, e))
		return false;
	for (size_t i = 0; i < m->n_to; i++)
		if (!mail_address_check(m->to[i].address, e))
			return false;
	if (!mail_id_check(m->id))
		return err_set(e, _("the Message-ID of a mail is not in the form of one"));
	for (size_t i = 0; i < m->n_attachments; i++)
		if (m->attachments[i].type && !is_type(m->attachments[i].type))
			return err_set(e, _("the type of attachment %zu is not in the form of one; expected application/pdf or the "
				"like"), i + 1);
	return true;
}

bool mail_build(const struct mail_message *m, struct buf *out, struct err *e)
{
	if (!check(m, e))
		return false;
	date_header(out, m->date);
	mailboxes(out, "From", &m->from, 1);
	mailboxes(out, "To", m->to, m->n_to);
	char *subject = mail_clean(m->subject ? m->subject : "");
	mail_header(out, "Subject", subject);
	free(subject);
	/* RFC 3834: so that nobody's holiday notice answers. */
	buf_printf(out, "Message-ID: <%s>\r\nMIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n", m->id);
	if (m->n_attachments == 0) {
		bodies(out, m);
	} else {
		struct boundary border = boundary(m->id, "mail");
		multipart(out, "mixed", &border);
		buf_printf(out, "--%s\r\n", border.text);
		bodies(out, m);
		for (size_t i = 0; i < m->n_attachments; i++) {
			buf_printf(out, "\r\n--%s\r\n", border.text);
			attachment(out, &m->attachments[i]);
		}
		buf_printf(out, "\r\n--%s--\r\n", border.text);
	}
	if (out->overflow || out->len > MAIL_BYTES_MAX)
		return err_set(e, _("the mail would be larger than %d MiB; attach less"), MAIL_BYTES_MAX >> 20);
	return true;
}
