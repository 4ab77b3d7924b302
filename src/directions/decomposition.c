#include "decomposition.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "kernels/kernels.h"
#include "linalg/lapack.h"
#include "linalg/product.h"
#include "parallel/pool.h"

/* Doubles of the four arrays. */
typedef struct layout {
    int64_t values, right, left, columns, all;
} layout;

static layout layout_of(int64_t outputs, int64_t inputs) {
    const int64_t k = outputs < inputs ? outputs : inputs;
    layout sizes = {.values = k,
                    .right = k * inputs,
                    .left = outputs * k,
                    .columns = latent__column_panels(k, inputs)};
    sizes.all = sizes.values + sizes.right + sizes.left + sizes.columns;
    return sizes;
}

static latent_status create_empty(latent_context *context, int64_t outputs, int64_t inputs,
                                  latent_directions **directions) {
    const latent_context_options *given = &context->options;
    const layout sizes = layout_of(outputs, inputs);
    latent_directions *made = latent__allocate_lasting(given, sizeof *made);
    double *memory =
        made ? latent__allocate_lasting(given, (size_t)sizes.all * sizeof *memory) : NULL;
    if (!memory) {
        latent__release_lasting(given, made, sizeof *made);
        return latent__fail(context, LATENT_ERROR_MEMORY,
                            "cannot allocate %" PRId64 " bytes for the directions", sizes.all * 8);
    }
    *made = (latent_directions){.outputs = outputs,
                                .inputs = inputs,
                                .count = sizes.values,
                                .columns = memory, /* first, and so aligned for vectors */
                                .values = memory + sizes.columns,
                                .allocator = latent__allocator_of(context)};
    made->right = made->values + sizes.values;
    made->left = made->right + sizes.right;
    *directions = made;
    return LATENT_OK;
}

void latent_directions_destroy(latent_directions *directions) {
    if (!directions)
        return;
    const latent_context_options allocator = directions->allocator;
    const layout sizes = layout_of(directions->outputs, directions->inputs);
    latent__release_lasting(&allocator, directions->columns, (size_t)sizes.all * sizeof(double));
    latent__release_lasting(&allocator, directions, sizeof *directions);
}

/* What widening writes beyond a row, at most. */
enum { BEYOND = 16 };

/* W as float64, scaled by a power of two to a largest magnitude near 1, so that nothing inside LAPACK
 * leaves the range. */
static latent_status read_head(latent_context *context, const latent_matrix *head, double *w,
                               int *exponent) {
    const latent__kernels *kernels = context->kernels;
    const int32_t type = head->type - 1;
    double largest = 0;
    for (int64_t y = 0; y < head->rows; y++)
        if (!kernels->inspect[type](latent__row(head, y), head->columns, &largest))
            return latent__fail_nonfinite(context, head, "head", y, y);
    *exponent = largest > 0 ? ilogb(largest) : 0;
    if (*exponent < -1000) /* whose reciprocal has to be a number */
        *exponent = -1000;
    const double scale = ldexp(1, -*exponent);
    for (int64_t y = 0; y < head->rows; y++)
        kernels->widen[type](latent__row(head, y), head->columns, w + y * head->columns);
    for (int64_t e = 0; e < head->rows * head->columns; e++)
        w[e] *= scale;
    return LATENT_OK;
}

static latent_status settle_values(latent_context *context, latent_directions *d, double tolerance,
                                   int exponent) {
    const double least = tolerance * d->values[0];
    d->rank = 0;
    for (int64_t i = 0; i < d->count; i++) {
        const bool large = d->values[i] > least;
        d->values[i] = ldexp(d->values[i], exponent);
        d->rank += large && d->values[i] > 0; /* of the smallest numbers nothing may be left */
    }
    if (!isfinite(d->values[0]))
        return latent__fail(context, LATENT_ERROR_OVERFLOW,
                            "the largest singular value of head is beyond float64");
    return LATENT_OK;
}

static latent_status decompose(latent_context *context, const latent_matrix *head, double *w,
                               double tolerance, latent_directions *d) {
    int exponent = 0;
    latent_status status = read_head(context, head, w, &exponent);
    if (!status)
        status =
            latent__svd(context, w, d->outputs, d->inputs, d->left, d->values, d->right, "head");
    if (!status)
        status = settle_values(context, d, tolerance, exponent);
    if (status)
        return status;
    for (int64_t i = 0; i < d->count; i++)
        latent__fix_sign(d->right + i * d->inputs, d->inputs, d->left + i, d->outputs, d->count);
    latent__pack_panels(d->right, d->inputs, d->count, d->inputs, LATENT__TILE_COLUMNS, d->columns);
    return LATENT_OK;
}

latent_status latent__directions_create(latent_context *context, const latent_matrix *head,
                                        double tolerance, latent_directions **directions) {
    const int64_t entries = head->rows * head->columns;
    latent_status status = latent__svd_fits(context, head->rows, head->columns, "head");
    latent_directions *made = NULL;
    double *w = NULL;
    if (!status)
        w = latent__allocate(context, entries + BEYOND, sizeof *w, "head as float64", &status);
    if (!status)
        status = create_empty(context, head->rows, head->columns, &made);
    if (!status)
        status = decompose(context, head, w, tolerance, made);
    latent__release(context, w, entries + BEYOND, sizeof *w);
    if (status)
        latent_directions_destroy(made);
    else
        *directions = made;
    return status;
}

typedef struct head_work {
    const latent_directions *directions;
    const bool *kept;
    double *head;
} head_work;

/* One row of W_K: one chain of multiply-adds for every entry. */
static void head_row(void *argument, int64_t y, int32_t worker) {
    const head_work *work = argument;
    const latent_directions *d = work->directions;
    double *row = work->head + y * d->inputs;
    (void)worker;
    memset(row, 0, (size_t)d->inputs * sizeof *row);
    for (int64_t i = 0; i < d->rank; i++) {
        if (!work->kept[i])
            continue;
        const double weight = d->left[y * d->count + i] * d->values[i];
        const double *v = d->right + i * d->inputs;
        for (int64_t j = 0; j < d->inputs; j++)
            row[j] += weight * v[j];
    }
}

latent_status latent__directions_head(latent_context *context, const latent_directions *directions,
                                      const bool *kept, double *head) {
    const int64_t entries = directions->outputs * directions->inputs;
    latent_status status = LATENT_OK;
    double *made = latent__allocate(context, entries, sizeof *made, "the pruned head", &status);
    if (!status) {
        head_work work = {directions, kept, made};
        latent__phase(context, "pruned head", 0, 1);
        status = latent__parallel(context, directions->outputs, head_row, &work);
    }
    if (!status)
        memcpy(head, made, (size_t)entries * sizeof *head);
    latent__release(context, made, entries, sizeof *made);
    return status;
}
