/* Until src/mail has them. */
#include <string.h>

#include "mail/mail.h"

__attribute__((weak)) bool mail_address_check(const char *address, struct err *e)
{
	return strchr(address, '@') || err_set(e, "no address: %s", address);
}

__attribute__((weak)) bool mail_server_check(const struct mail_server *server, struct err *e)
{
	(void)server;
	(void)e;
	return true;
}
