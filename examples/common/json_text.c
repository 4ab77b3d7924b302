#include "common/json_text.h"

#include <math.h>

json_t *json_number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

bool json_write(FILE *stream, json_t *root, struct io_error *error) {
    if (!root)
        return io_fail(error, "no memory for the JSON");
    const bool ok = json_dumpf(root, stream, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) == 0 &&
                    fputc('\n', stream) != EOF;
    json_decref(root);
    return ok || io_fail(error, "the JSON could not be written");
}
