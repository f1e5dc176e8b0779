libgenba_a_SOURCES += src/scan/scan.c src/scan/scan.h src/scan/child.c src/scan/sandbox.c src/scan/private.h \
	src/scan/live.c src/scan/live_child.c src/scan/live_keep.c src/scan/live_keep.h src/scan/keep.c src/scan/privileges.c

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_sandbox
TESTS += tests/unit/test_sandbox
tests_unit_test_sandbox_LDADD = $(UNIT_LDADD)
endif
dist_check_SCRIPTS += tests/kill.sh tests/live.sh
TESTS += tests/kill.sh tests/live.sh
