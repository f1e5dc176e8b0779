libgenba_a_SOURCES += \
	src/cli/cli.c src/cli/cli.h \
	src/cli/commands.c \
	src/cli/adapt.c src/cli/adapt.h src/cli/assessed.c src/cli/assessed.h \
	src/cli/cmd_actions.c \
	src/cli/cmd_ask.c src/cli/interview.c src/cli/interview.h \
	src/cli/cmd_checks.c \
	src/cli/cmd_conversations.c \
	src/cli/cmd_devices.c \
	src/cli/cmd_diff.c src/cli/diff_text.c src/cli/diff_data.c src/cli/diff_print.h \
	src/cli/cmd_doctor.c src/cli/doctor.c src/cli/doctor.h src/cli/doctor_interface.c src/cli/doctor_host.c \
	src/cli/cmd_except.c \
	src/cli/cmd_findings.c \
	src/cli/cmd_operations.c \
	src/cli/cmd_report.c \
	src/cli/cmd_run.c \
	src/cli/cmd_scan.c src/cli/scan_live.c src/cli/scan.h \
	src/cli/cmd_scans.c \
	src/cli/cmd_score.c \
	src/cli/cmd_sites.c \
	src/cli/cmd_zones.c \
	src/cli/help.c src/cli/help.h \
	src/cli/list.c \
	src/cli/site.c src/cli/site.h

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_cli
TESTS += tests/unit/test_cli
tests_unit_test_cli_LDADD = $(UNIT_LDADD)
endif
dist_check_SCRIPTS += tests/cli.sh tests/doctor.sh tests/listings.sh
TESTS += tests/cli.sh tests/doctor.sh tests/listings.sh
