/* Activations from array files as one stream of rows, a chunk at a time. */
#ifndef EXAMPLES_ACTIVATION_STREAM_H
#define EXAMPLES_ACTIVATION_STREAM_H

#include <latent.h>

#include "common/file_set.h"

struct activation_stream {
    struct file_set files;
    latent_type *type; /* of each file's chunks */
    int next_file;
    int64_t next_row; /* of that file */
    /* The last chunk, which is all of a file's rows from `first` on or some of them. */
    int file;
    int64_t first, rows;
    void *converted; /* NULL, or room for a chunk */
    size_t room;
};

/* Checks all files that the arguments name (path_list.h): points as points_check() wants them,
 * all of them with the same number of columns. The arguments must outlive the stream.
 *
 * Mapped files stay open until their last row was taken. Of compressed files no more than two
 * are in memory at a time: all but the first are inflated again when it is their turn. */
bool activation_stream_open(struct activation_stream *stream, const char *const *arguments,
                            int count, struct io_error *error);

/* The next rows, some 8 million elements or one row; none at the end. They live until the next
 * call.
 *
 * Floats that are aligned and in the host's byte order are viewed where they lie. Others are
 * converted chunk by chunk, without loss. */
bool activation_stream_next(struct activation_stream *stream, latent_matrix *chunk,
                            struct io_error *error);

/* From the first row again. Files are opened anew as they come. */
void activation_stream_rewind(struct activation_stream *stream);

/* The sentence that names file, row and column of the first element of the last chunk that is
 * NaN or infinite, if one is, and ends with `advice`; returns false. */
bool activation_stream_fail_nonfinite(const struct activation_stream *stream, const char *advice,
                                      struct io_error *error);

/* Releases all; a struct of zeros is fine. */
void activation_stream_close(struct activation_stream *stream);

#endif
