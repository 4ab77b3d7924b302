#include "block.h"

#include <math.h>
#include <string.h>

#include "kernels/moment_formulas.h"
#include "moment.h"
#include "parallel/pool.h"

/* Rows first … first + count - 1, of which columns start … start + n - 1. */
typedef struct part {
    int64_t first, count, start, n;
} part;

static const void *address(const latent__question *question, int64_t row, int64_t column) {
    const latent_matrix *view = question->view;
    return (const char *)latent__row(view, row) +
           column * latent_type_size((latent_type)view->type);
}

/* One row of a part as float64; returns the sum. */
static double widen(const latent__question *question, const part *of, int64_t r, double *out) {
    return question->context->kernels->widen[question->view->type - 1](
        address(question, of->first + r, of->start), of->n, out);
}

/* Copies the finite ones of `count` numbers, `stride` apart; returns how many. */
static int64_t keep_finite(const double *x, int64_t stride, int64_t count, double *list) {
    int64_t kept = 0;
    for (int64_t k = 0; k < count; k++)
        if (isfinite(x[k * stride]))
            list[kept++] = x[k * stride];
    return kept;
}

/* Moments of one row's part about the mean of its first few elements, which usually is near enough to
 * that of all, and saves a pass. False where it is not, and where an element is not finite. */
static bool settle_row(const latent__question *question, latent__desk *desk, const part *of,
                       int64_t r, latent__moment *moment) {
    const latent__kernels *kernels = question->context->kernels;
    const int32_t type = question->view->type - 1;
    const void *row = address(question, of->first + r, of->start);
    const int64_t few = of->n < LATENT__FEW ? of->n : LATENT__FEW;
    const double centre = kernels->widen[type](row, few, desk->values) / (double)few;
    *moment = (latent__moment){.count = 0}; /* of no use to a row: its range, its mean of |x| */
    return latent__settle((double)of->n, centre, kernels->powers[type](row, of->n, centre), moment);
}

/* The same for any row: of its finite elements, whose number is returned. */
static int64_t moment_of_any(const latent__question *question, latent__desk *desk, const part *of,
                             int64_t r, latent__moment *moment) {
    const latent__kernels *kernels = question->context->kernels;
    const double sum = widen(question, of, r, desk->values);
    int64_t finite = of->n;
    if (!isfinite(sum)) /* or it overflowed */
        finite = keep_finite(desk->values, 1, of->n, desk->list);
    if (finite == of->n)
        *moment = latent__moment_of_row(kernels, desk->values, of->n, sum, desk->scratch);
    else
        *moment = latent__moment_of(kernels, desk->list, finite);
    return finite;
}

/* Each row's part of a segment. Returns the first row that may not be there, or -1. */
static int64_t add_rows(const latent__question *question, latent__desk *desk, const part *of) {
    for (int64_t r = 0; r < of->count; r++) {
        latent__moment moment;
        int64_t finite = of->n;
        if (!settle_row(question, desk, of, r, &moment))
            finite = moment_of_any(question, desk, of, r, &moment);
        if (finite < of->n && question->options->nan_policy == LATENT_NAN_RAISE)
            return r;
        desk->nonfinite[r] += of->n - finite;
        desk->row[r] = of->start == 0 ? moment : latent__moment_join(&desk->row[r], &moment);
    }
    return -1;
}

/* A column that the kernel left open: the finite values, one by one. Returns how many others. */
static int64_t add_column(const latent__question *question, latent__desk *desk,
                          const latent_matrix *column, latent__tally *tally, int64_t j) {
    int64_t finite = 0;
    for (int64_t r = 0; r < column->rows; r++) {
        const double value = latent__element(column, r, 0);
        if (isfinite(value))
            desk->list[finite++] = value;
    }
    latent__moment moment = latent__moment_of(question->context->kernels, desk->list, finite);
    if (tally->samples.rows > 0) {
        const latent__moment before = latent__moment_get(tally->moments, j);
        moment = latent__moment_join(&before, &moment);
    }
    latent__moment_put(tally->moments, j, &moment);
    tally->nonfinite[j] += column->rows - finite;
    return column->rows - finite;
}

/* The moments of a patch's columns, the first of which is feature `start`. Returns whether all their
 * values are finite. */
static bool add_patch(const latent__question *question, latent__desk *desk, const part *of,
                      const latent__patch *patch, int32_t type, latent__tally *tally) {
    const latent__moments into = {tally->moments.base + of->start, tally->moments.stride};
    const int64_t open = question->context->kernels->columns[type - 1](
        patch, into, tally->samples.rows == 0, desk->open);
    bool finite = true;
    for (int64_t e = 0; e < open; e++) {
        latent_matrix column = *question->view;
        column.data = address(question, of->first, of->start + desk->open[e]);
        column.rows = of->count;
        column.columns = 1;
        if (desk->open[e] < of->n &&
            add_column(question, desk, &column, tally, of->start + desk->open[e]) > 0)
            finite = false;
    }
    return finite;
}

/* Rows of the matrix that are wanted when this part is done; NULL if they are not all there. */
static const void *rows_ahead(const latent__question *question, const part *of) {
    const latent_matrix *view = question->view;
    const bool there = of->first + 2 * of->count < view->rows && view->columns == of->n;
    return there ? address(question, of->first + of->count, 0) : NULL;
}

/* The columns' part of a segment, added to the tally's. Returns whether all values are finite. */
static bool add_columns(const latent__question *question, latent__desk *desk, const part *of,
                        latent__tally *tally) {
    const latent_matrix *view = question->view;
    const int64_t whole = of->n / LATENT__STRIP * LATENT__STRIP, rest = of->n - whole;
    const latent__patch patch = {address(question, of->first, of->start), view->stride, of->count,
                                 whole, rows_ahead(question, of)};
    bool finite = true;
    if (whole > 0)
        finite = add_patch(question, desk, &(part){of->first, of->count, of->start, whole}, &patch,
                           view->type, tally);
    if (rest == 0)
        return finite;
    const part last = {of->first, of->count, of->start + whole, rest};
    for (int64_t r = 0; r < of->count; r++)
        widen(question, &last, r, desk->tail + r * LATENT__STRIP);
    const latent__patch tail = {desk->tail, LATENT__STRIP, of->count, LATENT__STRIP, NULL};
    return add_patch(question, desk, &last, &tail, LATENT_F64, tally) && finite;
}

/* Moments of the figures of a few samples, NaN left out. */
static void add_figures(const latent__kernels *kernels, latent__desk *desk, double *figures,
                        int64_t count, latent__moment *into) {
    const int64_t kept = keep_finite(figures, 1, count, figures);
    if (kept == 0)
        return;
    const double sum = kernels->widen[LATENT_F64 - 1](figures, kept, desk->list);
    const latent__moment moment =
        latent__moment_of_row(kernels, desk->list, kept, sum, desk->scratch);
    *into = latent__moment_join(into, &moment);
}

/* False for a row all of whose figures are NaN because an element is. */
static bool row_known(const latent__question *question, const latent__desk *desk, int64_t r) {
    return desk->nonfinite[r] == 0 || question->options->nan_policy != LATENT_NAN_PROPAGATE;
}

static void write_row(const latent_moments_samples *out, int64_t entry,
                      const latent__moment *moment, bool known, int64_t nonfinite, double skewness,
                      double kurtosis) {
    if (out->count)
        out->count[entry] = (int64_t)moment->count + (known ? 0 : nonfinite);
    if (out->mean)
        out->mean[entry] = known ? latent__moment_mean(moment) : NAN;
    if (out->variance)
        out->variance[entry] = known ? latent__moment_variance(moment) : NAN;
    if (out->skewness)
        out->skewness[entry] = skewness;
    if (out->kurtosis)
        out->kurtosis[entry] = kurtosis;
}

/* The rows are complete: what the caller sees of them, and what adds up. */
static void finish_rows(const latent__question *question, latent__desk *desk, int64_t first,
                        int64_t count, latent__samples *samples) {
    const latent_moments_options *options = question->options;
    for (int64_t r = 0; r < count; r++) {
        const latent__moment *moment = &desk->row[r];
        const bool known = row_known(question, desk, r);
        const bool degenerate = known && latent__moment_degenerate(moment);
        desk->skewness[r] = known ? latent__moment_skewness(moment, options->bias) : NAN;
        desk->kurtosis[r] =
            known ? latent__moment_kurtosis(moment, options->bias, options->fisher) : NAN;
        samples->degenerate += degenerate;
        samples->undefined += !degenerate && isnan(desk->kurtosis[r]);
        samples->nonfinite += desk->nonfinite[r];
        write_row(&question->out, first + r, moment, known, desk->nonfinite[r], desk->skewness[r],
                  desk->kurtosis[r]);
        if (isnan(
                desk->kurtosis[r])) /* three values have a corrected skewness, but enter nothing */
            desk->skewness[r] = NAN;
    }
    const latent__kernels *kernels = question->context->kernels;
    add_figures(kernels, desk, desk->skewness, count, &samples->skewness);
    add_figures(kernels, desk, desk->kurtosis, count, &samples->kurtosis);
}

/* Counts the far values of a row where limit and distances could both be infinite: all of it is
 * scaled down first. */
static void count_far_scaled(const latent__question *question, latent__desk *desk, int64_t n,
                             latent__exceeding exceeding, double std) {
    const double scale = 0x1p-8;
    for (int64_t k = 0; k < n; k++)
        desk->values[k] *= scale;
    exceeding.magnitude = INFINITY; /* counted already */
    exceeding.mean *= scale;
    exceeding.limit = question->options->sigma * (std * scale);
    question->context->kernels->exceed(desk->values, n, &exceeding);
}

/* Counts large and far values of every feature. */
static void count_exceeding(const latent__question *question, latent__desk *desk, const part *of,
                            latent__tally *tally) {
    const latent_moments_options *options = question->options;
    for (int64_t r = 0; r < of->count; r++) {
        const double mean = latent__moment_mean(&desk->row[r]);
        const double std = latent__moment_std(&desk->row[r]);
        const latent__exceeding exceeding = {
            .magnitude = options->magnitude,
            .mean = row_known(question, desk, r) ? mean : NAN, /* nothing is far from that */
            .limit = options->sigma * std,
            .large = tally->large + of->start,
            .far = tally->far + of->start};
        widen(question, of, r, desk->values);
        question->context->kernels->exceed(desk->values, of->n, &exceeding);
        if (isinf(exceeding.limit))
            count_far_scaled(question, desk, of->n, exceeding, std);
    }
}

/* The first row with a NaN or an infinity; `last` has one. */
static int64_t first_bad(const latent__question *question, int64_t first, int64_t last) {
    const latent_matrix *view = question->view;
    for (; first < last; first++) {
        double largest = 0;
        if (!question->context->kernels->inspect[view->type - 1](latent__row(view, first),
                                                                 view->columns, &largest))
            break;
    }
    return first;
}

/* One segment of the block. Returns a row that may not be there, or -1. */
static int64_t add_part(const latent__question *question, latent__desk *desk, const part *of,
                        latent__tally *tally) {
    if (question->samples || question->outliers) {
        const int64_t bad = add_rows(question, desk, of);
        if (bad >= 0)
            return of->first + bad;
    }
    if (question->features && !add_columns(question, desk, of, tally) &&
        question->options->nan_policy == LATENT_NAN_RAISE)
        return of->first + of->count - 1;
    return -1;
}

static int64_t segment_at(const latent__question *question, int64_t start) {
    const int64_t left = question->view->columns - start;
    return left < LATENT__SEGMENT ? left : LATENT__SEGMENT;
}

int64_t latent__block(const latent__question *question, latent__desk *desk, latent__tally *tally,
                      int64_t first, int64_t count, int32_t worker) {
    const int64_t columns = question->view->columns;
    memset(desk->nonfinite, 0, sizeof desk->nonfinite);
    for (int64_t start = 0; start < columns; start += LATENT__SEGMENT) {
        const part of = {first, count, start, segment_at(question, start)};
        if (latent__tick(question->context, worker))
            return LATENT__BLOCK_CANCELLED;
        const int64_t bad = add_part(question, desk, &of, tally);
        if (bad >= 0)
            return first_bad(question, first, bad);
    }
    if (question->samples)
        finish_rows(question, desk, first, count, &tally->samples);
    for (int64_t start = 0; start < columns && question->outliers; start += LATENT__SEGMENT) {
        const part of = {first, count, start, segment_at(question, start)};
        count_exceeding(question, desk, &of, tally);
    }
    tally->samples.rows += count;
    return LATENT__BLOCK_DONE;
}
