# src/run: a scheduled job
libgenba_a_SOURCES += src/run/config.c src/run/config.h src/run/fail_on.c src/run/fail_on.h \
	src/run/job.c src/run/job.h src/run/private.h src/run/lock.c src/run/files.c src/run/retain.c src/run/tell.c src/run/known.c \
	src/run/check.c

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_run_config
TESTS += tests/unit/test_run_config
tests_unit_test_run_config_LDADD = $(UNIT_LDADD)
endif
# It runs jobs over the made-up factory of tests/gen.
dist_check_SCRIPTS += tests/run.sh tests/run_live.sh
TESTS += tests/run.sh tests/run_live.sh
