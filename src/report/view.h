/* Building blocks of the view, shared by its source files only. */
#ifndef REPORT_VIEW_H
#define REPORT_VIEW_H

#include "report/build.h"
#include "report/report.h"

enum {
	VIEW_ROWS = 12,          /* rows of evidence shown under one finding */
	VIEW_DEVICES = 300,
	VIEW_CONDUITS = 40,
	VIEW_SILENCES = 5,
};

struct view {
	const json_t *model;
	const json_t *strings;   /* {key: {en, ja}} */
	const struct report_options *o;
	const char *lang;        /* "en", "ja" */
	json_t *root;            /* what is being made */
	json_t *contents;        /* the chapters so far */
};

/* ---- reading the model; what is absent is "", 0, false, an empty list ---- */
const char *get_text(const json_t *o, const char *key);
double get_real(const json_t *o, const char *key);
int64_t get_int(const json_t *o, const char *key);
bool get_bool(const json_t *o, const char *key);
bool get_set(const json_t *o, const char *key);      /* there, and not null */
const json_t *get_list(const json_t *o, const char *key);
/* The {en, ja} under key, in the report's language. */
const char *get_text2(const struct view *v, const json_t *o, const char *key);

/* ---- writing the view ---- */
void put_text(json_t *o, const char *key, const char *value);
void put_format(json_t *o, const char *key, const char *format, ...) __attribute__((format(printf, 3, 4)));
void put_bool(json_t *o, const char *key, bool value);
/* A coordinate, in tenths at most. */
void put_number(json_t *o, const char *key, double value);

/* ---- strings ---- */
/* reports/strings.yaml in the report's language. Borrowed; a missing key shows as itself. */
const char *view_string(const struct view *v, const char *key);
/* The string "<prefix>_<name>", or name where there is none. */
const char *view_name(const struct view *v, const char *prefix, const char *name);
/*
 * Set o[key] to the string with {names} replaced: pairs of name and value (both const char *), ended by NULL.
 */
void put_string(const struct view *v, json_t *o, const char *key, const char *string, ...)
	__attribute__((sentinel));

/*
 * Times are the site's: its clock's zone is the process's between these two. What the first returns goes to the second.
 */
char *view_zone_enter(const json_t *model);
void view_zone_leave(char *before);

/* All strings in the report's language under "s", for the templates. */
void view_put_strings(struct view *v);

/* ---- numbers and times; out is returned ---- */
enum { VIEW_TEXT = 160, VIEW_NAME = 56 };     /* bytes of a formatted text; columns of a name */
char *view_int(int64_t n, char *out);                                        /* 12,345 */
char *view_real(double n, int digits, char *out);
char *view_percent(double share, char *out);                                 /* 0.256 → 26 */
char *view_time(const struct view *v, const char *rfc3339, char *out);       /* in the site's time zone */
char *view_stamp(const char *rfc3339, char *out);                             /* 2024-05-13 09:00, there too */
char *view_date(const struct view *v, const char *rfc3339, char *out);
/* Since 1970, 0 where there is no time; and such a time as "9:05", with the day where it matters. */
double view_seconds(const char *rfc3339);
char *view_clock(const struct view *v, double seconds, bool with_day, char *out);
char *view_yen(const struct view *v, int64_t low, int64_t high, char *out);
/* Of a time on the wire: hours from one on, minutes below. */
char *view_duration(const struct view *v, double hours, char *out);
char *view_hours(const struct view *v, double low, double high, char *out);
/* Cut to so many columns, with … */
char *view_cut(const char *s, int columns, char *out);

/*
 * A chapter: {number, id, title, …} under its id in the view, and a line in the contents. NULL when this reader does
 * not get it (bits of 1 << enum report_audience).
 */
enum {
	FOR_ALL = 1 << REPORT_ALL, FOR_PRESIDENT = 1 << REPORT_PRESIDENT, FOR_ENGINEER = 1 << REPORT_ENGINEER,
	FOR_CUSTOMER = 1 << REPORT_CUSTOMER,
};
json_t *view_chapter(struct view *v, const char *id, const char *title, unsigned readers);

/*
 * where "capture.pcap #17", where_short "#17", filter "frame.number == 17" of a row with file, frame, peer_frame; around:
 * the filter of its conversation.
 */
void put_evidence(const struct view *v, json_t *o, const json_t *row);
/* May this reader see the grade? */
/* A name from the wire: at most VIEW_NAME columns of it. */
void put_name(json_t *o, const char *key, const char *name);
/* Text for a string in CSS: whatever is not a plain letter or digit as its number. */
void put_css(json_t *o, const char *key, const char *text);
/* A row of evidence: device and text, and both in one line that names the device once. */
void put_row_text(const struct view *v, json_t *o, const json_t *row);
/* The string that says how many of what a check looked at are affected. */
const char *view_affected(const json_t *finding);
/* The action in full, not its interim measure, with this id; NULL when the plan has none. */
const json_t *view_action(const struct view *v, const char *id);
/* maps "IEC 62443 SR 1.1; …" of a finding's maps; reasons and after of an action, "" where this reader gets none. */
void put_maps(const struct view *v, json_t *o, const json_t *maps);
void put_reasons(const struct view *v, json_t *o, const json_t *action);
void put_after(const struct view *v, json_t *o, const json_t *action);
/* What is to be said of an answer beside its level: it differs, a record was shown, … or "". */
const char *view_answer_mark(const struct view *v, const json_t *question);
/* A proposed zone is named in English by what it is and its network: the first word in the reader's language. */
const char *view_zone(const struct view *v, const char *name, char *out);
bool view_grade_shown(const struct view *v);

/* ---- the chapters, in order ---- */
void view_cover(struct view *v);
void view_summary(struct view *v);
void view_changes(struct view *v);
void view_contradictions(struct view *v);
void view_voices(struct view *v);
void view_plan(struct view *v);
void view_domains(struct view *v);
void view_findings(struct view *v);
void view_devices(struct view *v);
void view_conduits(struct view *v);
void view_limits(struct view *v);
void view_exceptions(struct view *v);
void view_requirements(struct view *v);
void view_details(struct view *v);
void view_answers(struct view *v);
void view_method(struct view *v);

/* ---- format.c ---- */
/* A model through its view and the template of this name, printed where a PDF is asked for; as JSON. */
typedef json_t *view_of_fn(const json_t *model, json_t *strings, const struct report_options *o);
bool report_place(const char *template, view_of_fn *view_of, const json_t *model, const struct report_options *o,
		  struct buf *out, struct err *e) MUST_CHECK;
bool report_json(const json_t *model, struct buf *out, struct err *e) MUST_CHECK;

/* ---- the drawings: objects of coordinates ---- */
void draw_scale(struct view *v, json_t *chapter);
void draw_domains(struct view *v, json_t *chapter);
void draw_forecast(struct view *v, json_t *chapter);
void draw_map(struct view *v, json_t *chapter);
void draw_timeline(struct view *v, json_t *chapter);
void draw_protocols(struct view *v, json_t *chapter);
void draw_zones(struct view *v, json_t *chapter);
void draw_trend(struct view *v, json_t *chapter);
/* Lines at the limits of the grades in a chart whose 0 lies at base and whose 100 lies tall above it. */
void draw_grades(json_t *lines, double base, double tall, bool named);

#endif
