libgenba_a_SOURCES += \
	src/capture/capture.c src/capture/capture.h \
	src/capture/digest.c \
	src/capture/filter.c \
	src/capture/format.c \
	src/capture/input.c \
	src/capture/interface.c src/capture/interface.h \
	src/capture/live.c src/capture/live.h \
	src/capture/reader.h

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_capture
TESTS += tests/unit/test_capture
tests_unit_test_capture_LDADD = $(UNIT_LDADD)
endif
