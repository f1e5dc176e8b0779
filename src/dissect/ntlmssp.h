/*
 * NTLMSSP ([MS-NLMP]): what Windows says about itself while it logs on. SMB carries
 * it, and HTTP, LDAP, SMTP, IMAP, POP3, DCE/RPC, TDS and RDP do.
 */
#ifndef DISSECT_NTLMSSP_H
#define DISSECT_NTLMSSP_H

#include "dissect/dissect.h"

/*
 * Looks for a message in a token, bare or inside SPNEGO, and tells what it says of
 * its sender: a CHALLENGE of the server, the others of the client. Counts the frame
 * as "ntlmssp", so the caller lists that under .carries. False: none is there.
 */
bool ntlmssp_message(struct dissect *d, struct cur token);
/* The same for BASE64, as HTTP and mail have it; blanks in front are passed over. */
bool ntlmssp_base64(struct dissect *d, struct cur text);

/* "Windows 7 / Server 2008 R2 (6.1.7601)"; build 0: unknown. False where this is no Windows that there ever was. */
bool windows_version(unsigned major, unsigned minor, unsigned build, char *out, size_t size);

#endif
