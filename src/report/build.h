/* Growing a JSON tree: what the model and the view are both made with. */
#ifndef REPORT_BUILD_H
#define REPORT_BUILD_H

#include <jansson.h>

/* A fresh object or list under this key. Borrowed. */
static inline json_t *report_object(json_t *o, const char *key)
{
	json_t *v = json_object();
	json_object_set_new(o, key, v);
	return v;
}

static inline json_t *report_list(json_t *o, const char *key)
{
	json_t *v = json_array();
	json_object_set_new(o, key, v);
	return v;
}

/* A fresh object at the list's end. Borrowed. */
static inline json_t *report_item(json_t *list)
{
	json_t *v = json_object();
	json_array_append_new(list, v);
	return v;
}

#endif
