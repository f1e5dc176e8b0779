# src/run: a scheduled job
libgenba_a_SOURCES += src/run/config.c src/run/config.h src/run/fail_on.c src/run/fail_on.h src/run/stub.c

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_run_config
TESTS += tests/unit/test_run_config
tests_unit_test_run_config_LDADD = $(UNIT_LDADD)
endif
