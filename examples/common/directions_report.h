/* Directions of a head, their importance for a stream of activations, and pruning: what
 * latent-directions computes, and what its table, JSON, CSV and plot show. */
#ifndef EXAMPLES_DIRECTIONS_REPORT_H
#define EXAMPLES_DIRECTIONS_REPORT_H

#include <latent.h>

#include "common/activation_stream.h"
#include "common/head_file.h"
#include "common/progress_bar.h"

/* What to compute. */
struct directions_request {
    latent_importance_kind importance;
    int64_t keep;        /* directions to keep; -1: `keep_percent` says */
    double keep_percent; /* of the rank; 0: nothing was asked for */
    int64_t top;         /* the k of top-k accuracy; 0: 5, or the number of classes if less */
    bool aware;          /* activation-aware pruning too, and for the pruned head */
    bool pruned;         /* make the pruned head */
};

/* What it is computed from; all of it outlives the report. */
struct directions_input {
    const struct head_file *head;
    struct activation_stream *stream; /* as many columns as the head */
    const int32_t *labels;            /* one for each row, 0 … outputs - 1; NULL: none */
};

/* A curve is about the head with the first 0, 1, … rank directions of `importance.order`. */
struct directions_report {
    struct directions_request request; /* `top` filled in */
    const struct directions_input *input;
    latent_directions *directions;
    int64_t outputs, inputs, rank;
    int64_t kept; /* directions to keep; -1: nothing was asked for */
    latent_importance_result importance;
    latent_pruning_curve curve; /* `correct` and `correct_top` are NULL without labels */
    int64_t sufficient;         /* as directions_lost() */
    double *error;       /* rank + 1 of Σ ‖W h − W_r h‖², activation-aware; or NULL */
    double *plain_error; /* the same for the largest singular values */
    double *pruned;      /* outputs × inputs, or NULL */
    double seconds;      /* of the whole computation, reading included */
    double *numbers;     /* where figures lie */
    int64_t *integers;
};

/* Decomposes the head. Whatever comes later, directions_report_free() ends it. */
bool directions_report_begin(struct directions_report *report, latent_context *context,
                             const struct directions_input *input,
                             const struct directions_request *request, struct io_error *error);

/* How many directions to keep; fails if there are not so many. `path` is the head's name. */
bool directions_report_keep(struct directions_report *report, const char *path,
                            struct io_error *error);

/* Gives the stream to the library, twice or, for activation-aware pruning, three times, with
 * progress on the bar. */
bool directions_report_measure(struct directions_report *report, latent_context *context,
                               struct progress_bar *bar, struct io_error *error);

void directions_report_free(struct directions_report *report);

/* "cosine" and so on; NULL after the last. */
extern const char *const directions_kinds[5];

/* Of `report->importance.samples`: predicted rightly by the whole head but for so many with K
 * directions (negative: by even more with K); without labels, predictions that change. */
int64_t directions_lost(const struct directions_report *report, int64_t kept);

/* A count of samples as a share of all. */
double directions_share(const struct directions_report *report, int64_t samples);

#endif
