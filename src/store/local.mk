# src/store: the only folder that includes sqlite3.h
libgenba_a_SOURCES += src/store/store.c src/store/store.h src/store/private.h src/store/schema.c \
	src/store/scans.c src/store/save.c src/store/identity.c src/store/views.c src/store/coverage.c src/store/place.c \
	src/store/answers.c src/store/query.c

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_store tests/unit/test_query
TESTS += tests/unit/test_store tests/unit/test_query
tests_unit_test_store_SOURCES = tests/unit/test_store.c tests/unit/site.c tests/unit/site.h
tests_unit_test_store_LDADD = $(UNIT_LDADD)
tests_unit_test_query_SOURCES = tests/unit/test_query.c tests/unit/site.c tests/unit/site.h
tests_unit_test_query_LDADD = $(UNIT_LDADD)
endif
