#ifndef MAIL_LIBRARY_H
#define MAIL_LIBRARY_H

/* "libcurl 7.88.1" */
const char *mail_library(void);

#endif
