# src/mail: messages, the spool they wait in, and SMTP through libcurl; knows nothing of scans
libgenba_a_SOURCES += src/mail/mail.h src/mail/private.h src/mail/encode.c src/mail/message.c \
	src/mail/state.c src/mail/box.c src/mail/spool.c src/mail/secret.c src/mail/smtp.c
