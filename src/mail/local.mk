# src/mail: messages, the spool they wait in, and SMTP through libcurl; knows nothing of scans
libgenba_a_SOURCES += src/mail/mail.h src/mail/private.h src/mail/encode.c src/mail/message.c \
	src/mail/state.c src/mail/box.c src/mail/spool.c src/mail/secret.c src/mail/smtp.c

# Drives the module for the scripts below.
check_PROGRAMS += tests/mail_drive
tests_mail_drive_LDADD = $(GENBA_LIBS)
dist_check_SCRIPTS += tests/mail.sh tests/mail_tls.sh
TESTS += tests/mail.sh tests/mail_tls.sh
EXTRA_DIST += tests/mail_parse.py tests/mail_server.py
if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_mail
TESTS += tests/unit/test_mail
tests_unit_test_mail_LDADD = $(UNIT_LDADD)
endif
