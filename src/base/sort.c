#include "sort.h"

#include <math.h>
#include <string.h>

/* A digit of 11 bits saves passes while all places that a pass writes to stay in the second cache. */
enum { NARROW = 8, WIDE = 11, WIDE_UP_TO = 1 << 18 };

/* Numbers between two questions whether to stop. */
enum { STRETCH = 1 << 18 };

typedef struct sorting {
    char *from, *to; /* memory for numbers of 64 bits, of the caller's type */
    int64_t n;
    latent__stop stop;
    void *argument;
} sorting;

static uint64_t number_at(const char *numbers, int64_t i) {
    uint64_t number;
    memcpy(&number, numbers + i * (int64_t)sizeof number, sizeof number);
    return number;
}

static void put(char *numbers, int64_t i, uint64_t number) {
    memcpy(numbers + i * (int64_t)sizeof number, &number, sizeof number);
}

/* The end of the stretch that begins at i; i itself if the sorting is to stop. */
static int64_t stretch_end(const sorting *work, int64_t i) {
    if (work->stop && work->stop(work->argument))
        return i;
    return work->n - i < STRETCH ? work->n : i + STRETCH;
}

/* How many numbers have each value of the digit; false if stopped. */
static bool count_digit(const sorting *work, int low, uint64_t mask, int64_t *place) {
    const char *const from = work->from;
    for (int64_t i = 0; i < work->n;) {
        const int64_t end = stretch_end(work, i);
        if (end == i)
            return false;
        for (; i < end; i++)
            place[number_at(from, i) >> low & mask]++;
    }
    return true;
}

/* Stable by the digit of `bits` bits from bit `low` on; where all have the same one nothing is moved.
 * False if stopped. */
static bool sort_by(sorting *work, int low, int bits) {
    int64_t place[1 << WIDE] = {0};
    const uint64_t mask = ((uint64_t)1 << bits) - 1;
    const char *const from = work->from;
    char *const to = work->to;
    if (!count_digit(work, low, mask, place))
        return false;
    if (place[number_at(from, 0) >> low & mask] == work->n)
        return true;
    int64_t before = 0;
    for (uint64_t v = 0; v <= mask; v++) {
        const int64_t here = place[v];
        place[v] = before;
        before += here;
    }
    for (int64_t i = 0; i < work->n;) {
        const int64_t end = stretch_end(work, i);
        if (end == i)
            return false;
        for (; i < end; i++) {
            const uint64_t number = number_at(from, i);
            put(to, place[number >> low & mask]++, number);
        }
    }
    work->to = work->from;
    work->from = to;
    return true;
}

void *latent__sort_bits(void *numbers, void *room, int64_t n, int low, int high, latent__stop stop,
                        void *argument) {
    sorting work = {numbers, room, n, stop, argument};
    const int width = n <= WIDE_UP_TO ? WIDE : NARROW;
    for (; low < high && n > 1; low += width)
        if (!sort_by(&work, low, high - low < width ? high - low : width))
            return NULL;
    return work.from;
}

/* Bits that order as the numbers do: the sign of a positive one set, all of a negative one turned. */
static uint64_t key_of(uint64_t bits) {
    return bits ^ (bits >> 63 ? ~(uint64_t)0 : (uint64_t)1 << 63);
}

static uint64_t bits_of(uint64_t key) {
    return key ^ (key >> 63 ? (uint64_t)1 << 63 : ~(uint64_t)0);
}

bool latent__sort(double *values, double *room, int64_t n, latent__stop stop, void *argument) {
    char *const numbers = (char *)values;
    for (int64_t i = 0; i < n; i++)
        put(numbers, i, key_of(number_at(numbers, i)));
    const char *const sorted = latent__sort_bits(values, room, n, 0, 64, stop, argument);
    for (int64_t i = 0; i < n && sorted; i++)
        put(numbers, i, bits_of(number_at(sorted, i)));
    return sorted != NULL;
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
