/* Plain C: what the kernels mean. */
#include <float.h>
#include <math.h>

#include "moment_formulas.h"
#include "scalar.h"

#include "moments_template.h"

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

#define TABLE latent__kernels_reference
#define ISA LATENT_ISA_REFERENCE
#include "table_template.h"
