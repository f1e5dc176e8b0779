libgenba_a_SOURCES += src/observe/observe.c src/observe/observe.h src/observe/minutes.c src/observe/record.c src/observe/text.c src/observe/tables.h

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_observe
TESTS += tests/unit/test_observe
tests_unit_test_observe_LDADD = $(UNIT_LDADD)
endif
