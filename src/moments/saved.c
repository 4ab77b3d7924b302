/* The format, version 1. Numbers are little-endian; i is a signed integer, f an IEEE float, the digit
 * its bytes. d is the number of features. A moment is ten f8: count, centre, offset, m_2, m_3, m_4,
 * exponent, smallest, largest, mean |x|; the mean is centre + offset · 2^exponent and m_r is in units
 * of 2^(r · exponent). Of nothing they are zeros, with +infinity and -infinity for the range.
 *
 *     at            what
 *     0             "latentM" and the byte 1a
 *     8             u4 version; u4 0
 *     16            i8 bytes in all; i8 d
 *     32            i4 bias, fisher, nan_policy, samples, outliers, 0: the options
 *     56            f8 magnitude, sigma
 *     72            i8 samples, degenerate, undefined, nonfinite
 *     104           the moment of the samples' skewness, that of their kurtosis
 *     264           ten arrays of d f8: the features' moments, field by field
 *     264 + 80 d    three arrays of d i8: nonfinite, over magnitude, over sigma
 *     264 + 104 d   u4 CRC-32 of all before
 */
#include "saved.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/bytes.h"
#include "kernels/moment_formulas.h"
#include "moment.h"

enum { VERSION = 1, HEAD_BYTES = 264, FEATURE_BYTES = 104, CHECKSUM_BYTES = 4 };
enum { MOST_EXPONENT = 1100 };
#define MOST_OFFSET 0x1p1000 /* a rounded mean is nearer than that */
#define ROUNDING 0x1p-8

static const unsigned char magic[8] = {'l', 'a', 't', 'e', 'n', 't', 'M', 0x1a};

int64_t latent__saved_bytes(int64_t features) {
    return HEAD_BYTES + FEATURE_BYTES * features + CHECKSUM_BYTES;
}

static void put_moment(unsigned char **at, const latent__moment *moment) {
    double field[LATENT__MOMENT_FIELDS];
    memcpy(field, moment, sizeof field);
    for (int f = 0; f < LATENT__MOMENT_FIELDS; f++)
        latent__put_f64(at, field[f]);
}

static latent__moment get_moment(const unsigned char **at) {
    double field[LATENT__MOMENT_FIELDS];
    for (int f = 0; f < LATENT__MOMENT_FIELDS; f++)
        field[f] = latent__get_f64(at);
    latent__moment moment;
    memcpy(&moment, field, sizeof field);
    return moment;
}

static void put_options(unsigned char **at, const latent_moments_options *options) {
    const int32_t number[] = {options->bias,    options->fisher,   options->nan_policy,
                              options->samples, options->outliers, 0};
    for (size_t i = 0; i < sizeof number / sizeof *number; i++)
        latent__put_u32(at, (uint32_t)number[i]);
    latent__put_f64(at, options->magnitude);
    latent__put_f64(at, options->sigma);
}

static void put_counts(unsigned char **at, const int64_t *counts, int64_t n) {
    for (int64_t j = 0; j < n; j++)
        latent__put_i64(at, counts[j]);
}

void latent__save(const latent_moments *moments, unsigned char *bytes) {
    const latent__tally *tally = &moments->tally;
    const int64_t features = tally->features;
    unsigned char *at = bytes + sizeof magic;
    memcpy(bytes, magic, sizeof magic);
    latent__put_u32(&at, VERSION);
    latent__put_u32(&at, 0);
    latent__put_i64(&at, latent__saved_bytes(features));
    latent__put_i64(&at, features);
    put_options(&at, &moments->options);
    put_counts(&at,
               (const int64_t[]){tally->samples.rows, tally->samples.degenerate,
                                 tally->samples.undefined, tally->samples.nonfinite},
               4);
    put_moment(&at, &tally->samples.skewness);
    put_moment(&at, &tally->samples.kurtosis);
    for (int f = 0; f < LATENT__MOMENT_FIELDS; f++)
        for (int64_t j = 0; j < features; j++)
            latent__put_f64(&at, tally->moments.base[f * tally->moments.stride + j]);
    put_counts(&at, tally->nonfinite, features);
    put_counts(&at, tally->large, features);
    put_counts(&at, tally->far, features);
    latent__put_u32(&at, latent__crc32(bytes, at - bytes));
}

static latent_status refuse(latent_context *context, const char *why) {
    return latent__fail(context, LATENT_ERROR_FORMAT, "bytes: %s", why);
}

/* Magic, version, length, checksum. */
static latent_status check_frame(latent_context *context, const unsigned char *bytes,
                                 int64_t count) {
    if (count < (int64_t)sizeof magic || memcmp(bytes, magic, sizeof magic) != 0)
        return refuse(context, "not a saved accumulator");
    if (count < HEAD_BYTES + CHECKSUM_BYTES)
        return latent__fail(context, LATENT_ERROR_FORMAT,
                            "bytes: cut short at %" PRId64 " of at least %d bytes", count,
                            HEAD_BYTES + CHECKSUM_BYTES);
    const unsigned char *at = bytes + sizeof magic;
    const uint32_t version = latent__get_u32(&at);
    if (version != VERSION)
        return latent__fail(context, LATENT_ERROR_FORMAT,
                            "bytes: version %" PRIu32 " of the format; this library reads %d",
                            version, VERSION);
    latent__get_u32(&at);
    const int64_t length = latent__get_i64(&at), features = latent__get_i64(&at);
    if (features < 1 || features > (count - HEAD_BYTES) / FEATURE_BYTES ||
        latent__saved_bytes(features) != length || length != count)
        return latent__fail(context, LATENT_ERROR_FORMAT,
                            "bytes: %" PRId64 " bytes given, but %" PRId64 " for %" PRId64
                            " features announced",
                            count, length, features);
    at = bytes + count - CHECKSUM_BYTES;
    if (latent__get_u32(&at) != latent__crc32(bytes, count - CHECKSUM_BYTES))
        return refuse(context, "damaged: the checksum does not match");
    return LATENT_OK;
}

static bool flag(int32_t value) {
    return value == 0 || value == 1;
}

static bool positive(double value) {
    return value > 0 && value < INFINITY;
}

static bool get_options(const unsigned char **at, latent_moments_options *options) {
    *options = (latent_moments_options){.size = sizeof *options};
    options->bias = (int32_t)latent__get_u32(at);
    options->fisher = (int32_t)latent__get_u32(at);
    options->nan_policy = (int32_t)latent__get_u32(at);
    options->samples = (int32_t)latent__get_u32(at);
    options->outliers = (int32_t)latent__get_u32(at);
    options->reserved = (int32_t)latent__get_u32(at);
    options->magnitude = latent__get_f64(at);
    options->sigma = latent__get_f64(at);
    return flag(options->bias) && flag(options->fisher) && options->nan_policy >= 0 &&
           options->nan_policy <= LATENT_NAN_PROPAGATE && flag(options->samples) &&
           flag(options->outliers) && options->reserved == 0 && positive(options->magnitude) &&
           positive(options->sigma);
}

/* Whether the moments of n numbers that are not all equal go together: kurtosis >= 1 + skewness²
 * (Pearson) and < n, and (mean - centre)² <= 2 n m_2, the centre being between the numbers. To within
 * a little for roundings, but so near that moments joined from such ones are positive too. */
static bool coherent(const latent__moment *m) {
    const double most_fourth = m->exponent == 0 ? LATENT__MOST_FOURTH : 0x1p200;
    const double least_fourth = m->exponent == 0 ? LATENT__LEAST_FOURTH : 0x1p-200;
    if (!(fabs(m->exponent) <= MOST_EXPONENT) || m->exponent != floor(m->exponent) ||
        !(m->fourth >= least_fourth && m->fourth <= most_fourth && m->second > 0))
        return false;
    const double kurtosis = latent__moment_kurtosis(m, LATENT_BIASED, 0);
    const double skewness = latent__moment_skewness(m, LATENT_BIASED);
    return kurtosis * (1 + ROUNDING) >= 1 + skewness * skewness &&
           kurtosis <= m->count * (1 + ROUNDING) &&
           m->offset * m->offset <= 4 * m->count * m->second &&
           fabs(ldexp(m->offset, (int)m->exponent)) <= MOST_OFFSET &&
           isfinite(latent__moment_mean(m));
}

/* Whether a moment could have come from `most` numbers or fewer. */
static bool plausible(const latent__moment *m, int64_t most) {
    if (!(m->count >= 0 && m->count <= (double)most) || m->count != floor(m->count))
        return false;
    if (m->count == 0)
        return m->centre == 0 && m->offset == 0 && m->second == 0 && m->third == 0 &&
               m->fourth == 0 && m->exponent == 0 && m->low == INFINITY && m->high == -INFINITY &&
               m->magnitude == 0;
    if (!isfinite(m->centre) || !isfinite(m->offset) || !isfinite(m->third) || !isfinite(m->low) ||
        !isfinite(m->high) || m->low > m->high || !(m->magnitude >= 0 && m->magnitude < INFINITY))
        return false;
    if (m->second == 0)
        return m->offset == 0 && m->third == 0 && m->fourth == 0 && m->exponent == 0;
    return coherent(m);
}

static bool get_samples(const unsigned char **at, latent__samples *samples) {
    samples->rows = latent__get_i64(at);
    samples->degenerate = latent__get_i64(at);
    samples->undefined = latent__get_i64(at);
    samples->nonfinite = latent__get_i64(at);
    samples->skewness = get_moment(at);
    samples->kurtosis = get_moment(at);
    const int64_t rows = samples->rows;
    return rows >= 0 && rows <= LATENT__MOST_ROWS && samples->degenerate >= 0 &&
           samples->degenerate <= rows && samples->undefined >= 0 && samples->undefined <= rows &&
           samples->nonfinite >= 0 && samples->nonfinite <= LATENT__MOST_ROWS &&
           plausible(&samples->skewness, rows) && plausible(&samples->kurtosis, rows);
}

/* Reads the arrays; returns the first feature that is wrong, or -1. */
static int64_t get_features(const unsigned char *at, latent__tally *tally) {
    const int64_t features = tally->features, rows = tally->samples.rows;
    for (int f = 0; f < LATENT__MOMENT_FIELDS; f++)
        for (int64_t j = 0; j < features; j++)
            tally->moments.base[f * tally->moments.stride + j] = latent__get_f64(&at);
    int64_t *const counts[] = {tally->nonfinite, tally->large, tally->far};
    for (int c = 0; c < 3; c++)
        for (int64_t j = 0; j < features; j++)
            counts[c][j] = latent__get_i64(&at);
    for (int64_t j = 0; j < features; j++) {
        const latent__moment moment = latent__moment_get(tally->moments, j);
        const int64_t left_out = tally->nonfinite[j];
        const bool good =
            left_out >= 0 && left_out <= rows && tally->large[j] >= 0 &&
            tally->large[j] <= rows - left_out && tally->far[j] >= 0 &&
            tally->far[j] <= rows - left_out &&
            (rows == 0 || (plausible(&moment, rows) && moment.count == (double)(rows - left_out)));
        if (!good)
            return j;
    }
    return -1;
}

latent_status latent__load(latent_context *context, const unsigned char *bytes, int64_t count,
                           latent_moments **moments) {
    latent_moments_options options;
    latent__samples samples;
    latent_status status = check_frame(context, bytes, count);
    if (status)
        return status;
    const unsigned char *at = bytes + 24;
    const int64_t features = latent__get_i64(&at);
    if (!get_options(&at, &options))
        return refuse(context, "the options hold a value that no version has");
    if (!get_samples(&at, &samples))
        return refuse(context, "the samples' figures contradict each other");
    latent_moments *made;
    status = latent__accumulator_create(context, features, &options, &made);
    if (status)
        return status;
    made->tally.samples = samples;
    const int64_t wrong = get_features(at, &made->tally);
    if (wrong >= 0) {
        latent_moments_destroy(made);
        return latent__fail(context, LATENT_ERROR_FORMAT,
                            "bytes: the figures of feature %" PRId64 " contradict each other",
                            wrong);
    }
    *moments = made;
    return LATENT_OK;
}
