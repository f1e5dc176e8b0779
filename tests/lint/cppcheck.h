/* For cppcheck, which does not look into the libraries: their macros that look like statements. */
#define json_array_foreach(array, i, value) \
	for (i = 0; i < json_array_size(array) && (value = json_array_get(array, i)); i++)
#define json_object_foreach(object, key, value) \
	for (key = json_key(object); key && (value = json_object_get(object, key)); key = json_next(object, key))
#define json_object_foreach_safe(object, n, key, value) \
	for (n = NULL, key = json_key(object); key && (value = json_object_get(object, key)); key = json_next(object, key))
