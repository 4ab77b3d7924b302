/* One walk through a stream of activations, chunk by chunk, with progress. */
#ifndef EXAMPLES_ACTIVATION_PASS_H
#define EXAMPLES_ACTIVATION_PASS_H

#include "common/activation_stream.h"
#include "common/progress_bar.h"

struct activation_pass {
    struct activation_stream *stream; /* walked from its first row on; it may be one of zeros */
    latent_context *context;
    struct progress_bar *bar;
    const char *phase;  /* what the bar says where the library does not */
    const char *advice; /* what ends the sentence about a value that is NaN or infinite */
};

/* Gives a chunk, whose first row is number `first` of the stream, to the library. The only reason
 * for LATENT_ERROR_NONFINITE may be the chunk. */
typedef latent_status chunk_taker(void *user, latent_context *context, const latent_matrix *chunk,
                                  int64_t first);

/* Gives all chunks to `take`. Fails with a sentence at the first one that fails, and after Ctrl-C.
 * Places in the sentence are those in the file. Afterwards the context calls nobody. */
bool activation_pass(const struct activation_pass *pass, chunk_taker *take, void *user,
                     struct io_error *error);

#endif
