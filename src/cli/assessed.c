#include "cli/assessed.h"

#include <errno.h>
#include <stdio.h>

struct store *cli_assessed(const struct cli *c, struct assessment *a, struct err *e)
{
	struct store *s = store_open(cli_site(c), STORE_READ, e);
	if (!s)
		return NULL;
	if (!score_assess(s, 0, a, e)) {
		store_close(s);
		return NULL;
	}
	if (a->scan || a->answers.n_answered)
		return s;
	err_set(e, _("%s: no scan and no answers yet; run genba scan or genba ask first"), cli_site(c));
	score_assess_free(a);
	store_close(s);
	return NULL;
}

bool cli_write(struct buf *b, struct err *e)
{
	errno = 0;
	fwrite(b->data, 1, b->len, stdout);
	bool ok = fflush(stdout) == 0 && !ferror(stdout);
	buf_done(b);
	return ok || err_errno(e, _("cannot write the output"));
}
