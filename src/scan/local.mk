libgenba_a_SOURCES += src/scan/scan.c src/scan/scan.h src/scan/child.c src/scan/sandbox.c

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_sandbox
TESTS += tests/unit/test_sandbox
tests_unit_test_sandbox_LDADD = $(UNIT_LDADD)
endif
dist_check_SCRIPTS += tests/kill.sh
TESTS += tests/kill.sh
