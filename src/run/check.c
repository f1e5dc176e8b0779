/* genba run CONFIG --check: what would be done, and whether it can be. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/lang.h"
#include "run/private.h"

struct checking { const struct run_job *j; const struct run_config *c; int problems; };

static void problem(struct checking *k, const char *text)
{
	k->problems++;
	run_say(k->j, _("NO: %s"), text);
}

static char *parent_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? xasprintf("%.*s", slash > path ? (int)(slash - path) : 1, path) : xstrdup(".");
}

/* Can something be made in it? A folder that is missing is made, where its parent allows that. */
static void check_folder(struct checking *k, const char *what, const char *path)
{
	struct err why;
	struct stat st;
	if (stat(path, &st) == 0) {
		if (!S_ISDIR(st.st_mode))
			err_set(&why, _("%s: is no directory"), path);
		else if (access(path, W_OK | X_OK) != 0)
			(void)err_errno(&why, "%s", path);
		else
			run_say(k->j, _("%s: %s"), what, path);
		if (!S_ISDIR(st.st_mode) || access(path, W_OK | X_OK) != 0)
			problem(k, why.text);
		return;
	}
	char *parent = parent_of(path);
	if (access(parent, W_OK | X_OK) == 0) {
		run_say(k->j, _("%s: %s (will be made)"), what, path);
	} else {
		(void)err_errno(&why, "%s", parent);
		problem(k, why.text);
	}
	free(parent);
}

static void check_site(struct checking *k)
{
	struct err why;
	if (access(k->c->site, F_OK) != 0) {
		check_folder(k, _("site"), k->c->site);
	} else if (access(k->c->site, R_OK | W_OK) != 0) {
		(void)err_errno(&why, "%s", k->c->site);
		problem(k, why.text);
	} else {
		run_say(k->j, _("%s: %s"), _("site"), k->c->site);
	}
	char *folder = parent_of(k->c->site);
	/* SQLite's journal and the lock lie beside it. */
	if (access(k->c->site, F_OK) == 0 && access(folder, W_OK | X_OK) != 0) {
		(void)err_errno(&why, "%s", folder);
		problem(k, why.text);
	}
	free(folder);
}

static void no_interface(struct checking *k, const char *name)
{
	struct err why;
	err_set(&why, _("interface %s: there is none of this name"), name);
	problem(k, why.text);
}

static void check_interfaces(struct checking *k)
{
	char span[32];
	for (size_t i = 0; k->c->scan.interfaces[i]; i++) {
		const char *name = k->c->scan.interfaces[i];
		if (if_nametoindex(name))
			run_say(k->j, _("scan: would listen on %s for %s"), name, run_span(k->c->scan.duration, span));
		else
			no_interface(k, name);
	}
	if (geteuid() == 0)
		run_say(k->j, "%s", _("note: this is root; what a scan writes afterwards belongs to another user "
				      "(see NIGHTLY.md)"));
	if (k->c->scan.keep.directory)
		check_folder(k, _("kept captures"), k->c->scan.keep.directory);
}

static void check_files(struct checking *k)
{
	struct run_files f;
	struct err why;
	char span[32];
	if (!run_files(&k->c->scan, time(NULL), &f, &why)) {
		problem(k, why.text);
		return;
	}
	run_say(k->j, _("scan: would read %zu captures of the last %s (%lld MB)"), f.n,
		run_span(k->c->scan.duration, span), (long long)((f.bytes + 999999) / 1000000));
	for (size_t i = 0; i < f.n; i++) {
		if (access(f.paths[i], R_OK) != 0) {
			(void)err_errno(&why, "%s", f.paths[i]);
			problem(k, why.text);
		}
	}
	run_files_free(&f);
}

static void check_report(struct checking *k)
{
	struct err why;
	const struct run_report_config *r = &k->c->report;
	check_folder(k, _("report"), r->directory);
	if (r->templates && access(r->templates, R_OK | X_OK) != 0) {
		(void)err_errno(&why, "%s", r->templates);
		problem(k, why.text);
	}
}

static void check_mail(struct checking *k)
{
	const struct run_mail_config *m = &k->c->mail;
	struct err why;
	for (size_t i = 0; m->to[i]; i++)
		run_say(k->j, _("mail: would go to %s through %s (when: %s)"), m->to[i], m->server,
			run_when_names[m->when]);
	if (m->attach == RUN_ATTACH_REPORT)
		run_say(k->j, "%s", _("note: the report goes with the mail; it shows an attacker where to begin"));
	if (m->secret_file) {
		char *secret = mail_secret_read(m->secret_file, &why);
		if (!secret)
			problem(k, why.text);
		mail_secret_free(secret);
	}
	if (m->ca_file && access(m->ca_file, R_OK) != 0) {
		(void)err_errno(&why, "%s", m->ca_file);
		problem(k, why.text);
	}
	check_folder(k, _("spool"), m->spool);
	struct mail_list list;
	if (!mail_spool_list(m->spool, &list, &why)) {
		problem(k, why.text);
		return;
	}
	if (list.waiting || list.refused)
		run_say(k->j, _("spool: %zu mails wait, %zu were refused"), list.waiting, list.refused);
	mail_list_done(&list);
}

bool run_check(const struct run_job *j, struct err *e)
{
	struct checking k = { .j = j, .c = j->config };
	check_site(&k);
	if (k.c->scan.interfaces)
		check_interfaces(&k);
	else
		check_files(&k);
	if (k.c->report.made)
		check_report(&k);
	if (k.c->newest)
		run_say(j, k.c->monthly ? _("scans: the newest %d stay, and the first of each month")
					: _("scans: the newest %d stay"), k.c->newest);
	if (k.c->mail.sent)
		check_mail(&k);
	if (k.problems)
		return err_set(e, k.problems == 1 ? _("%s: one thing has to be put right first")
						  : _("%s: %d things have to be put right first"),
			       k.c->path, k.problems);
	return true;
}
