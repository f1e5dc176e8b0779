libgenba_a_SOURCES += src/score/score.c src/score/score.h src/score/assess.h src/score/actions.h

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_score
TESTS += tests/unit/test_score
tests_unit_test_score_LDADD = $(UNIT_LDADD)
endif
