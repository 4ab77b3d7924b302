#include "bidiagonal.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "linalg/lapack.h"
#include "parallel/pool.h"

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* Rows of each basis: those of all steps, up to 2 block + 1 that are yet to be multiplied, and as many that
 * are being added. */
static int64_t rows_of(int64_t size, int64_t block) {
    return size + 4 * block + 2;
}

/* Numbers of b, c, left, values, right, room. */
typedef struct small_sizes {
    int64_t b, c, left, values, right, room, all;
} small_sizes;

static small_sizes small_of(int64_t size, int64_t block) {
    small_sizes s = {.b = size * size,
                     .c = rows_of(size, block) * size,
                     .left = size * size,
                     .values = size,
                     .right = size * size,
                     .room = size * rows_of(size, block) + 2 * rows_of(size, block)};
    s.all = s.b + s.c + s.left + s.values + s.right + s.room;
    return s;
}

int64_t latent__bidiagonal_room(const latent_context *context, const latent_encoder *encoder,
                                int64_t size, int64_t block) {
    const int64_t rows = rows_of(size, block);
    /* LAPACK's workspace and copies of a matrix of that size, and room for restarts. */
    return latent__linear(rows, 8 * (encoder->inputs + encoder->outputs)) +
           latent__linear(small_of(size, block).all, 8) + latent__linear(size * size, 8 * 12) +
           latent__linear(size, 8 * 32 * latent__pool_threads(context->pool));
}

latent_status latent__bidiagonal_create(latent__encoder_calls *calls, const double *point,
                                        int64_t size, int64_t block, uint64_t seed,
                                        latent__bidiagonal *l) {
    latent_context *context = calls->context;
    const int64_t n = calls->encoder.inputs, m = calls->encoder.outputs;
    const small_sizes sizes = small_of(size, block);
    *l = (latent__bidiagonal){.calls = calls,
                              .point = point,
                              .wide = n > m,
                              .block = least(block, least(m, n)),
                              .size = size,
                              .random = latent__random_stream(seed, 0)};
    latent_status status = latent__basis_create(context, least(m, n), rows_of(size, block),
                                                "vectors of the shorter side", &l->shorter);
    if (!status)
        status = latent__basis_create(context, m + n - least(m, n), rows_of(size, block),
                                      "vectors of the longer side", &l->longer);
    if (!status)
        l->b =
            latent__allocate(context, sizes.all, sizeof *l->b, "the projected Jacobian", &status);
    if (status)
        return status;
    memset(l->b, 0, (size_t)sizes.all * sizeof *l->b);
    l->c = l->b + sizes.b;
    l->left = l->c + sizes.c;
    l->values = l->left + sizes.left;
    l->right = l->values + sizes.values;
    l->room = l->right + sizes.right;
    for (int64_t i = 0; i < l->block && !status; i++)
        status = latent__basis_extend_random(&l->shorter, &l->random, l->room);
    return status;
}

void latent__bidiagonal_free(latent__bidiagonal *l) {
    if (l->b)
        latent__release(l->calls->context, l->b, small_of(l->size, l->block).all, sizeof *l->b);
    latent__basis_free(&l->longer);
    latent__basis_free(&l->shorter);
}

/* Scales products by a power of two, the first that is not 0 to about 1, so that squares are in range. */
static void scale(latent__bidiagonal *l, double *products, int64_t count) {
    double largest = 0;
    for (int64_t e = 0; e < count && !l->scaled; e++)
        largest = fmax(largest, fabs(products[e]));
    if (largest > 0) {
        l->exponent = -ilogb(largest);
        l->exponent = l->exponent > 1000 ? 1000 : l->exponent; /* whose factor has to be a number */
        l->scaled = true;
    }
    const double factor = ldexp(1, l->exponent);
    for (int64_t e = 0; e < count; e++)
        products[e] *= factor;
}

static latent_status multiply(latent__bidiagonal *l, bool transposed, const double *vectors,
                              int64_t rows, double *products) {
    const latent_encoder *encoder = &l->calls->encoder;
    const bool by_vjp = transposed != l->wide;
    const latent_status status =
        by_vjp ? latent__encoder_vjp(l->calls, l->point, 0, vectors, rows, products)
               : latent__encoder_jvp(l->calls, l->point, 0, vectors, rows, products);
    const int64_t length = by_vjp ? encoder->inputs : encoder->outputs;
    l->products += rows;
    if (status)
        return status;
    scale(l, products, rows * length);
    for (int64_t r = 0; r < rows; r++)
        l->largest =
            fmax(l->largest, latent__norm(l->calls->context, products + r * length, length));
    return LATENT_OK;
}

latent_status latent__bidiagonal_multiply(latent__bidiagonal *l, const double *vectors,
                                          int64_t rows, double *products) {
    return multiply(l, false, vectors, rows, products);
}

/* What is left of a product after orthogonalisation is rounding if it is below this. */
static double negligible(const latent__bidiagonal *l) {
    return 256 * DBL_EPSILON * l->largest;
}

/* Takes row `from` into a basis, whose next free row may be an earlier one. The coefficients, and the norm
 * as that of the row itself, become column `column` of a matrix with rows of `size`. */
static latent_status take_in(latent__bidiagonal *l, latent__basis *basis, int64_t from,
                             double *matrix, int64_t column, bool *taken) {
    double norm = 0;
    const int64_t row = basis->count;
    if (from != row)
        memmove(latent__basis_row(basis, row), latent__basis_row(basis, from),
                (size_t)basis->length * sizeof *basis->rows);
    const double limit = row < basis->length ? negligible(l) : INFINITY;
    const latent_status status = latent__basis_extend(basis, limit, l->room, &norm);
    if (status)
        return status;
    for (int64_t i = 0; i < row; i++)
        matrix[i * l->size + column] = l->room[i];
    *taken = norm > 0;
    if (*taken)
        matrix[row * l->size + column] = norm;
    return LATENT_OK;
}

static latent_status expand_longer(latent__bidiagonal *l, int64_t rows) {
    latent_status status = multiply(l, false, latent__basis_row(&l->shorter, l->k), rows,
                                    latent__basis_row(&l->longer, l->k));
    for (int64_t i = 0; i < rows && !status; i++) {
        bool taken = false;
        status = take_in(l, &l->longer, l->k + i, l->b, l->k + i, &taken);
        if (!status && !taken)
            status = latent__basis_extend_random(&l->longer, &l->random, l->room);
    }
    return status;
}

/* Moves the last row of V, and what C says about it, to before the rows that are parked. */
static void unpark_last(latent__bidiagonal *l) {
    const int64_t last = l->shorter.count - 1, first = last - l->parked;
    double *a = latent__basis_row(&l->shorter, first), *b = latent__basis_row(&l->shorter, last);
    for (int64_t j = 0; j < l->shorter.length && l->parked > 0; j++) {
        const double kept = a[j];
        a[j] = b[j];
        b[j] = kept;
    }
    for (int64_t j = 0; j < l->size && l->parked > 0; j++) {
        const double kept = l->c[first * l->size + j];
        l->c[first * l->size + j] = l->c[last * l->size + j];
        l->c[last * l->size + j] = kept;
    }
}

static latent_status expand_shorter(latent__bidiagonal *l, int64_t rows) {
    const int64_t base = l->shorter.count;
    latent_status status = multiply(l, true, latent__basis_row(&l->longer, l->k), rows,
                                    latent__basis_row(&l->shorter, base));
    for (int64_t i = 0; i < rows && !status; i++) {
        bool taken = false;
        status = take_in(l, &l->shorter, base + i, l->c, l->k + i, &taken);
        if (taken)
            unpark_last(l);
    }
    return status;
}

/* Makes sure that there is a vector to go on with, if there are more directions. */
static latent_status refill(latent__bidiagonal *l) {
    if (l->shorter.count == l->shorter.length)
        l->parked = 0;
    if (l->shorter.count - l->parked > l->k || l->k == l->shorter.length)
        return LATENT_OK;
    const latent_status status = latent__basis_extend_random(&l->shorter, &l->random, l->room);
    if (!status)
        unpark_last(l);
    return status;
}

latent_status latent__bidiagonal_expand(latent__bidiagonal *l) {
    const int64_t rows = least(l->shorter.count - l->parked - l->k, l->size - l->k);
    latent_status status = expand_longer(l, rows);
    if (!status)
        status = expand_shorter(l, rows);
    if (status)
        return status;
    l->k += rows;
    return refill(l);
}

latent_status latent__bidiagonal_ritz(latent__bidiagonal *l) {
    const int64_t k = l->k;
    for (int64_t i = 0; i < k; i++)
        memcpy(l->room + i * k, l->b + i * l->size, (size_t)k * sizeof *l->room);
    return latent__svd_single(l->calls->context, l->room, k, k, l->left, l->values, l->right,
                              "the projected Jacobian");
}

/* Entry v of C p_i. */
static double rotated(const latent__bidiagonal *l, int64_t v, int64_t i) {
    double sum = 0;
    for (int64_t j = 0; j < l->k; j++)
        sum += l->c[v * l->size + j] * l->left[j * l->k + i];
    return sum;
}

double latent__bidiagonal_open(const latent__bidiagonal *l, int64_t i) {
    double square = 0;
    for (int64_t v = l->k; v < l->shorter.count; v++)
        square += rotated(l, v, i) * rotated(l, v, i);
    return sqrt(square);
}

/* (C p_i - S_i q_i)_v: what exact products would make 0. */
static double disagreement(const latent__bidiagonal *l, int64_t v, int64_t i) {
    return rotated(l, v, i) - l->values[i] * l->right[i * l->k + v];
}

double latent__bidiagonal_residual(const latent__bidiagonal *l, int64_t i) {
    double square = l->lost * l->lost;
    for (int64_t v = 0; v < l->k; v++)
        square += disagreement(l, v, i) * disagreement(l, v, i);
    return hypot(sqrt(square), latent__bidiagonal_open(l, i));
}

/* C in the new vectors: what of Aᵀ u_i lies along the v_a that are kept and along the next `beyond`. The rest
 * is lost, and its norm remembered. Into `room`, (keep + beyond) × keep. */
static void rotate_c(latent__bidiagonal *l, int64_t keep, int64_t beyond) {
    const int64_t k = l->k;
    double most = 0;
    for (int64_t i = 0; i < keep; i++) {
        double left_out = 0;
        for (int64_t a = 0; a < keep; a++)
            l->room[a * keep + i] = 0;
        for (int64_t v = 0; v < k; v++) {
            const double d = disagreement(l, v, i);
            left_out += d * d;
            for (int64_t a = 0; a < keep; a++)
                l->room[a * keep + i] += l->right[a * k + v] * d;
        }
        for (int64_t a = 0; a < keep; a++)
            left_out -= l->room[a * keep + i] * l->room[a * keep + i];
        l->room[i * keep + i] += l->values[i];
        for (int64_t v = 0; v < beyond; v++)
            l->room[(keep + v) * keep + i] = rotated(l, k + v, i);
        for (int64_t v = k + beyond; v < l->shorter.count; v++)
            left_out += rotated(l, v, i) * rotated(l, v, i);
        most = fmax(most, left_out);
    }
    l->lost = hypot(l->lost, sqrt(most));
}

static void store_rotated(latent__bidiagonal *l, int64_t keep, int64_t beyond) {
    const small_sizes sizes = small_of(l->size, l->block);
    memset(l->b, 0, (size_t)sizes.b * sizeof *l->b);
    memset(l->c, 0, (size_t)sizes.c * sizeof *l->c);
    for (int64_t i = 0; i < keep; i++)
        l->b[i * l->size + i] = l->values[i];
    for (int64_t v = 0; v < keep + beyond; v++)
        memcpy(l->c + v * l->size, l->room + v * keep, (size_t)keep * sizeof *l->c);
}

latent_status latent__bidiagonal_restart(latent__bidiagonal *l, int64_t keep, bool afresh) {
    const int64_t k = l->k, most = afresh ? 2 * l->block : 2 * l->block + 1;
    const int64_t beyond = least(l->shorter.count - k, most);
    rotate_c(l, keep, beyond);
    l->shorter.count = k + beyond;
    latent_status status =
        latent__basis_combine(&l->shorter, (latent__weights){l->right, k, 1}, k, keep);
    if (!status)
        status = latent__basis_combine(&l->longer, (latent__weights){l->left, 1, k}, k, keep);
    if (status)
        return status;
    store_rotated(l, keep, beyond);
    l->k = keep;
    l->parked = afresh ? beyond : 0;
    return refill(l);
}

void latent__bidiagonal_unpark(latent__bidiagonal *l) {
    l->parked = 0;
}
