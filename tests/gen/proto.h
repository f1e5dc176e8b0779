/* Messages of the protocols that the factory speaks, made from their public descriptions. */
#ifndef GEN_PROTO_H
#define GEN_PROTO_H

#include "gen.h"

/* EtherNet/IP and CIP: enip.c. */
struct cip_identity {
	unsigned vendor, device_type, product_code, major, minor;
	uint32_t serial;
	const char *name;
	unsigned state;
};
/* List Identity: asked of everybody, answered by one host. */
struct marks enip_list_identity(int64_t t, const struct host *asker, const struct host *const *answers,
				const struct cip_identity *const *identities, size_t n);
uint32_t enip_register(struct tcp *x);           /* the session handle */
struct marks enip_identity_all(struct tcp *x, uint32_t session, const struct cip_identity *id);
struct marks enip_read_tag(struct tcp *x, uint32_t session, const char *tag, uint32_t value);
struct marks enip_write_tag(struct tcp *x, uint32_t session, const char *tag, uint32_t value);
/* A service without data on an object: 0x07 stop, 0x06 start, 0x05 reset. */
struct marks enip_service(struct tcp *x, uint32_t session, unsigned service, unsigned class, unsigned instance);
struct marks enip_forward_open(struct tcp *x, uint32_t session, uint32_t ot_id, uint32_t to_id);
mark enip_io(int64_t t, const struct host *from, const struct host *to, uint32_t connection, uint32_t sequence,
	     bool run_header, const void *data, size_t n);

/* S7comm: s7.c. */
/* The marks are those of the set-up of communication. */
struct marks s7_connect(struct tcp *x, unsigned slot);
struct marks s7_read_db(struct tcp *x, unsigned db, unsigned start, unsigned count);
struct marks s7_write_db(struct tcp *x, unsigned db, unsigned start, uint32_t value);
struct marks s7_szl_0011(struct tcp *x, const char *order, unsigned v1, unsigned v2, unsigned v3);
struct marks s7_szl_001c(struct tcp *x, const char *plc, const char *module, const char *plant, const char *serial,
			 const char *type);
struct marks s7_stop(struct tcp *x);
struct marks s7_start(struct tcp *x);
struct marks s7_download(struct tcp *x, unsigned block, const void *code, size_t n);

/* Modbus/TCP: modbus.c. */
struct marks modbus_read(struct tcp *x, unsigned unit, unsigned function, unsigned start, unsigned count);
struct marks modbus_write(struct tcp *x, unsigned unit, unsigned address, unsigned value);
struct marks modbus_write_many(struct tcp *x, unsigned unit, unsigned address, const uint16_t *values, unsigned n);
struct marks modbus_identity(struct tcp *x, unsigned unit, const char *vendor, const char *product,
			     const char *revision);
struct marks modbus_server_id(struct tcp *x, unsigned unit, const char *text);
struct marks modbus_refused(struct tcp *x, unsigned unit, unsigned function, unsigned code);

/* The machines of a Japanese line: japan.c. */
struct marks slmp_type_name(struct tcp *x, const char *model, unsigned code);
struct marks slmp_read(struct tcp *x, unsigned address, unsigned count);
struct marks slmp_write(struct tcp *x, unsigned address, unsigned value);
struct marks slmp_stop(struct tcp *x);
struct marks slmp_run(struct tcp *x);
struct marks fins_controller_data(int64_t t, const struct host *from, const struct host *to, const char *model,
				  const char *version);
struct marks fins_read(int64_t t, const struct host *from, const struct host *to, unsigned address, unsigned count);
struct marks fins_write(int64_t t, const struct host *from, const struct host *to, unsigned address, unsigned value);
struct marks fins_stop(int64_t t, const struct host *from, const struct host *to);
struct marks fins_run(int64_t t, const struct host *from, const struct host *to);
struct marks kv_ask(struct tcp *x, const char *command, const char *answer);
struct marks mewtocol_ask(struct tcp *x, const char *command, const char *answer);
struct marks toyopuc_read(struct tcp *x, unsigned address, unsigned count);
struct marks toyopuc_write(struct tcp *x, unsigned address, unsigned value);
void focas_open(struct tcp *x);
struct marks focas_sysinfo(struct tcp *x, const char *cnc, const char *mt, const char *series, const char *version);
struct marks focas_status(struct tcp *x);
struct marks hses_system(int64_t t, const struct host *from, const struct host *to, const char *version, const char *model);
struct marks hses_status(int64_t t, const struct host *from, const struct host *to);
struct marks hses_start(int64_t t, const struct host *from, const struct host *to);
mark flnet_cyclic(int64_t t, const struct host *from, unsigned node, unsigned next);
struct marks flnet_ask(int64_t t, const struct host *from, unsigned node, const struct host *to, unsigned other,
		       unsigned code, uint32_t address, const struct bytes *data);
struct marks bcap(struct tcp *x, unsigned function, const char *argument);

/* The office: it.c. */
void dhcp_lease(int64_t t, const struct host *client, const struct host *server, const char *hostname,
		const char *vendor_class, const uint8_t *fingerprint, size_t n);
void dns_query(int64_t t, const struct host *client, const struct host *resolver, const char *name,
	       const char *address);
mark nbns_register(int64_t t, const struct host *from, const char *broadcast, const char *name);
void nbns_query(int64_t t, const struct host *from, const char *broadcast, const char *name);
void ssdp_search(int64_t t, const struct host *from);
void tls_session(int64_t t, const struct host *client, const struct host *server, unsigned port, const char *name,
		 size_t bytes);
/* ClientHello to the first data of the server; the connection stays open. */
void tls_open(struct tcp *x, const char *name);
void tls_data(struct tcp *x, int side, size_t n);
/* The first two packets of a tunnel, and what flows in it. */
struct marks openvpn_open(int64_t t, const struct host *client, const struct host *server);
void openvpn_data(int64_t t, const struct host *from, const struct host *to, size_t n);
struct marks http_get(struct tcp *x, const char *host, const char *path, const char *headers, const char *status,
		      const char *answer_headers, const char *body);
struct marks ftp_login(struct tcp *x, const char *banner, const char *user, const char *password);
mark ftp_store(struct tcp *control, const char *name, const char *program);
/* The mark is the first letter of the password. */
mark telnet_login(struct tcp *x, const char *banner, const char *user, const char *password);
void smb_negotiate(struct tcp *x);
void lldp(int64_t t, const struct host *from, const char *port, const char *port_description, const char *name,
	  const char *description);
void stp(int64_t t, const struct host *from);

/* Screens, servers and keepers of time: remote.c. */
/* RFC 6143, security type None; the marks are the client's choice of it and the server's consent. */
struct marks vnc_open(struct tcp *x, const char *desktop);
void vnc_picture(struct tcp *x);
/* Remote Desktop over TLS, without network level authentication: the request and the server's choice. */
struct marks rdp_open(struct tcp *x, const char *user, const char *server);
/* SNMP v2c: asks for sysDescr. */
struct marks snmp_descr(int64_t t, const struct host *from, const struct host *to, const char *community,
			const char *description);
struct marks ntp_ask(int64_t t, const struct host *from, const struct host *server);
mark syslog_send(int64_t t, const struct host *from, const struct host *server, const char *message);
/* SMB 1 with NT LM 0.12. */
struct marks smb1_negotiate(struct tcp *x);
/* SSH 2 with algorithms of today, and what is typed in it. */
void ssh_session(struct tcp *x, size_t lines);
/* OPC UA with the policy None and an anonymous user: ActivateSession and its answer. */
struct marks opcua_open(struct tcp *x, const char *url);
struct marks opcua_read(struct tcp *x);

#endif
