/* Inside SMB's dissector only: what both generations of the protocol share. */
#ifndef DISSECT_SMB_H
#define DISSECT_SMB_H

#include "dissect/dissect.h"

enum {
	SMB1_HEADER = 32, NTLMV1_RESPONSE = 24,
	SMB_KEY_NEGOTIATE = 0x10000,   /* asked in SMB 1, it may be answered in SMB 2 */
};

#define SMB_STATUS_MORE_PROCESSING 0xc0000016u

enum smb_waiting { SMB_NOTHING, SMB_CALLED, SMB_TREE, SMB_CREATE };

struct smb_state {
	uint16_t key;               /* of the request that waits for its answer … */
	uint16_t session_key;       /* of a session setup that waits */
	uint16_t revision;          /* of SMB 2 and 3 */
	uint8_t waiting;            /* … enum smb_waiting … */
	bool session_waits : 1;
	bool smb1 : 1;              /* the server answered in SMB 1 */
	bool plain : 1;             /* it wants passwords in clear */
	bool signing : 1;           /* it insists on signatures */
	char name[40];              /* … and what it is about */
};
_Static_assert(sizeof(struct smb_state) <= DISSECT_SCRATCH, "state of a session");


/* A request that waits for its answer. */
void smb_request(struct dissect *d, uint32_t key);
void smb_wait_session(struct dissect *d, struct smb_state *s, uint16_t key);
/* The share of a UNC path; a file or pipe that is opened, if that is worth telling. */
void smb_tree(struct dissect *d, struct smb_state *s, uint16_t key, const char *path);
void smb_create(struct dissect *d, struct smb_state *s, uint16_t key, const char *path, uint32_t access,
		uint32_t disposition);
/* The answer came. */
void smb_settle(struct dissect *d, struct smb_state *s, enum op_result result);
void smb_settle_session(struct dissect *d, struct smb_state *s, enum op_result result, bool guest);

/* A message of SMB 1, from its header on. */
enum dissect_result smb1_message(struct dissect *d, struct smb_state *s, struct cur c);

#endif
