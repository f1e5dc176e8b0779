/*
 * Compares what the program found with the truth about the made-up factory.
 *
 *     compare TRUTH.json DEVICES.json [OPERATIONS.json [CONVERSATIONS.json [FINDINGS.json]]]
 *
 * DEVICES.json is `genba devices --format json`, and so on; FINDINGS.json that of
 * `genba findings --all`. Prints what does not fit, and a last line "N passed, N failed, N skipped".
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static int passed, failed;

static void check(bool ok, const char *id, const char *what, const char *want, const char *got)
{
	if (ok) {
		passed++;
		return;
	}
	failed++;
	printf("FAILED: %s: %s: expected %s, got %s\n", id, what, want ? want : "nothing", got ? got : "nothing");
}

static const char *member(const json_t *o, const char *name)
{
	return json_string_value(json_object_get(o, name));
}

static bool holds(const json_t *array, const char *value)
{
	size_t i;
	json_t *item;
	json_array_foreach(array, i, item)
		if (json_string_value(item) && strcasecmp(json_string_value(item), value) == 0)
			return true;
	return false;
}

/* Does the text hold this one, whatever the case? */
static bool contains(const char *text, const char *part)
{
	size_t n = strlen(part);
	for (; text && strlen(text) >= n; text++)
		if (strncasecmp(text, part, n) == 0)
			return true;
	return false;
}

/* The device with this MAC or, for one without, this address; *count says how many there are. */
static json_t *find(const json_t *devices, const char *list, const char *value, int *count)
{
	size_t i;
	json_t *d, *found = NULL;
	*count = 0;
	json_array_foreach(devices, i, d)
		if (holds(json_object_get(d, list), value)) {
			found = found ? found : d;
			(*count)++;
		}
	return found;
}

static void device(const json_t *devices, const json_t *want)
{
	static const char *const texts[] = { "vendor", "name", "model", "firmware", "serial", "os" };
	const char *id = member(want, "id"), *mac = json_string_value(json_array_get(json_object_get(want, "macs"), 0));
	const char *ip = json_string_value(json_array_get(json_object_get(want, "ipv4"), 0));
	int count;
	json_t *got = mac ? find(devices, "macs", mac, &count) : find(devices, "ipv4", ip, &count);
	char times[20];
	snprintf(times, sizeof times, "%d", count);
	check(count == 1, id, "devices in the inventory", "1", times);
	if (!got)
		return;
	size_t i;
	json_t *address;
	json_array_foreach(json_object_get(want, "ipv4"), i, address)
		check(holds(json_object_get(got, "ipv4"), json_string_value(address)), id, "address",
		      json_string_value(address), NULL);
	if (member(want, "kind"))
		check(member(got, "kind") && strcmp(member(got, "kind"), member(want, "kind")) == 0, id, "kind",
		      member(want, "kind"), member(got, "kind"));
	for (i = 0; i < sizeof texts / sizeof *texts; i++)
		if (member(want, texts[i]))
			check(contains(member(got, texts[i]), member(want, texts[i])), id, texts[i],
			      member(want, texts[i]), member(got, texts[i]));
	if (member(want, "hostname"))
		check(holds(json_object_get(got, "hostnames"), member(want, "hostname")), id, "hostname",
		      member(want, "hostname"), json_string_value(json_array_get(json_object_get(got, "hostnames"), 0)));
	json_int_t vlan = json_integer_value(json_object_get(want, "vlan"));
	bool in = vlan == 0;
	json_array_foreach(json_object_get(got, "vlans"), i, address)
		in = in || json_integer_value(address) == vlan;
	check(in, id, "VLAN", "its own", NULL);
}

/* Is this the device that has the address? */
static bool is(const json_t *devices, const json_t *id, const char *address)
{
	size_t i;
	json_t *d;
	json_array_foreach(devices, i, d)
		if (json_equal(json_object_get(d, "id"), id))
			return holds(json_object_get(d, "ipv4"), address);
	return false;
}

/*
 * Every command of the truth is in the list, with its two ends, its class and its
 * count; so is every weakness, which has a name instead.
 */
static void operation(const json_t *devices, const json_t *truth, const json_t *rows, size_t at, const char *what)
{
	const char *keys[] = { "client", "server", "protocol", what };
	const json_t *want = json_array_get(truth, at);
	json_int_t wanted = 0, seen = 0;
	size_t i, k;
	json_t *o;
	bool frame = false;
	json_array_foreach(truth, i, o) {
		for (k = 0; k < 4 && strcmp(member(o, keys[k]), member(want, keys[k])) == 0; k++)
			;
		if (k == 4 && i < at)
			return;          /* counted with the first of its like */
		wanted += k == 4;
	}
	json_array_foreach(rows, i, o)
		if (member(o, what) && strcmp(member(o, what), member(want, what)) == 0 &&
		    member(o, "protocol") && strcmp(member(o, "protocol"), member(want, "protocol")) == 0 &&
		    is(devices, json_object_get(o, "client_id"), member(want, "client")) &&
		    is(devices, json_object_get(o, "server_id"), member(want, "server"))) {
			seen += json_integer_value(json_object_get(o, "count"));
			frame = frame || json_equal(json_object_get(o, "frame"), json_object_get(want, "request")) ||
				json_equal(json_object_get(o, "frame"), json_object_get(want, "frame")) ||
				json_equal(json_object_get(o, "peer_frame"), json_object_get(want, "frame"));
		}
	char id[200], a[20], b[20];
	snprintf(id, sizeof id, "%s → %s %s", member(want, "client"), member(want, "server"), member(want, "protocol"));
	snprintf(a, sizeof a, "%d", (int)wanted);
	snprintf(b, sizeof b, "%d", (int)seen);
	check(seen >= wanted, id, member(want, what), a, b);
	snprintf(a, sizeof a, "frame %d", (int)json_integer_value(json_object_get(want, "frame")));
	check(frame, id, member(want, what), a, "others");
}

/* Somebody inside talked with an address outside. */
static void outside(const json_t *devices, const json_t *want, const json_t *rows)
{
	size_t i;
	json_t *o;
	bool found = false;
	json_array_foreach(rows, i, o)
		found = found || (is(devices, json_object_get(o, "client_id"), member(want, "client")) &&
				  is(devices, json_object_get(o, "server_id"), member(want, "address")) &&
				  json_equal(json_object_get(o, "port"), json_object_get(want, "port")));
	check(found, member(want, "client"), "conversation with", member(want, "address"), NULL);
}

/* The truth's name of a device; "site" for none, NULL for one that the truth does not know. */
static const char *subject(const json_t *truth, const json_t *devices, const json_t *id)
{
	size_t i, k;
	json_t *d, *t, *address, *one = NULL;
	if (!json_is_integer(id))
		return "site";
	json_array_foreach(devices, i, d)
		if (json_equal(json_object_get(d, "id"), id))
			one = d;
	json_array_foreach(json_object_get(truth, "devices"), i, t) {
		const char *list = json_array_size(json_object_get(t, "macs")) ? "macs" : "ipv4";
		json_array_foreach(json_object_get(t, list), k, address)
			if (holds(json_object_get(one, list), json_string_value(address)))
				return member(t, "id");
	}
	return NULL;
}

enum { ABSENT, CANDIDATE, SURE };
static const char *const sure_names[] = { "nothing", "a candidate", "a finding" };

/* What the check says of the device, and whether it is shown by this frame (if not 0). */
static int verdict(const json_t *truth, const json_t *devices, const json_t *result, const char *who, json_int_t frame,
		   bool *shown)
{
	int found = ABSENT;
	size_t i;
	json_t *row;
	*shown = frame == 0;
	json_array_foreach(json_object_get(result, "rows"), i, row) {
		const char *id = subject(truth, devices, json_object_get(row, "device"));
		if (!id || strcmp(id, who) != 0)
			continue;
		if (!json_is_true(json_object_get(row, "candidate")))
			found = SURE;
		else if (found == ABSENT)
			found = CANDIDATE;
		*shown = *shown || json_integer_value(json_object_get(row, "frame")) == frame ||
			 json_integer_value(json_object_get(row, "peer_frame")) == frame;
	}
	return found;
}

static const json_t *deserved(const json_t *truth, const char *check_id, const char *who)
{
	size_t i;
	json_t *f;
	json_array_foreach(json_object_get(truth, "findings"), i, f)
		if (strcmp(member(f, "check"), check_id) == 0 && who && strcmp(member(f, "subject"), who) == 0)
			return f;
	return NULL;
}

static int rank(const char *severity)
{
	static const char *const names[] = { "info", "low", "medium", "high", "critical" };
	int i = 0;
	while (i < 4 && strcmp(names[i], severity) != 0)
		i++;
	return i;
}

/* Exactly the findings of the truth, each about its devices and shown by its frame. */
static void findings(const json_t *truth, const json_t *devices, const json_t *results)
{
	const char *worst = member(truth, "worst");
	size_t i, k;
	json_t *want, *r, *row;
	char id[200], a[30];
	bool shown;
	json_array_foreach(json_object_get(truth, "findings"), i, want) {
		json_int_t frame = json_integer_value(json_object_get(want, "frame"));
		int should = json_is_true(json_object_get(want, "candidate")) ? CANDIDATE : SURE, is_there = ABSENT;
		shown = true;
		json_array_foreach(results, k, r)
			if (strcmp(member(r, "id"), member(want, "check")) == 0)
				is_there = verdict(truth, devices, r, member(want, "subject"), frame, &shown);
		snprintf(id, sizeof id, "%s of %s", member(want, "check"), member(want, "subject"));
		check(is_there == should, id, "the verdict", sure_names[should], sure_names[is_there]);
		snprintf(a, sizeof a, "frame %d", (int)frame);
		check(shown || is_there == ABSENT, id, "the evidence", a, "others");
	}
	json_array_foreach(results, i, r) {
		check(strcmp(member(r, "outcome"), "error") != 0, member(r, "id"), "outcome", NULL, "error");
		if (worst && strcmp(member(r, "outcome"), "fail") == 0)
			check(rank(member(r, "severity")) <= rank(worst), member(r, "id"), "severity at most", worst, member(r, "severity"));
		json_array_foreach(json_object_get(r, "rows"), k, row) {
			const char *who = subject(truth, devices, json_object_get(row, "device"));
			const char *name = who ? who : member(row, "device_name");
			snprintf(id, sizeof id, "%s of %s", member(r, "id"), name ? name : "nobody");
			if (!deserved(truth, member(r, "id"), who))
				check(false, id, "the verdict", NULL, json_is_true(json_object_get(row, "candidate")) ?
				      sure_names[CANDIDATE] : member(row, "detail"));
		}
	}
}

static json_t *load(const char *path)
{
	json_error_t e;
	json_t *j = json_load_file(path, 0, &e);
	if (!j)
		printf("FAILED: %s:%d: %s\n", path, e.line, e.text);
	return j;
}

int main(int argc, char **argv)
{
	json_t *truth = argc > 2 ? load(argv[1]) : NULL, *devices = truth ? load(argv[2]) : NULL;
	if (!devices)
		return 2;
	size_t i;
	json_t *d, *want = json_object_get(truth, "devices");
	json_array_foreach(want, i, d)
		device(json_object_get(devices, "devices"), d);
	json_t *list = json_object_get(devices, "devices");
	if (argc > 3) {
		static const char *const sorts[][2] = { { "operations", "class" }, { "weaknesses", "name" } };
		json_t *operations = load(argv[3]);
		for (size_t k = 0; k < 2; k++) {
			want = json_object_get(truth, sorts[k][0]);
			for (i = 0; i < json_array_size(want); i++)
				operation(list, want, json_object_get(operations, "operations"), i, sorts[k][1]);
		}
		json_decref(operations);
	}
	if (argc > 4) {
		json_t *conversations = load(argv[4]);
		json_array_foreach(json_object_get(truth, "outside"), i, d)
			outside(list, d, json_object_get(conversations, "conversations"));
		json_decref(conversations);
	}
	if (argc > 5) {
		json_t *results = load(argv[5]);
		findings(truth, list, json_object_get(results, "findings"));
		json_decref(results);
	}
	json_decref(truth);
	json_decref(devices);
	printf("%d passed, %d failed, 0 skipped\n", passed, failed);
	return failed != 0;
}
