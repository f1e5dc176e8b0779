# src/mail: messages, the spool they wait in, and SMTP through libcurl; knows nothing of scans
libgenba_a_SOURCES += src/mail/mail.h
