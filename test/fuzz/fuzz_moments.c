/* Accumulators. Any bytes as a saved one, its frame put right so that what lies behind it is looked at:
 * what is loaded has to serve in every call. And any numbers as rows in chunks of any size, in parts
 * that are merged: they have to agree with the oracle. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "harness/agrees_moments.h"
#include "harness/moments_data.h"
#include "harness/narrow.h"
#include "harness/testing.h"

/* The input, read byte by byte; zeros follow its end. */
typedef struct reader {
    const uint8_t *data;
    size_t size, at;
} reader;

static unsigned next(reader *r) {
    return r->at < r->size ? r->data[r->at++] : 0;
}

static void demand(bool holds, const char *what, latent_context *context) {
    if (holds)
        return;
    fprintf(stderr, "%s; the last sentence: \"%s\"\n", what, latent_context_error(context));
    abort();
}

static void demand_ok(latent_status status, const char *what, latent_context *context) {
    demand(status == LATENT_OK, what, context);
}

/* src/moments/saved.c describes the frame: magic, version, lengths, checksum. */
enum { HEAD = 264, PER_FEATURE = 104, CHECKSUM = 4 };

static void put(uint8_t *at, uint64_t value, int bytes) {
    for (int i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

/* As many whole features as the input has bytes for, in a right frame; NULL if for none. */
static uint8_t *framed(const reader *r, size_t *size) {
    const size_t rest = r->size - r->at;
    if (rest < HEAD + PER_FEATURE + CHECKSUM)
        return NULL;
    const size_t features = (rest - HEAD - CHECKSUM) / PER_FEATURE;
    *size = HEAD + PER_FEATURE * features + CHECKSUM;
    uint8_t *const bytes = malloc(*size);
    memcpy(bytes, r->data + r->at, *size);
    memcpy(bytes, "latentM\x1a", 8);
    put(bytes + 8, 1, 8);
    put(bytes + 16, *size, 8);
    put(bytes + 24, features, 8);
    put(bytes + *size - CHECKSUM, crc32(0, bytes, (uInt)(*size - CHECKSUM)), 4);
    return bytes;
}

/* Every call on what has been loaded. Only what the accumulator's options or its having no rows
 * explain may fail, and counts that have no room for more. */
static void use(latent_context *context, latent_moments *moments, latent_moments *copy) {
    const int64_t d = latent_moments_columns(moments);
    moments_results out = moments_results_new(2, d);
    double *const rows = calloc((size_t)(2 * d), sizeof *rows);
    rows[0] = -1.5;
    rows[2 * d - 1] = 1e300;
    const latent_matrix points = latent_matrix_view(rows, 2, d, LATENT_F64);
    for (int round = 0; round < 2; round++) {
        const latent_status statuses[] = {
            latent_moments_finish(context, moments, &out.features, NULL),
            latent_moments_finish(context, moments, NULL, &out.overall),
            latent_moments_outliers(context, moments, NULL, &out.outliers),
            round == 0 ? latent_moments_update(context, moments, &points, NULL)
                       : latent_moments_merge(context, moments, copy),
        };
        for (int i = 0; i < 4; i++)
            demand(statuses[i] == LATENT_OK || statuses[i] == LATENT_ERROR_ARGUMENT ||
                       statuses[i] == LATENT_ERROR_DOMAIN || statuses[i] == LATENT_ERROR_OVERFLOW,
                   "a status that nothing explains", context);
    }
    free(rows);
    moments_results_free(&out);
}

static void check_bytes(latent_context *context, const reader *r) {
    size_t size;
    uint8_t *const bytes = framed(r, &size);
    latent_moments *moments = (latent_moments *)(void *)&size, *copy = NULL;
    latent_status status =
        latent_moments_load(context, r->data + r->at, (int64_t)(r->size - r->at), &moments);
    demand(status == LATENT_OK || (status == LATENT_ERROR_FORMAT && !moments), "load", context);
    latent_moments_destroy(moments);
    if (!bytes)
        return;
    status = latent_moments_load(context, bytes, (int64_t)size, &moments);
    demand(status == LATENT_OK || (status == LATENT_ERROR_FORMAT && !moments), "load", context);
    if (status == LATENT_OK) {
        uint8_t *const again = malloc(size);
        demand(latent_moments_saved_bytes(moments) == (int64_t)size, "saved_bytes", context);
        demand_ok(latent_moments_save(context, moments, again, (int64_t)size), "save", context);
        demand(memcmp(bytes, again, size) == 0, "other bytes than were loaded", context);
        demand_ok(latent_moments_load(context, again, (int64_t)size, &copy), "load again", context);
        use(context, moments, copy);
        demand_ok(latent_moments_save(context, moments, again, (int64_t)size), "save", context);
        free(again);
    }
    latent_moments_destroy(moments);
    latent_moments_destroy(copy);
    free(bytes);
}

typedef struct fuzz_case {
    latent_type type;
    int64_t rows, columns, gap, most; /* the largest chunk */
    bool raw;                         /* elements are bit patterns; else small numbers */
    latent_moments_options options;
} fuzz_case;

static fuzz_case read_case(reader *r) {
    const unsigned kinds = next(r), shape = next(r);
    fuzz_case c = {.type = (latent_type)(LATENT_F16 + (kinds & 3)), .raw = kinds & 4};
    c.options =
        (latent_moments_options){.size = sizeof c.options,
                                 .bias = kinds >> 3 & 1,
                                 .fisher = kinds >> 4 & 1,
                                 .nan_policy = kinds & 32 ? LATENT_NAN_OMIT : LATENT_NAN_PROPAGATE,
                                 .samples = 1,
                                 .outliers = 1,
                                 .sigma = kinds & 64 ? 1.5 : 0.0};
    c.columns = 1 + (shape & 15);
    c.gap = shape >> 4 & 3;
    c.most = 1 + (shape >> 6) * 20;
    c.rows = 1 + next(r) % 150;
    return c;
}

static double read_element(reader *r, const fuzz_case *c) {
    if (!c->raw)
        return (double)((int)next(r) % 16 - 8);
    uint8_t bits[8] = {0};
    for (int64_t i = 0; i < narrow_size(c->type); i++)
        bits[i] = (uint8_t)next(r);
    double cell;
    memcpy(&cell, bits, sizeof cell);
    return narrow_load(c->type, &cell, 0);
}

static dataset read_set(reader *r, const fuzz_case *c) {
    double *const values = malloc((size_t)(c->rows * c->columns) * sizeof *values);
    for (int64_t i = 0; i < c->rows * c->columns; i++)
        values[i] = read_element(r, c);
    dataset set = dataset_from(c->type, values, NULL, c->rows, c->columns, c->gap);
    free(values);
    return set;
}

/* Chunks go to one of two accumulators, which are merged in the end; returns how many there were. */
static int64_t accumulate(latent_context *context, reader *r, const fuzz_case *c,
                          const dataset *set, latent_moments *both[2]) {
    int64_t chunks = 0;
    for (int64_t first = 0; first < c->rows; chunks++) {
        const unsigned choice = next(r);
        int64_t count = 1 + (choice >> 1) % c->most;
        count = first + count > c->rows ? c->rows - first : count;
        const latent_matrix some = view_rows(&set->view, first, count);
        demand_ok(latent_moments_update(context, both[choice & 1], &some, NULL), "update", context);
        first += count;
    }
    demand_ok(latent_moments_merge(context, both[0], both[1]), "merge", context);
    return chunks;
}

static void check_numbers(latent_context *context, reader *r) {
    const fuzz_case c = read_case(r);
    dataset set = read_set(r, &c);
    latent_moments *both[2];
    for (int i = 0; i < 2; i++)
        demand_ok(latent_moments_create(context, c.columns, &c.options, &both[i]), "create",
                  context);
    const int64_t chunks = accumulate(context, r, &c, &set, both);
    oracle_matrix expected = oracle_matrix_make(set.values, c.rows, c.columns, &c.options);
    moments_results found = moments_results_new(c.rows, c.columns);
    demand_ok(latent_moments_finish(context, both[0], &found.features, &found.overall), "finish",
              context);
    demand_ok(latent_moments_outliers(context, both[0], NULL, &found.outliers), "outliers",
              context);
    demand_ok(latent_moments_compute(context, &set.view, &c.options, &found.samples, NULL, NULL),
              "compute", context);
    /* 64 times what random data need, for data that are meant to be bad: docs/numerics.md's bound. */
    const int64_t room = 64 * (chunks + 128);
    demand(agrees_samples(&found, &expected) && agrees_features(&found, &expected, room) &&
               agrees_overall(&found, &expected, room) &&
               agrees_outliers(&found, &expected, NULL, room),
           "not what the oracle says", context);
    moments_results_free(&found);
    oracle_matrix_free(&expected);
    latent_moments_destroy(both[0]);
    latent_moments_destroy(both[1]);
    dataset_free(&set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    reader r = {data, size, 0};
    const unsigned sort = next(&r);
    latent_context_options options = {.size = sizeof options, .threads = 1 + (sort >> 1 & 1)};
    latent_isa isas[TESTING_ISAS];
    const int count = testing_isas(isas);
    options.isa = isas[(sort >> 2) % (unsigned)count];
    latent_context *const context = testing_context_with(&options);
    if (sort & 1)
        check_bytes(context, &r);
    else
        check_numbers(context, &r);
    latent_context_destroy(context);
    return 0;
}
