libgenba_a_SOURCES += \
	src/questionnaire/questionnaire.c src/questionnaire/questionnaire.h \
	src/questionnaire/answers.c src/questionnaire/file.c src/questionnaire/private.h \
	src/questionnaire/sheet.c src/questionnaire/steps.c src/questionnaire/steps.h src/questionnaire/table.c

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_questionnaire
TESTS += tests/unit/test_questionnaire
tests_unit_test_questionnaire_LDADD = $(UNIT_LDADD)
endif
dist_check_SCRIPTS += tests/ask.sh
TESTS += tests/ask.sh
