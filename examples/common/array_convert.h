/* Elements of array files as the library wants them: floating-point numbers and int32 labels. */
#ifndef EXAMPLES_ARRAY_CONVERT_H
#define EXAMPLES_ARRAY_CONVERT_H

#include <latent.h>

#include "common/array_file.h"

/* The smallest of float32 and float64 that holds every element exactly; float16 for a float16 file
 * of the host's byte order. Fails for 64-bit integers that float64 cannot hold, and names the
 * first. */
bool array_float_type(const struct array_file *file, latent_type *type, struct io_error *error);

/* The smallest type that holds both types' values. */
latent_type array_common_type(latent_type a, latent_type b);

/* Writes every element to `target`, converted to `type`, which array_float_type() or
 * array_common_type() gave. float16 can only be copied, from a float16 file of the host's byte
 * order. */
void array_convert(const struct array_file *file, latent_type type, void *target);

/* The same for `count` elements from number `first` on. */
void array_convert_part(const struct array_file *file, int64_t first, int64_t count,
                        latent_type type, void *target);

/* An element's value, rounded to double if it is a 64-bit integer that must be. */
double array_element(const struct array_file *file, int64_t place);

/* An integer element in digits. Returns `text`. */
enum { ARRAY_DIGITS = 24 };
const char *array_integer_text(const struct array_file *file, int64_t place,
                               char text[ARRAY_DIGITS]);

/* Writes every element to `labels`; fails if they are no integers or one is out of range. */
bool array_to_labels(const struct array_file *file, int32_t *labels, struct io_error *error);

#endif
