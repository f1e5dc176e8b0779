# src/report
libgenba_a_SOURCES += \
	src/report/mustache.c src/report/mustache.h src/report/escape.c

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_mustache
TESTS += tests/unit/test_mustache
tests_unit_test_mustache_LDADD = $(UNIT_LDADD)
endif
