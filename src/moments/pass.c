/* Rows are worked on in items of a fixed size. Every item has a tally of its own, and these are joined
 * in the order of rows: neither the number of threads nor who does what changes a bit. So that
 * tallies need not wait in memory for the whole matrix, items come in waves. */
#include "pass.h"

#include "base/memory.h"
#include "parallel/pool.h"

enum { ITEM_ROWS = 4 * LATENT__BLOCK_ROWS };
enum { ITEMS_PER_THREAD = 8 };            /* in a wave, so that none waits long for the last */
enum { WAVE_BYTES_PER_THREAD = 3 << 18 }; /* or as many as fit in this */

typedef struct pass {
    const latent__question *question;
    latent__desk *desks; /* one per worker */
    latent__tally *tallies;
    char *tally_bytes;
    int32_t workers;
    int64_t wave;                /* items at a time, each with a tally */
    int64_t first;               /* item of this wave */
    atomic_int_fast64_t bad_row; /* the first; the number of rows if there is none */
} pass;

static void work_item(void *argument, int64_t item, int32_t worker) {
    pass *work = argument;
    const int64_t rows = work->question->view->rows;
    const int64_t start = (work->first + item) * ITEM_ROWS;
    const int64_t end = rows - start < ITEM_ROWS ? rows : start + ITEM_ROWS;
    latent__tally *tally = &work->tallies[item];
    latent__tally_clear(tally);
    for (int64_t row = start; row < end; row += LATENT__BLOCK_ROWS) {
        const int64_t left = end - row;
        const int64_t bad =
            latent__block(work->question, &work->desks[worker], tally, row,
                          left < LATENT__BLOCK_ROWS ? left : LATENT__BLOCK_ROWS, worker);
        if (bad == LATENT__BLOCK_DONE)
            continue;
        int_fast64_t seen = atomic_load(&work->bad_row);
        while (bad >= 0 && bad < seen && !atomic_compare_exchange_weak(&work->bad_row, &seen, bad))
            ;
        return; /* later rows of this item cannot be the first */
    }
}

static latent_status run_waves(pass *work, latent__tally *sum) {
    const latent__question *question = work->question;
    const int64_t rows = question->view->rows;
    const int64_t items = (rows - 1) / ITEM_ROWS + 1;
    for (; work->first < items; work->first += work->wave) {
        const int64_t left = items - work->first;
        const int64_t count = left < work->wave ? left : work->wave;
        latent__phase(question->context, "moments", (double)work->first / (double)items,
                      (double)(work->first + count) / (double)items);
        const latent_status status =
            latent__parallel_few(question->context, work->workers, count, work_item, work);
        if (status)
            return status;
        const int64_t bad = atomic_load(&work->bad_row);
        if (bad < rows)
            return latent__fail_nonfinite(question->context, question->view, "points", bad, bad);
        for (int64_t i = 0; i < count; i++)
            latent__tally_join(question->context->kernels, sum, &work->tallies[i]);
    }
    return LATENT_OK;
}

/* As many items at a time as keep all threads busy, fewer if the budget says so, at least one. */
static int64_t wave_of(const latent_context *context, int64_t items, int64_t bytes) {
    const int64_t threads = latent__pool_threads(context->pool);
    int64_t wave = threads * ITEMS_PER_THREAD;
    const int64_t fitting = threads * WAVE_BYTES_PER_THREAD / bytes;
    const int64_t affordable = latent__memory_left(context) / bytes;
    wave = wave > fitting ? wave : fitting;
    wave = wave < affordable ? wave : affordable;
    wave = wave < items ? wave : items;
    return wave > 1 ? wave : 1;
}

static latent_status allocate(pass *work, int64_t items, int64_t features) {
    latent_context *context = work->question->context;
    const int64_t bytes = latent__tally_bytes(features);
    latent_status status = LATENT_OK;
    work->desks =
        latent__allocate(context, work->workers, sizeof *work->desks, "the tiles", &status);
    if (status)
        return status;
    work->wave = wave_of(context, items, bytes + (int64_t)sizeof *work->tallies + 64);
    work->tallies =
        latent__allocate(context, work->wave, sizeof *work->tallies, "the threads' sums", &status);
    if (status)
        return status;
    work->tally_bytes =
        latent__allocate(context, work->wave * bytes, 1, "the threads' sums", &status);
    for (int64_t i = 0; !status && i < work->wave; i++)
        work->tallies[i] = latent__tally_in(work->tally_bytes + i * bytes, features);
    return status;
}

latent_status latent__pass(const latent__question *question, latent__tally *sum) {
    latent_context *context = question->context;
    const int64_t rows = question->view->rows;
    const int64_t items = (rows - 1) / ITEM_ROWS + 1;
    const int32_t threads = latent__pool_threads(context->pool);
    pass work = {.question = question, .workers = threads < items ? threads : (int32_t)items};
    atomic_init(&work.bad_row, rows);
    latent_status status = allocate(&work, items, sum->features);
    if (!status)
        status = run_waves(&work, sum);
    latent__release(context, work.tally_bytes, work.wave * latent__tally_bytes(sum->features), 1);
    latent__release(context, work.tallies, work.wave, sizeof *work.tallies);
    latent__release(context, work.desks, work.workers, sizeof *work.desks);
    return status;
}
