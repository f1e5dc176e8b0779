/*
 * SSDP, the discovery of UPnP (UPnP Device Architecture 1.1, chapter 1), UDP 1900:
 * heads of HTTP without a body, one a datagram.
 *
 *   M-SEARCH * HTTP/1.1    NOTIFY * HTTP/1.1                HTTP/1.1 200 OK
 *   ST: what is sought     NT: what is there, SERVER:       ST: what is there, SERVER:
 *   USER-AGENT:            LOCATION: its description        LOCATION: its description
 *
 * Answers come to the port of the question, from any port.
 */
#include <stdio.h>

#include "dissect/dissect.h"
#include "dissect/httphead.h"
#include "dissect/ntlmssp.h"

enum { LINES_MAX = 64 };

enum form { NONE, SEARCH, NOTIFY, ANSWER };

static enum form form_of(const struct cur *c)
{
	static const char *const first[] = { NULL, "M-SEARCH * HTTP/1.", "NOTIFY * HTTP/1.", "HTTP/1.1 200 OK\r" };
	for (int i = SEARCH; i <= ANSWER; i++)
		if (cur_starts(c, first[i], strlen(first[i])))
			return (enum form)i;
	return NONE;
}

struct head {
	struct cur server, agent, type, name;
	bool man;
};

static bool read_head(struct cur c, struct head *h)
{
	const struct cur none = cur_make("", 0);
	struct cur line, ignored;
	*h = (struct head){ none, none, none, none, false };
	if (!cur_line(&c, &line))
		return false;
	for (int i = 0; i < LINES_MAX && cur_line(&c, &line) && cur_left(&line); i++) {
		if (is_name(&line, "MAN", &ignored))
			h->man = cur_starts(&ignored, "\"ssdp:", 6);
		(void)(is_name(&line, "SERVER", &h->server) || is_name(&line, "USER-AGENT", &h->agent) ||
		       is_name(&line, "NT", &h->type) || is_name(&line, "ST", &h->type) || is_name(&line, "USN", &h->name));
	}
	return true;
}

/* A search says so, the others name a service and what it is of. */
static bool probe(const struct cur *c, enum side side)
{
	struct head h;
	enum form form = form_of(c);
	(void)side;
	if (form == NONE || !read_head(*c, &h))
		return false;
	return form == SEARCH ? h.man || cur_left(&h.type) : cur_left(&h.type) && cur_left(&h.name);
}

/* Kinds of UPnP devices that tell the kind of the machine. PCs and disks offer media, too. */
static void role(struct dissect *d, struct cur type)
{
	static const struct { const char *device, *role; } roles[] = {
		{ ":device:InternetGatewayDevice:", "router" }, { ":device:WLANAccessPointDevice:", "wireless" },
		{ ":device:Printer", "printer" }, { ":device:DigitalSecurityCamera:", "camera" },
		{ ":device:ZonePlayer:", "iot" }, { ":device:BinaryLight:", "iot" }, { ":device:DimmableLight:", "iot" },
		{ ":device:dial:", "iot" }, { ":device:tvdevice:", "iot" },
	};
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (head_find(&type, roles[i].device)) {
			dissect_attr(d, ATTR_ROLE, roles[i].role, "ssdp.type");
			return;
		}
}

/* "Microsoft-Windows/6.1 UPnP/1.0 UPnP-Device-Host/1.0", and "Microsoft-Windows-NT/5.1 …" before that. */
static void windows(struct dissect *d, struct cur server)
{
	char text[OBS_TEXT];
	if (!cur_starts(&server, "Microsoft-Windows", 17) || !head_find(&server, "/"))
		return;
	cur_skip(&server, 1);
	unsigned major = head_number(&server);
	cur_skip(&server, 1);
	unsigned minor = head_number(&server);
	if (windows_version(major, minor, 0, text, sizeof text))
		dissect_attr(d, ATTR_OS, text, "ssdp.server");
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct head h;
	enum form form = form_of(&c);
	if (!probe(&c, SIDE_CLIENT) || !read_head(c, &h))
		return DISSECT_NOT_MINE;
	dissect_set_side(d, form == ANSWER ? SIDE_SERVER : SIDE_CLIENT);
	dissect_evident(d);
	dissect_attr_bytes(d, ATTR_SOFTWARE, cur_here(&h.agent), cur_left(&h.agent), "ssdp.user_agent");
	if (form == SEARCH)
		return DISSECT_OK;
	dissect_attr_bytes(d, ATTR_SOFTWARE, cur_here(&h.server), cur_left(&h.server), "ssdp.server");
	windows(d, h.server);
	role(d, h.type);
	return DISSECT_OK;
}

const struct dissector dissect_ssdp = {
	.name = "ssdp",
	.title = "SSDP (UPnP discovery)",
	.udp = { 1900 },
	.any_udp = true,
	.probe = probe,
	.message = message,
	.reference = "UPnP Device Architecture 1.1, chapter 1",
	.recognition = "first line of a search, a notification or an answer, with the fields that it must have",
	.identity = "SERVER and USER-AGENT, version of Windows in them; kind by the type of the UPnP device",
	.operations = "",
	.verified = "real captures",
};
