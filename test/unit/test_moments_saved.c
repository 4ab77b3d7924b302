/* Accumulators as bytes: what is saved goes on as if nothing had happened, and what is damaged is
 * refused, whatever the damage. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "harness/fakealloc.h"
#include "harness/moments_data.h"
#include "harness/moments_results.h"
#include "harness/prng.h"
#include "harness/testing.h"

static latent_context *context;

static int set_up(void **state) {
    (void)state;
    context = testing_context();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    latent_context_destroy(context);
    return 0;
}

typedef struct saved {
    unsigned char *bytes;
    int64_t count;
} saved;

/* In exactly as much memory as it needs, at an odd address. */
static saved save(const latent_moments *moments) {
    saved s = {.count = latent_moments_saved_bytes(moments)};
    unsigned char *const memory = malloc((size_t)s.count + 1);
    expect_ok(context, latent_moments_save(context, moments, memory + 1, s.count));
    s.bytes = malloc((size_t)s.count);
    memcpy(s.bytes, memory + 1, (size_t)s.count);
    free(memory);
    return s;
}

static latent_moments *load(const saved *s) {
    latent_moments *moments = NULL;
    expect_ok(context, latent_moments_load(context, s->bytes, s->count, &moments));
    assert_non_null(moments);
    return moments;
}

static void expect_same_state(const latent_moments *a, const latent_moments *b) {
    const saved x = save(a), y = save(b);
    assert_int_equal(x.count, y.count);
    assert_memory_equal(x.bytes, y.bytes, (size_t)x.count);
    free(x.bytes);
    free(y.bytes);
}

/* Options of every sort, by number. */
static latent_moments_options options_of(int which) {
    return (latent_moments_options){.size = sizeof(latent_moments_options),
                                    .bias = which % 2,
                                    .fisher = which / 2 % 2 * 5,
                                    .nan_policy = which % 3,
                                    .samples = which % 4 < 3,
                                    .outliers = which % 4 > 0,
                                    .magnitude = which % 5 ? 0.0 : 0.5,
                                    .sigma = which % 7 ? 0.0 : 2.5};
}

static latent_moments *empty_of(int64_t columns, int which) {
    const latent_moments_options options = options_of(which);
    latent_moments *moments;
    expect_ok(context, latent_moments_create(context, columns, &options, &moments));
    return moments;
}

/* Everything that can be asked for, by way of `finish` and `outliers`. */
static moments_results ask(const latent_moments *moments, int which) {
    moments_results r = moments_results_new(0, latent_moments_columns(moments));
    const latent_moments_options options = options_of(which);
    expect_ok(context, latent_moments_finish(context, moments, &r.features,
                                             options.samples ? &r.overall : NULL));
    memset(r.outliers.index, 0, (size_t)r.columns * 8);
    if (options.outliers)
        expect_ok(context, latent_moments_outliers(context, moments, NULL, &r.outliers));
    return r;
}

static void expect_same_answers(const latent_moments *a, const latent_moments *b, int which) {
    moments_results x = ask(a, which), y = ask(b, which);
    assert_true(same_features(&x, &y) && same_overall(&x, &y) && same_outliers(&x, &y));
    moments_results_free(&x);
    moments_results_free(&y);
}

/* Saved, loaded, asked, given more rows and merged: as if it had stayed in memory. */
static void test_goes_on(void **state) {
    (void)state;
    for (int round = 0; round < 5 * MOMENTS_KINDS; round++) {
        const moments_spec spec = {.kind = (moments_kind)(round % MOMENTS_KINDS),
                                   .type = (latent_type)(LATENT_F16 + round % 4),
                                   .rows = 90,
                                   .columns = 1 + round * 5 % 37,
                                   .seed = (uint64_t)round,
                                   .holes = round % 3 ? 0.05 : 0.0};
        dataset set = moments_data(&spec);
        const latent_matrix first = view_rows(&set.view, 0, 50);
        const latent_matrix rest = view_rows(&set.view, 50, 40);
        latent_moments *const kept = empty_of(spec.columns, round);
        expect_ok(context, latent_moments_update(context, kept, &first, NULL));
        const saved s = save(kept);
        latent_moments *const back = load(&s);
        assert_int_equal(latent_moments_columns(back), spec.columns);
        expect_same_state(kept, back);
        expect_same_answers(kept, back, round);
        latent_moments *const more = empty_of(spec.columns, round);
        expect_ok(context, latent_moments_update(context, more, &rest, NULL));
        expect_ok(context, latent_moments_merge(context, more, back));
        latent_moments_destroy(more);
        expect_ok(context, latent_moments_update(context, kept, &rest, NULL));
        expect_ok(context, latent_moments_update(context, back, &rest, NULL));
        expect_same_state(kept, back);
        expect_same_answers(kept, back, round);
        latent_moments_destroy(kept);
        latent_moments_destroy(back);
        free(s.bytes);
        dataset_free(&set);
    }
}

static void test_empty(void **state) {
    (void)state;
    for (int which = 0; which < 12; which++) {
        latent_moments *const none = empty_of(1 + which, which);
        const saved s = save(none);
        latent_moments *const back = load(&s);
        expect_same_state(none, back);
        latent_moments_overall overall = {.size = sizeof overall};
        expect_status(context, latent_moments_finish(context, back, NULL, &overall),
                      LATENT_ERROR_DOMAIN, NULL);
        latent_moments_destroy(none);
        latent_moments_destroy(back);
        free(s.bytes);
    }
}

/* Some rows with everything in them that a feature can have, in few bytes. */
static saved some_bytes(int64_t columns) {
    const moments_spec spec = {MOMENTS_COLUMN_SCALES, LATENT_F64, 9, columns, 0, 6, 0.1};
    dataset set = moments_data(&spec);
    latent_moments *const moments = empty_of(columns, 1);
    expect_ok(context, latent_moments_update(context, moments, &set.view, NULL));
    const saved s = save(moments);
    latent_moments_destroy(moments);
    dataset_free(&set);
    return s;
}

static void expect_refused(const void *bytes, int64_t count, const char *pieces) {
    fakealloc allocator = fakealloc_make();
    latent_context_options options = testing_options();
    fakealloc_install(&allocator, &options);
    latent_context *const strict = testing_context_with(&options);
    latent_moments *moments = (latent_moments *)(void *)&allocator;
    expect_status(strict, latent_moments_load(strict, bytes, count, &moments), LATENT_ERROR_FORMAT,
                  pieces);
    assert_null(moments);
    latent_context_destroy(strict);
    assert_true(fakealloc_clean(&allocator));
}

/* Cut anywhere, or with bytes after the end; each in memory that ends with it. */
static void test_cut(void **state) {
    (void)state;
    const saved s = some_bytes(3);
    for (int64_t count = 0; count < s.count; count++) {
        unsigned char *const part = malloc((size_t)count + (count == 0));
        memcpy(part, s.bytes, (size_t)count);
        expect_refused(part, count, "bytes");
        free(part);
    }
    for (int64_t more = 1; more <= 300; more = more * 2 + 1) {
        unsigned char *const longer = calloc(1, (size_t)(s.count + more));
        memcpy(longer, s.bytes, (size_t)s.count);
        expect_refused(longer, s.count + more, "bytes");
        free(longer);
    }
    free(s.bytes);
}

static void test_every_bit(void **state) {
    (void)state;
    const saved s = some_bytes(2);
    for (int64_t bit = 0; bit < 8 * s.count; bit++) {
        s.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        expect_refused(s.bytes, s.count, "bytes");
        s.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    latent_moments_destroy(load(&s));
    free(s.bytes);
}

/* Puts the right checksum at the end, as zlib computes it. */
static void seal(const saved *s) {
    const uint32_t sum = (uint32_t)crc32(0, s->bytes, (uInt)(s->count - 4));
    for (int i = 0; i < 4; i++)
        s->bytes[s->count - 4 + i] = (unsigned char)(sum >> (8 * i));
}

/* Whatever was loaded, its numbers may be nonsense, but every call ends in good order. */
static void use(latent_moments *moments) {
    static const double values[] = {1.0, -2.5, 0.0, 1e300};
    const latent_matrix more = latent_matrix_view(values, 2, 2, LATENT_F64);
    moments_results r = moments_results_new(2, 2);
    const latent_status statuses[] = {
        latent_moments_finish(context, moments, &r.features, NULL),
        latent_moments_finish(context, moments, NULL, &r.overall),
        latent_moments_outliers(context, moments, NULL, &r.outliers),
        latent_moments_update(context, moments, &more, NULL),
    };
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        assert_true(statuses[i] == LATENT_OK || statuses[i] == LATENT_ERROR_ARGUMENT ||
                    statuses[i] == LATENT_ERROR_DOMAIN || statuses[i] == LATENT_ERROR_OVERFLOW);
    moments_results_free(&r);
}

/* Every byte changed and sealed again: an error, or an accumulator that can be used. */
static void test_sealed_damage(void **state) {
    (void)state;
    const saved s = some_bytes(2);
    static const unsigned char changes[] = {0x01, 0x80, 0xff, 0x7f, 0x10};
    int64_t refused = 0, taken = 0;
    for (int64_t at = 0; at < s.count - 4; at++)
        for (size_t c = 0; c < sizeof changes; c++) {
            s.bytes[at] ^= changes[c];
            seal(&s);
            latent_moments *moments = NULL;
            const latent_status status = latent_moments_load(context, s.bytes, s.count, &moments);
            if (status == LATENT_OK)
                use(moments);
            else
                expect_status(context, status, LATENT_ERROR_FORMAT, "bytes");
            taken += status == LATENT_OK;
            refused += status != LATENT_OK;
            latent_moments_destroy(moments);
            s.bytes[at] ^= changes[c];
        }
    seal(&s);
    latent_moments_destroy(load(&s));
    assert_true(refused > 100 && taken > 100);
    free(s.bytes);
}

static void test_versions(void **state) {
    (void)state;
    const saved s = some_bytes(2);
    assert_int_equal(s.bytes[8], 1);
    static const unsigned char versions[] = {0, 2, 77};
    for (int i = 0; i < 3; i++) {
        char wanted[20] = "version ";
        s.bytes[8] = versions[i];
        seal(&s);
        snprintf(wanted + 8, sizeof wanted - 8, "%d", versions[i]);
        expect_refused(s.bytes, s.count, wanted);
    }
    free(s.bytes);
}

static void test_foreign(void **state) {
    (void)state;
    unsigned char bytes[2000];
    prng g = {12};
    for (int round = 0; round < 200; round++) {
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (unsigned char)(round < 2 ? 255u * (unsigned)round : prng_next(&g));
        expect_refused(bytes, prng_below(&g, sizeof bytes + 1), "bytes|not a saved accumulator");
    }
    static const char npy[] = "\x93NUMPY\x01\x00v\x00{'descr': '<f8'";
    expect_refused(npy, sizeof npy, "not a saved accumulator");
}

/* Threads and instruction sets do not show in the bytes. */
static void test_same_bytes_everywhere(void **state) {
    (void)state;
    const moments_spec spec = {MOMENTS_HEAVY, LATENT_F16, 700, 33, 1, 4, 0.0};
    dataset set = moments_data(&spec);
    latent_isa isas[TESTING_ISAS];
    const int count = testing_isas(isas);
    saved first = {NULL, 0};
    for (int i = 0; i < count; i++)
        for (int32_t threads = 1; threads <= 3; threads++) {
            latent_context_options options = testing_options();
            options.threads = threads;
            options.isa = isas[i];
            latent_context *const other = testing_context_with(&options);
            latent_moments *const moments = empty_of(33, 2);
            expect_ok(other, latent_moments_update(other, moments, &set.view, NULL));
            const saved s = save(moments);
            if (first.bytes)
                assert_memory_equal(first.bytes, s.bytes, (size_t)s.count);
            if (first.bytes)
                free(s.bytes);
            else
                first = s;
            latent_moments_destroy(moments);
            latent_context_destroy(other);
        }
    free(first.bytes);
    dataset_free(&set);
}

static void test_arguments(void **state) {
    (void)state;
    const saved s = some_bytes(2);
    latent_moments *const moments = load(&s), *made = moments;
    unsigned char *const room = poison_new((size_t)s.count + 9);
    expect_status(context, latent_moments_save(context, NULL, room, s.count), LATENT_ERROR_ARGUMENT,
                  "moments|NULL");
    expect_status(context, latent_moments_save(context, moments, NULL, s.count),
                  LATENT_ERROR_ARGUMENT, "bytes|NULL");
    for (int64_t capacity = -1; capacity < s.count; capacity += s.count / 2) {
        char wanted[60];
        snprintf(wanted, sizeof wanted, "capacity|%d|%d", (int)capacity, (int)s.count);
        expect_status(context, latent_moments_save(context, moments, room, capacity),
                      LATENT_ERROR_SHAPE, wanted);
    }
    assert_true(poison_intact(room, (size_t)s.count + 9));
    expect_ok(context, latent_moments_save(context, moments, room, s.count + 9));
    assert_memory_equal(room, s.bytes, (size_t)s.count);
    assert_true(poison_intact(room + s.count, 9));
    expect_status(context, latent_moments_load(context, NULL, s.count, &made),
                  LATENT_ERROR_ARGUMENT, "bytes|NULL");
    assert_null(made);
    expect_status(context, latent_moments_load(context, s.bytes, -1, &made), LATENT_ERROR_ARGUMENT,
                  "count|-1");
    expect_status(context, latent_moments_load(context, s.bytes, s.count, NULL),
                  LATENT_ERROR_ARGUMENT, "moments|NULL");
    free(room);
    latent_moments_destroy(moments);
    free(s.bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_goes_on),       cmocka_unit_test(test_empty),
        cmocka_unit_test(test_cut),           cmocka_unit_test(test_every_bit),
        cmocka_unit_test(test_sealed_damage), cmocka_unit_test(test_versions),
        cmocka_unit_test(test_foreign),       cmocka_unit_test(test_same_bytes_everywhere),
        cmocka_unit_test(test_arguments),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
