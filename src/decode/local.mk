libgenba_a_SOURCES += \
	src/decode/decode.c src/decode/decode.h \
	src/decode/fragment.c \
	src/decode/ip.c \
	src/decode/layer.h \
	src/decode/tunnel.c

EXTRA_DIST += tests/unit/frames.h tests/unit/kinds.h
if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_decode
TESTS += tests/unit/test_decode
tests_unit_test_decode_LDADD = $(UNIT_LDADD)
endif

if HAVE_CMOCKA
check_PROGRAMS += tests/corpus/test_frames
TESTS += tests/corpus/test_frames
tests_corpus_test_frames_LDADD = $(UNIT_LDADD)
endif
