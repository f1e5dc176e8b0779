libgenba_a_SOURCES += \
	src/capture/capture.c src/capture/capture.h \
	src/capture/digest.c \
	src/capture/filter.c \
	src/capture/format.c \
	src/capture/input.c \
	src/capture/reader.h
