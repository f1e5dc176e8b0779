libgenba_a_SOURCES += \
	src/questionnaire/questionnaire.c src/questionnaire/questionnaire.h \
	src/questionnaire/answers.c

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_questionnaire
TESTS += tests/unit/test_questionnaire
tests_unit_test_questionnaire_LDADD = $(UNIT_LDADD)
endif
