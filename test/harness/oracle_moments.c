#include "oracle_moments.h"

#include <math.h>
#include <stdlib.h>

static oracle_wide magnitude(oracle_wide x) {
    return x < 0 ? -x : x;
}

/* All powers of x - mean, added up and divided by how many there were. */
typedef struct powers {
    oracle_wide second, third, fourth, first_magnitude, third_magnitude;
} powers;

static void add_powers(powers *sum, oracle_wide x, oracle_wide share) {
    const oracle_wide square = x * x;
    sum->first_magnitude += magnitude(x) * share;
    sum->second += square * share;
    sum->third += square * x * share;
    sum->third_magnitude += square * magnitude(x) * share;
    sum->fourth += square * square * share;
}

/* x / second^1.5, by way of its square: not every long double has the range of the moments. */
static long double per_cube(oracle_wide x, oracle_wide second) {
    const long double root = sqrtl((long double)(x * x / (second * second * second)));
    return x < 0 ? -root : root;
}

/* Skewness and kurtosis of the central moments of n values. Their scales are what the relative
 * errors of the moments are multiplied with, to first order. */
static void shape_of(oracle_moments *m, const powers *p, const latent_moments_options *options) {
    const long double n = (long double)m->count;
    long double skewness = per_cube(p->third, p->second);
    long double scale = per_cube(p->third_magnitude, p->second) + 1.5L * fabsl(skewness);
    long double kurtosis = (long double)(p->fourth / (p->second * p->second));
    long double kurtosis_scale = 3.0L * kurtosis;
    if (options->bias == LATENT_UNBIASED) {
        const long double factor = n > 2 ? sqrtl(n * (n - 1)) / (n - 2) : (long double)NAN;
        skewness *= factor;
        scale *= factor;
        const long double divisor = n > 3 ? (n - 2) * (n - 3) : (long double)NAN;
        kurtosis = ((n * n - 1) * kurtosis - 3 * (n - 1) * (n - 1)) / divisor + 3;
        kurtosis_scale = ((n * n - 1) * kurtosis_scale + 3 * (n - 1) * (n - 1)) / divisor + 3;
    }
    m->skewness = (double)skewness;
    m->skewness_scale = (double)scale;
    m->kurtosis = (double)(options->fisher ? kurtosis - 3 : kurtosis);
    m->kurtosis_scale = (double)kurtosis_scale;
}

/* Counts, range, and the mean to the last digit: the sum's rounding is added up, too. */
static oracle_wide first_pass(const double *values, int64_t n, int64_t step, oracle_moments *m) {
    oracle_wide sum = 0, magnitudes = 0, rest = 0;
    for (int64_t i = 0; i < n; i++) {
        const double x = values[i * step];
        if (!isfinite(x)) {
            m->nonfinite++;
            continue;
        }
        m->degenerate = m->degenerate && (m->count == 0 || x == m->min);
        m->min = m->count == 0 || x < m->min ? x : m->min;
        m->max = m->count == 0 || x > m->max ? x : m->max;
        m->count++;
        sum += (oracle_wide)x;
        magnitudes += (oracle_wide)fabs(x);
    }
    const oracle_wide count = (oracle_wide)m->count, mean = sum / count;
    for (int64_t i = 0; i < n; i++)
        if (isfinite(values[i * step]))
            rest += (oracle_wide)values[i * step] - mean;
    m->mean_abs = (double)(magnitudes / count);
    return mean + rest / count;
}

oracle_moments oracle_moments_of(const double *values, int64_t n, int64_t step,
                                 const latent_moments_options *options) {
    const double nan = (double)NAN;
    const oracle_moments nothing = {.degenerate = true,
                                    .mean = nan,
                                    .variance = nan,
                                    .skewness = nan,
                                    .kurtosis = nan,
                                    .min = nan,
                                    .max = nan,
                                    .mean_abs = nan};
    oracle_moments m = nothing;
    const oracle_wide mean = first_pass(values, n, step, &m);
    if (m.nonfinite > 0 && options->nan_policy == LATENT_NAN_PROPAGATE) {
        oracle_moments spoilt = nothing;
        spoilt.count = n;
        spoilt.nonfinite = m.nonfinite;
        spoilt.degenerate = false;
        return spoilt;
    }
    if (m.count == 0) {
        oracle_moments none = nothing;
        none.nonfinite = m.nonfinite;
        return none;
    }
    powers p = {0, 0, 0, 0, 0};
    for (int64_t i = 0; i < n; i++)
        if (isfinite(values[i * step]))
            add_powers(&p, (oracle_wide)values[i * step] - mean, 1 / (oracle_wide)m.count);
    m.wide_mean = m.degenerate ? (oracle_wide)m.min : mean;
    m.wide_variance = m.degenerate ? 0 : p.second;
    m.mean = (double)m.wide_mean;
    m.variance = (double)m.wide_variance;
    m.mean_scale = (double)p.first_magnitude;
    if (!m.degenerate)
        shape_of(&m, &p, options);
    return m;
}

typedef double (*figure)(const oracle_moments *m);

static double kurtosis_of(const oracle_moments *m) {
    return m->kurtosis;
}

static double skewness_of(const oracle_moments *m) {
    return m->skewness;
}

/* Of the samples that have a kurtosis; denominator: how many those are. */
static void average(const oracle_moments *samples, int64_t n, figure of, double *mean,
                    double *std) {
    long double sum = 0, squares = 0, count = 0;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(samples[i].kurtosis)) {
            sum += (long double)of(&samples[i]);
            count++;
        }
    const long double center = count > 0 ? sum / count : (long double)NAN;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(samples[i].kurtosis)) {
            const long double x = (long double)of(&samples[i]) - center;
            squares += x * x;
        }
    *mean = (double)center;
    *std = count > 0 ? (double)sqrtl(squares / count) : (double)NAN;
}

oracle_overall oracle_moments_overall(const oracle_matrix *matrix) {
    oracle_overall all = {.samples = matrix->rows};
    for (int64_t i = 0; i < matrix->rows; i++) {
        const oracle_moments *const sample = &matrix->sample[i];
        all.nonfinite += sample->nonfinite;
        all.degenerate += sample->degenerate;
        if (isnan(sample->kurtosis)) {
            all.undefined += !sample->degenerate;
            continue;
        }
        all.kurtosis_scale = fmax(all.kurtosis_scale, sample->kurtosis_scale);
        all.skewness_scale = fmax(all.skewness_scale, sample->skewness_scale);
    }
    average(matrix->sample, matrix->rows, kurtosis_of, &all.kurtosis_mean, &all.kurtosis_std);
    average(matrix->sample, matrix->rows, skewness_of, &all.skewness_mean, &all.skewness_std);
    return all;
}

oracle_matrix oracle_matrix_make(const double *values, int64_t rows, int64_t columns,
                                 const latent_moments_options *options) {
    oracle_matrix matrix = {.values = values, .rows = rows, .columns = columns};
    if (options)
        matrix.options = *options;
    if (matrix.options.magnitude == 0.0)
        matrix.options.magnitude = 6.0;
    if (matrix.options.sigma == 0.0)
        matrix.options.sigma = 6.0;
    matrix.sample = malloc((size_t)rows * sizeof *matrix.sample);
    matrix.feature = malloc((size_t)columns * sizeof *matrix.feature);
    for (int64_t n = 0; n < rows; n++)
        matrix.sample[n] = oracle_moments_of(values + n * columns, columns, 1, &matrix.options);
    for (int64_t i = 0; i < columns; i++)
        matrix.feature[i] = oracle_moments_of(values + i, rows, columns, &matrix.options);
    return matrix;
}

void oracle_matrix_free(oracle_matrix *matrix) {
    free(matrix->sample);
    free(matrix->feature);
}
