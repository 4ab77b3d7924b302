/* The pass over the input that finds what may not be there. */
#include <inttypes.h>
#include <math.h>

#include "pairs.h"

typedef struct inspection {
    latent_context *context;
    const latent_matrix *view;
    const latent__space *space;
    double *norm;
    double most; /* largest magnitude allowed */
    int64_t rows_per_item;
    atomic_int_fast64_t bad_row;  /* the first; view->rows if there is none */
    atomic_uint_fast64_t largest; /* bits of a non-negative double, which order as the numbers do */
} inspection;

static uint64_t bits_of(double x) {
    union {
        double number;
        uint64_t bits;
    } both = {.number = x};
    return both.bits;
}

static double number_of(uint64_t bits) {
    union {
        uint64_t bits;
        double number;
    } both = {.bits = bits};
    return both.number;
}

static bool row_is_good(const inspection *work, int64_t row, double *largest) {
    const latent_matrix *view = work->view;
    const void *start = latent__row(view, row);
    double magnitude = 0;
    if (!work->context->kernels->inspect[view->type - 1](start, view->columns, &magnitude))
        return false;
    *largest = fmax(*largest, magnitude);
    if (magnitude > work->most)
        return false;
    if (!work->norm)
        return true;
    work->norm[row] = sqrt(work->space->dot(start, start, view->columns));
    return latent__space_norm_fits(work->norm[row]);
}

static void inspect_item(void *argument, int64_t item, int32_t worker) {
    inspection *work = argument;
    const int64_t first = item * work->rows_per_item;
    double largest = 0;
    for (int64_t row = first; row < first + work->rows_per_item && row < work->view->rows; row++) {
        if (latent__tick(work->context, worker))
            return;
        if (row_is_good(work, row, &largest))
            continue;
        int_fast64_t seen = atomic_load(&work->bad_row);
        while (row < seen && !atomic_compare_exchange_weak(&work->bad_row, &seen, row))
            ;
        return; /* later rows of this item cannot be the first */
    }
    const uint64_t mine = bits_of(largest);
    uint_fast64_t seen = atomic_load(&work->largest);
    while (mine > seen && !atomic_compare_exchange_weak(&work->largest, &seen, mine))
        ;
}

static latent_status complain(const inspection *work, const char *name, int64_t row,
                              int64_t number) {
    latent_context *context = work->context;
    const latent_matrix *view = work->view;
    const latent_status status = latent__fail_nonfinite(context, view, name, row, number);
    if (status)
        return status;
    for (int64_t k = 0; k < view->columns; k++) {
        const double x = latent__element(view, row, k);
        if (fabs(x) > work->most)
            return latent__fail(context, LATENT_ERROR_OVERFLOW,
                                "%s[%" PRId64 "][%" PRId64 "] is %g; with %" PRId64
                                " columns, squares of numbers beyond %g overflow: scale the data",
                                name, number, k, x, view->columns, work->most);
    }
    if (work->norm[row] == 0)
        return latent__fail(context, LATENT_ERROR_DOMAIN,
                            "%s[%" PRId64 "] is a zero vector; it has no cosine distance", name,
                            number);
    return latent__fail(context, LATENT_ERROR_DOMAIN,
                        "%s[%" PRId64
                        "] has norm %g, too small for a cosine distance: scale the data",
                        name, number, work->norm[row]);
}

latent_status latent__inspect(latent_context *context, const latent_matrix *view, const char *name,
                              int64_t first_row, const latent__space *space, double *norm,
                              double *largest) {
    inspection work = {.context = context,
                       .view = view,
                       .space = space,
                       .norm = norm,
                       .most = latent__space_most(view->columns),
                       .rows_per_item = 1 + 65536 / view->columns};
    atomic_init(&work.bad_row, view->rows);
    atomic_init(&work.largest, bits_of(*largest));
    const int64_t items = (view->rows + work.rows_per_item - 1) / work.rows_per_item;
    const latent_status status = latent__parallel(context, items, inspect_item, &work);
    if (status)
        return status;
    const int64_t bad = atomic_load(&work.bad_row);
    if (bad < view->rows)
        return complain(&work, name, bad, first_row + bad);
    *largest = number_of(atomic_load(&work.largest));
    return LATENT_OK;
}
