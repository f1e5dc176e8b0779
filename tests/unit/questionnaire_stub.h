/* Stands in for src/questionnaire until that is there: weak, so that the real one wins. */
__attribute__((weak)) const double domain_weights[] = { 9, 7, 14, 11, 9, 4, 0 };
__attribute__((weak)) bool questionnaire_load(const char *folder, struct questionnaire *q, struct err *e)
{
	(void)folder;
	(void)q;
	return err_set(e, "no questionnaire");
}
__attribute__((weak)) void questionnaire_free(struct questionnaire *q)
{
	(void)q;
}
__attribute__((weak)) const struct question *questionnaire_find(const struct questionnaire *q, const char *id)
{
	(void)q;
	(void)id;
	return NULL;
}
__attribute__((weak)) bool answers_load(const struct questionnaire *q, struct store *s, struct answers *out,
					struct err *e)
{
	(void)q;
	(void)s;
	(void)out;
	return err_set(e, "no answers");
}
__attribute__((weak)) void answers_free(struct answers *a)
{
	(void)a;
}
__attribute__((weak)) struct store_checks *store_checks_open(struct store *s, int64_t scan, struct err *e)
{
	(void)s;
	(void)scan;
	err_set(e, "no store");
	return NULL;
}
__attribute__((weak)) void store_checks_close(struct store_checks *c)
{
	(void)c;
}
__attribute__((weak)) bool store_query(struct store_checks *c, const char *sql, store_row_fn *fn, void *data,
				       struct err *e)
{
	(void)c;
	(void)sql;
	(void)fn;
	(void)data;
	return err_set(e, "no store");
}
