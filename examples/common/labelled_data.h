/* Points and labels from array files, as the library takes them. */
#ifndef EXAMPLES_LABELLED_DATA_H
#define EXAMPLES_LABELLED_DATA_H

#include <latent.h>

#include "common/array_file.h"

struct labelled_data {
    latent_matrix points;
    int32_t *labels;          /* points.rows of them, or NULL */
    struct array_file mapped; /* what `points` views, or closed */
    void *converted;          /* or this */
};

/* Both arguments may name several files, separated by commas, whose rows follow one another. Points are
 * .npy of two dimensions or IDX of two or more (the later ones make one row); labels have one, or a
 * second one of extent 1. Labels may be NULL: none.
 *
 * One float file that is aligned and in the host's byte order is viewed where it lies, without a
 * copy. Anything else is converted in memory, to the smallest of float16, float32 and float64 that
 * holds every element of every file exactly. */
bool labelled_data_open(struct labelled_data *data, const char *points, const char *labels,
                        struct io_error *error);

/* Labels alone, as above, in memory that the caller frees; NULL after an error. */
bool labels_read(int32_t **labels, int64_t *count, const char *argument, struct io_error *error);

/* Releases all; a struct of zeros is fine. */
void labelled_data_close(struct labelled_data *data);

#endif
