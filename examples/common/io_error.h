/* One sentence about what went wrong, filled in by the functions that can fail. */
#ifndef EXAMPLES_IO_ERROR_H
#define EXAMPLES_IO_ERROR_H

#include <stdbool.h>

struct io_error {
    char text[1024];
};

/* Sets the sentence and returns false, so that a failing function can `return io_fail(...)`. */
__attribute__((format(printf, 2, 3))) bool io_fail(struct io_error *error, const char *format, ...);

/* Puts "subject: " before the sentence and returns false; the functions that see a whole file
 * name it, the ones that see only bytes do not know it. */
bool io_fail_in(struct io_error *error, const char *subject);

/* The sentence for a failed allocation of `bytes` bytes; returns false. */
bool io_fail_memory(struct io_error *error, double bytes);

#endif
