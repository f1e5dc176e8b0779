libgenba_a_SOURCES += \
	src/base/addr.c src/base/addr.h \
	src/base/buf.c src/base/buf.h \
	src/base/csv.c src/base/csv.h \
	src/base/cursor.h \
	src/base/err.c src/base/err.h \
	src/base/file.c src/base/file.h \
	src/base/hash.h \
	src/base/lang.c src/base/lang.h \
	src/base/path.c src/base/path.h \
	src/base/text.c src/base/text.h \
	src/base/yaml.c src/base/yaml.h src/base/packet.h

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_cursor tests/unit/test_text tests/unit/test_yaml
TESTS += tests/unit/test_cursor tests/unit/test_text tests/unit/test_yaml
tests_unit_test_cursor_LDADD = $(UNIT_LDADD)
tests_unit_test_text_LDADD = $(UNIT_LDADD)
tests_unit_test_yaml_LDADD = $(UNIT_LDADD)
endif
