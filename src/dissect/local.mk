# The protocols. A dissector is one file src/dissect/NAME.c that defines
# `const struct dissector dissect_NAME`, and one word here.
DISSECTORS =

libgenba_a_SOURCES += src/dissect/dissect.h
