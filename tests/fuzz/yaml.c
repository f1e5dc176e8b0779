/* Fuzz target: YAML files of strangers (checks, answers). */
#include "base/yaml.h"
#include "fuzz.h"

static size_t walk(const struct yaml *node)
{
	size_t n = 1;
	for (size_t i = 0; i < yaml_count(node); i++)
		n += walk(yaml_at(node, i));
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e;
	struct yaml_doc *doc = yaml_parse("fuzz.yaml", (const char *)data, n, &e);
	if (doc && yaml_root(doc))
		walk(yaml_root(doc));
	yaml_doc_free(doc);
	return 0;
}
