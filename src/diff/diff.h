/*
 * What changed between two scans of a site, or between two site files: devices,
 * services, findings, the score. Plain structures, for the command and for the
 * report. What the later scan merely did not show is never called fixed or gone:
 * it is "not seen again", and why stands beside it.
 *
 * The lists are as long as what two scans hold, whose tables are capped.
 */
#ifndef DIFF_DIFF_H
#define DIFF_DIFF_H

#include "score/assess.h"

/* A device keeps its id in all scans of a site. 0: a second site file has it, and the first does not know it. */

enum diff_presence { DIFF_ABSENT, DIFF_SPOKEN_OF, DIFF_SEEN };   /* seen: it sent something */
extern const char *const diff_presence_names[];

enum diff_device_state {
	DIFF_DEVICE_NEW,         /* in no scan up to the earlier one */
	DIFF_DEVICE_RETURNED,    /* not in the earlier one, but in one before it */
	DIFF_DEVICE_GONE,        /* not seen again */
	DIFF_DEVICE_CHANGED,
	DIFF_DEVICE_STATES
};
extern const char *const diff_device_names[];    /* "new", "returned", "gone", "changed" */

/* Both sides known and different: a value that one scan did not show is no change. */
struct diff_value {
	const char *field;       /* "firmware"; addresses: "address", IPv4, separated by blanks */
	char *before, *now;
};

struct diff_device {
	enum diff_device_state state;
	int64_t id;
	char *label, *kind, *address;
	bool internet;           /* a public address */
	enum diff_presence before, now;
	bool watched;            /* gone: the later scan saw others in its network */
	int64_t last_seen;       /* returned: when the last scan began that had it */
	struct diff_value *values; size_t n_values;      /* changed */
};

enum diff_service_state {
	DIFF_SERVICE_NEW,
	DIFF_SERVICE_GONE,       /* not used any more, and the later scan could have shown it */
	DIFF_SERVICE_UNSEEN,     /* not seen again, which says nothing */
	DIFF_SERVICE_STATES
};
extern const char *const diff_service_names[];   /* "new", "gone", "not_seen_again" */

/* What a device serves. Services of devices that were not seen again are left out: the device says it. */
struct diff_service {
	enum diff_service_state state;
	int64_t device;
	char *label, *what;      /* "modbus tcp/502" */
	bool device_new;         /* new with its device */
	bool shown_before;       /* new: the earlier scan could have shown it */
};

/* A conversation, or a kind of command, that the earlier scan did not have. Guesses and name services left out. */
struct diff_link {
	int64_t device;          /* that is talked to, else that talks */
	char *label, *what, *from;
};

enum diff_finding_state {
	DIFF_FINDING_NEW,
	DIFF_FINDING_RETURNED,   /* an accepted risk whose last day has passed */
	DIFF_FINDING_REMAINING,
	DIFF_FINDING_FIXED,      /* the check passed, or saw the device and does not name it any more */
	DIFF_FINDING_UNSEEN,     /* not observed again: neither fixed nor remaining */
	DIFF_FINDING_STATES
};
extern const char *const diff_finding_names[];   /* "new", "returned", "remaining", "fixed", "not_observed_again" */

/* Why a scan cannot tell: of an unseen finding the later one, of a new finding the earlier one. */
enum diff_doubt {
	DIFF_DOUBT_NONE,
	DIFF_DOUBT_OUTCOME,      /* the check was not observable there, not applicable, or broke */
	DIFF_DOUBT_COVERAGE,     /* the scan shows too little: much less than the other one, or not enough to prove */
	DIFF_DOUBT_DEVICE,       /* the device was not there, or only its broadcasts were */
	DIFF_DOUBT_IDENTITY,     /* what the check looks at (its kind, its system) is not known of it there */
	DIFF_DOUBT_GUESS,        /* a guess still points to it */
	DIFF_DOUBT_CUT,          /* so many rows that the list was cut */
	DIFF_DOUBTS
};
extern const char *const diff_doubt_names[];
/* N_() English for people; give it to _(). */
extern const char *const diff_doubt_titles[];

struct diff_finding_device {
	int64_t device;          /* 0: the site as a whole, or a device that the first site file does not know */
	const char *name;        /* NULL: no device */
	enum diff_finding_state state;
	enum diff_doubt doubt;
	bool accepted;           /* an accepted risk, now */
	const char *expired;     /* returned: the last day of the exception */
};

struct diff_finding {
	const struct check_result *before, *now;
	/*
	 * Of the whole: new (it did not fail before), fixed (of every device), not observed again (of at least one);
	 * else returned or remaining, though a device may be new in it, or fixed.
	 */
	enum diff_finding_state state;
	enum diff_doubt doubt;   /* the first of its devices' */
	enum severity severity;  /* now where it is open, else before */
	bool accepted;           /* as a whole, now */
	struct diff_finding_device *devices; size_t n_devices;   /* by state */
	size_t count[DIFF_FINDING_STATES];
};

/* What an action brought whose findings are fixed: the score now, less the score with them back. */
struct diff_action {
	const char *id;
	const struct action *action;     /* NULL: not in the set */
	const struct diff_finding **findings; size_t n_findings;
	bool told;               /* false: its findings have new devices too, so that the gain cannot be told */
	double gain;
};

/* An answer that changed (two site files), or was given after the earlier scan (one: what it was is not kept). */
struct diff_answer {
	const struct assess_question *now;
	const struct assess_question *before;    /* NULL: not known */
};

/* Where the difference of S comes from; of N where there is no S. findings + coverage + answers = total. */
struct diff_score {
	bool comparable;         /* false: one side has S and the other has not */
	bool of_n;
	double before, now;
	double findings;         /* new, fixed, or with other devices */
	double coverage;         /* what only one of the scans could show, and what else follows from that */
	double answers;          /* two site files; 0 for one, whose answers now are used for both scans */
	bool answers_told;       /* false: answers changed since, and what S was with the earlier ones is not known */
};

struct diff {
	const struct assessment *before, *now;   /* score, parts, coverage at both */
	int64_t began[2];                        /* the scans' starts, ns */
	struct diff_device *devices; size_t n_devices;           /* by state, internet last, then id */
	struct diff_service *services; size_t n_services;        /* by state, then device */
	struct diff_link *conversations; size_t n_conversations;
	struct diff_link *operations; size_t n_operations;
	struct diff_finding *findings; size_t n_findings;        /* by state, then worst first */
	struct diff_action *actions; size_t n_actions;           /* most gain first */
	struct diff_answer *answers; size_t n_answers;
	struct diff_score score;
	struct diff_side *sides;                 /* the scans as they were read */
};

/*
 * Compare the scans of two assessments, each with its site file; both may be of the same file. With two files the
 * devices in the rows of `now` get the ids that the first file knows them by. Pointers inside point into the
 * assessments. On false, nothing is to be freed.
 */
bool diff_make(struct store *const stores[2], const struct assessment *before, struct assessment *now,
	       struct diff *out, struct err *e) MUST_CHECK;
void diff_free(struct diff *d);

/* Open at both, and more severe now. */
bool diff_is_worse(const struct diff_finding *f);
/* Is there nothing to tell: no device, service, finding, score or answer that changed? */
bool diff_is_empty(const struct diff *d);
/*
 * --fail-on: as check_fail_on() over the later scan, with what is new since the earlier one; and new:device, a device
 * that was in no scan before.
 */
bool diff_fail_on(const char *what, const struct diff *d, bool *met, struct err *e) MUST_CHECK;

#endif
