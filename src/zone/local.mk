# src/zone: zones, conduits, the device list; what the user declares, and a proposal
libgenba_a_SOURCES += src/zone/zone.h src/zone/assign.c src/zone/plan.c

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_zone
TESTS += tests/unit/test_zone
tests_unit_test_zone_LDADD = $(UNIT_LDADD)
endif
dist_check_SCRIPTS += tests/zones.sh
TESTS += tests/zones.sh
