#include "common/activation_pass.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/program_run.h"

/* Progress through the stream, from progress through a chunk. */
struct stream_progress {
    struct progress_bar *bar;
    double done, chunk, all; /* rows */
};

static int show_progress(void *user, const char *phase, double fraction) {
    const struct stream_progress *progress = user;
    return progress_bar_update(progress->bar, phase,
                               (progress->done + fraction * progress->chunk) / progress->all);
}

/* The sentence for a chunk that was refused. The library counts rows from the chunk's first. */
static bool fail_chunk(const struct activation_pass *pass, latent_status status,
                       struct io_error *error) {
    const struct activation_stream *stream = pass->stream;
    char rows[64];
    if (status == LATENT_ERROR_NONFINITE)
        return activation_stream_fail_nonfinite(stream, pass->advice, error);
    program_fail_call(error, pass->context, status);
    if (status != LATENT_ERROR_OVERFLOW)
        return false;
    if (stream->first > 0) {
        snprintf(rows, sizeof rows, "counted from row %" PRId64, stream->first);
        io_fail_in(error, rows);
    }
    return io_fail_in(error, stream->files.file[stream->file].path);
}

static bool walk(const struct activation_pass *pass, struct stream_progress *progress,
                 chunk_taker *take, void *user, struct io_error *error) {
    latent_matrix chunk;
    for (int64_t done = 0; activation_stream_next(pass->stream, &chunk, error);
         done += chunk.rows) {
        if (chunk.rows == 0)
            return true;
        progress->done = (double)done;
        progress->chunk = (double)chunk.rows;
        /* A chunk may be too short for the library to ask. */
        if (show_progress(progress, pass->phase, 0) != 0)
            return io_fail(error, "stopped");
        const latent_status status = take(user, pass->context, &chunk, done);
        if (status != LATENT_OK)
            return fail_chunk(pass, status, error);
    }
    return false;
}

bool activation_pass(const struct activation_pass *pass, chunk_taker *take, void *user,
                     struct io_error *error) {
    struct stream_progress progress = {.bar = pass->bar, .all = (double)pass->stream->files.rows};
    activation_stream_rewind(pass->stream);
    latent_context_set_progress(pass->context, show_progress, &progress, 0);
    const bool ok = walk(pass, &progress, take, user, error);
    latent_context_set_progress(pass->context, NULL, NULL, 0);
    return ok;
}
