/* A small factory made by hand, for tests of the store and what reads it. */
#ifndef TESTS_SITE_H
#define TESTS_SITE_H

#include "inventory/inventory.h"
#include "store/store.h"

enum { SITE_PC, SITE_PLC, SITE_CLOUD, SITE_DEVICES };

struct site {
	struct observe *o;
	struct inventory inv;
	struct inv_device devices[SITE_DEVICES];
	struct inv_conv convs[4];
	struct inv_op ops[4];
	struct inv_conflict conflict;
	/* storage of the devices */
	struct inv_mac macs[SITE_DEVICES];
	struct inv_ip ips[SITE_DEVICES];
	struct inv_protocol protocols[SITE_DEVICES][2];
	struct inv_evidence evidence[SITE_DEVICES][4];
	char *keys[SITE_DEVICES][4];
	char *hostnames[1];
	uint16_t vlans[2];
};

void site_init(struct site *t);
void site_done(struct site *t);
/* As it stands after a complete scan of a.pcap. */
struct store_scan_info site_info(void);
/* Save into the file at this path; the scan's id. Fails the test when it cannot. */
int64_t site_save(struct site *t, const char *path);
/* A path in a fresh temporary folder; site_forget removes the folder. */
char *site_path(void);
void site_forget(char *path);

#endif
