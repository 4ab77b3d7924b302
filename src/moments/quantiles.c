#include "quantiles.h"

#include <math.h>

#include "base/memory.h"
#include "base/sort.h"
#include "parallel/pool.h"

typedef struct sorting_work {
    latent_context *context;
    const double *values;
    int64_t count, kept; /* all, and those that are numbers */
    double *sorted;      /* room for twice as many */
} sorting_work;

static bool stopped(void *argument) {
    return latent__tick(argument, 0);
}

/* One item, done by the calling thread. */
static void sort_values(void *argument, int64_t item, int32_t worker) {
    sorting_work *work = argument;
    (void)item, (void)worker;
    for (int64_t i = 0; i < work->count; i++)
        if (!isnan(work->values[i]))
            work->sorted[work->kept++] = work->values[i];
    latent__sort(work->sorted, work->sorted + work->count, work->kept, stopped, work->context);
}

latent_status latent__quantiles(latent_context *context, const double *values, int64_t count,
                                const double *probabilities, int64_t quantile_count,
                                double *quantiles) {
    latent_status status = LATENT_OK;
    sorting_work work = {.context = context, .values = values, .count = count};
    work.sorted =
        latent__allocate(context, count, 2 * sizeof *work.sorted, "the values in order", &status);
    if (status)
        return status;
    latent__phase(context, "quantiles", 0, 1);
    status = latent__parallel_few(context, 1, 1, sort_values, &work);
    for (int64_t q = 0; q < quantile_count && !status; q++)
        quantiles[q] =
            work.kept > 0 ? latent__sorted_quantile(work.sorted, work.kept, probabilities[q]) : NAN;
    latent__release(context, work.sorted, count, 2 * sizeof *work.sorted);
    return status;
}
