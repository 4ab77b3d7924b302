/* Plain C: what the kernels mean. */
#include <float.h>
#include <math.h>

#include "moment_formulas.h"
#include "scalar.h"

/* Vectors of one element. */
enum { WIDTH = 1 };
typedef double vector;
#define SPREAD(x) (x)
#define FUSED(a, b, c) ((a) * (b) + (c))

static inline vector load_f32(const float *p) {
    return (double)*p;
}

#include "moments_template.h"
#include "projection_template.h"
#include "quantise_template.h"

#define TYPE_NAME f16
#define ELEMENT uint16_t
#define ONE latent__one_f16
#include "reference_template.h"

#define TYPE_NAME bf16
#define ELEMENT uint16_t
#define ONE latent__one_bf16
#include "reference_template.h"

#define TYPE_NAME f32
#define ELEMENT float
#define ONE latent__one_f32
#include "reference_template.h"

#define TYPE_NAME f64
#define ELEMENT double
#define ONE latent__one_f64
#include "reference_template.h"

static int64_t screen(const float *product, latent__row_bounds row, const float *lower,
                      const float *limit, int64_t n, int32_t *hits) {
    return latent__screen_from(product, row, lower, limit, 0, n, hits, 0);
}

static int64_t count(const float *product, latent__row_bounds row,
                     const latent__column_bounds *columns, int64_t n, int64_t *below,
                     int32_t *hits) {
    return latent__count_from(product, row, columns, 0, n, below, hits, 0);
}

static void multiply(const double *a, const double *b, int64_t depth, double *c) {
    for (int r = 0; r < LATENT__TILE_ROWS; r++)
        for (int l = 0; l < LATENT__TILE_COLUMNS; l++) {
            double sum = c[r * LATENT__TILE_COLUMNS + l];
            for (int64_t k = 0; k < depth; k++)
                sum = fma(a[k * LATENT__TILE_ROWS + r], b[k * LATENT__TILE_COLUMNS + l], sum);
            c[r * LATENT__TILE_COLUMNS + l] = sum;
        }
}

static void follow(const latent__levels *work) {
    for (int s = 0; s < LATENT__FOLLOWED; s++) {
        float *logit = work->logit[s];
        for (int64_t level = 0; level < work->levels; level++) {
            const float *direction = work->direction + level * LATENT__STRIP_CLASSES;
            const int64_t entry = level * LATENT__FOLLOWED + s;
            const float weight = work->weight[entry];
            uint64_t sure = 0, open = 0;
            for (int l = 0; l < LATENT__STRIP_CLASSES; l++) {
                logit[l] += weight * direction[l];
                sure |= (uint64_t)(logit[l] > work->high[entry]) << l;
                open |= (uint64_t)(logit[l] > work->low[entry]) << l;
            }
            if (open)
                latent__count_above(work, s, level, sure, open & ~sure);
        }
    }
}

#define QUOTIENT(a, b, inverse) ((a) / (b))
#include "credit_template.h"

#define TABLE latent__kernels_reference
#define ISA LATENT_ISA_REFERENCE
#include "table_template.h"
