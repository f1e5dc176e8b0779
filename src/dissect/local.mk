# The protocols. A dissector is one file src/dissect/NAME.c that defines
# `const struct dissector dissect_NAME`, and one line here. The order is that in
# which dissectors without a known port are asked.
DISSECTORS =
DISSECTORS += src/dissect/arp.c
DISSECTORS += src/dissect/ndp.c
DISSECTORS += src/dissect/lldp.c
DISSECTORS += src/dissect/dhcp.c
DISSECTORS += src/dissect/modbus.c
DISSECTORS += src/dissect/enip.c
DISSECTORS += src/dissect/s7comm.c
DISSECTORS += src/dissect/http.c
DISSECTORS += src/dissect/ftp.c
DISSECTORS += src/dissect/telnet.c
DISSECTORS += src/dissect/smb.c
DISSECTORS += src/dissect/nbns.c
DISSECTORS += src/dissect/nbdgm.c
DISSECTORS += src/dissect/mdns.c
DISSECTORS += src/dissect/llmnr.c
DISSECTORS += src/dissect/ssdp.c
DISSECTORS += src/dissect/wsd.c
DISSECTORS += src/dissect/cdp.c
DISSECTORS += src/dissect/dcerpc.c

# What several of them share.
DISSECT_SHARED =
DISSECT_SHARED += src/dissect/dissect.c src/dissect/dissect.h src/dissect/core.c src/dissect/core.h src/dissect/session.h
DISSECT_SHARED += src/dissect/ber.h
DISSECT_SHARED += src/dissect/ntlmssp.c src/dissect/ntlmssp.h src/dissect/utf16.h src/dissect/netbios.h
DISSECT_SHARED += src/dissect/smb1.c src/dissect/smb.h
DISSECT_SHARED += src/dissect/dnsname.c src/dissect/dnsname.h src/dissect/httphead.h src/dissect/xml.h
DISSECT_SHARED += src/dissect/devicexml.c src/dissect/devicexml.h
DISSECT_SHARED += src/dissect/cip.c src/dissect/cip.h

libgenba_a_SOURCES += $(DISSECTORS) $(DISSECT_SHARED)
nodist_libgenba_a_SOURCES = src/dissect/table.c src/dissect/cip_names.c
BUILT_SOURCES += src/dissect/table.c src/dissect/cip_names.c
CLEANFILES += src/dissect/table.c src/dissect/cip_names.c

src/dissect/table.c: $(srcdir)/src/dissect/local.mk
	@$(MKDIR_P) src/dissect
	$(AM_V_GEN){ echo '/* Made from src/dissect/local.mk. */'; \
	echo '#include "dissect/dissect.h"'; \
	names=`for f in $(DISSECTORS); do basename $$f .c; done`; \
	for d in $$names; do echo "extern const struct dissector dissect_$$d;"; done; \
	echo 'const struct dissector *const dissectors[] = {'; \
	for d in $$names; do echo "	&dissect_$$d,"; done; \
	echo '	NULL'; echo '};'; } > $@

# Names of CIP vendors and device types: the child can open no file, so they are compiled in.
src/dissect/cip_names.c: $(srcdir)/data/cip-vendors.tsv $(srcdir)/data/cip-device-types.tsv
	@$(MKDIR_P) src/dissect
	$(AM_V_GEN){ echo '/* Made from data/cip-*.tsv. */'; echo '#include "dissect/cip.h"'; \
	for t in vendors device_types; do \
		f=$(srcdir)/data/cip-$$(echo $$t | tr _ -).tsv; \
		echo "const struct cip_name cip_$$t[] = {"; \
		LC_ALL=C sort -n $$f | LC_ALL=C awk -F '\t' '{ gsub(/["\\]/, "\\\\&", $$2); printf "	{ %d, \"%s\" },\n", $$1, $$2 }'; \
		echo '};'; echo "const size_t cip_$${t}_n = sizeof cip_$$t / sizeof *cip_$$t;"; \
	done; } > $@

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_dhcp tests/unit/test_lldp
TESTS += tests/unit/test_dhcp tests/unit/test_lldp
tests_unit_test_dhcp_LDADD = $(UNIT_LDADD)
tests_unit_test_lldp_LDADD = $(UNIT_LDADD)
endif
