#include "chance.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "parallel/pool.h"
#include "precision.h"
#include "shares.h"

/* For each of R draws, the threads take D rankings between them and keep the best average precision of
 * every concept; which thread took which does not matter to the best. */
typedef struct drawing {
    const latent__chance_question *question;
    latent__label_counts counts;
    int64_t group_first, group_count, group_most, draw;
    latent__concept_rows rows;
    char *memory; /* the threads' */
    int64_t thread_bytes;
    double *mean, *largest; /* by concept: over the draws so far, the mean not yet divided */
    int64_t *reached;       /* by concept: draws whose best is at least the observed one */
} drawing;

/* A thread's memory: an order, a walk, one ranking's average precisions, and the best of all. */
typedef struct thread_memory {
    uint32_t *order;
    latent__walk walk;
    double *precision, *best;
} thread_memory;

static int64_t order_bytes(int64_t samples) {
    return (samples + 1) / 2 * 2 * (int64_t)sizeof(uint32_t);
}

static int64_t bytes_by_thread(const latent__chance_question *question) {
    const int64_t concepts = latent__group_most(question->labels->concepts);
    const int64_t bytes = order_bytes(question->labels->samples) + latent__walk_bytes(concepts) +
                          2 * concepts * (int64_t)sizeof(double);
    return (bytes + 63) / 64 * 64;
}

static thread_memory memory_of(const drawing *work, int32_t worker) {
    char *const start = work->memory + worker * work->thread_bytes;
    char *const rest = start + order_bytes(work->question->labels->samples);
    double *const precision = (double *)(rest + latent__walk_bytes(work->group_most));
    return (thread_memory){
        .order = (uint32_t *)start,
        .walk = latent__walk_in(work->question->context->kernels, rest, work->group_most),
        .precision = precision,
        .best = precision + work->group_most};
}

enum { SUMMARIES = 3 };

int64_t latent__chance_bytes(const latent__chance_question *question) {
    const int64_t threads = latent__pool_threads(question->context->pool);
    return latent__linear(question->labels->concepts, (SUMMARIES + 2) * sizeof(double)) +
           latent__linear(threads, bytes_by_thread(question)) +
           latent__group_bytes(question->labels->samples, question->labels->concepts);
}

/* A uniformly random ranking without ties (Fisher and Yates); false if it was stopped. */
static bool shuffle(uint32_t *order, int64_t n, latent__random *random, latent__asker *who) {
    enum { STRETCH = 1 << 16 };
    for (int64_t i = 0; i < n; i++) {
        if (i % STRETCH == 0 && latent__ask(who))
            return false;
        const int64_t j = (int64_t)latent__random_below(random, (uint64_t)i + 1);
        order[i] = (uint32_t)i | LATENT__LAST_OF_TIES;
        const uint32_t entry = order[j];
        order[j] = order[i];
        order[i] = entry;
    }
    return true;
}

static void keep_best(thread_memory *thread, int64_t count) {
    for (int64_t c = 0; c < count; c++)
        if (thread->precision[c] > thread->best[c])
            thread->best[c] = thread->precision[c];
}

static void draw_ranking(void *argument, int64_t item, int32_t worker) {
    drawing *work = argument;
    const latent__chance_question *question = work->question;
    const int64_t samples = question->labels->samples;
    thread_memory thread = memory_of(work, worker);
    latent__asker who = {question->context, worker};
    latent__random random = latent__random_stream(
        question->context->options.seed, (uint64_t)(work->draw * question->directions + item));
    if (!shuffle(thread.order, samples, &random, &who) ||
        !latent__average_precision(&work->rows, thread.order, &thread.walk, thread.precision,
                                   latent__ask, &who))
        return;
    keep_best(&thread, work->group_count);
    if (!question->both)
        return;
    latent__order_reverse(thread.order, samples);
    if (latent__average_precision(&work->rows, thread.order, &thread.walk, thread.precision,
                                  latent__ask, &who))
        keep_best(&thread, work->group_count);
}

/* The best of all threads, for every concept of the group. */
static void close_draw(drawing *work) {
    const int32_t threads = latent__pool_threads(work->question->context->pool);
    const double *const observed = work->question->observed;
    for (int64_t c = 0; c < work->group_count; c++) {
        const int64_t concept = work->group_first + c;
        double best = 0;
        for (int32_t w = 0; w < threads; w++)
            best = fmax(best, memory_of(work, w).best[c]);
        work->mean[concept] += best;
        work->largest[concept] = fmax(work->largest[concept], best);
        work->reached[concept] += observed && best >= observed[concept];
    }
}

static latent_status run_draws(drawing *work) {
    const latent__chance_question *question = work->question;
    latent_context *context = question->context;
    const int32_t threads = latent__pool_threads(context->pool);
    const double concepts = (double)question->labels->concepts;
    const double begin = (double)work->group_first / concepts;
    const double share = (double)work->group_count / concepts / (double)question->permutations;
    latent_status status = LATENT_OK;
    for (int64_t r = 0; r < question->permutations && !status; r++) {
        work->draw = r;
        for (int32_t w = 0; w < threads; w++)
            memset(memory_of(work, w).best, 0, (size_t)work->group_count * sizeof(double));
        latent__phase(context, "random rankings", begin + share * (double)r,
                      begin + share * (double)(r + 1));
        status = latent__parallel(context, question->directions, draw_ranking, work);
        if (!status)
            close_draw(work);
    }
    return status;
}

static latent_status run_groups(drawing *work) {
    const latent__chance_question *question = work->question;
    latent_context *context = question->context;
    const int64_t concepts = question->labels->concepts;
    latent_status status = LATENT_OK;
    for (int64_t first = 0; first < concepts && !status; first += work->group_count) {
        work->group_first = first;
        work->group_count =
            latent__group_size(context, &work->counts, question->labels->samples, first);
        latent__phase(context, "labels", (double)first / (double)concepts,
                      (double)first / (double)concepts);
        status = latent__concept_rows_open(context, question->labels, &work->counts, first,
                                           work->group_count, &work->rows);
        if (!status)
            status = run_draws(work);
        latent__concept_rows_close(context, &work->rows);
    }
    return status;
}

static latent_status check_observed(const drawing *work) {
    const latent__chance_question *question = work->question;
    for (int64_t c = 0; c < question->labels->concepts && question->observed; c++) {
        const double ap = question->observed[c];
        if (!latent__is_share(ap) &&
            !latent__degenerate(&work->counts, question->labels->samples, c))
            return latent__fail_share(question->context, ap, "observed[%" PRId64 "]", c);
    }
    return LATENT_OK;
}

static void write_result(const drawing *work, latent_concepts_chance *result) {
    const latent__chance_question *question = work->question;
    const double draws = (double)question->permutations;
    for (int64_t c = 0; c < question->labels->concepts; c++) {
        const bool none = latent__degenerate(&work->counts, question->labels->samples, c);
        if (result->mean)
            result->mean[c] = none ? NAN : work->mean[c] / draws;
        if (result->largest)
            result->largest[c] = none ? NAN : work->largest[c];
        if (result->p_value)
            result->p_value[c] = none ? NAN : (1 + (double)work->reached[c]) / (draws + 1);
    }
}

/* Memory for the summaries: three arrays, of which the last one counts. */
static latent_status run(drawing *work, latent_concepts_chance *result) {
    latent_context *context = work->question->context;
    const int64_t concepts = work->question->labels->concepts;
    const int64_t threads = latent__pool_threads(context->pool);
    latent_status status = LATENT_OK;
    work->mean = latent__allocate(context, SUMMARIES * concepts, sizeof *work->mean,
                                  "summaries of concepts", &status);
    if (!status)
        work->memory = latent__allocate(context, threads * work->thread_bytes, 1,
                                        "the threads' rankings", &status);
    if (!status) {
        work->largest = work->mean + concepts;
        work->reached = (int64_t *)(work->largest + concepts);
        memset(work->mean, 0, (size_t)(SUMMARIES * concepts) * sizeof *work->mean);
        status = run_groups(work);
    }
    if (!status)
        write_result(work, result);
    latent__release(context, work->memory, threads * work->thread_bytes, 1);
    latent__release(context, work->mean, SUMMARIES * concepts, sizeof *work->mean);
    return status;
}

latent_status latent__chance_run(const latent__chance_question *question,
                                 latent_concepts_chance *result) {
    latent_context *context = question->context;
    const latent__concept_range all = {.first = 0, .count = question->labels->concepts};
    drawing work = {.question = question,
                    .group_most = latent__group_most(all.count),
                    .thread_bytes = bytes_by_thread(question)};
    latent_status status = latent__counts_open(context, question->labels, all, 0, &work.counts);
    if (!status)
        status = check_observed(&work);
    if (!status)
        status = run(&work, result);
    latent__counts_close(context, &work.counts);
    return status;
}
