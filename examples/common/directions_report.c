#define _POSIX_C_SOURCE 200809L

#include "common/directions_report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/activation_pass.h"
#include "common/kept_counts.h"
#include "common/program_run.h"

const char *const directions_kinds[5] = {"cosine", "projection", "singular", "variance", NULL};

/* Room for so many items of 8 bytes; NULL and a sentence if there is none. */
static void *allocate(int64_t count, struct io_error *error) {
    void *block = (uint64_t)count > SIZE_MAX / 8 ? NULL : calloc((size_t)count, 8);
    if (!block)
        io_fail_memory(error, 8 * (double)count);
    return block;
}

bool directions_report_begin(struct directions_report *report, latent_context *context,
                             const struct directions_input *input,
                             const struct directions_request *request, struct io_error *error) {
    const struct head_file *head = input->head;
    *report = (struct directions_report){.request = *request,
                                         .input = input,
                                         .outputs = head->outputs,
                                         .inputs = head->inputs,
                                         .kept = -1};
    if (request->top == 0)
        report->request.top = head->outputs < 5 ? head->outputs : 5;
    const latent_matrix weights =
        latent_matrix_view(head->weights, head->outputs, head->inputs, LATENT_F64);
    const latent_status status =
        latent_directions_create(context, &weights, NULL, &report->directions);
    report->rank = latent_directions_rank(report->directions);
    return status == LATENT_OK || program_fail_call(error, context, status);
}

bool directions_report_keep(struct directions_report *report, const char *path,
                            struct io_error *error) {
    const struct directions_request *request = &report->request;
    if (request->keep_percent > 0)
        report->kept = kept_of_percent(request->keep_percent, report->rank);
    else
        report->kept = request->keep;
    return report->kept <= report->rank ||
           io_fail(error, "--keep: %" PRId64 " directions, but the head in %s has rank %" PRId64,
                   report->kept, path, report->rank);
}

/* Gives every column its place in two blocks. */
static bool allocate_columns(struct directions_report *report, struct io_error *error) {
    latent_importance_result *importance = &report->importance;
    latent_pruning_curve *curve = &report->curve;
    double **const columns[] = {&importance->importance, &importance->cosine,
                                &importance->projection, &importance->variance,
                                &curve->energy,          &report->error,
                                &report->plain_error};
    int64_t **const lists[] = {&importance->order, &curve->changed, &curve->correct,
                               &curve->correct_top};
    enum { COLUMNS = sizeof columns / sizeof *columns, LISTS = sizeof lists / sizeof *lists };
    const int64_t count = latent_directions_count(report->directions), room = count + 1;
    report->numbers = allocate(COLUMNS * room, error);
    report->integers = allocate(LISTS * room, error);
    if (!report->numbers || !report->integers)
        return false;
    const int columns_used = report->request.aware ? COLUMNS : COLUMNS - 2;
    const int lists_used = report->input->labels ? LISTS : LISTS - 2;
    for (int i = 0; i < columns_used; i++)
        *columns[i] = report->numbers + i * room;
    for (int i = 0; i < lists_used; i++)
        *lists[i] = report->integers + i * room;
    importance->size = sizeof *importance;
    curve->size = sizeof *curve;
    return true;
}

/* What the passes fill in. */
struct work {
    struct directions_report *report;
    latent_importance *importance;
    int64_t *part; /* three lists of rank + 1: counts of a chunk */
    double *gram;  /* inputs × inputs */
};

static latent_status add_importance(void *user, latent_context *context, const latent_matrix *chunk,
                                    int64_t first) {
    const struct work *work = user;
    (void)first;
    return latent_importance_update(context, work->importance, work->report->directions, chunk);
}

static latent_status add_gram(void *user, latent_context *context, const latent_matrix *chunk,
                              int64_t first) {
    const struct work *work = user;
    (void)first;
    return latent_pruning_gram(context, chunk, work->gram);
}

static void add_counts(int64_t *counts, const int64_t *part, int64_t levels) {
    for (int64_t k = 0; counts && k < levels; k++)
        counts[k] += part[k];
}

static latent_status add_curve(void *user, latent_context *context, const latent_matrix *chunk,
                               int64_t first) {
    const struct work *work = user;
    const struct directions_report *report = work->report;
    const latent_pruning_curve *curve = &report->curve;
    const int32_t *labels = report->input->labels;
    const int64_t levels = report->rank + 1;
    const latent_pruning_options options = {.size = sizeof options,
                                            .top = (int32_t)report->request.top};
    latent_pruning_curve part = {.size = sizeof part,
                                 .correct = labels ? work->part + levels : NULL,
                                 .correct_top = labels ? work->part + 2 * levels : NULL,
                                 .changed = work->part,
                                 .energy = curve->energy};
    const latent_status status = latent_pruning_evaluate(
        context, report->directions, chunk, labels ? labels + first : NULL,
        report->input->head->bias, report->importance.order, &options, &part);
    if (status != LATENT_OK)
        return status;
    add_counts(curve->changed, part.changed, levels);
    add_counts(curve->correct, part.correct, levels);
    add_counts(curve->correct_top, part.correct_top, levels);
    return LATENT_OK;
}

static bool measure_importance(struct work *work, const struct activation_pass *pass,
                               struct io_error *error) {
    struct directions_report *report = work->report;
    latent_status status =
        latent_importance_create(pass->context, report->directions, &work->importance);
    if (status != LATENT_OK)
        return program_fail_call(error, pass->context, status);
    if (!activation_pass(pass, add_importance, work, error))
        return false;
    status = latent_importance_finish(pass->context, work->importance, report->directions,
                                      (int32_t)report->request.importance, &report->importance);
    return status == LATENT_OK || program_fail_call(error, pass->context, status);
}

static bool measure_curve(struct work *work, const struct activation_pass *pass,
                          struct io_error *error) {
    work->part = allocate(3 * (work->report->rank + 1), error);
    return work->part && activation_pass(pass, add_curve, work, error);
}

/* W_r of activation-aware pruning: the product of the first columns of `left` and the first rows of
 * `right`. */
static void multiply_layers(struct directions_report *report, const double *left,
                            const double *right) {
    const int64_t d = report->inputs;
    for (int64_t y = 0; y < report->outputs; y++) {
        double *row = report->pruned + y * d;
        for (int64_t j = 0; j < report->kept; j++) {
            for (int64_t i = 0; i < d; i++)
                row[i] += left[y * report->rank + j] * right[j * d + i];
        }
    }
}

static bool measure_aware(struct work *work, const struct activation_pass *pass,
                          struct io_error *error) {
    struct directions_report *report = work->report;
    work->gram = allocate(report->inputs * report->inputs, error);
    if (!work->gram || !activation_pass(pass, add_gram, work, error))
        return false;
    /* One more, since malloc() may give nothing for nothing. */
    const int64_t left = report->outputs * report->rank, right = report->rank * report->inputs;
    double *layers = report->pruned ? allocate(left + right + 1, error) : NULL;
    if (report->pruned && !layers)
        return false;
    latent_pruning_aware_result result = {.size = sizeof result,
                                          .left = layers,
                                          .right = layers ? layers + left : NULL,
                                          .error = report->error,
                                          .plain_error = report->plain_error};
    latent_context_set_progress(pass->context, progress_bar_update, pass->bar, 0);
    const latent_status status =
        latent_pruning_aware(pass->context, report->directions, work->gram, &result);
    latent_context_set_progress(pass->context, NULL, NULL, 0);
    if (status == LATENT_OK && layers)
        multiply_layers(report, layers, layers + left);
    free(layers);
    return status == LATENT_OK || program_fail_call(error, pass->context, status);
}

static bool prune_plainly(struct directions_report *report, const struct activation_pass *pass,
                          struct io_error *error) {
    latent_context_set_progress(pass->context, progress_bar_update, pass->bar, 0);
    const latent_status status = latent_directions_head(
        pass->context, report->directions, report->importance.order, report->kept, report->pruned);
    latent_context_set_progress(pass->context, NULL, NULL, 0);
    return status == LATENT_OK || program_fail_call(error, pass->context, status);
}

static bool measure(struct work *work, const struct activation_pass *pass, struct io_error *error) {
    struct directions_report *report = work->report;
    if (!allocate_columns(report, error))
        return false;
    if (report->request.pruned) {
        report->pruned = allocate(report->outputs * report->inputs, error);
        if (!report->pruned)
            return false;
    }
    return measure_importance(work, pass, error) && measure_curve(work, pass, error) &&
           (report->request.aware ? measure_aware(work, pass, error)
                                  : !report->pruned || prune_plainly(report, pass, error));
}

static bool find_sufficient(struct directions_report *report, struct io_error *error) {
    int64_t *lost = allocate(report->rank + 1, error);
    if (!lost)
        return false;
    for (int64_t k = 0; k <= report->rank; k++)
        lost[k] = directions_lost(report, k);
    report->sufficient = kept_sufficient(lost, report->rank, report->importance.samples);
    free(lost);
    return true;
}

bool directions_report_measure(struct directions_report *report, latent_context *context,
                               struct progress_bar *bar, struct io_error *error) {
    struct work work = {.report = report};
    const struct activation_pass pass = {.stream = report->input->stream,
                                         .context = context,
                                         .bar = bar,
                                         .phase = "directions",
                                         .advice = ""};
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    const bool ok = measure(&work, &pass, error) && find_sufficient(report, error);
    report->seconds = seconds_since(&start);
    latent_importance_destroy(work.importance);
    free(work.part);
    free(work.gram);
    return ok;
}

void directions_report_free(struct directions_report *report) {
    latent_directions_destroy(report->directions);
    free(report->pruned);
    free(report->numbers);
    free(report->integers);
    memset(report, 0, sizeof *report);
}

int64_t directions_lost(const struct directions_report *report, int64_t kept) {
    const latent_pruning_curve *curve = &report->curve;
    return curve->correct ? curve->correct[report->rank] - curve->correct[kept]
                          : curve->changed[kept];
}

double directions_share(const struct directions_report *report, int64_t samples) {
    return (double)samples / (double)report->importance.samples;
}
