libgenba_a_SOURCES += \
	src/tui/tui.c src/tui/tui.h \
	src/tui/live.c src/tui/live.h src/tui/doc.c src/tui/table.c src/tui/terminal.c \
	src/tui/screen_action.c src/tui/screen_device.c src/tui/screen_devices.c \
	src/tui/screen_finding.c src/tui/screen_findings.c src/tui/screen_home.c \
	src/tui/answering.c src/tui/answering.h src/tui/question.h src/tui/question_draw.c \
	src/tui/screen_question.c src/tui/screen_questions.c src/tui/screen_respondents.c

libgenba_a_SOURCES += src/tui/input.c src/tui/command.c src/tui/standing.c src/tui/standing.h \
	src/tui/changes.c src/tui/changes.h src/tui/screen_result.c src/tui/screen_changes.c src/tui/screen_scans.c
libgenba_a_SOURCES += src/tui/facts.c src/tui/facts.h \
	src/tui/screen_conversations.c src/tui/screen_operations.c

dist_check_SCRIPTS += tests/tui.sh tests/tui_hostile.sh tests/tui_live.sh
TESTS += tests/tui.sh tests/tui_hostile.sh tests/tui_live.sh
EXTRA_DIST += tests/screens
# The screen of a scan that runs, with made-up progress.
check_PROGRAMS += tests/live_screens
tests_live_screens_LDADD = $(GENBA_LIBS)

libgenba_a_SOURCES += src/tui/words.c src/tui/words.h src/tui/map.c src/tui/map.h src/tui/screen_map.c \
	src/tui/screen_findings.c src/tui/screen_finding.c src/tui/screen_actions.c src/tui/screen_action.c
if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_tui_map tests/unit/test_tui_table
TESTS += tests/unit/test_tui_map tests/unit/test_tui_table
tests_unit_test_tui_table_LDADD = $(UNIT_LDADD)
tests_unit_test_tui_map_LDADD = $(UNIT_LDADD)
endif
