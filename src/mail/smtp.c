/*
 * SMTP through libcurl (RFC 5321, STARTTLS RFC 3207, AUTH RFC 4954). What libcurl's result does not tell, how far the
 * conversation had come and what the server said, is read from its debug lines; that decides between later, never and
 * unsure.
 */
#include <curl/curl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/lang.h"
#include "mail/private.h"

/* The last command that was sent; END: all of the mail was. */
enum phase { CONNECT, HELLO, STARTTLS, AUTH, FROM, TO, DATA, END };

struct mail_smtp {
	CURL *curl;
	const struct mail_server *server;
	char error[CURL_ERROR_SIZE];
	char *url;
	/* of the connection */
	int fd;                          /* -1: not known */
	bool authenticated;
	/* of the transaction */
	enum phase phase;
	int code;                        /* of the last reply to the last command; 0: none */
	bool quit;                       /* we said QUIT: no reply after it counts */
	char reply[256];                 /* its text, in AUTH its numbers only */
	const char *bytes; size_t n;     /* still to be handed over */
	bool (*last)(void *); void *data;
	enum { GOING, NO_AUTH, GONE, STOPPED } broken_off;   /* why the mail was not sent to its end */
};

bool mail_security_parse(const char *word, enum mail_security *security)
{
	static const char *const words[] = { [MAIL_STARTTLS] = "starttls", [MAIL_TLS] = "tls", [MAIL_PLAIN] = "none" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(word, words[i]) == 0) {
			*security = (enum mail_security)i;
			return true;
		}
	return false;
}

static bool is_loopback(const char *host)
{
	return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
	       (strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == strlen(host));
}

static bool is_host(const char *host)
{
	size_t n = strlen(host);
	return n && n < 256 && host[0] != '-' &&
	       strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:") == n;
}

bool mail_server_check(const struct mail_server *server, struct err *e)
{
	if (!server->host || !is_host(server->host))
		return err_set(e, _("the mail server's name is missing, or is no host name; expected one like "
			"smtp.example.co.jp"));
	if (server->port < 0 || server->port > 65535)
		return err_set(e, _("the mail server's port is %d; expected 1 to 65535"), server->port);
	if (server->security == MAIL_PLAIN && !is_loopback(server->host))
		return err_set(e, _("mail without TLS is allowed to this machine only (127.0.0.1), not to %s; expected "
			"starttls or tls"), server->host);
	if (!server->user != !server->password)
		return err_set(e, _("the mail server needs both a user and a password, or none of them"));
	if (server->user && !*server->user)
		return err_set(e, _("the user of the mail server is empty"));
	if (server->hello && !is_host(server->hello))
		return err_set(e, _("the name to greet the mail server with is no host name"));
	return true;
}

static int port(const struct mail_server *server)
{
	static const int usual[] = { [MAIL_STARTTLS] = 587, [MAIL_TLS] = 465, [MAIL_PLAIN] = 25 };
	return server->port ? server->port : usual[server->security];
}

/* Which phase a command begins. Lines of authentication look like anything, so each is asked only where it can come. */
static void on_command(struct mail_smtp *s, const char *line, size_t n)
{
	static const struct { const char *verb; enum phase phase, from, to; } verbs[] = {
		{ "EHLO ", HELLO, CONNECT, END }, { "HELO ", HELLO, CONNECT, END }, { "STARTTLS\r\n", STARTTLS, HELLO, HELLO },
		{ "AUTH ", AUTH, HELLO, AUTH }, { "MAIL FROM:", FROM, CONNECT, FROM }, { "RCPT TO:", TO, FROM, TO },
		{ "DATA\r\n", DATA, TO, TO },
	};
	/* A farewell after what decided; in the middle of AUTH it would be a password's four letters. */
	s->quit = s->quit || (n == 6 && memcmp(line, "QUIT\r\n", n) == 0 && !(s->phase == AUTH && s->code == 334));
	if (s->quit)
		return;
	s->code = 0;
	s->reply[0] = 0;
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		size_t k = strlen(verbs[i].verb);
		if (n >= k && memcmp(line, verbs[i].verb, k) == 0 && s->phase >= verbs[i].from && s->phase <= verbs[i].to) {
			s->phase = verbs[i].phase;
			if (s->phase == HELLO)
				s->authenticated = false;
			return;
		}
	}
}

static void on_reply(struct mail_smtp *s, const char *line, size_t n)
{
	if (s->quit || n < 3 || line[0] < '2' || line[0] > '5' || line[1] < '0' || line[1] > '9' || line[2] < '0' || line[2] > '9')
		return;
	s->code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
	if (s->phase == AUTH && s->code == 235)
		s->authenticated = true;
	if (n > sizeof s->reply - 1)
		n = sizeof s->reply - 1;
	/* What a server says to a password could repeat it, and answers are kept. */
	if (s->phase == AUTH)
		for (size_t i = 0; i < n; i++)
			if (!strchr("0123456789. -", line[i]))
				n = i;
	memcpy(s->reply, line, n);
	s->reply[n] = 0;
}

static int on_debug(CURL *curl, curl_infotype type, char *line, size_t n, void *data)
{
	(void)curl;
	if (type == CURLINFO_HEADER_OUT)
		on_command(data, line, n);
	else if (type == CURLINFO_HEADER_IN)
		on_reply(data, line, n);
	return 0;
}

/* The server has hung up already: then what is not sent need not be doubted. */
static bool hung_up(const struct mail_smtp *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLRDHUP };
	return poll(&p, 1, 0) > 0 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR));
}

/*
 * The next bytes of the mail. libcurl asks for more when the last piece has gone to the socket, and writes the final
 * dot only after this has returned 0. That is the moment before which nothing can have been delivered.
 */
static size_t on_read(char *to, size_t size, size_t count, void *data)
{
	struct mail_smtp *s = data;
	size_t n = size * count;
	if (s->server->user && !s->authenticated) {
		s->broken_off = NO_AUTH;
		return CURL_READFUNC_ABORT;
	}
	if (s->n == 0) {
		if (s->phase == END)
			return 0;
		s->broken_off = hung_up(s) ? GONE : s->last(s->data) ? GOING : STOPPED;
		if (s->broken_off != GOING)
			return CURL_READFUNC_ABORT;
		s->phase = END;
		s->code = 0;
		s->reply[0] = 0;
		return 0;
	}
	if (n > s->n)
		n = s->n;
	memcpy(to, s->bytes, n);
	s->bytes += n;
	s->n -= n;
	return n;
}

static bool is_here(const struct curl_sockaddr *a)
{
	if (a->family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, &a->addr, sizeof in);
		return ntohl(in.sin_addr.s_addr) >> 24 == 127;
	}
	if (a->family == AF_INET6 && a->addrlen >= sizeof(struct sockaddr_in6)) {
		struct sockaddr_in6 in;
		memcpy(&in, (const char *)&a->addr, sizeof in);
		return IN6_IS_ADDR_LOOPBACK(&in.sin6_addr);
	}
	return false;
}

/* In the clear to this machine only, whatever a name was resolved to. */
static curl_socket_t on_open(void *data, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct mail_smtp *s = data;
	(void)purpose;
	if (s->server->security == MAIL_PLAIN && !is_here(a))
		return CURL_SOCKET_BAD;
	s->fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
	return s->fd;
}

/* Of two that were tried at once the slower one is closed. */
static int on_close(void *data, curl_socket_t fd)
{
	struct mail_smtp *s = data;
	if (s->fd == fd)
		s->fd = -1;
	return close(fd);
}

#define SET(option, value) (good = curl_easy_setopt(s->curl, option, value) == CURLE_OK && good)

static bool set_up(struct mail_smtp *s)
{
	const struct mail_server *server = s->server;
	bool good = true;
	long total = server->total_seconds > 0 ? server->total_seconds : 300;
	SET(CURLOPT_URL, s->url);
	SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	SET(CURLOPT_PROXY, "");          /* not what the environment says */
	SET(CURLOPT_ERRORBUFFER, s->error);
	SET(CURLOPT_VERBOSE, 1L);
	SET(CURLOPT_DEBUGFUNCTION, on_debug);
	SET(CURLOPT_DEBUGDATA, s);
	SET(CURLOPT_UPLOAD, 1L);
	SET(CURLOPT_READFUNCTION, on_read);
	SET(CURLOPT_READDATA, s);
	SET(CURLOPT_CONNECTTIMEOUT, (long)(server->connect_seconds > 0 ? server->connect_seconds : 30));
	SET(CURLOPT_TIMEOUT, total);
	SET(CURLOPT_SERVER_RESPONSE_TIMEOUT, total);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_OPENSOCKETFUNCTION, on_open);
	SET(CURLOPT_OPENSOCKETDATA, s);
	SET(CURLOPT_CLOSESOCKETFUNCTION, on_close);
	SET(CURLOPT_CLOSESOCKETDATA, s);
	SET(CURLOPT_USE_SSL, (long)(server->security == MAIL_PLAIN ? CURLUSESSL_NONE : CURLUSESSL_ALL));
	if (server->ca_file) {
		SET(CURLOPT_CAINFO, server->ca_file);
		SET(CURLOPT_CAPATH, NULL);
	}
	if (server->user) {
		SET(CURLOPT_USERNAME, server->user);
		SET(CURLOPT_PASSWORD, server->password);
	}
	return good;
}

struct mail_smtp *mail_smtp_new(const struct mail_server *server, struct err *e)
{
	if (!mail_server_check(server, e))
		return NULL;
	struct mail_smtp *s = xcalloc(1, sizeof *s);
	bool six = strchr(server->host, ':');
	s->server = server;
	s->fd = -1;
	s->url = xasprintf("%s://%s%s%s:%d%s%s", server->security == MAIL_TLS ? "smtps" : "smtp", six ? "[" : "",
		server->host, six ? "]" : "", port(server), server->hello ? "/" : "", server->hello ? server->hello : "");
	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		s->curl = curl_easy_init();
	if (!s->curl || !set_up(s)) {
		err_set(e, _("libcurl could not be set up for sending mail"));
		mail_smtp_free(s);
		return NULL;
	}
	return s;
}

void mail_smtp_free(struct mail_smtp *s)
{
	if (!s)
		return;
	if (s->curl)
		curl_easy_cleanup(s->curl);
	curl_global_cleanup();
	free(s->url);
	free(s);
}

/* What a reply with 4xx or 5xx means, by the command it answers. */
static void refused(const struct mail_smtp *s, struct mail_smtp_result *r)
{
	bool never = s->code >= 500;
	bool login = s->code == 530 || s->code == 534 || s->code == 535 || s->code == 538;
	/* RFC 3463: 5.7 is policy (no relaying, who are you), not an address that does not exist. */
	bool policy = s->phase == TO && strncmp(s->reply + 3, " 5.7.", 5) == 0;
	r->server = s->phase <= AUTH || login || s->code == 421;
	if (!never)
		r->outcome = MAIL_LATER;
	else if (s->phase <= AUTH || login || policy || (s->phase == FROM && s->code != 552))
		r->outcome = MAIL_CONFIG;    /* neither this mail nor its recipient was meant */
	else
		r->outcome = MAIL_REFUSED;
	char *said = mail_clean(s->reply);
	if (s->server->password && *s->server->password && strstr(said, s->server->password))
		said[3] = 0;
	if (s->phase == AUTH || login)
		err_set(&r->answer, _("%s does not accept user or password: %s"), s->server->host, said);
	else if (s->phase == FROM && r->outcome == MAIL_CONFIG)
		err_set(&r->answer, _("%s does not accept the sender: %s"), s->server->host, said);
	else
		err_set(&r->answer, _("%s said: %s"), s->server->host, said);
	free(said);
}

/* No reply that decides: what libcurl says of it. */
static void failed(const struct mail_smtp *s, CURLcode code, struct mail_smtp_result *r)
{
	const char *host = s->server->host;
	r->outcome = s->phase == END ? MAIL_UNSURE : MAIL_LATER;
	r->server = s->phase <= FROM || code == CURLE_OPERATION_TIMEDOUT;
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
		r->outcome = MAIL_CONFIG;
		err_set(&r->answer, _("the certificate of %s is not accepted: %s"), host, s->error);
		break;
	case CURLE_SSL_CONNECT_ERROR:
		r->outcome = MAIL_CONFIG;
		err_set(&r->answer, _("%s does not speak TLS on port %d: %s"), host, port(s->server), s->error);
		break;
	case CURLE_USE_SSL_FAILED:
		r->outcome = MAIL_CONFIG;
		err_set(&r->answer, _("%s does not offer STARTTLS on port %d"), host, port(s->server));
		break;
	case CURLE_LOGIN_DENIED:
		r->outcome = MAIL_CONFIG;
		err_set(&r->answer, _("%s offers no kind of authentication that is known here"), host);
		break;
	case CURLE_COULDNT_RESOLVE_HOST:
		err_set(&r->answer, _("the name %s could not be resolved"), host);
		break;
	case CURLE_COULDNT_CONNECT:
		err_set(&r->answer, _("%s, port %d, could not be reached"), host, port(s->server));
		break;
	case CURLE_OPERATION_TIMEDOUT:
		err_set(&r->answer, _("%s did not answer in time"), host);
		break;
	default:
		if (s->broken_off == GONE)
			err_set(&r->answer, _("%s hung up before the mail's end"), host);
		else
			err_set(&r->answer, _("%s hung up: %s"), host, *s->error ? s->error : curl_easy_strerror(code));
	}
}

static CURLcode perform(struct mail_smtp *s, const char *from, const char *to, const char *bytes, size_t n)
{
	struct curl_slist *list = curl_slist_append(NULL, to);
	bool good = list;
	s->phase = CONNECT;
	s->code = 0;
	s->quit = false;
	s->reply[0] = s->error[0] = 0;
	s->bytes = bytes;
	s->n = n;
	s->broken_off = GOING;
	SET(CURLOPT_MAIL_FROM, from);
	SET(CURLOPT_MAIL_RCPT, list);
	CURLcode code = good ? curl_easy_perform(s->curl) : CURLE_OUT_OF_MEMORY;
	curl_slist_free_all(list);
	curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, NULL);
	return code;
}

struct mail_smtp_result mail_smtp_send(struct mail_smtp *s, const char *from, const char *to, const char *bytes,
	size_t n, bool (*last)(void *), void *data)
{
	struct mail_smtp_result r = { .outcome = MAIL_SENT };
	s->last = last;
	s->data = data;
	CURLcode code = perform(s, from, to, bytes, n);
	long made = 1;
	(void)curl_easy_getinfo(s->curl, CURLINFO_NUM_CONNECTS, &made);
	/* A connection from before that the server has closed since says nothing about the server. */
	if (code != CURLE_OK && made == 0 && s->phase <= FROM && (s->code == 0 || s->code == 421))
		code = perform(s, from, to, bytes, n);
	if (s->phase == END && s->code >= 200 && s->code < 300)
		return r;
	bool asked = s->server->user && s->phase >= FROM && !s->authenticated;
	if (s->broken_off == NO_AUTH || (asked && s->code >= 500)) {
		r = (struct mail_smtp_result){ .outcome = MAIL_CONFIG, .server = true };
		err_set(&r.answer, _("%s offers no authentication, but a user is given for it"), s->server->host);
	} else if (s->broken_off == STOPPED) {
		r = (struct mail_smtp_result){ .outcome = MAIL_LATER, .server = true };
		err_set(&r.answer, _("broken off before the mail's end"));
	} else if (s->code >= 400) {
		refused(s, &r);
	} else {
		failed(s, code == CURLE_OK ? CURLE_RECV_ERROR : code, &r);
	}
	return r;
}

const char *mail_library(void)
{
	static char name[64];
	snprintf(name, sizeof name, "libcurl %s", curl_version_info(CURLVERSION_NOW)->version);
	return name;
}
