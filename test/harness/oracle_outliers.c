#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "oracle_moments.h"

static int ascending(const void *left, const void *right) {
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Those that are no NaN, ascending; returns how many. */
static int64_t sorted(const double *values, int64_t count, double *out) {
    int64_t kept = 0;
    for (int64_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            out[kept++] = values[i];
    qsort(out, (size_t)kept, sizeof *out, ascending);
    return kept;
}

double oracle_quantile(const double *values, int64_t count, double p) {
    double *const x = malloc((size_t)count * sizeof *x);
    const int64_t n = sorted(values, count, x);
    double result = (double)NAN;
    if (n > 0) {
        const double place = (double)(n - 1) * p;
        const int64_t below = (int64_t)place;
        const int64_t above = below + 1 < n ? below + 1 : below;
        const oracle_wide part = (oracle_wide)place - (oracle_wide)below;
        result = (double)((1 - part) * (oracle_wide)x[below] + part * (oracle_wide)x[above]);
    }
    free(x);
    return result;
}

/* The square root of a variance, which may be far outside of float64's range. */
static double root_of(oracle_wide x) {
    double unit = 1.0;
    for (; x > (oracle_wide)0x1p512; unit *= 0x1p256)
        x *= (oracle_wide)0x1p-512;
    for (; x > 0 && x < (oracle_wide)0x1p-512; unit *= 0x1p-256)
        x *= (oracle_wide)0x1p512;
    return sqrt((double)x) * unit;
}

/* Adds one sample's row to every feature's numbers. The criterion compares float64 numbers: the mean
 * and the limit are rounded, and their last place is left open. */
static void add_row(const oracle_matrix *matrix, int64_t n, oracle_outlier *outlier) {
    const double *const row = matrix->values + n * matrix->columns;
    const oracle_moments *const m = &matrix->sample[n];
    const double limit = matrix->options.sigma * root_of(m->wide_variance);
    const double room = 1e-12 * limit + DBL_EPSILON * fabs(m->mean) + 0x1p-1073;
    for (int64_t i = 0; i < matrix->columns; i++) {
        if (!isfinite(row[i]))
            continue;
        const double distance = fabs((double)((oracle_wide)row[i] - m->wide_mean));
        outlier[i].count++;
        outlier[i].over_magnitude += fabs(row[i]) >= matrix->options.magnitude;
        outlier[i].least_over_sigma += !m->degenerate && distance > limit + room;
        outlier[i].most_over_sigma += !m->degenerate && distance > limit - room;
    }
}

void oracle_outliers(const oracle_matrix *matrix, oracle_outlier *outlier, double *median) {
    const bool propagate = matrix->options.nan_policy == LATENT_NAN_PROPAGATE;
    const int64_t d = matrix->columns;
    double *const mean_abs = malloc((size_t)d * sizeof *mean_abs);
    for (int64_t i = 0; i < d; i++) {
        const oracle_moments *const m = &matrix->feature[i];
        mean_abs[i] = m->mean_abs;
        outlier[i] =
            (oracle_outlier){.spoilt = propagate && m->nonfinite > 0, .mean_abs = m->mean_abs};
    }
    for (int64_t n = 0; n < matrix->rows; n++)
        add_row(matrix, n, outlier);
    *median = oracle_quantile(mean_abs, d, 0.5);
    free(mean_abs);
}
