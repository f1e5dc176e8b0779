libgenba_a_SOURCES += \
	src/tui/tui.c src/tui/tui.h \
	src/tui/doc.c src/tui/table.c src/tui/terminal.c \
	src/tui/screen_action.c src/tui/screen_device.c src/tui/screen_devices.c \
	src/tui/screen_finding.c src/tui/screen_findings.c src/tui/screen_home.c \
	src/tui/answering.c src/tui/answering.h src/tui/question.h src/tui/question_draw.c \
	src/tui/screen_question.c src/tui/screen_questions.c src/tui/screen_respondents.c

libgenba_a_SOURCES += src/tui/input.c src/tui/command.c src/tui/standing.c src/tui/standing.h \
	src/tui/changes.c src/tui/changes.h src/tui/screen_result.c src/tui/screen_changes.c src/tui/screen_scans.c
libgenba_a_SOURCES += src/tui/facts.c src/tui/facts.h \
	src/tui/screen_conversations.c src/tui/screen_operations.c

dist_check_SCRIPTS += tests/tui.sh tests/tui_hostile.sh
TESTS += tests/tui.sh tests/tui_hostile.sh
EXTRA_DIST += tests/tui/help-en.txt tests/tui/help-ja.txt tests/tui/small-en.txt tests/tui/small-ja.txt \
	tests/tui/home-factory-en-120.txt tests/tui/home-factory-en-80.txt tests/tui/home-factory-ja-120.txt \
	tests/tui/home-factory-ja-80.txt tests/tui/home-new-en-120.txt tests/tui/home-new-en-80.txt \
	tests/tui/home-new-ja-120.txt tests/tui/home-new-ja-80.txt \
	tests/tui/action-en.txt tests/tui/action-ja.txt tests/tui/device-en.txt tests/tui/device-ja.txt \
	tests/tui/devices-en.txt tests/tui/devices-ja.txt tests/tui/finding-en.txt tests/tui/finding-ja.txt \
	tests/tui/findings-en.txt tests/tui/findings-ja.txt \
	tests/tui/answered-en.txt tests/tui/answered-ja.txt tests/tui/asked-en.txt tests/tui/asked-ja.txt \
	tests/tui/profile-en.txt tests/tui/profile-ja.txt tests/tui/questions-en.txt tests/tui/questions-ja.txt \
	tests/tui/actions-en.txt tests/tui/actions-ja.txt tests/tui/map-en.txt tests/tui/map-ja.txt

libgenba_a_SOURCES += src/tui/words.c src/tui/words.h src/tui/map.c src/tui/map.h src/tui/screen_map.c \
	src/tui/screen_findings.c src/tui/screen_finding.c src/tui/screen_actions.c src/tui/screen_action.c
if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_tui_map
TESTS += tests/unit/test_tui_map
tests_unit_test_tui_map_LDADD = $(UNIT_LDADD)
endif
