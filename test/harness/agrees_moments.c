#include "agrees_moments.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Half of the last place of a result, and what the smallest number leaves open. */
static const double last_place = DBL_EPSILON, smallest = 0x1p-1074;

/* For an error of m_r relative to the mean of |x - mu|^r. docs/numerics.md proves a worst case some
 * hundred times as large; roundings do not conspire. A pass over values makes one join in 64 rows, at
 * the most, and one in 1024 columns. */
static double tolerance_of(int64_t merges, int64_t rows, int64_t columns) {
    return 8.0 * (double)(merges + rows / 64 + columns / 1024 + 64) * 0x1p-53;
}

/* For a mean of |h|: a join of numbers close to the smallest one rounds to a multiple of that. */
static double room_of_magnitude(double mean_abs, int64_t merges, int64_t rows) {
    return tolerance_of(merges, rows, 1) * mean_abs + (double)(merges + rows / 64) * smallest;
}

static bool close_to(const char *what, int64_t index, double actual, double expected, double room) {
    const double error = fabs(actual - expected);
    if (isnan(expected)
            ? isnan(actual)
            : actual == expected ||
                  (isfinite(expected) && error <= room + last_place * fabs(expected) + smallest))
        return true;
    fprintf(stderr, "%s[%lld] is %.17g, should be %.17g; off by %g, allowed %g\n", what,
            (long long)index, actual, expected, error, room);
    return false;
}

static bool equal(const char *what, int64_t index, int64_t actual, int64_t expected) {
    if (actual == expected)
        return true;
    fprintf(stderr, "%s[%lld] is %lld, should be %lld\n", what, (long long)index, (long long)actual,
            (long long)expected);
    return false;
}

/* The figures that samples and features share. */
static bool same_moments(const char *whose, int64_t i, const oracle_moments *m, int64_t count,
                         const double figures[4], double tolerance) {
    const double expected[] = {m->mean, m->variance, m->skewness, m->kurtosis};
    const double scales[] = {m->mean_scale, m->variance, m->skewness_scale, m->kurtosis_scale};
    static const char *const names[] = {"mean", "variance", "skewness", "kurtosis"};
    bool same = equal(whose, i, count, m->count);
    for (int f = 0; f < 4 && same; f++) {
        char what[40];
        snprintf(what, sizeof what, "%s %s", whose, names[f]);
        same = close_to(what, i, figures[f], expected[f], tolerance * scales[f]);
    }
    return same;
}

bool agrees_samples(const moments_results *found, const oracle_matrix *expected) {
    const double tolerance = tolerance_of(0, 1, expected->columns);
    const latent_moments_samples *const s = &found->samples;
    for (int64_t n = 0; n < expected->rows; n++) {
        const double figures[] = {s->mean[n], s->variance[n], s->skewness[n], s->kurtosis[n]};
        if (!same_moments("sample", n, &expected->sample[n], s->count[n], figures, tolerance))
            return false;
    }
    return true;
}

bool agrees_features(const moments_results *found, const oracle_matrix *expected, int64_t merges) {
    const double tolerance = tolerance_of(merges, expected->rows, 1);
    const latent_moments_features *const f = &found->features;
    int64_t degenerate = 0;
    for (int64_t i = 0; i < expected->columns; i++) {
        const oracle_moments *const m = &expected->feature[i];
        const double figures[] = {f->mean[i], f->variance[i], f->skewness[i], f->kurtosis[i]};
        degenerate += m->degenerate;
        if (!same_moments("feature", i, m, f->count[i], figures, tolerance) ||
            !close_to("feature min", i, f->min[i], m->min, -INFINITY) ||
            !close_to("feature max", i, f->max[i], m->max, -INFINITY) ||
            !close_to("feature mean_abs", i, f->mean_abs[i], m->mean_abs,
                      room_of_magnitude(m->mean_abs, merges, expected->rows)))
            return false;
    }
    return equal("degenerate", 0, f->degenerate, degenerate);
}

bool agrees_overall(const moments_results *found, const oracle_matrix *expected, int64_t merges) {
    const double tolerance = tolerance_of(merges, expected->rows, expected->columns);
    const latent_moments_overall *const a = &found->overall;
    const oracle_overall all = oracle_moments_overall(expected);
    const double kurtosis = tolerance * all.kurtosis_scale;
    const double skewness = tolerance * all.skewness_scale;
    return equal("overall.samples", 0, a->samples, all.samples) &&
           equal("overall.degenerate", 0, a->degenerate, all.degenerate) &&
           equal("overall.undefined", 0, a->undefined, all.undefined) &&
           equal("overall.nonfinite", 0, a->nonfinite, all.nonfinite) &&
           close_to("overall.kurtosis_mean", 0, a->kurtosis_mean, all.kurtosis_mean, kurtosis) &&
           close_to("overall.kurtosis_std", 0, a->kurtosis_std, all.kurtosis_std, kurtosis) &&
           close_to("overall.skewness_mean", 0, a->skewness_mean, all.skewness_mean, skewness) &&
           close_to("overall.skewness_std", 0, a->skewness_std, all.skewness_std, skewness);
}

/* What the criteria have to be, from figures that have been found right. */
static int32_t criteria_of(const latent_outliers *o, int64_t i, double share, double ratio) {
    return (o->share_magnitude[i] >= share ? LATENT_BY_MAGNITUDE : 0) |
           (o->share_sigma[i] >= share ? LATENT_BY_SIGMA : 0) |
           (o->mean_abs[i] > 0.0 && o->ratio[i] >= ratio ? LATENT_BY_RATIO : 0);
}

static bool agrees_criteria(const latent_outliers *o, int64_t d,
                            const latent_outliers_options *given) {
    const double share = given && given->share > 0.0 ? given->share : 0.06;
    const double ratio = given && given->ratio > 0.0 ? given->ratio : 10.0;
    int64_t count = 0, by_magnitude = 0, by_sigma = 0, by_ratio = 0;
    for (int64_t i = 0; i < d; i++) {
        const int32_t criteria = criteria_of(o, i, share, ratio);
        if (!equal("criteria", i, o->criteria[i], criteria))
            return false;
        if (criteria && (count >= o->count || !equal("index", count, o->index[count], i)))
            return false;
        count += criteria != 0;
        by_magnitude += (criteria & LATENT_BY_MAGNITUDE) != 0;
        by_sigma += (criteria & LATENT_BY_SIGMA) != 0;
        by_ratio += (criteria & LATENT_BY_RATIO) != 0;
    }
    return equal("outliers.count", 0, o->count, count) &&
           equal("outliers.by_magnitude", 0, o->by_magnitude, by_magnitude) &&
           equal("outliers.by_sigma", 0, o->by_sigma, by_sigma) &&
           equal("outliers.by_ratio", 0, o->by_ratio, by_ratio);
}

static bool agrees_counts(const latent_outliers *o, int64_t i, const oracle_outlier *expected) {
    const double count = (double)expected->count;
    if (expected->spoilt) /* counts that mean nothing */
        return isnan(o->share_magnitude[i]) && isnan(o->share_sigma[i]);
    if (o->over_sigma[i] < expected->least_over_sigma ||
        o->over_sigma[i] > expected->most_over_sigma)
        return equal("over_sigma", i, o->over_sigma[i], expected->least_over_sigma);
    return equal("over_magnitude", i, o->over_magnitude[i], expected->over_magnitude) &&
           close_to("share_magnitude", i, o->share_magnitude[i],
                    (double)expected->over_magnitude / count, 0.0) &&
           close_to("share_sigma", i, o->share_sigma[i], (double)o->over_sigma[i] / count, 0.0);
}

/* The quotient of two figures that are right themselves. */
static double quotient(double mean_abs, double median) {
    return mean_abs == 0.0 ? 0.0 : mean_abs / median;
}

bool agrees_outliers(const moments_results *found, const oracle_matrix *expected,
                     const latent_outliers_options *given, int64_t merges) {
    const latent_outliers *const o = &found->outliers;
    const int64_t d = expected->columns, n = expected->rows;
    oracle_outlier *const outlier = malloc((size_t)d * sizeof *outlier);
    double median;
    oracle_outliers(expected, outlier, &median);
    bool agrees = close_to("median", 0, o->median, median, room_of_magnitude(median, merges, n));
    for (int64_t i = 0; i < d && agrees; i++)
        agrees = close_to("outliers.mean_abs", i, o->mean_abs[i], outlier[i].mean_abs,
                          room_of_magnitude(outlier[i].mean_abs, merges, n)) &&
                 close_to("ratio", i, o->ratio[i], quotient(o->mean_abs[i], o->median), 0.0) &&
                 agrees_counts(o, i, &outlier[i]);
    free(outlier);
    return agrees && agrees_criteria(o, d, given);
}
