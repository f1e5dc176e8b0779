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
DISSECTORS += src/dissect/tls.c
DISSECTORS += src/dissect/ssh.c
DISSECTORS += src/dissect/vnc.c
DISSECTORS += src/dissect/rdp.c
DISSECTORS += src/dissect/mqtt.c
DISSECTORS += src/dissect/tftp.c
DISSECTORS += src/dissect/pop3.c
DISSECTORS += src/dissect/smtp.c
DISSECTORS += src/dissect/imap.c
DISSECTORS += src/dissect/ldap.c
DISSECTORS += src/dissect/mysql.c
DISSECTORS += src/dissect/postgresql.c
DISSECTORS += src/dissect/tds.c
DISSECTORS += src/dissect/dcerpc.c
DISSECTORS += src/dissect/ntp.c
DISSECTORS += src/dissect/ptp.c
DISSECTORS += src/dissect/syslog.c
DISSECTORS += src/dissect/jetdirect.c
DISSECTORS += src/dissect/slmp.c
DISSECTORS += src/dissect/cclink_ie_basic.c
DISSECTORS += src/dissect/cclink_tsn_slmp.c
DISSECTORS += src/dissect/fins.c
DISSECTORS += src/dissect/keyence_kv.c
DISSECTORS += src/dissect/mewtocol.c
DISSECTORS += src/dissect/toyopuc.c
DISSECTORS += src/dissect/focas.c
DISSECTORS += src/dissect/hses.c
DISSECTORS += src/dissect/bcap.c
DISSECTORS += src/dissect/ge_srtp.c
DISSECTORS += src/dissect/egd.c
DISSECTORS += src/dissect/yokogawa.c
DISSECTORS += src/dissect/profinet_dcp.c
DISSECTORS += src/dissect/profinet_rt.c
DISSECTORS += src/dissect/profinet_ptcp.c
DISSECTORS += src/dissect/profinet_io.c
DISSECTORS += src/dissect/opcua.c
DISSECTORS += src/dissect/ethercat.c
DISSECTORS += src/dissect/ads.c
DISSECTORS += src/dissect/bacnet.c
DISSECTORS += src/dissect/dnp3.c
DISSECTORS += src/dissect/iec104.c
DISSECTORS += src/dissect/smb.c
DISSECTORS += src/dissect/nbns.c
DISSECTORS += src/dissect/nbdgm.c
DISSECTORS += src/dissect/mdns.c
DISSECTORS += src/dissect/llmnr.c
DISSECTORS += src/dissect/ssdp.c
DISSECTORS += src/dissect/wsd.c
DISSECTORS += src/dissect/powerlink.c
DISSECTORS += src/dissect/melsoft.c
DISSECTORS += src/dissect/cclink_ie.c
DISSECTORS += src/dissect/flnet.c
DISSECTORS += src/dissect/codesys.c
DISSECTORS += src/dissect/memobus.c
DISSECTORS += src/dissect/s7comm_plus.c
DISSECTORS += src/dissect/mms.c
DISSECTORS += src/dissect/goose.c
DISSECTORS += src/dissect/sv.c
DISSECTORS += src/dissect/cdp.c
DISSECTORS += src/dissect/hart_ip.c
DISSECTORS += src/dissect/snmp.c
DISSECTORS += src/dissect/mtconnect.c
DISSECTORS += src/dissect/knx.c
DISSECTORS += src/dissect/rtsp.c
DISSECTORS += src/dissect/mssql_browser.c

# What several of them share.
DISSECT_SHARED =
DISSECT_SHARED += src/dissect/dissect.c src/dissect/dissect.h src/dissect/core.c src/dissect/core.h
DISSECT_SHARED += src/dissect/session.h
DISSECT_SHARED += src/dissect/bacnet.h src/dissect/bacnet_object.c src/dissect/bacnet_service.c src/dissect/ber.h
DISSECT_SHARED += src/dissect/cclink_slmp.c src/dissect/cclink_slmp.h src/dissect/cip.c src/dissect/cip.h
DISSECT_SHARED += src/dissect/crline.h src/dissect/devicexml.c src/dissect/devicexml.h src/dissect/dnsname.c
DISSECT_SHARED += src/dissect/dnsname.h src/dissect/fins_text.c src/dissect/fins_text.h src/dissect/httphead.h
DISSECT_SHARED += src/dissect/iec61850.h src/dissect/ipp.c src/dissect/ipp.h src/dissect/kept_name.h
DISSECT_SHARED += src/dissect/mail.h src/dissect/mc.c src/dissect/mc.h src/dissect/mc1e.c src/dissect/mtconnect.h
DISSECT_SHARED += src/dissect/names.h src/dissect/netbios.h src/dissect/ntlmssp.c src/dissect/ntlmssp.h
DISSECT_SHARED += src/dissect/opcua.h src/dissect/opcua_identity.c src/dissect/opcua_services.c src/dissect/pccc.c
DISSECT_SHARED += src/dissect/profinet.c src/dissect/profinet.h src/dissect/smb.h src/dissect/smb1.c
DISSECT_SHARED += src/dissect/snmp.h src/dissect/snmp_system.c src/dissect/sysdescr.c src/dissect/sysdescr.h
DISSECT_SHARED += src/dissect/tls.h src/dissect/tpkt.h src/dissect/utf16.h src/dissect/xml.h

libgenba_a_SOURCES += $(DISSECTORS) $(DISSECT_SHARED)
nodist_libgenba_a_SOURCES = src/dissect/table.c src/dissect/names.c
BUILT_SOURCES += src/dissect/table.c src/dissect/names.c
CLEANFILES += src/dissect/table.c src/dissect/names.c

src/dissect/table.c: $(srcdir)/src/dissect/local.mk
	@$(MKDIR_P) src/dissect
	$(AM_V_GEN){ echo '/* Made from src/dissect/local.mk. */'; \
	echo '#include "dissect/dissect.h"'; \
	names=`for f in $(DISSECTORS); do basename $$f .c; done`; \
	for d in $$names; do echo "extern const struct dissector dissect_$$d;"; done; \
	echo 'const struct dissector *const dissectors[] = {'; \
	for d in $$names; do echo "	&dissect_$$d,"; done; \
	echo '	NULL'; echo '};'; } > $@

# Names of vendors and device types: the child can open no file, so they are compiled in. One table for each file.
NAME_TABLES = $(srcdir)/data/cip-vendors.tsv $(srcdir)/data/cip-device-types.tsv $(srcdir)/data/bacnet-vendors.tsv
src/dissect/names.c: $(NAME_TABLES)
	@$(MKDIR_P) src/dissect
	$(AM_V_GEN){ echo '/* Made from the tables in data. */'; echo '#include "dissect/names.h"'; \
	for f in $(NAME_TABLES); do \
		t=names_`basename $$f .tsv | tr - _`; \
		echo "const struct number_name $$t[] = {"; \
		LC_ALL=C sort -n $$f | LC_ALL=C awk -F '\t' '{ gsub(/["\\]/, "\\\\&", $$2); printf "	{ %d, \"%s\" },\n", $$1, $$2 }'; \
		echo '};'; echo "const size_t $${t}_n = sizeof $$t / sizeof *$$t;"; \
	done; } > $@

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_dhcp tests/unit/test_lldp
TESTS += tests/unit/test_dhcp tests/unit/test_lldp
tests_unit_test_dhcp_LDADD = $(UNIT_LDADD)
tests_unit_test_lldp_LDADD = $(UNIT_LDADD)
endif
