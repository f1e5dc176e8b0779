#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "site.h"

static const int64_t second = 1000000000, start = 1714554000000000000; /* 2024-05-01T09:00:00Z */

static struct addr ip(const char *text)
{
	struct addr a;
	assert_true(addr_parse(text, &a));
	return a;
}

static struct obs_where at(uint32_t frame, uint32_t peer)
{
	return (struct obs_where){ .frame = frame, .peer_frame = peer, .ts = start + frame * second };
}

static void device(struct site *t, int i, const char *address, const uint8_t mac[6])
{
	struct inv_device *d = &t->devices[i];
	char text[ADDR_TEXT];
	t->ips[i] = (struct inv_ip){ ip(address), 0 };
	d->ips = &t->ips[i];
	d->n_ips = 1;
	if (mac) {
		memcpy(t->macs[i].mac, mac, 6);
		d->macs = &t->macs[i];
		d->n_macs = 1;
		t->keys[i][d->n_keys++] = xasprintf("mac:%s", mac_text(mac, text));
	}
	t->keys[i][d->n_keys++] = xasprintf("ip::%s", address);
	d->keys = t->keys[i];
	d->evidence = t->evidence[i];
	d->protocols = t->protocols[i];
	d->first = start;
	d->last = start + 100 * second;
	d->frames = 100;
	d->level = -1;
}

static void evidence(struct site *t, int i, const char *field, const char *value, enum confidence confidence,
		     uint32_t frame, uint32_t peer)
{
	struct inv_device *d = &t->devices[i];
	t->evidence[i][d->n_evidence++] = (struct inv_evidence){
		.field = field, .value = value, .source = "enip.list_identity", .confidence = confidence,
		.frame = frame, .peer_frame = peer, .first = start + frame * second,
		.last = start + 90 * second, .count = 3 };
}

static void conversation(struct site *t, int32_t client, int32_t server, const char *proto, uint16_t port,
			 uint64_t bytes_s)
{
	static const char *const text[] = { "192.168.1.20", "192.168.1.10", "8.8.8.8" };
	struct obs_where w = at(5, 0);
	struct addr a = ip(text[client]), b = ip(server < 0 ? "239.255.255.250" : text[server]);
	struct obs_conv c = {
		.client = observe_ip(t->o, 0, &a, &w), .server = observe_ip(t->o, 0, &b, &w),
		.transport = server < 0 ? TRANSPORT_UDP : TRANSPORT_TCP, .confidence = CONF_CONTENT, .port = port,
		.proto = proto, .risk = "", .frames = 40, .packets_c = 20, .packets_s = bytes_s ? 20 : 0,
		.bytes_c = 200, .bytes_s = bytes_s, .flows = 1, .first = start, .last = start + 60 * second,
		.where = w };
	observe_conv(t->o, &c);
	t->convs[t->inv.n_convs++] = (struct inv_conv){ .client = client, .server = server, .client_ip = a,
							.server_ip = b };
}

static void operation(struct site *t, enum op_class cls, const char *name)
{
	struct addr a = ip("192.168.1.20"), b = ip("192.168.1.10");
	struct obs_where w = at(7, 8);
	struct obs_op op = {
		.client = observe_ip(t->o, 0, &a, &w), .server = observe_ip(t->o, 0, &b, &w),
		.transport = TRANSPORT_TCP, .cls = (uint8_t)cls, .confidence = CONF_CONFIRMED, .result = RESULT_OK,
		.port = 44818, .proto = "enip", .name = name, .detail = "", .count = 2, .first = start,
		.last = start + second, .where = w };
	observe_op(t->o, &op);
	t->ops[t->inv.n_ops++] = (struct inv_op){ .client = SITE_PC, .server = SITE_PLC };
}

void site_init(struct site *t)
{
	*t = (struct site){ .o = observe_new() };
	struct packet p = { .ts = start, .frame = 1 };
	observe_segment(t->o, &p);
	struct obs_file f = { .name = "a.pcap", .frames = 1000, .bytes = 64000, .first = start,
			      .last = start + 3600 * second, .problem = "" };
	observe_file(t->o, 0, &f);
	observe_count(t->o, COUNT_FRAMES, 1000);
	observe_count(t->o, COUNT_UNICAST, 900);
	observe_count(t->o, COUNT_THIRD_PARTY, 800);
	for (int i = 0; i < 60; i++)
		observe_minute(t->o, start + i * 60 * second, i < 30);

	device(t, SITE_PC, "192.168.1.20", (const uint8_t[6]){ 0, 0x1b, 0x21, 0, 0, 1 });
	device(t, SITE_PLC, "192.168.1.10", (const uint8_t[6]){ 0, 0x1d, 0x9c, 0xc7, 0xb0, 0x10 });
	device(t, SITE_CLOUD, "8.8.8.8", NULL);
	struct inv_device *pc = &t->devices[SITE_PC], *plc = &t->devices[SITE_PLC];
	t->hostnames[0] = (char *)(uintptr_t)"事務所PC";
	pc->hostnames = t->hostnames;
	pc->n_hostnames = 1;
	pc->kind = KIND_PC;
	pc->level = 4;
	plc->kind = KIND_PLC;
	plc->kind_reason = "enip.list_identity";
	plc->level = 1;
	plc->vendor = "Rockwell Automation";
	plc->model = "1769-L32E";
	plc->firmware = "20.11";
	plc->serial = "1234abcd";
	t->vlans[0] = 10;
	plc->vlans = t->vlans;
	plc->n_vlans = 1;
	t->devices[SITE_CLOUD].internet = true;
	t->devices[SITE_CLOUD].level = 5;
	evidence(t, SITE_PC, "hostname", "事務所PC", CONF_CONFIRMED, 3, 0);
	evidence(t, SITE_PC, "ipv4", "192.168.1.20", CONF_CONFIRMED, 2, 0);
	evidence(t, SITE_PLC, "ipv4", "192.168.1.10", CONF_CONFIRMED, 2, 0);
	evidence(t, SITE_PLC, "firmware", "20.11", CONF_CONFIRMED, 17, 18);
	evidence(t, SITE_PLC, "model", "1769-L32E", CONF_CONFIRMED, 17, 18);
	evidence(t, SITE_CLOUD, "ipv4", "8.8.8.8", CONF_CONTENT, 9, 0);
	t->protocols[SITE_PLC][plc->n_protocols++] = (struct inv_protocol){
		"enip", true, TRANSPORT_TCP, 44818, CONF_CONFIRMED, 301 };
	t->protocols[SITE_PC][pc->n_protocols++] = (struct inv_protocol){
		"enip", false, TRANSPORT_TCP, 44818, CONF_CONFIRMED, 301 };

	conversation(t, SITE_PC, SITE_PLC, "enip", 44818, 400);
	conversation(t, SITE_PC, SITE_CLOUD, "tls", 443, 0);
	conversation(t, SITE_PC, -1, "ssdp", 1900, 0);
	operation(t, OP_WRITE, "Write Tag");
	operation(t, OP_WEAKNESS, "no-authentication");
	t->conflict = (struct inv_conflict){ .ip = ip("192.168.1.10"), .a = SITE_PC, .b = SITE_PLC,
					     .alternations = 4, .where = at(20, 0) };

	const struct obs_conv *convs;
	const struct obs_op *ops;
	assert_int_equal(observe_convs(t->o, &convs), t->inv.n_convs);
	for (size_t i = 0; i < t->inv.n_convs; i++)
		t->convs[i].row = &convs[i];
	assert_int_equal(observe_ops(t->o, &ops), t->inv.n_ops);
	for (size_t i = 0; i < t->inv.n_ops; i++)
		t->ops[i].row = &ops[i];
	t->inv.observe = t->o;
	t->inv.devices = t->devices;
	t->inv.n_devices = SITE_DEVICES;
	t->inv.convs = t->convs;
	t->inv.ops = t->ops;
	t->inv.conflicts = &t->conflict;
	t->inv.n_conflicts = 1;
}

void site_done(struct site *t)
{
	for (int i = 0; i < SITE_DEVICES; i++)
		for (int k = 0; k < 4; k++)
			free(t->keys[i][k]);
	observe_free(t->o);
}

struct store_scan_info site_info(void)
{
	static const char *const paths[] = { "captures/a.pcap" }, *const digests[] = { "d1" };
	return (struct store_scan_info){ .point = "L2盤 SW1 port8", .operator_name = "山田", .started = start,
					 .finished = start + 3600 * second, .paths = paths, .digests = digests,
					 .state = "complete" };
}

int64_t site_save(struct site *t, const char *path)
{
	struct err e = { "" };
	struct store *s = store_open(path, STORE_WRITE, &e);
	int64_t id = 0;
	struct store_scan_info info = site_info();
	if (!s || !store_scan_save(s, &t->inv, &info, &id, &e))
		fail_msg("%s", e.text);
	store_close(s);
	return id;
}

char *site_path(void)
{
	char folder[] = P_tmpdir "/genba-test-XXXXXX";
	assert_non_null(mkdtemp(folder));
	return xasprintf("%s/site.genba", folder);
}

void site_forget(char *path)
{
	char *journal = xasprintf("%s-journal", path);
	unlink(path);
	unlink(journal);
	*strrchr(path, '/') = 0;
	rmdir(path);
	free(journal);
	free(path);
}
