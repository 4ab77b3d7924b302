#include "common/io_error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool io_fail(struct io_error *error, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return false;
}

bool io_fail_in(struct io_error *error, const char *subject) {
    char inner[sizeof error->text];
    memcpy(inner, error->text, sizeof inner);
    /* Of a subject too long for both, the end tells more: a path ends with the file's name. */
    const size_t room = sizeof inner / 2;
    const size_t length = strlen(subject);
    const char *end = length > room ? subject + length - room : subject;
    return io_fail(error, "%s: %.*s", end, (int)(sizeof inner - strlen(end) - 3), inner);
}

bool io_fail_memory(struct io_error *error, double bytes) {
    return io_fail(error, "no memory for %.0f bytes", bytes);
}
