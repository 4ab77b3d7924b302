#include "common/json_text.h"

#include <math.h>

json_t *json_number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

/* json_array_append_new() releases the item if it fails. */
json_t *json_append(json_t *array, json_t *item) {
    if (json_array_append_new(array, item) == 0)
        return array;
    json_decref(array);
    return NULL;
}

json_t *json_numbers(const double *values, int64_t count) {
    json_t *array = json_array();
    for (int64_t i = 0; array && i < count; i++)
        array = json_append(array, json_number(values[i]));
    return array;
}

bool json_write(FILE *stream, json_t *root, struct io_error *error) {
    if (!root)
        return io_fail(error, "no memory for the JSON");
    const bool ok = json_dumpf(root, stream, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) == 0 &&
                    fputc('\n', stream) != EOF;
    json_decref(root);
    return ok || io_fail(error, "the JSON could not be written");
}
