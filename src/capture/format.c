/*
 * Capture files: pcap (draft-ietf-opsawg-pcap) and pcapng (draft-ietf-opsawg-pcapng).
 * libpcap is not used, as it refuses a pcapng file whose interfaces differ in link
 * type or snap length.
 *
 *   pcap:    magic 4, version 2+2, 8 unused, snap length 4, link type 4
 *            then a frame: seconds 4, fraction 4, captured length 4, length 4, bytes
 *   pcapng:  blocks: type 4, length 4, body, length again 4
 */
#include "capture/reader.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/lang.h"

#define SECOND UINT64_C(1000000000)

enum { PCAP_MICRO = 0xa1b2c3d4, PCAP_NANO = 0xa1b23c4d, PCAP_MODIFIED = 0xa1b2cd34 };
enum { PCAP_HEADER = 24, RECORD_HEADER = 16, RECORD_HEADER_MODIFIED = 24 };
enum {
	BLOCK_SECTION = 0x0a0d0d0a, BLOCK_INTERFACE = 1, BLOCK_PACKET = 2, BLOCK_SIMPLE = 3, BLOCK_ENHANCED = 6,
	BYTE_ORDER_MAGIC = 0x1a2b3c4d,
};
enum { OPTION_END = 0, OPTION_TSRESOL = 9, OPTION_TSOFFSET = 14 };
enum { INTERFACES = 65536 };

void capture_parser_init(struct parser *p, uint16_t file, struct filter *filter)
{
	*p = (struct parser){ .file = file, .filter = filter, .need = 4 };
}

void capture_parser_done(struct parser *p)
{
	free(p->interface);
}

static inline uint16_t get16(const struct parser *p, struct cur *c)
{
	return p->big ? cur_be16(c) : cur_le16(c);
}

static inline uint32_t get32(const struct parser *p, struct cur *c)
{
	return p->big ? cur_be32(c) : cur_le32(c);
}

static void add(struct parser *p, struct batch *b, struct cur *c, const struct frame *f)
{
	const struct frame frame = {
		.ts = f->ts, .data = cur_here(c), .caplen = f->caplen, .wirelen = f->wirelen,
		.number = ++p->number, .file = p->file, .linktype = f->linktype,
	};
	cur_skip(c, f->caplen);
	if (p->filter && !capture_filter_match(p->filter, &frame))
		return;
	if (b->count == b->room) {
		b->room = b->room ? b->room * 2 : 256;
		b->frames = xrealloc(b->frames, b->room * sizeof *b->frames);
	}
	b->frames[b->count++] = frame;
}

static bool impossible(const struct parser *p, uint32_t length, struct err *e)
{
	return err_set(e, _("frame %" PRIu64 ": length %" PRIu32 " is impossible; the file is damaged here"),
		       (uint64_t)p->number + 1, length);
}

static bool pcap_frames(struct parser *p, struct cur *c, struct batch *b, struct err *e)
{
	p->in_frame = true;
	for (;;) {
		p->need = p->header;
		if (!cur_has(c, p->header))
			return true;
		struct cur r = *c;
		uint64_t seconds = get32(p, &r), fraction = get32(p, &r);
		struct frame f = { .linktype = p->linktype };
		f.caplen = get32(p, &r);
		f.wirelen = get32(p, &r);
		cur_skip(&r, p->header - RECORD_HEADER);
		if (p->swapped && f.caplen > f.wirelen) {
			uint32_t swap = f.caplen;
			f.caplen = f.wirelen;
			f.wirelen = swap;
		}
		if (f.caplen > CAPTURE_FRAME_MAX)
			return impossible(p, f.caplen, e);
		p->need = p->header + f.caplen;
		if (!cur_has(&r, f.caplen))
			return true;
		f.ts = (int64_t)(seconds * SECOND + fraction * p->fraction);
		add(p, b, &r, &f);
		*c = r;
	}
}

static bool pcap_header(struct parser *p, uint32_t magic, struct cur *c, struct err *e)
{
	p->need = PCAP_HEADER;
	if (!cur_has(c, PCAP_HEADER))
		return true;
	cur_skip(c, 4);
	uint16_t major = get16(p, c), minor = get16(p, c);
	cur_skip(c, 8);
	p->snaplen = get32(p, c);
	p->linktype = (uint16_t)get32(p, c);    /* the upper half says whether there is a frame check sequence */
	if (major != 2)
		return err_set(e, _("is a pcap file of version %u.%u; only 2.x can be read"), major, minor);
	p->swapped = minor < 4;
	p->header = magic == PCAP_MODIFIED ? RECORD_HEADER_MODIFIED : RECORD_HEADER;
	p->fraction = magic == PCAP_NANO ? 1 : 1000;
	p->format = FORMAT_PCAP;
	return true;
}

/* if_tsresol: a power of ten, or of two if the upper bit is set, that one second is divided by */
static bool resolution(struct interface *i, uint8_t v)
{
	unsigned n = v & 0x7f;
	i->multiply = i->divide = 1;
	i->shift = 0;
	if (v & 0x80) {
		i->shift = n;
		return n < 64;
	}
	for (; n < 9; n++)
		i->multiply *= 10;
	if (n > 9 + 19)
		return false;
	for (; n > 9; n--)
		i->divide *= 10;
	return true;
}

static int64_t nanoseconds(const struct interface *i, uint64_t ticks)
{
	uint64_t ns;
	int64_t at;
	if (i->shift) {
		uint64_t rest = ticks & ((UINT64_C(1) << i->shift) - 1);
		unsigned __int128 part = (unsigned __int128)rest * SECOND;
		ns = (ticks >> i->shift) * SECOND + (uint64_t)(part >> i->shift);
	} else if (__builtin_mul_overflow(ticks, i->multiply, &ns)) {
		return INT64_MAX;
	}
	ns /= i->divide;
	if (ns > INT64_MAX || __builtin_add_overflow((int64_t)ns, i->offset, &at))
		return INT64_MAX;
	return at < 0 ? 0 : at;   /* so that no difference of two times runs over */
}

static bool section(struct parser *p, struct cur *c, struct err *e)
{
	cur_skip(c, 4);
	uint16_t major = get16(p, c), minor = get16(p, c);
	if (!cur_ok(c) || major != 1)
		return err_set(e, _("is a pcapng file of version %u.%u; only 1.x can be read"), major, minor);
	p->interfaces = 0;
	return true;
}

static bool interface(struct parser *p, struct cur *c, struct err *e)
{
	struct interface i = { .multiply = 1000, .divide = 1 };
	i.linktype = get16(p, c);
	cur_skip(c, 2);
	i.snaplen = get32(p, c);
	if (!cur_ok(c))
		return err_set(e, _("behind frame %" PRIu32 ": the description of an interface is too short"), p->number);
	while (cur_has(c, 4)) {
		uint16_t code = get16(p, c), length = get16(p, c);
		if (code == OPTION_END)
			break;
		struct cur option = cur_sub(c, length);
		cur_skip(c, -length & 3u);
		if (code == OPTION_TSRESOL && length >= 1) {
			if (!resolution(&i, cur_u8(&option)))
				return err_set(e, _("behind frame %" PRIu32 ": impossible resolution of time"), p->number);
		} else if (code == OPTION_TSOFFSET && length >= 8) {
			int64_t seconds = (int64_t)(p->big ? cur_be64(&option) : cur_le64(&option));
			if (__builtin_mul_overflow(seconds, (int64_t)SECOND, &i.offset))
				i.offset = 0;
		}
	}
	if (i.snaplen > p->snaplen)
		p->snaplen = i.snaplen;
	if (p->interfaces == INTERFACES)
		return err_set(e, _("behind frame %" PRIu32 ": too many interfaces"), p->number);
	if ((p->interfaces & (p->interfaces - 1)) == 0)
		p->interface = xrealloc(p->interface, (p->interfaces ? p->interfaces * 2 : 1) * sizeof i);
	p->interface[p->interfaces++] = i;
	return true;
}

/* c: the body of a block that holds a frame */
static bool packet(struct parser *p, uint32_t type, struct cur *c, struct batch *b, struct err *e)
{
	uint32_t index = 0;
	uint64_t ticks = 0;
	struct frame f = { 0 };
	if (type == BLOCK_PACKET) {
		index = get16(p, c);
		cur_skip(c, 2);
	} else if (type == BLOCK_ENHANCED) {
		index = get32(p, c);
	}
	if (type != BLOCK_SIMPLE) {
		ticks = (uint64_t)get32(p, c) << 32;
		ticks |= get32(p, c);
		f.caplen = get32(p, c);
	}
	f.wirelen = get32(p, c);
	if (!cur_ok(c))
		return err_set(e, _("frame %" PRIu64 ": the block is too short"), (uint64_t)p->number + 1);
	if (index >= p->interfaces)
		return err_set(e, _("frame %" PRIu64 ": the file does not describe its interface %" PRIu32),
			       (uint64_t)p->number + 1, index);
	const struct interface *i = &p->interface[index];
	if (type == BLOCK_SIMPLE) {
		f.caplen = f.wirelen;
		if (i->snaplen && f.caplen > i->snaplen)
			f.caplen = i->snaplen;
		f.ts = p->last;
	} else {
		p->last = f.ts = nanoseconds(i, ticks);
	}
	if (!cur_has(c, f.caplen))
		return impossible(p, f.caplen, e);
	f.linktype = i->linktype;
	add(p, b, c, &f);
	return true;
}

static bool blocks(struct parser *p, struct cur *c, struct batch *b, struct err *e)
{
	for (;;) {
		p->need = 12;
		p->in_frame = false;
		if (!cur_has(c, 12))
			return true;
		struct cur r = *c;
		uint32_t type = get32(p, &r);
		if (type == BLOCK_SECTION) {    /* reads the same in both orders */
			struct cur order = r;
			cur_skip(&order, 4);
			p->big = cur_be32(&order) == BYTE_ORDER_MAGIC;
			order = r;
			cur_skip(&order, 4);
			if (get32(p, &order) != BYTE_ORDER_MAGIC)
				return err_set(e, _("behind frame %" PRIu32 ": a section without a byte order"), p->number);
		}
		uint32_t length = get32(p, &r);
		p->in_frame = type == BLOCK_ENHANCED || type == BLOCK_SIMPLE || type == BLOCK_PACKET;
		if (length < 12 || length % 4 || length > CAPTURE_FRAME_MAX) {
			if (p->in_frame)
				return impossible(p, length, e);
			return err_set(e, _("behind frame %" PRIu32 ": a block of %" PRIu32 " bytes is impossible;"
					    " the file is damaged here"), p->number, length);
		}
		p->need = length;
		if (!cur_has(c, length))
			return true;
		struct cur body = cur_sub(&r, length - 12);
		if (get32(p, &r) != length)
			return err_set(e, _("behind frame %" PRIu32 ": the two lengths of a block differ;"
					    " the file is damaged here"), p->number);
		if (type == BLOCK_SECTION && !section(p, &body, e))
			return false;
		if (type == BLOCK_INTERFACE && !interface(p, &body, e))
			return false;
		if (p->in_frame && !packet(p, type, &body, b, e))
			return false;
		*c = r;
	}
}

/* Other things that people take for captures, by what they begin with. */
static bool not_a_capture(const struct cur *c, struct err *e)
{
	static const struct { const char *magic; size_t n; const char *what; } known[] = {
		{ "\x28\xb5\x2f\xfd", 4, N_("is compressed with zstd: unpack it first (zstd -d)") },
		{ "\x04\x22\x4d\x18", 4, N_("is compressed with lz4: unpack it first (lz4 -d)") },
		{ "\xfd" "7zXZ", 5, N_("is compressed with xz: unpack it first (xz -d)") },
		{ "BZh", 3, N_("is compressed with bzip2: unpack it first (bzip2 -d)") },
		{ "PK\3\4", 4, N_("is a ZIP archive: unpack it first") },
		{ "snoop", 5, N_("is a snoop file: convert it with editcap -F pcapng IN OUT") },
		{ "GMBU", 4, N_("is a NetMon file: convert it with editcap -F pcapng IN OUT") },
		{ "RTSS", 4, N_("is a NetMon file: convert it with editcap -F pcapng IN OUT") },
	};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (cur_starts(c, known[i].magic, known[i].n))
			return err_set(e, "%s", _(known[i].what));
	return err_set(e, _("is not a capture file: neither pcap nor pcapng"));
}

static bool recognise(struct parser *p, struct cur *c, struct err *e)
{
	if (!cur_has(c, 4))
		return true;
	for (int big = 0; big < 2; big++) {
		struct cur r = *c;
		p->big = big;
		uint32_t magic = get32(p, &r);
		if (magic == PCAP_MICRO || magic == PCAP_NANO || magic == PCAP_MODIFIED)
			return pcap_header(p, magic, c, e);
		if (magic == BLOCK_SECTION) {
			p->format = FORMAT_PCAPNG;
			return true;
		}
	}
	return not_a_capture(c, e);
}

bool capture_parse(struct parser *p, struct cur *c, struct batch *b, struct err *e)
{
	if (p->format == FORMAT_UNKNOWN && !recognise(p, c, e))
		return false;
	switch (p->format) {
	case FORMAT_PCAP:
		return pcap_frames(p, c, b, e);
	case FORMAT_PCAPNG:
		return blocks(p, c, b, e);
	case FORMAT_UNKNOWN:
		break;
	}
	return true;
}

bool capture_parse_end(const struct parser *p, size_t left, struct err *e)
{
	if (p->format == FORMAT_UNKNOWN)
		return left ? err_set(e, _("is not a capture file: it ends after %zu bytes"), left) :
			      err_set(e, _("is empty"));
	if (left == 0)
		return true;
	if (p->in_frame)
		return err_set(e, _("cut off in the middle of frame %" PRIu64), (uint64_t)p->number + 1);
	return err_set(e, _("cut off behind frame %" PRIu32), p->number);
}
