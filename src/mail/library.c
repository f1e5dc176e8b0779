#include "mail/library.h"

#include <curl/curl.h>
#include <stdio.h>

const char *mail_library(void)
{
	static char name[64];
	snprintf(name, sizeof name, "libcurl %s", curl_version_info(CURLVERSION_NOW)->version);
	return name;
}
