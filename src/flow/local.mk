libgenba_a_SOURCES += src/flow/flow.c src/flow/flow.h src/flow/table.h src/flow/tcp.c src/flow/ndpi.c src/flow/ndpi.h \
	src/flow/stream.c src/flow/stream.h

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_flow
TESTS += tests/unit/test_flow
tests_unit_test_flow_LDADD = $(UNIT_LDADD)
endif
