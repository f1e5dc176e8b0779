#include "capture/live.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/lang.h"

enum { LINK_RAW = 101, WAIT_MS = 100, INSTRUCTIONS = 4096 };

/* What the adapter says that it lost: files of the system, read again and again. */
static const char *const lost_files[] = { "rx_missed_errors", "rx_fifo_errors" };
enum { LOST_FILES = sizeof lost_files / sizeof *lost_files };

struct capture_live {
	char *name;
	pcap_t *pcap;
	unsigned index;                  /* of the interface; another one may come under its name */
	uint16_t linktype;
	bool nano;
	int lost[LOST_FILES];            /* -1 where the system does not tell */
	uint64_t lost_before;            /* what it had lost when it was opened … */
	uint64_t lost_adapter;           /* … and when it was read last, without that */
	uint64_t lost_kernel;
	capture_live_fn *fn;
	void *data;
};

/* ---- opening ---- */

static bool no_such_interface(const char *name, struct err *e)
{
	struct if_nameindex *list = if_nameindex();
	struct buf b;
	buf_init(&b, sizeof e->text / 2);
	for (size_t i = 0; list && list[i].if_index; i++)
		if (strcmp(list[i].if_name, "lo") != 0)
			buf_printf(&b, "%s%s", b.len ? ", " : "", list[i].if_name);
	if_freenameindex(list);
	if (b.len)
		err_set(e, _("%s: there is no such interface; there are: %s"), name, b.data);
	else
		err_set(e, _("%s: there is no such interface, nor any other than the loopback"), name);
	buf_done(&b);
	return false;
}

static bool activation_error(const char *name, pcap_t *p, int status, struct err *e)
{
	switch (status) {
	case PCAP_ERROR_NO_SUCH_DEVICE:
		return no_such_interface(name, e);
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		return err_set(e, _("%s: no permission to listen; run genba with sudo, or allow it once with: "
				    "sudo setcap cap_net_raw=ep \"$(command -v genba)\""), name);
	case PCAP_ERROR_IFACE_NOT_UP:
		return err_set(e, _("%s: the interface is down; bring it up with: sudo ip link set %s up"), name, name);
	default:
		return err_set(e, "%s: %s", name, *pcap_geterr(p) ? pcap_geterr(p) : pcap_statustostr(status));
	}
}

/* What a process of its own made of a filter. */
struct compiled {
	bool ok;
	unsigned n;
	struct bpf_insn list[INSTRUCTIONS];
	char why[PCAP_ERRBUF_SIZE];
};

static void compile(pcap_t *p, const char *filter, bool (*no_sockets)(void), struct compiled *out)
{
	struct bpf_program program;
	if (!no_sockets()) {
		snprintf(out->why, sizeof out->why, "seccomp");
	} else if (pcap_compile(p, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		snprintf(out->why, sizeof out->why, "%s", pcap_geterr(p));
	} else if (program.bf_len <= INSTRUCTIONS) {
		memcpy(out->list, program.bf_insns, program.bf_len * sizeof *program.bf_insns);
		out->n = program.bf_len;
		out->ok = true;
	}
}

/* libpcap asks name servers for names in a filter: it compiles where no socket can be had, so that nothing is sent. */
static bool set_filter(struct capture_live *l, const char *filter, bool (*no_sockets)(void), struct err *e)
{
	if (!filter || !*filter)
		return true;
	struct compiled *made = mmap(NULL, sizeof *made, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (made == MAP_FAILED)
		return err_errno(e, "mmap");
	snprintf(made->why, sizeof made->why, "%s", _("it could not be compiled"));
	pid_t pid = fork();
	if (pid == 0) {
		compile(l->pcap, filter, no_sockets, made);
		_exit(0);
	}
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	struct bpf_program program = { .bf_len = made->n, .bf_insns = made->list };
	bool ok = made->ok && pcap_setfilter(l->pcap, &program) == 0;
	if (!ok)
		err_set(e, _("filter \"%s\": %s"), filter, made->ok ? pcap_geterr(l->pcap) : made->why);
	munmap(made, sizeof *made);
	return ok;
}

static uint64_t read_lost(const struct capture_live *l)
{
	uint64_t sum = 0;
	for (int i = 0; i < LOST_FILES; i++) {
		char text[32];
		ssize_t n = l->lost[i] >= 0 ? pread(l->lost[i], text, sizeof text - 1, 0) : 0;
		if (n <= 0)
			continue;
		text[n] = 0;
		sum += strtoull(text, NULL, 10);
	}
	return sum;
}

static void open_lost(struct capture_live *l)
{
	for (int i = 0; i < LOST_FILES; i++) {
		char *path = xasprintf("/sys/class/net/%s/statistics/%s", l->name, lost_files[i]);
		l->lost[i] = open(path, O_RDONLY | O_CLOEXEC);
		free(path);
	}
	l->lost_before = read_lost(l);
}

static bool activate(struct capture_live *l, unsigned buffer, struct err *e)
{
	pcap_set_snaplen(l->pcap, LIVE_SNAPLEN);
	pcap_set_promisc(l->pcap, 1);
	pcap_set_timeout(l->pcap, WAIT_MS);
	pcap_set_buffer_size(l->pcap, (int)(buffer << 20));
	l->nano = pcap_set_tstamp_precision(l->pcap, PCAP_TSTAMP_PRECISION_NANO) == 0;
	int status = pcap_activate(l->pcap);
	return status >= 0 || activation_error(l->name, l->pcap, status, e);
}

struct capture_live *capture_live_open(const char *name, const char *filter, bool (*no_sockets)(void), unsigned buffer,
				       struct err *e)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	unsigned index = strlen(name) < IFNAMSIZ ? if_nametoindex(name) : 0;
	if (!index) {
		no_such_interface(name, e);
		return NULL;
	}
	struct capture_live *l = xcalloc(1, sizeof *l);
	for (int i = 0; i < LOST_FILES; i++)
		l->lost[i] = -1;
	l->name = xstrdup(name);
	l->index = index;
	l->pcap = pcap_create(name, why);
	bool ok = l->pcap || err_set(e, "%s: %s", name, why);
	ok = ok && activate(l, buffer, e) && set_filter(l, filter, no_sockets, e);
	if (ok && pcap_setnonblock(l->pcap, 1, why) != 0)
		ok = err_set(e, "%s: %s", name, why);
	if (!ok) {
		capture_live_close(l);
		return NULL;
	}
	int type = pcap_datalink(l->pcap);
	l->linktype = (uint16_t)(type == DLT_RAW ? LINK_RAW : type);
	open_lost(l);
	return l;
}

void capture_live_close(struct capture_live *l)
{
	if (!l)
		return;
	if (l->pcap)
		pcap_close(l->pcap);
	for (int i = 0; i < LOST_FILES; i++)
		if (l->lost[i] >= 0)
			close(l->lost[i]);
	free(l->name);
	free(l);
}

/*
 * pcap_close() here would take the ring from the process that reads. The descriptor's number is pcap's: something
 * harmless goes there, so that the socket is gone.
 */
void capture_live_leave(struct capture_live *l)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)dup3(fd, capture_live_fd(l), O_CLOEXEC);
	close(fd);
}

const char *capture_live_name(const struct capture_live *l)
{
	return l->name;
}

int capture_live_fd(const struct capture_live *l)
{
	return pcap_get_selectable_fd(l->pcap);
}

uint16_t capture_live_linktype(const struct capture_live *l)
{
	return l->linktype;
}

/* ---- reading, in the sandbox ---- */

static void one(u_char *data, const struct pcap_pkthdr *h, const u_char *bytes)
{
	struct capture_live *l = (struct capture_live *)(void *)data;
	struct frame f = {
		.ts = h->ts.tv_sec * INT64_C(1000000000) + h->ts.tv_usec * (l->nano ? INT64_C(1) : INT64_C(1000)),
		.data = bytes, .caplen = h->caplen, .wirelen = h->len, .linktype = l->linktype,
	};
	l->fn(l->data, &f);
}

int capture_live_take(struct capture_live *l, int most, capture_live_fn *fn, void *data)
{
	l->fn = fn;
	l->data = data;
	return pcap_dispatch(l->pcap, most, one, (u_char *)l);
}

/* Not pcap_stats(): that opens files. The kernel's counters start anew each time they are read. */
uint64_t capture_live_dropped(struct capture_live *l)
{
	struct tpacket_stats_v3 stats = { 0 };
	socklen_t n = sizeof stats;
	if (getsockopt(capture_live_fd(l), SOL_PACKET, PACKET_STATISTICS, &stats, &n) == 0)
		l->lost_kernel += stats.tp_drops;
	uint64_t lost = read_lost(l);
	if (lost > l->lost_before + l->lost_adapter)
		l->lost_adapter = lost - l->lost_before;
	return l->lost_kernel + l->lost_adapter;
}

enum capture_live_state capture_live_state(struct capture_live *l)
{
	struct ifreq r = { 0 };
	int fd = capture_live_fd(l), error = 0;
	socklen_t n = sizeof error;
	(void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n);
	memcpy(r.ifr_name, l->name, strlen(l->name));
	if (ioctl(fd, SIOCGIFINDEX, &r) != 0 || (unsigned)r.ifr_ifindex != l->index)
		return LIVE_GONE;
	if (ioctl(fd, SIOCGIFFLAGS, &r) != 0)
		return LIVE_GONE;
	return (r.ifr_flags & IFF_UP) && (r.ifr_flags & IFF_RUNNING) ? LIVE_UP : LIVE_DOWN;
}
