/*
 * Words that our own dissectors put into the details of operations ("holding registers 2-4"). They name nobody. Any
 * other word there came from the wire: a file, a program, a share, a variable. A word that is missing here is masked,
 * so a missing one costs a reader something and betrays nothing.
 */
#include "report/mask.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Sorted by their bytes. */
static const char *const words[] = {
	"ACSE", "ADS", "AMS", "AUTH", "AUTHENTICATE", "Abort", "ActivateSession", "Address", "BACnet", "BSD",
	"Basic", "Basic128Rsa15", "Basic256", "Basic256Sha256", "Bind", "Bootstrap", "CC-Link", "CIO", "CIP",
	"COMMAND", "CONNECT", "CPU", "Connect", "Connection", "Controller", "Create", "DNP", "Darwin", "Domain",
	"EGD", "EoE", "Error", "EtherCAT", "FINS", "FL-net", "FTP", "FoE", "HART", "HDA", "HTML", "HTTP", "IEC",
	"IMAP", "IOPCAsyncIO", "IOPCEventServer", "IOPCHDA_Server", "IOPCServer", "IOPCSyncIO", "Identify",
	"Identity", "Init", "KNX", "LDAP", "LLN", "LOGIN", "Linux", "MEWTOCOL", "MFC", "MQTT", "MTConnect",
	"Management", "MariaDB", "Microsoft", "Modbus", "Modify", "MySQL", "NTLM", "NTP", "NamPlt", "NetId", "OEM",
	"OPC", "Object", "PASS", "PLC", "PMC", "POP", "POWERLINK", "PTP", "PhyNam", "PostgreSQL", "PreOp",
	"Privilege", "Publish", "RDP", "RTA", "RTOS", "RTSP", "Read", "Reconfig", "Remote", "Request", "Reset",
	"Run", "SDB", "SDO", "SET", "SFC", "SII", "SLMP", "SMB", "SMTP", "SNMPv", "SNMPv1", "SNMPv2c", "SNMPv3",
	"SQL", "SSH", "SSL", "SZL", "SafeOp", "Session", "Setup", "Station", "Stop", "Supervisor", "TCP", "TDS",
	"TFTP", "TLS", "TOYOPUC", "TSN", "Telnet", "Transient", "TwinCAT", "Unknown", "UsernameToken", "VLAN", "VNC",
	"Value", "WS-Security", "Windows", "Write", "accepted", "access", "adapter", "add", "address", "ads",
	"agent", "all", "also", "analog", "analog-input", "analog-output", "analog-value", "and", "announce",
	"anonymous", "anonymous-login", "another", "append", "application", "area", "asked", "attribute",
	"authentication", "axes", "bank", "binary", "binary-input", "binary-output", "binary-value", "bind", "bits",
	"block", "blocks", "boundary", "buffer", "build", "bus", "but", "byte", "bytes", "card", "cclink-ie",
	"cclink-tsn", "cdp", "certificate", "channel", "channels", "class", "clears", "client", "clock", "code",
	"codesys", "coil", "coils", "comm", "command", "communication", "connack", "continuous", "counter",
	"database-in-clear", "dcerpc", "deactivated", "debug", "destination", "device", "devices", "diagnosis",
	"dialect", "discrete", "dnp", "domain", "drive", "egd", "element", "encryption", "end", "endpoints",
	"enterprise", "error", "exchange", "execute", "extended", "file", "files", "firmware", "flags", "flnet",
	"focas", "follows", "forced", "forces", "form", "from", "function", "gets", "grandmaster", "group",
	"hardware", "hart-ip", "has", "header", "holding", "hses", "identification", "identify", "iec",
	"ifAdminStatus", "index", "inner", "inputs", "items", "key", "keyence-kv", "knx", "later", "length", "level",
	"link", "lldp", "log-in", "login", "lookup", "macOS", "macro", "managing", "mdns", "memory", "message",
	"metadata", "modbus", "mode", "module", "monitor", "more", "mqtt", "mtconnect", "multidrop", "mysql", "name",
	"negotiate", "network", "new", "no-authentication", "noAuthNoPriv", "node", "nodes", "not",
	"notification-class", "ntlmv", "number", "numbers", "object", "object-name", "offered", "offers", "offset",
	"old", "one", "only", "opcda", "opcua", "opcua-anonymous", "opcua-policy-none", "opcua-policy-obsolete",
	"option", "options", "order", "out-of-service", "output", "outputs", "outstation", "outstations",
	"parameter", "parameters", "password", "password-in-clear", "pccc", "peer", "peripheral", "peripherals",
	"permanent", "permitted", "pipe", "points", "port", "ports", "powerlink", "prelogin", "present-value",
	"process", "processor", "producer", "product", "profinet", "profinet-dcp", "profinet-io", "program",
	"programs", "project", "property", "ptp", "public", "publishes", "rdp-without-nla", "read", "recipient-list",
	"record", "records", "register", "registers", "relay", "remote", "required", "revision", "route", "routed",
	"routing", "run", "schedule", "scheduler", "security", "select", "selector", "sent", "serNum", "serial",
	"server", "service", "session", "settings", "setup", "several", "shdr", "signing", "simple", "since",
	"slave", "slaves", "slmp", "slot", "smb", "snmp", "snmp-community-in-clear", "snmp-default-community",
	"software", "special", "srvsvc", "ssh-obsolete", "state", "station", "stations", "status", "still",
	"stratum", "sub", "subcommand", "subfunction", "subject", "suboption", "subslot", "svcctl", "sysContact",
	"sysLocation", "sysName", "sysinfo", "system", "szl", "tables", "tag", "tags", "task", "tds", "temporary",
	"the", "timer", "tls", "tls-expired", "tls-obsolete", "tls-self-signed", "token", "transaction", "txt",
	"type", "umas", "unit", "units", "unknown", "use", "user", "values", "variable", "variables", "variation",
	"vendor", "version", "vnc-no-authentication", "was", "with", "without", "word", "words", "write", "writes",
	"wsd", "xcf",
};

struct key {
	const char *word;
	size_t n;
};

static int compare(const void *key, const void *entry)
{
	const struct key *k = key;
	const char *word = *(const char *const *)entry;
	int order = strncmp(k->word, word, k->n);
	return order ? order : word[k->n] ? -1 : 0;
}

bool mask_house_word(const char *word, size_t n)
{
	struct key k = { word, n };
	return bsearch(&k, words, sizeof(words) / sizeof(words[0]), sizeof(words[0]), compare) != NULL;
}

enum { SHORT = 3 };   /* characters: what has less names nobody */

/* A number, an address of a controller such as D100, or a word of the house? */
static bool harmless_word(const char *s, size_t n)
{
	size_t digits = 0, capitals = 0, hex = 0, dots = 0, index = 0;
	while (capitals < n && s[capitals] >= 'A' && s[capitals] <= 'Z')
		capitals++;
	for (size_t i = capitals; i < n; i++) {
		digits += isdigit((unsigned char)s[i]) != 0;
		dots += s[i] == '.';
	}
	for (size_t i = 2; i < n && s[0] == '0' && s[1] == 'x'; i++)
		hex += isxdigit((unsigned char)s[i]) != 0;
	/* an object's index, 1C12 */
	for (size_t i = 0; n == 4 && digits && i < n; i++)
		index += isxdigit((unsigned char)s[i]) != 0;
	return n < SHORT || index == 4 || hex + 2 == n || (capitals <= 2 && capitals + digits == n) ||
	       (capitals == 0 && dots <= 2 && digits + dots == n) || mask_house_word(s, n);
}

bool mask_harmless(const char *s, size_t n)
{
	if (harmless_word(s, n))
		return true;
	for (size_t i = 0, k; i < n; i += k + 1) {
		for (k = 0; i + k < n && !strchr("/:-+", s[i + k]);)
			k++;
		if (!harmless_word(s + i, k))
			return false;
	}
	return true;
}
