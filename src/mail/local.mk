libgenba_a_SOURCES += src/mail/library.c src/mail/library.h
