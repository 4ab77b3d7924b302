#include "basis.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "kernels/kernels.h"
#include "parallel/pool.h"
#include "vectors.h"

latent_status latent__basis_create(latent_context *context, int64_t length, int64_t capacity,
                                   const char *what, latent__basis *basis) {
    latent_status status = LATENT_OK;
    *basis = (latent__basis){.context = context, .length = length, .capacity = capacity};
    basis->rows =
        latent__allocate(context, capacity, (size_t)length * sizeof *basis->rows, what, &status);
    return status;
}

void latent__basis_free(latent__basis *basis) {
    if (basis->context)
        latent__release(basis->context, basis->rows, basis->capacity,
                        (size_t)basis->length * sizeof *basis->rows);
}

double latent__norm(const latent_context *context, const double *vector, int64_t n) {
    const double square = context->kernels->dot[LATENT_F64 - 1](vector, vector, n);
    /* Squares that have left float64, or lost digits at its lower end, are taken again, scaled. */
    return square > 1e-280 && isfinite(square) ? sqrt(square) : latent__vector_norm(vector, n);
}

/* Columns that are worked on together, and from how much work on other threads help. */
enum { CHUNK = 2048, WORTH_SHARING = 1 << 17 };

static int64_t chunks_of(int64_t length) {
    return (length + CHUNK - 1) / CHUNK;
}

static int32_t workers_for(const latent__basis *basis, int64_t rows) {
    return rows * basis->length < WORTH_SHARING ? 1 : latent__pool_threads(basis->context->pool);
}

/* Subtracts from `vector` its components along all rows. */
typedef struct projection {
    const latent__basis *basis;
    double *vector, *components;
} projection;

static void component(void *argument, int64_t row, int32_t worker) {
    const projection *p = argument;
    (void)worker;
    p->components[row] = p->basis->context->kernels->dot[LATENT_F64 - 1](
        latent__basis_row(p->basis, row), p->vector, p->basis->length);
}

static void subtract(void *argument, int64_t chunk, int32_t worker) {
    const projection *p = argument;
    const int64_t first = chunk * CHUNK, length = p->basis->length;
    const int64_t last = first + CHUNK < length ? first + CHUNK : length;
    (void)worker;
    for (int64_t row = 0; row < p->basis->count; row++) {
        const double *r = latent__basis_row(p->basis, row);
        for (int64_t j = first; j < last; j++)
            p->vector[j] -= p->components[row] * r[j];
    }
}

static latent_status project_out(const latent__basis *basis, double *vector, double *components) {
    projection p = {basis, vector, components};
    const int32_t workers = workers_for(basis, basis->count);
    const latent_status status =
        latent__parallel_few(basis->context, workers, basis->count, component, &p);
    return status ? status
                  : latent__parallel_few(basis->context, workers, chunks_of(basis->length),
                                         subtract, &p);
}

/* Once more for what the first subtraction's rounding left: coefficients are the sums of both. */
static latent_status project_out_twice(const latent__basis *basis, double *vector,
                                       double *coefficients) {
    double *const again = coefficients + basis->count;
    latent_status status = project_out(basis, vector, coefficients);
    if (!status)
        status = project_out(basis, vector, again);
    for (int64_t row = 0; row < basis->count && !status; row++)
        coefficients[row] += again[row];
    return status;
}

latent_status latent__basis_extend(latent__basis *basis, double negligible, double *coefficients,
                                   double *norm) {
    double *const vector = latent__basis_row(basis, basis->count);
    const latent_status status = project_out_twice(basis, vector, coefficients);
    if (status)
        return status;
    *norm = latent__norm(basis->context, vector, basis->length);
    if (!isfinite(*norm))
        return latent__fail(basis->context, LATENT_ERROR_OVERFLOW,
                            "a product with the Jacobian is too large for its square");
    if (*norm <= negligible) {
        *norm = 0;
        return LATENT_OK;
    }
    for (int64_t j = 0; j < basis->length; j++)
        vector[j] /= *norm;
    basis->count++;
    return LATENT_OK;
}

latent_status latent__basis_extend_random(latent__basis *basis, latent__random *random,
                                          double *room) {
    double norm = 0;
    latent__random_normals(random, latent__basis_row(basis, basis->count), basis->length);
    return latent__basis_extend(basis, 0, room, &norm);
}

/* Combines rows in place, a few columns at a time. */
typedef struct combination {
    latent__basis *basis;
    latent__weights weights;
    int64_t from, to;
    double *room; /* workers × from × COLUMNS */
} combination;

enum { COLUMNS = 32 };

static void combine_columns(void *argument, int64_t item, int32_t worker) {
    const combination *c = argument;
    const int64_t first = item * COLUMNS, length = c->basis->length;
    const int64_t width = first + COLUMNS < length ? COLUMNS : length - first;
    double *const old = c->room + worker * c->from * COLUMNS;
    for (int64_t j = 0; j < c->from; j++)
        memcpy(old + j * COLUMNS, latent__basis_row(c->basis, j) + first,
               (size_t)width * sizeof *old);
    for (int64_t i = 0; i < c->to; i++) {
        double sums[COLUMNS] = {0};
        for (int64_t j = 0; j < c->from; j++) {
            const double weight = c->weights.at[i * c->weights.row + j * c->weights.column];
            for (int64_t l = 0; l < width; l++)
                sums[l] += weight * old[j * COLUMNS + l];
        }
        memcpy(latent__basis_row(c->basis, i) + first, sums, (size_t)width * sizeof *sums);
    }
}

latent_status latent__basis_combine(latent__basis *basis, latent__weights weights, int64_t from,
                                    int64_t to) {
    latent_status status = LATENT_OK;
    const int32_t workers = workers_for(basis, from);
    combination c = {.basis = basis, .weights = weights, .from = from, .to = to};
    const size_t bytes = (size_t)from * COLUMNS * sizeof *c.room;
    c.room = latent__allocate(basis->context, workers, bytes, "a restart", &status);
    if (!status)
        status = latent__parallel_few(basis->context, workers,
                                      (basis->length + COLUMNS - 1) / COLUMNS, combine_columns, &c);
    latent__release(basis->context, c.room, workers, bytes);
    if (status)
        return status;
    memmove(latent__basis_row(basis, to), latent__basis_row(basis, from),
            (size_t)((basis->count - from) * basis->length) * sizeof *basis->rows);
    basis->count -= from - to;
    return LATENT_OK;
}
