/* What the screens about answers share: how an answer is called, what the wire says of it, and whether it is due again. */
#ifndef TUI_ANSWERING_H
#define TUI_ANSWERING_H

#include "tui/tui.h"

enum tui_wire {
	WIRE_NO_SCAN,            /* nothing was measured */
	WIRE_NO_CHECK,           /* packets cannot tell */
	WIRE_UNSEEN,             /* they could, but not in this capture */
	WIRE_NOTHING,            /* looked for what would contradict, and found none */
	WIRE_FITS,               /* a finding is about this, but does not contradict */
	WIRE_CONFIRMED,
	WIRE_CONTRADICTED
};
/* *by: the check result it rests on, NULL where there is none. */
enum tui_wire tui_wire_of(const struct assessment *a, const struct assess_question *q, const struct check_result **by);
/* "3", "don't know", … in few columns. */
const char *tui_level_name(int level);
/* "president" as the questionnaire words it; NULL: not answered. */
const char *tui_profile_value(const struct profile_question *p, const struct answers *a);
/* Somebody said this: not made up for a shop without a network. */
bool tui_answer_given(const struct answer *a);
/* Worth another look: not answered, "don't know", older than a year, or contradicted by a scan that is newer. */
bool tui_answer_due(const struct assessment *a, const struct assess_question *q);
/* A row of evidence in one line, "name: what was seen [capture, frame 12]"; to be freed. */
char *tui_evidence(const struct finding_row *r);

#endif
