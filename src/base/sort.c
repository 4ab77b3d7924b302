#include "sort.h"

#include <math.h>
#include <string.h>

enum { DIGITS = 8, DIGIT_VALUES = 256 };

/* Bits that order as the numbers do: the sign of a positive one set, all of a negative one turned. */
static uint64_t key_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits ^ (bits >> 63 ? ~(uint64_t)0 : (uint64_t)1 << 63);
}

static int digit_of(double value, int digit) {
    return (int)(key_of(value) >> (8 * digit) & 255);
}

/* Numbers between two questions whether to stop. */
enum { STRETCH = 1 << 18 };

typedef struct sorting {
    double *from, *to;
    int64_t n;
    latent__stop stop;
    void *argument;
} sorting;

/* The end of the stretch that begins at i; i itself if the sorting is to stop. */
static int64_t stretch_end(const sorting *work, int64_t i) {
    if (work->stop && work->stop(work->argument))
        return i;
    return work->n - i < STRETCH ? work->n : i + STRETCH;
}

/* How many numbers have each value of the digit; false if stopped. */
static bool count_digit(const sorting *work, int digit, int64_t place[DIGIT_VALUES]) {
    for (int64_t i = 0; i < work->n;) {
        const int64_t end = stretch_end(work, i);
        if (end == i)
            return false;
        for (; i < end; i++)
            place[digit_of(work->from[i], digit)]++;
    }
    return true;
}

/* Stable by one digit of the key; where all have the same one nothing is moved. False if stopped. */
static bool sort_by(sorting *work, int digit) {
    int64_t place[DIGIT_VALUES] = {0};
    if (!count_digit(work, digit, place))
        return false;
    if (place[digit_of(work->from[0], digit)] == work->n)
        return true;
    int64_t before = 0;
    for (int v = 0; v < DIGIT_VALUES; v++) {
        const int64_t here = place[v];
        place[v] = before;
        before += here;
    }
    for (int64_t i = 0; i < work->n;) {
        const int64_t end = stretch_end(work, i);
        if (end == i)
            return false;
        for (; i < end; i++)
            work->to[place[digit_of(work->from[i], digit)]++] = work->from[i];
    }
    double *sorted = work->to;
    work->to = work->from;
    work->from = sorted;
    return true;
}

bool latent__sort(double *values, double *room, int64_t n, latent__stop stop, void *argument) {
    sorting work = {values, room, n, stop, argument};
    for (int digit = 0; digit < DIGITS && n > 1; digit++)
        if (!sort_by(&work, digit))
            return false;
    if (work.from != values)
        memcpy(values, work.from, (size_t)n * sizeof *values);
    return true;
}

double latent__sorted_quantile(const double *sorted, int64_t n, double p) {
    const double place = (double)(n - 1) * p;
    const int64_t below = (int64_t)place;
    const double part = place - (double)below;
    if (part == 0)
        return sorted[below];
    const double a = sorted[below], b = sorted[below + 1];
    if (a == b)
        return a;
    if (isinf(b - a))
        return (1 - part) * a + part * b;
    return part < 0.5 ? a + (b - a) * part : b - (b - a) * (1 - part);
}
