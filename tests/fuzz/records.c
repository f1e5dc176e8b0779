/* Fuzz target: what a child that was taken over could send to its parent. */
#include "fuzz.h"
#include "inventory/inventory.h"
#include "observe/observe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct observe *o = observe_new();
	struct cur c = cur_make(data, n);
	(void)observe_read(o, &c);
	inventory_free(inventory_resolve(o));
	observe_free(o);
	return 0;
}
