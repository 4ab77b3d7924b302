/* With C = Q Λ Qᵀ and W = U Σ Vᵀ, the left singular vectors of W C^½ Q = U (Σ Vᵀ Q Λ^½) are U times those
 * of the R × d_H matrix in brackets, and the singular values are the same. */
#include "aware.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "kernels/kernels.h"
#include "linalg/lapack.h"
#include "parallel/pool.h"

/* Arrays of one call, with R the rank and n the inputs. */
typedef struct aware {
    latent_context *context;
    const latent_directions *directions;
    const double *gram;
    int64_t rank, inputs;
    double *vectors; /* n × n: C, then its eigenvectors as rows */
    double *values;  /* n */
    double *scaled;  /* R × n: what is in the brackets */
    double *u, *vt;  /* R × R and R × n: its decomposition */
    double *s;       /* R */
    double *result;  /* left, right, error, plain_error */
} aware;

typedef struct part {
    double **where;
    int64_t count;
} part;

enum { PARTS = 7 };

static int64_t result_doubles(const aware *a) {
    return a->directions->outputs * a->rank + a->rank * a->inputs + 2 * (a->rank + 1);
}

static void list_parts(aware *a, part parts[PARTS]) {
    const part all[PARTS] = {{&a->vectors, a->inputs * a->inputs}, {&a->values, a->inputs},
                             {&a->scaled, a->rank * a->inputs},    {&a->u, a->rank * a->rank},
                             {&a->vt, a->rank * a->inputs},        {&a->s, a->rank},
                             {&a->result, result_doubles(a)}};
    memcpy(parts, all, sizeof all);
}

/* Eigenvalues of a matrix of second moments are not negative but for rounding. */
static latent_status check_eigenvalues(const aware *a) {
    const int64_t n = a->inputs;
    const double most = fmax(fabs(a->values[0]), fabs(a->values[n - 1]));
    if (a->values[0] >= -1e-10 * most)
        return LATENT_OK;
    return latent__fail(a->context, LATENT_ERROR_DOMAIN,
                        "gram has the negative eigenvalue %g: it is no matrix of second moments",
                        a->values[0]);
}

/* Row i of Σ Vᵀ Q Λ^½. */
static void scale_row(void *argument, int64_t i, int32_t worker) {
    aware *a = argument;
    const latent_directions *d = a->directions;
    const double *v = d->right + i * d->inputs;
    for (int64_t j = 0; j < a->inputs && !latent__tick(a->context, worker); j++) {
        const double dot =
            a->context->kernels->dot[LATENT_F64 - 1](v, a->vectors + j * a->inputs, a->inputs);
        a->scaled[i * a->inputs + j] = d->values[i] * dot * sqrt(fmax(a->values[j], 0));
    }
}

/* Σ_{i >= r} of what plain pruning loses with direction i: σ_i² v_iᵀ C v_i, the squared length of its
 * row above. */
static void sum_plain(const aware *a, double *error) {
    error[a->rank] = 0;
    for (int64_t i = a->rank - 1; i >= 0; i--) {
        const double *row = a->scaled + i * a->inputs;
        error[i] = error[i + 1] + a->context->kernels->dot[LATENT_F64 - 1](row, row, a->inputs);
    }
}

static void sum_aware(const aware *a, double *error) {
    error[a->rank] = 0;
    for (int64_t i = a->rank - 1; i >= 0; i--)
        error[i] = error[i + 1] + a->s[i] * a->s[i];
}

/* Row y of U times the left vectors. */
static void left_row(void *argument, int64_t y, int32_t worker) {
    aware *a = argument;
    const latent_directions *d = a->directions;
    double *row = a->result + y * a->rank;
    (void)worker;
    memset(row, 0, (size_t)a->rank * sizeof *row);
    for (int64_t i = 0; i < a->rank; i++) {
        const double weight = d->left[y * d->count + i];
        for (int64_t j = 0; j < a->rank; j++)
            row[j] += weight * a->u[i * a->rank + j];
    }
}

/* Row j of (U's part)ᵀ W = u_jᵀ Σ Vᵀ. */
static void right_row(void *argument, int64_t j, int32_t worker) {
    aware *a = argument;
    const latent_directions *d = a->directions;
    double *row = a->result + d->outputs * a->rank + j * a->inputs;
    (void)worker;
    memset(row, 0, (size_t)a->inputs * sizeof *row);
    for (int64_t i = 0; i < a->rank; i++) {
        const double weight = a->u[i * a->rank + j] * d->values[i];
        const double *v = d->right + i * d->inputs;
        for (int64_t k = 0; k < a->inputs; k++)
            row[k] += weight * v[k];
    }
}

static void copy_part(double *to, const double **from, int64_t count) {
    if (to)
        memcpy(to, *from, (size_t)count * sizeof *to);
    *from += count;
}

static latent_status compute(aware *a, latent_pruning_aware_result *result) {
    latent_context *context = a->context;
    const int64_t outputs = a->directions->outputs;
    double *errors = a->result + outputs * a->rank + a->rank * a->inputs;
    memcpy(a->vectors, a->gram, (size_t)(a->inputs * a->inputs) * sizeof *a->vectors);
    latent_status status = latent__eigen(context, a->vectors, a->inputs, a->values, "gram");
    if (!status)
        status = check_eigenvalues(a);
    latent__phase(context, "weighted head", 0.3, 0.6);
    if (!status)
        status = latent__parallel(context, a->rank, scale_row, a);
    if (!status) {
        sum_plain(a, errors + a->rank + 1);
        status = latent__svd(context, a->scaled, a->rank, a->inputs, a->u, a->s, a->vt,
                             "the weighted head");
    }
    latent__phase(context, "layers", 0.8, 0.9);
    if (!status)
        status = latent__parallel(context, outputs, left_row, a);
    latent__phase(context, "layers", 0.9, 1);
    if (!status)
        status = latent__parallel(context, a->rank, right_row, a);
    if (status)
        return status;
    sum_aware(a, errors);
    const double *from = a->result;
    copy_part(result->left, &from, outputs * a->rank);
    copy_part(result->right, &from, a->rank * a->inputs);
    copy_part(result->error, &from, a->rank + 1);
    copy_part(result->plain_error, &from, a->rank + 1);
    return LATENT_OK;
}

latent_status latent__aware(latent_context *context, const latent_directions *directions,
                            const double *gram, latent_pruning_aware_result *result) {
    aware a = {.context = context,
               .directions = directions,
               .gram = gram,
               .rank = directions->rank,
               .inputs = directions->inputs};
    part parts[PARTS];
    latent_status status = LATENT_OK;
    if (a.rank == 0) { /* a head of zeros loses nothing */
        if (result->error)
            result->error[0] = 0;
        if (result->plain_error)
            result->plain_error[0] = 0;
        return LATENT_OK;
    }
    list_parts(&a, parts);
    for (int p = 0; p < PARTS && !status; p++)
        *parts[p].where =
            latent__allocate(context, parts[p].count, sizeof(double), "the weighted head", &status);
    if (!status)
        status = compute(&a, result);
    for (int p = 0; p < PARTS; p++)
        latent__release(context, *parts[p].where, parts[p].count, sizeof(double));
    return status;
}
