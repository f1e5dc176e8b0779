libgenba_a_SOURCES += \
	src/check/check.h src/check/private.h \
	src/check/fail_on.c \
	src/check/lint.c \
	src/check/load.c \
	src/check/run.c

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_check
TESTS += tests/unit/test_check
tests_unit_test_check_LDADD = $(UNIT_LDADD)
endif
