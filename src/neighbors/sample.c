#include "sample.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/sort.h"

void latent__sample_load(latent__sample *sample, const latent__sampled *row) {
    const latent__pairs *pairs = sample->pairs;
    const latent__packing packing = latent__packing_float32(pairs->space.columns);
    latent__pack_row(pairs->context, &pairs->space, &packing, pairs->shift, row->side,
                     latent__side_row(row->side, row->position), sample->values);
}

/* Up to `most` positions of a side, spread evenly. */
static void take_rows(latent__sample *sample, const latent__side *side, int32_t most) {
    const int32_t count = side->count < most ? (int32_t)side->count : most;
    for (int32_t r = 0; r < count; r++)
        sample->row[sample->rows++] = (latent__sampled){side, side->count * r / count};
}

static void find_largest(latent__sample *sample) {
    const int64_t columns = sample->pairs->space.columns;
    memset(sample->largest, 0, (size_t)columns * sizeof *sample->largest);
    for (int32_t r = 0; r < sample->rows && !latent__tick(sample->pairs->context, 0); r++) {
        latent__sample_load(sample, &sample->row[r]);
        for (int64_t k = 0; k < columns; k++)
            sample->largest[k] = fmaxf(sample->largest[k], fabsf(sample->values[k]));
    }
}

/* References that a pass compares a query with are those inside or outside its label's range. */
static bool wanted(const latent__sample *sample, int64_t query, latent__range same, int64_t place) {
    const latent__pairs *pairs = sample->pairs;
    const bool itself =
        pairs->symmetric ? place == query : pairs->self && place == pairs->self[query];
    const bool inside = place >= same.first && place < same.end;
    return !itself && (!pairs->labelled || inside == sample->counting);
}

/* The nearest partners are fewer than a sample shows. Of those it has, a sixteenth give the power of the
 * radius that their number grows with (Hill's estimate), which is then believed below them. (With more
 * of them, ten concepts' worth of others come in, whose distances grow otherwise.) */
static void fit_tail(latent__sampled_query *query) {
    const int32_t nearest = query->count / 16 < 8 ? 8 : query->count / 16;
    query->tail = nearest < query->count ? nearest : query->count;
    const double last = query->partner[query->tail - 1];
    double sum = 0;
    for (int32_t p = 0; p < query->tail - 1; p++)
        sum += log(fmax(last, 1e-300) / fmax(query->partner[p], 1e-3 * last + 1e-300));
    query->power = sum > 0 ? (query->tail - 1) / sum : 1000;
}

double latent__sampled_within(const latent__sampled_query *query, double radius) {
    const double each = query->partners / query->count;
    const double last = query->partner[query->tail - 1];
    if (!(radius > 0))
        return 0;
    if (radius < last)
        return each * query->tail * pow(radius / last, query->power);
    int32_t inside = query->tail;
    while (inside < query->count && query->partner[inside] <= radius)
        inside++;
    return each * inside;
}

/* The radius that has so many partners inside. */
static double radius_of(const latent__sampled_query *query, double inside) {
    const double each = query->partners / query->count, sampled = inside / each;
    if (sampled < query->tail)
        return query->partner[query->tail - 1] * pow(sampled / query->tail, 1 / query->power);
    const int32_t place = sampled < query->count ? (int32_t)sampled : query->count;
    return query->partner[place - 1];
}

/* Radii of evenly spread partners, and the one that will decide. */
static void measure(latent__sample *sample, latent__sampled_query *query) {
    const latent__pairs *pairs = sample->pairs;
    const latent__space *space = &pairs->space;
    const int64_t position = query->row.position;
    const latent__range same =
        pairs->labelled ? latent__same_label(pairs, latent__side_group_of(pairs->left, position))
                        : (latent__range){0, 0};
    const latent__range all = sample->counting ? same : (latent__range){0, pairs->right->count};
    const int64_t length = all.end - all.first;
    const int64_t tries = length < LATENT__SAMPLE_PARTNERS ? length : LATENT__SAMPLE_PARTNERS;
    for (int64_t t = 0; t < tries && !latent__tick(pairs->context, 0); t++) {
        const int64_t place = all.first + length * t / tries;
        if (wanted(sample, position, same, place))
            query->partner[query->count++] =
                latent__space_radius_above(space, latent__pairs_distance(pairs, position, place));
    }
    if (query->count == 0)
        return;
    query->partners = (double)query->count / (double)tries * (double)length;
    double room[LATENT__SAMPLE_PARTNERS];
    latent__sort(query->partner, room, query->count, NULL, NULL);
    fit_tail(query);
    query->radius = sample->counting ? latent__space_radius_above(space, pairs->distance[position])
                                     : radius_of(query, (double)pairs->k);
}

static void find_queries(latent__sample *sample) {
    const latent__side *left = sample->pairs->left;
    double radius[LATENT__SAMPLE_QUERIES], room[LATENT__SAMPLE_QUERIES];
    int32_t known = 0;
    const int64_t count =
        left->count < LATENT__SAMPLE_QUERIES ? left->count : LATENT__SAMPLE_QUERIES;
    for (int64_t q = 0; q < count; q++) {
        latent__sampled_query *query = &sample->query[sample->queries++];
        query->row = (latent__sampled){left, left->count * (2 * q + 1) / (2 * count)};
        query->count = 0;
        measure(sample, query);
        if (query->count > 0)
            radius[known++] = query->radius;
    }
    latent__sort(radius, room, known, NULL, NULL);
    sample->radius = known > 0 ? radius[known / 2] : 0;
}

int64_t latent__sample_bytes(int64_t columns) {
    return (int64_t)sizeof(latent__sample) + 2 * columns * (int64_t)sizeof(float) +
           3 * LATENT__ALIGNMENT;
}

latent__sample *latent__sample_make(latent__pairs *pairs, const latent__pass *pass,
                                    latent_status *status) {
    latent_context *context = pairs->context;
    const int64_t columns = pairs->space.columns;
    const bool both = !pairs->symmetric;
    latent__sample *sample =
        latent__allocate(context, 1, sizeof *sample, "a sample of the data", status);
    if (!sample)
        return NULL;
    sample->pairs = pairs;
    sample->rows = sample->queries = 0;
    sample->counting = pass->counting;
    sample->pass_pairs = pass->pairs;
    sample->largest = NULL;
    sample->values =
        latent__allocate(context, columns, sizeof *sample->values, "a sampled row", status);
    if (!*status)
        sample->largest =
            latent__allocate(context, columns, sizeof *sample->largest, "a sampled row", status);
    if (!*status) {
        take_rows(sample, pairs->right, both ? LATENT__SAMPLE_ROWS / 2 : LATENT__SAMPLE_ROWS);
        if (both)
            take_rows(sample, pairs->left, LATENT__SAMPLE_ROWS / 2);
        find_largest(sample);
        find_queries(sample);
    }
    if (!*status)
        return sample;
    latent__sample_free(pairs, sample);
    return NULL;
}

void latent__sample_free(latent__pairs *pairs, latent__sample *sample) {
    if (!sample)
        return;
    latent_context *context = pairs->context;
    latent__release(context, sample->largest, pairs->space.columns, sizeof *sample->largest);
    latent__release(context, sample->values, pairs->space.columns, sizeof *sample->values);
    latent__release(context, sample, 1, sizeof *sample);
}
