#include "moments_results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testing.h"

enum { PER_SAMPLE = 5, PER_FEATURE = 8 + 8 };

/* The next array of `count` 8-byte entries; the arrays are in the order of the structs' fields. */
static void *next_array(unsigned char **at, int64_t count) {
    void *const array = *at;
    *at += count * 8;
    return array;
}

size_t moments_results_bytes(int64_t rows, int64_t columns) {
    return (size_t)(PER_SAMPLE * rows + PER_FEATURE * columns) * 8;
}

moments_results moments_results_in(unsigned char *block, int64_t rows, int64_t columns) {
    moments_results r = {.rows = rows, .columns = columns, .block = block};
    r.bytes = moments_results_bytes(rows, columns);
    unsigned char *at = r.block;
    r.samples = (latent_moments_samples){sizeof r.samples,      next_array(&at, rows),
                                         next_array(&at, rows), next_array(&at, rows),
                                         next_array(&at, rows), next_array(&at, rows)};
    latent_moments_features *const f = &r.features;
    f->count = next_array(&at, columns);
    double **const figures[] = {&f->mean, &f->variance, &f->skewness, &f->kurtosis,
                                &f->min,  &f->max,      &f->mean_abs};
    for (int i = 0; i < 7; i++)
        *figures[i] = next_array(&at, columns);
    latent_outliers *const o = &r.outliers;
    o->mean_abs = next_array(&at, columns);
    o->ratio = next_array(&at, columns);
    o->over_magnitude = next_array(&at, columns);
    o->over_sigma = next_array(&at, columns);
    o->share_magnitude = next_array(&at, columns);
    o->share_sigma = next_array(&at, columns);
    o->criteria = next_array(&at, columns);
    o->index = next_array(&at, columns);
    f->size = sizeof *f;
    o->size = sizeof *o;
    r.overall.size = sizeof r.overall;
    return r;
}

moments_results moments_results_new(int64_t rows, int64_t columns) {
    return moments_results_in(poison_new(moments_results_bytes(rows, columns)), rows, columns);
}

void moments_results_free(moments_results *results) {
    free(results->block);
}

bool moments_results_untouched(const moments_results *r) {
    const latent_moments_overall overall = {.size = sizeof overall};
    const latent_outliers *const o = &r->outliers;
    return poison_intact(r->block, r->bytes) && r->features.degenerate == 0 &&
           memcmp(&overall, &r->overall, sizeof overall) == 0 && o->count == 0 &&
           o->by_magnitude == 0 && o->by_sigma == 0 && o->by_ratio == 0 && o->median == 0.0;
}

static bool same(const char *what, const void *a, const void *b, int64_t count) {
    const uint64_t *const left = a, *const right = b;
    for (int64_t i = 0; i < count; i++)
        if (left[i] != right[i]) {
            double as_numbers[2];
            memcpy(&as_numbers[0], &left[i], 8);
            memcpy(&as_numbers[1], &right[i], 8);
            fprintf(stderr, "%s[%lld]: %llx (%a) and %llx (%a)\n", what, (long long)i,
                    (unsigned long long)left[i], as_numbers[0], (unsigned long long)right[i],
                    as_numbers[1]);
            return false;
        }
    return true;
}

bool same_part_of_samples(const moments_results *whole, int64_t first,
                          const moments_results *part) {
    const latent_moments_samples *const a = &whole->samples, *const b = &part->samples;
    return same("sample count", a->count + first, b->count, part->rows) &&
           same("sample mean", a->mean + first, b->mean, part->rows) &&
           same("sample variance", a->variance + first, b->variance, part->rows) &&
           same("sample skewness", a->skewness + first, b->skewness, part->rows) &&
           same("sample kurtosis", a->kurtosis + first, b->kurtosis, part->rows);
}

bool same_samples(const moments_results *a, const moments_results *b) {
    return same_part_of_samples(a, 0, b);
}

bool same_features(const moments_results *a, const moments_results *b) {
    const latent_moments_features *const f = &a->features, *const g = &b->features;
    const int64_t d = a->columns;
    return same("feature count", f->count, g->count, d) &&
           same("feature mean", f->mean, g->mean, d) &&
           same("feature variance", f->variance, g->variance, d) &&
           same("feature skewness", f->skewness, g->skewness, d) &&
           same("feature kurtosis", f->kurtosis, g->kurtosis, d) &&
           same("feature min", f->min, g->min, d) && same("feature max", f->max, g->max, d) &&
           same("feature mean_abs", f->mean_abs, g->mean_abs, d) &&
           same("features' degenerate", &f->degenerate, &g->degenerate, 1);
}

bool same_overall(const moments_results *a, const moments_results *b) {
    return same("overall", &a->overall, &b->overall, (int64_t)sizeof a->overall / 8);
}

bool same_outliers(const moments_results *a, const moments_results *b) {
    const latent_outliers *const o = &a->outliers, *const p = &b->outliers;
    const int64_t d = a->columns;
    return same("outliers' mean_abs", o->mean_abs, p->mean_abs, d) &&
           same("outliers' ratio", o->ratio, p->ratio, d) &&
           same("over_magnitude", o->over_magnitude, p->over_magnitude, d) &&
           same("over_sigma", o->over_sigma, p->over_sigma, d) &&
           same("share_magnitude", o->share_magnitude, p->share_magnitude, d) &&
           same("share_sigma", o->share_sigma, p->share_sigma, d) &&
           memcmp(o->criteria, p->criteria, (size_t)d * 4) == 0 &&
           same("outliers' count", &o->count, &p->count, 4) &&
           same("outliers' median", &o->median, &p->median, 1) &&
           same("index", o->index, p->index, o->count);
}
