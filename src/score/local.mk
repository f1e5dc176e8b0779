libgenba_a_SOURCES += src/score/score.c src/score/score.h \
	src/score/actions.c src/score/actions.h src/score/lint.c \
	src/score/questions.c src/score/questions.h \
	src/score/assess.c src/score/assess.h src/score/plan.c src/score/plan.h \
	src/score/roadmap.c src/score/roadmap.h

EXTRA_DIST += tests/unit/score_parts.h

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_score tests/unit/test_actions tests/unit/test_plan tests/unit/test_assess \
	tests/unit/test_forecast tests/unit/test_method tests/unit/test_questions
TESTS += tests/unit/test_score tests/unit/test_actions tests/unit/test_plan tests/unit/test_assess \
	tests/unit/test_forecast tests/unit/test_method tests/unit/test_questions
tests_unit_test_score_LDADD = $(UNIT_LDADD)
tests_unit_test_actions_LDADD = $(UNIT_LDADD)
tests_unit_test_forecast_LDADD = $(UNIT_LDADD)
tests_unit_test_method_LDADD = $(UNIT_LDADD)
tests_unit_test_plan_LDADD = $(UNIT_LDADD)
tests_unit_test_questions_LDADD = $(UNIT_LDADD)
tests_unit_test_assess_SOURCES = tests/unit/test_assess.c tests/unit/site.c tests/unit/site.h
tests_unit_test_assess_LDADD = $(UNIT_LDADD)
endif
