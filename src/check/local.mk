libgenba_a_SOURCES += \
	src/check/check.h src/check/private.h \
	src/check/fail_on.c \
	src/check/lint.c \
	src/check/load.c \
	src/check/run.c
