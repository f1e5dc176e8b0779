# The protocols. A dissector is one file src/dissect/NAME.c that defines
# `const struct dissector dissect_NAME`, and one line here. The order is that in
# which dissectors without a known port are asked.
DISSECTORS = \
	arp \
	lldp \
	dhcp \
	modbus \
	s7comm \
	http \
	ftp \
	telnet

libgenba_a_SOURCES += src/dissect/dissect.c src/dissect/dissect.h src/dissect/core.h \
	src/dissect/arp.c src/dissect/dhcp.c src/dissect/ftp.c src/dissect/http.c src/dissect/lldp.c src/dissect/modbus.c src/dissect/s7comm.c \
	src/dissect/telnet.c
nodist_libgenba_a_SOURCES = src/dissect/table.c
BUILT_SOURCES += src/dissect/table.c
CLEANFILES += src/dissect/table.c

src/dissect/table.c: $(srcdir)/src/dissect/local.mk
	@$(MKDIR_P) src/dissect
	$(AM_V_GEN){ echo '/* Made from src/dissect/local.mk. */'; \
	echo '#include "dissect/dissect.h"'; \
	for d in $(DISSECTORS); do echo "extern const struct dissector dissect_$$d;"; done; \
	echo 'const struct dissector *const dissectors[] = {'; \
	for d in $(DISSECTORS); do echo "	&dissect_$$d,"; done; \
	echo '	NULL'; echo '};'; } > $@
