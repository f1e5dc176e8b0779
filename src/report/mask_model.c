/* What of a scan has to be masked, and where in the model it stands. */
#include "report/mask.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "score/assess.h"
#include "store/store.h"

/* ---- learning ---- */

static bool learn_row(void *data, const struct store_row *row)
{
	for (int i = 0; i < row->n; i++) {
		static const struct { const char *column; enum mask_kind kind; } kinds[] = {
			{ "device", MASK_DEVICE }, { "serial", MASK_SERIAL }, { "place", MASK_PLACE }, { "zone", MASK_ZONE },
			{ "site", MASK_SITE }, { "person", MASK_PERSON }, { "file", MASK_FILE },
		};
		const char *name = row->names[i], *text = row->values[i].text;
		if (strcmp(name, "keep") == 0)
			mask_keep(data, text);
		else if (strcmp(name, "detail") == 0)
			mask_learn_detail(data, text);
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
			if (strcmp(name, kinds[k].column) == 0)
				mask_learn(data, kinds[k].kind, text);
	}
	return true;
}

/* The columns' names say what they hold. In this order: what is learnt first counts. */
static const char *const queries[] = {
	"SELECT serial FROM v_device WHERE serial IS NOT NULL ORDER BY 1",
	"SELECT DISTINCT value AS serial FROM v_evidence WHERE field = 'serial' ORDER BY 1",
	"SELECT DISTINCT value AS keep FROM v_evidence WHERE field IN ('vendor', 'model', 'firmware', 'hardware', 'os', 'kind',"
	" 'mode', 'role') ORDER BY 1",
	"SELECT vendor AS keep, mac_vendor AS keep, model AS keep, os AS keep, firmware AS keep, hardware AS keep, mode AS keep"
	" FROM v_device ORDER BY id",
	"SELECT DISTINCT name AS keep FROM v_protocol ORDER BY 1",
	"SELECT DISTINCT protocol AS keep, name AS keep, class AS keep FROM v_operation ORDER BY 1, 2, 3",
	"SELECT DISTINCT name AS keep FROM v_weakness ORDER BY 1",
	"SELECT DISTINCT kind AS keep FROM v_device ORDER BY 1",
	"SELECT name AS device, listed_name AS device, owner AS person FROM v_device ORDER BY id",
	"SELECT name AS device, owner AS person, mac AS device FROM v_listed ORDER BY id",
	"SELECT DISTINCT value AS device FROM v_evidence WHERE field IN ('hostname', 'name') ORDER BY 1",
	"SELECT label AS device FROM v_device ORDER BY id",
	"SELECT DISTINCT address AS device FROM v_address WHERE type = 'mac' ORDER BY 1",
	"SELECT name AS zone FROM v_zone WHERE declared = 1 AND name <> 'internet' ORDER BY 1",
	"SELECT name AS file FROM v_file ORDER BY 1",
	"SELECT operator AS person, authorised_by AS person, point AS place FROM v_scan",
	"SELECT DISTINCT value AS place FROM v_evidence WHERE field IN ('location', 'description') ORDER BY 1",
	"SELECT DISTINCT detail FROM v_operation UNION SELECT DISTINCT detail FROM v_weakness"
	" UNION SELECT DISTINCT detail FROM v_relay ORDER BY 1",
};

static bool learn_answer(void *data, const struct store_answer *a)
{
	mask_learn(data, MASK_PERSON, a->respondent);
	return true;
}

static bool learn_exception(void *data, const struct store_exception *x)
{
	mask_learn(data, MASK_PERSON, x->approver);
	return true;
}

bool report_mask_learn(struct mask *m, struct store *s, int64_t scan, struct err *e)
{
	static const char *const house[] = { "internet", "office", "operations", "control", "unknown" };
	for (size_t i = 0; i < sizeof(house) / sizeof(house[0]); i++)
		mask_keep(m, house[i]);
	for (size_t i = 0; scan && i < sizeof(queries) / sizeof(queries[0]); i++)
		if (!store_select(s, scan, queries[i], NULL, learn_row, m, e))
			return false;
	char *name = store_setting_get(s, "name");
	mask_learn(m, MASK_SITE, name);
	free(name);
	return store_answers(s, learn_answer, m, e) && store_exceptions(s, learn_exception, m, e);
}

struct mask *report_mask_new(struct store *s, int64_t scan, struct err *e)
{
	unsigned char key[STORE_MASK_KEY];
	if (!store_mask_key(s, key, e))
		return NULL;
	struct mask *m = mask_new(key, sizeof(key));
	if (report_mask_learn(m, s, scan, e))
		return m;
	mask_free(m);
	return NULL;
}

/* ---- the model ---- */

enum { CUT = 990 };   /* bytes of a text that may have been cut */

enum how { TEXT, DETAIL, WHOLE, FREE, GONE, STAYS };

/* How a string is masked, by its key; every other one is a text. */
static const struct {
	const char *key;
	enum how how;
	enum mask_kind kind;
} fields[] = {
	/* the program's own, the same in every factory */
	{ "en", STAYS, 0 }, { "ja", STAYS, 0 }, { "schema", STAYS, 0 }, { "version", STAYS, 0 }, { "tool", STAYS, 0 },
	{ "id", STAYS, 0 }, { "check", STAYS, 0 }, { "question", STAYS, 0 }, { "severity", STAYS, 0 },
	{ "category", STAYS, 0 }, { "subject", STAYS, 0 }, { "action", STAYS, 0 }, { "maps", STAYS, 0 },
	{ "confidence", STAYS, 0 }, { "protocol", STAYS, 0 }, { "transport", STAYS, 0 }, { "kind", STAYS, 0 },
	{ "class", STAYS, 0 }, { "weaknesses", STAYS, 0 }, { "timezone", STAYS, 0 }, { "state", STAYS, 0 },
	{ "result", STAYS, 0 }, { "mapping", STAYS, 0 }, { "domain", STAYS, 0 }, { "mode", STAYS, 0 },
	{ "source", STAYS, 0 }, { "wire", STAYS, 0 }, { "outcome", STAYS, 0 }, { "doubt", STAYS, 0 }, { "field", STAYS, 0 },
	{ "presence", STAYS, 0 }, { "severity_before", STAYS, 0 }, { "grade", STAYS, 0 },
	/* times have the look of IPv6 addresses */
	{ "generated", STAYS, 0 }, { "started", STAYS, 0 }, { "finished", STAYS, 0 }, { "first", STAYS, 0 },
	{ "last", STAYS, 0 }, { "first_seen", STAYS, 0 }, { "last_seen", STAYS, 0 }, { "when", STAYS, 0 },
	{ "expires", STAYS, 0 }, { "expired", STAYS, 0 }, { "captured", STAYS, 0 },
	/* names */
	{ "label", WHOLE, MASK_DEVICE }, { "device_name", WHOLE, MASK_DEVICE }, { "client_name", WHOLE, MASK_DEVICE },
	{ "server_name", WHOLE, MASK_DEVICE }, { "device_a", WHOLE, MASK_DEVICE }, { "device_b", WHOLE, MASK_DEVICE },
	{ "listed_name", WHOLE, MASK_DEVICE }, { "serial", WHOLE, MASK_SERIAL }, { "file", WHOLE, MASK_FILE },
	{ "interface", WHOLE, MASK_FILE }, { "operator", WHOLE, MASK_PERSON }, { "authorised_by", WHOLE, MASK_PERSON },
	{ "approver", WHOLE, MASK_PERSON }, { "respondent", WHOLE, MASK_PERSON }, { "owner", WHOLE, MASK_PERSON },
	/* from the wire, in the words of our dissectors */
	{ "detail", DETAIL, 0 }, { "relays", DETAIL, 0 },
	/* people's own words; what tells the captures apart */
	{ "point", FREE, 0 }, { "note", FREE, 0 }, { "plan", FREE, 0 }, { "evidence", FREE, 0 }, { "digest", GONE, 0 },
	/* a filter of pseudonyms finds nothing */
	{ "filter", GONE, 0 },
};

/* Parts of the model that hold nothing of the wire and nothing that people wrote. */
static const char *const ours[] = {
	"tool", "score", "score_without_accepted", "coverage", "outcomes", "severities", "domains", "answered", "unknowns",
	"charts", "actions", "data_actions", "roadmaps", "counters",
};

/* The same key means other things here: "section/key". */
static const struct {
	const char *section, *key;
	enum how how;
	enum mask_kind kind;
} special[] = {
	{ "site", "name", WHOLE, MASK_SITE }, { "devices", "name", WHOLE, MASK_DEVICE }, { "files", "name", WHOLE, MASK_FILE },
	{ "questions", "reason", FREE, 0 }, { "exceptions", "reason", FREE, 0 },
	{ "operations", "name", STAYS, 0 }, { "weaknesses", "name", STAYS, 0 },
	{ "devices", "vendor", STAYS, 0 }, { "left_out", "reason", FREE, 0 },
};

static json_t *masked(const struct mask *m, const char *section, const char *key, const char *text)
{
	enum how how = TEXT;
	enum mask_kind kind = MASK_WORD;
	bool found = false;
	for (size_t i = 0; !found && i < sizeof(special) / sizeof(special[0]); i++)
		if (strcmp(special[i].key, key) == 0 && strcmp(special[i].section, section) == 0) {
			how = special[i].how;
			kind = special[i].kind;
			found = true;
		}
	for (size_t i = 0; !found && i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strcmp(fields[i].key, key) == 0) {
			how = fields[i].how;
			kind = fields[i].kind;
			found = true;
		}
	if (how == GONE)
		return json_null();
	if (how == STAYS || !*text)
		return json_string(text);
	if (how == FREE)
		return json_string(MASK_FREE);
	char *whole = xstrdup(text), *comma = strlen(text) >= CUT ? strrchr(whole, ',') : NULL;
	/* What a check found was cut at its end, perhaps in a name. */
	if (comma)
		*comma = '\0';
	text = whole;
	char *shown = how == WHOLE ? mask_whole(m, kind, text) : how == DETAIL ? mask_detail(m, text) : mask_text(m, text);
	json_t *out = json_string(shown);
	free(shown);
	free(whole);
	return out;
}

static void walk(const struct mask *m, json_t *v, const char *section, const char *key);

static json_t *masked_value(const struct mask *m, json_t *v, const char *section, const char *key)
{
	if (json_is_string(v))
		return masked(m, section, key, json_string_value(v));
	walk(m, v, section, key);
	return json_incref(v);
}

/* section: the member of the model that this lies in; key: that of the object it lies in. */
static void walk(const struct mask *m, json_t *v, const char *section, const char *key)
{
	size_t i;
	const char *name;
	json_t *x;
	void *next;
	for (size_t k = 0; k < sizeof(ours) / sizeof(ours[0]); k++)
		if (strcmp(section, ours[k]) == 0)
			return;
	if (strcmp(key, "maps") == 0)
		return;
	json_array_foreach(v, i, x)
		json_array_set_new(v, i, masked_value(m, x, section, key));
	json_object_foreach_safe(v, next, name, x)
		json_object_set_new(v, name, masked_value(m, x, *section ? section : name, name));
}

/* A choice of the questionnaire stays, and a number; what people wrote does not. */
static void mask_profile(json_t *list)
{
	size_t i;
	json_t *o;
	json_array_foreach(list, i, o) {
		const char *value = json_string_value(json_object_get(o, "value"));
		if (value && !json_is_object(json_object_get(o, "value_text")))
			json_object_set_new(o, "value", json_string(MASK_FREE));
	}
}

/* Who does it, where the site wrote its own figures. */
static void mask_who(json_t *list)
{
	size_t i;
	json_t *o;
	json_array_foreach(list, i, o)
		if (json_is_true(json_object_get(o, "adapted")))
			json_object_set_new(o, "who", json_pack("{s:s, s:s}", "en", MASK_FREE, "ja", MASK_FREE));
}

void report_mask(json_t *model, const struct mask *m)
{
	walk(m, model, "", "");
	mask_profile(json_object_get(model, "profile"));
	mask_who(json_object_get(model, "actions"));
	mask_who(json_object_get(model, "data_actions"));
	json_object_set_new(model, "masked", json_true());
}

bool report_mask_all(json_t *model, struct store *s, int64_t scan, struct err *e)
{
	struct mask *m = report_mask_new(s, scan, e);
	int64_t before = score_previous_scan(s, scan);
	bool ok = m && (!before || report_mask_learn(m, s, before, e));
	if (ok)
		report_mask(model, m);
	mask_free(m);
	return ok;
}
