libgenba_a_SOURCES += src/diff/diff.h src/diff/side.h \
	src/diff/diff.c src/diff/findings.c src/diff/score.c src/diff/side.c

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_diff
TESTS += tests/unit/test_diff
tests_unit_test_diff_SOURCES = tests/unit/test_diff.c tests/unit/site.c tests/unit/site.h
tests_unit_test_diff_LDADD = $(UNIT_LDADD)
endif
dist_check_SCRIPTS += tests/diff.sh
TESTS += tests/diff.sh
